//! Alignments: they lead from one text to the other, tell the truth, and cost what the distance says.
#![no_main]

use evalsuite_rust_ext::kernels::edit::alignment::{Aligner, Edit};
use evalsuite_rust_ext::kernels::edit::levenshtein::Levenshtein;
use evalsuite_rust_ext::kernels::numbering::symbols::{SymbolPair, Unit};
use libfuzzer_sys::fuzz_target;

fn check(a: &[u32], b: &[u32], bound: usize) {
    let (mut i, mut j, mut cost, mut last) = (0, 0, 0, None);
    let mut aligner = Aligner::default();
    for run in aligner.align(a, b, bound) {
        assert!(run.length > 0 && last != Some(run.edit));
        last = Some(run.edit);
        for _ in 0..run.length {
            match run.edit {
                Edit::Equal => assert_eq!(a[i], b[j]),
                Edit::Substitute => assert_ne!(a[i], b[j]),
                Edit::Insert | Edit::Delete => {}
            }
            i += usize::from(run.edit != Edit::Insert);
            j += usize::from(run.edit != Edit::Delete);
            cost += usize::from(run.edit != Edit::Equal);
        }
    }
    assert_eq!((i, j), (a.len(), b.len()));
    assert_eq!(
        cost,
        Levenshtein::default().distance(a, b, bound, usize::MAX / 4)
    );
}

fuzz_target!(|input: (&str, &str, u16)| {
    let (first, second, repeats) = input;
    let mut pair = SymbolPair::default();
    for unit in [
        Unit::Characters,
        Unit::StrippedCharacters,
        Unit::Words,
        Unit::SpacedWords,
    ] {
        pair.read(first.as_bytes(), second.as_bytes(), unit);
        check(&pair.first, &pair.second, pair.bound);
    }
    // Long enough to be divided.
    let longer = |symbols: &[u32], n: usize| -> Vec<u32> {
        symbols
            .iter()
            .copied()
            .cycle()
            .take((symbols.len() * n).min(3000))
            .collect()
    };
    if repeats % 16 == 0 {
        let n = usize::from(repeats) + 1;
        pair.read(first.as_bytes(), second.as_bytes(), Unit::Characters);
        check(
            &longer(&pair.first, n),
            &longer(&pair.second, n + 3),
            pair.bound,
        );
    }
});
