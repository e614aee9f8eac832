//! METEOR: matches and chunks equal those of a scan of both texts for every match.
#![no_main]

use evalsuite_rust_ext::kernels::meteor::alignment::{Aligner, meteor_scores};
use libfuzzer_sys::fuzz_target;

const V: usize = 16;

/// Each unmatched word from the right takes the latest free word that `equal` finds like it.
fn scan(hyp: &[u32], reference: &[u32], stems: &[u32], synonyms: &[&[u32]]) -> (usize, usize) {
    let mut matched = vec![None; hyp.len()];
    let mut taken = vec![false; reference.len()];
    for rule in 0..3 {
        let equal = |word: u32, other: u32| {
            let (stem, other_stem) = (stems[word as usize], stems[other as usize]);
            match rule {
                0 => word == other,
                1 => stem == other_stem,
                _ => {
                    stem == other_stem
                        || (!synonyms.is_empty() && synonyms[stem as usize].contains(&other_stem))
                }
            }
        };
        for i in (0..hyp.len())
            .rev()
            .filter(|&i| matched[i].is_none())
            .collect::<Vec<_>>()
        {
            matched[i] = (0..reference.len())
                .rev()
                .find(|&j| !taken[j] && equal(hyp[i], reference[j]));
            if let Some(j) = matched[i] {
                taken[j] = true;
            }
        }
    }
    let pairs: Vec<(usize, usize)> = matched
        .iter()
        .enumerate()
        .filter_map(|(i, j)| j.map(|j| (i, j)))
        .collect();
    let breaks = pairs
        .windows(2)
        .filter(|two| (two[1].0, two[1].1) != (two[0].0 + 1, two[0].1 + 1));
    (pairs.len(), 1 + breaks.count())
}

/// The words of both texts, their stems, and the synonyms of each if there are any.
type Input = (Vec<u8>, Vec<u8>, [u8; V], Option<[[u8; 2]; V]>);

fuzz_target!(|data: Input| {
    let number = |&byte: &u8| u32::from(byte) % V as u32;
    let (hyp, reference, stems, synonyms) = data;
    let hyp: Vec<u32> = hyp.iter().map(number).collect();
    let reference: Vec<u32> = reference.iter().map(number).collect();
    let stems = stems.map(|byte| number(&byte));
    let lists: Vec<Vec<u32>> = synonyms
        .iter()
        .flatten()
        .map(|two| two.iter().map(number).collect())
        .collect();
    let synonyms: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
    let mut aligner = Aligner::new(&stems, &synonyms);
    let expected = scan(&hyp, &reference, &stems, &synonyms);
    // Twice, since buffers are used again.
    for _ in 0..2 {
        assert_eq!(aligner.align(&hyp, &reference), expected);
    }
    let row = [hyp.len(), reference.len(), expected.0, expected.1].map(|n| n as i64);
    assert!((0.0..=1.0).contains(&meteor_scores(&row, 0.9, 3.0, 0.5)[0]));
});
