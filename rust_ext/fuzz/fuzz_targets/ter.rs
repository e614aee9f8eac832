//! TER: edits equal those of a search that computes every distance from scratch; no text panics, whatever the options.
#![no_main]

use evalsuite_rust_ext::kernels::ter::shifts::ShiftSearch;
use evalsuite_rust_ext::kernels::ter::statistics::ter_statistics;
use evalsuite_rust_ext::kernels::ter::tercom_tokens::TercomOptions;
use libfuzzer_sys::fuzz_target;

const FAR: usize = usize::MAX / 2;

/// The distance within the beam and, for each word of the reference, how many words of the hypothesis come up to it.
fn distance(words: &[u32], reference: &[u32]) -> (usize, Vec<usize>, Vec<bool>, Vec<bool>) {
    let (n, m) = (words.len(), reference.len());
    let mut table = vec![vec![(FAR, ' '); m + 1]; n + 1];
    table[0] = (0..=m).map(|column| (column, 'i')).collect();
    let ratio = m as f64 / n as f64;
    let width = if ratio / 2.0 > 25.0 {
        (ratio / 2.0 + 25.0).ceil() as usize
    } else {
        25
    };
    for row in 1..=n {
        let diagonal = (row as f64 * ratio).floor() as usize;
        let end = if row == n {
            m + 1
        } else {
            (m + 1).min(diagonal + width)
        };
        for column in diagonal.saturating_sub(width)..end {
            let mut best = (FAR, ' ');
            if column > 0 {
                let same = words[row - 1] == reference[column - 1];
                best = (
                    table[row - 1][column - 1].0 + usize::from(!same),
                    if same { '=' } else { 's' },
                );
            }
            for (cost, kind) in [
                (table[row - 1][column].0 + 1, 'd'),
                (
                    if column > 0 {
                        table[row][column - 1].0 + 1
                    } else {
                        FAR
                    },
                    'i',
                ),
            ] {
                if cost < best.0 {
                    best = (cost, kind);
                }
            }
            table[row][column] = (best.0.min(FAR), best.1);
        }
    }
    let (mut used, mut wrong, mut wrong_reference) = (vec![0; m], vec![true; n], vec![true; m]);
    let (mut row, mut column) = (n, m);
    while row > 0 || column > 0 {
        let kind = table[row][column].1;
        if kind != 'd' {
            used[column - 1] = row;
            wrong_reference[column - 1] = kind != '=';
        }
        if kind != 'i' {
            wrong[row - 1] = kind != '=';
        }
        row -= usize::from(kind != 'i');
        column -= usize::from(kind != 'd');
    }
    (table[n][m].0, used, wrong, wrong_reference)
}

fn shifted(words: &[u32], start: usize, len: usize, target: usize) -> Vec<u32> {
    let mut rest = words.to_vec();
    let block: Vec<u32> = rest.drain(start..start + len).collect();
    let at = if target <= start {
        target
    } else if target > start + len {
        target - len
    } else {
        target.min(rest.len())
    };
    rest.splice(at..at, block);
    rest
}

fn plain_edits(hypothesis: &[u32], reference: &[u32]) -> usize {
    if hypothesis.is_empty() || reference.is_empty() {
        return hypothesis.len().max(reference.len());
    }
    let mut words = hypothesis.to_vec();
    let (mut n_shifts, mut n_candidates) = (0, 0);
    loop {
        let (before, used, wrong, wrong_reference) = distance(&words, reference);
        let mut best = None;
        'search: for start in 0..words.len() {
            for to in start.saturating_sub(50)..reference.len().min(start + 51) {
                let run = words[start..].iter().zip(&reference[to..]).take(10);
                let run = run.take_while(|(a, b)| a == b).count();
                for len in 1..=run {
                    if !wrong[start..start + len].contains(&true)
                        || !wrong_reference[to..to + len].contains(&true)
                        || (start + 1..start + 1 + len).contains(&used[to])
                    {
                        continue;
                    }
                    let mut last = None;
                    for before_to in 0..=len {
                        let target = (to + before_to).checked_sub(1).map_or(0, |word| used[word]);
                        if last == Some(target) {
                            continue;
                        }
                        last = Some(target);
                        n_candidates += 1;
                        let new = shifted(&words, start, len, target);
                        let gain = before as i64 - distance(&new, reference).0 as i64;
                        let rank = (
                            gain,
                            len,
                            std::cmp::Reverse(start),
                            std::cmp::Reverse(target),
                        );
                        if best.as_ref().is_none_or(|(other, _)| rank > *other) {
                            best = Some((rank, new));
                        }
                    }
                    if n_candidates >= 1000 {
                        break 'search;
                    }
                }
            }
        }
        match best {
            Some((rank, new)) if n_candidates < 1000 && rank.0 > 0 => {
                words = new;
                n_shifts += 1;
            }
            _ => return n_shifts + before,
        }
    }
}

fuzz_target!(|input: (&[u8], u8, u8, &str, &str)| {
    let (bytes, cut, kinds, hypothesis, reference) = input;
    // Words of few kinds, one a byte; the reference numbers its own, as the caller does.
    let cut = bytes.len() * usize::from(cut) / 256;
    let (first, second) = (
        &bytes[..cut.min(400)],
        &bytes[cut..bytes.len().min(cut + 400)],
    );
    let kinds = u32::from(kinds % 12) + 1;
    let second: Vec<u32> = second
        .iter()
        .map(|&byte| 1 + u32::from(byte) % kinds)
        .collect();
    let first: Vec<u32> = first
        .iter()
        .map(|&byte| 1 + u32::from(byte) % kinds)
        .map(|word| if second.contains(&word) { word } else { 0 })
        .collect();
    let edits = ShiftSearch::default().count_edits(&first, &second, kinds as usize);
    assert_eq!(edits, plain_edits(&first, &second) as i64);
    for flags in 0..8_u8 {
        let options = TercomOptions {
            normalized: flags & 1 > 0,
            no_punct: flags & 2 > 0,
            asian_support: flags & 4 > 0,
        };
        let row = ter_statistics(&[hypothesis], &[reference], &[1], options).unwrap();
        assert!(row[0] >= 0 && row[0] <= row[1].max(hypothesis.len() as i64 * 3));
    }
});
