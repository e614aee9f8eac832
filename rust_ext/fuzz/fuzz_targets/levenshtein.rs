//! Levenshtein and LCS: every length and limit against the plain table, and each row of the last column.
#![no_main]

use evalsuite_rust_ext::kernels::edit::lcs_length::LcsLength;
use evalsuite_rust_ext::kernels::edit::levenshtein::{Band, Levenshtein};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u16, u8, Vec<u8>, Vec<u8>)| {
    let (letters, limit, repeats, a, b) = input;
    let letters = u32::from(letters % 7) + 2;
    let repeats = usize::from(repeats % 40) + 1;
    let sequence = |bytes: &[u8]| -> Vec<u32> {
        let symbols = bytes.iter().map(|&byte| u32::from(byte) % letters + 1);
        symbols
            .cycle()
            .take((bytes.len() * repeats).min(900))
            .collect()
    };
    let (a, b) = (sequence(&a), sequence(&b));
    let (mut distances, mut lengths) = (
        vec![(0..=b.len()).collect::<Vec<usize>>()],
        vec![0; b.len() + 1],
    );
    for (i, x) in a.iter().enumerate() {
        let (mut row, mut common) = (vec![i + 1], vec![0]);
        for (j, y) in b.iter().enumerate() {
            let above = &distances[i];
            row.push(
                (above[j] + usize::from(x != y))
                    .min(above[j + 1] + 1)
                    .min(row[j] + 1),
            );
            common.push(if x == y {
                lengths[j] + 1
            } else {
                common[j].max(lengths[j + 1])
            });
        }
        distances.push(row);
        lengths = common;
    }
    let bound = letters as usize + 1;
    let expected = distances[a.len()][b.len()];
    let mut levenshtein = Levenshtein::default();
    let limit = usize::from(limit);
    assert_eq!(
        levenshtein.distance(&a, &b, bound, usize::MAX / 4),
        expected
    );
    assert_eq!(
        levenshtein.distance(&b, &a, bound, limit),
        expected.min(limit + 1)
    );
    assert_eq!(LcsLength::default().length(&a, &b, bound), lengths[b.len()]);
    if !a.is_empty() {
        let exact = levenshtein.last_column(&a, &b, bound, Band::new(a.len(), b.len(), expected));
        assert_eq!(exact.values.last(), Some(&expected));
        for (row, value) in (exact.first_row..).zip(exact.values) {
            assert!(value >= distances[row][b.len()]);
        }
    }
});
