//! Longest repeated spans and ending loops against trying all starts, lengths and periods.
#![no_main]

use evalsuite_rust_ext::kernels::diversity::ending_loop::ending_loop;
use evalsuite_rust_ext::kernels::diversity::repeated_span::repeated_span;
use libfuzzer_sys::fuzz_target;

fn naive_span(ids: &[u32], overlap: bool) -> [usize; 3] {
    for length in (1..ids.len()).rev() {
        for first in 0..=ids.len() - length {
            let least = if overlap { first + 1 } else { first + length };
            let mut starts = (least..(ids.len() + 1).saturating_sub(length)).rev();
            let span = &ids[first..first + length];
            if let Some(last) = starts.find(|&last| ids[last..last + length] == *span) {
                return [length, first, last];
            }
        }
    }
    [0; 3]
}

fn naive_loop(ids: &[u32], min_repetitions: usize, min_span: usize) -> [usize; 3] {
    for start in 0..ids.len() {
        let span = ids.len() - start;
        for period in 1..span {
            let repeats = (start + period..ids.len()).all(|at| ids[at] == ids[at - period]);
            if repeats && span >= min_repetitions * period && span >= min_span {
                return [period, span / period, start];
            }
        }
    }
    [0; 3]
}

fuzz_target!(|input: (Vec<u8>, u8, u8, u8)| {
    let (bytes, alphabet, min_repetitions, min_span) = input;
    let ids: Vec<u32> = bytes
        .iter()
        .take(60)
        .map(|&byte| u32::from(byte % (alphabet % 8 + 1)))
        .collect();
    for overlap in [false, true] {
        assert_eq!(repeated_span(&ids, overlap), naive_span(&ids, overlap));
    }
    let (k, span) = (
        2 + usize::from(min_repetitions % 4),
        usize::from(min_span % 16),
    );
    assert_eq!(ending_loop(&ids, k, span), naive_loop(&ids, k, span));
});
