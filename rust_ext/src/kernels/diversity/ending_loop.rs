//! Texts that end in a loop: the same few tokens over and over, up to the last one.

use crate::kernels::numbering::token_sequences::TokenSequences;
use crate::kernels::parallel::fill_rows;

/// Texts a thread takes at a time, at least.
const MIN_TEXTS: usize = 64;

/// For each text `[period, repetitions, start]` of the loop it ends in, in tokens; zeros if it ends in none.
#[must_use]
pub fn ending_loops(
    texts: TokenSequences<'_>,
    min_repetitions: usize,
    min_span: usize,
) -> Vec<i64> {
    let mut rows = vec![0; 3 * texts.len()];
    fill_rows(
        &mut rows,
        3,
        MIN_TEXTS,
        || (),
        |(), index, row| {
            let ids = &texts.ids()[texts.range(index)];
            let found = ending_loop(ids, min_repetitions, min_span);
            row.copy_from_slice(&found.map(|value| value as i64));
        },
    );
    rows
}

/// `[period, repetitions, start]` of the longest end of a text that repeats with some period.
///
/// The end of length m has period p if each of its tokens equals the one p before it, so that the last repetition may
/// be cut off anywhere. It is a loop if m is at least `min_repetitions` times p and at least `min_span`. The longest
/// loop is reported, of equally long ones that of the shortest period; repetitions are whole ones, m / p rounded down.
#[must_use]
pub fn ending_loop(ids: &[u32], min_repetitions: usize, min_span: usize) -> [usize; 3] {
    let n = ids.len();
    let (mut longest, mut best) = (0, [0; 3]);
    // z: from how many tokens before each place, read backwards, the text goes on as it ends.
    let back = |at: usize| ids[n - 1 - at];
    let mut z = vec![0; n];
    let (mut left, mut right) = (0, 0);
    for period in 1..n {
        let mut shared = if period < right {
            (right - period).min(z[period - left])
        } else {
            0
        };
        while period + shared < n && back(shared) == back(period + shared) {
            shared += 1;
        }
        z[period] = shared;
        if period + shared > right {
            (left, right) = (period, period + shared);
        }
        let span = period + shared;
        if span > longest && span >= min_span && span / period >= min_repetitions {
            longest = span;
            best = [period, span / period, n - span];
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::resampling::counter_rng::mix64;

    fn naive(ids: &[u32], min_repetitions: usize, min_span: usize) -> [usize; 3] {
        let n = ids.len();
        for start in 0..n {
            for period in 1..n - start {
                let span = n - start;
                let repeats = (start + period..n).all(|at| ids[at] == ids[at - period]);
                if repeats && span >= min_repetitions * period && span >= min_span {
                    return [period, span / period, start];
                }
            }
        }
        [0; 3]
    }

    #[test]
    fn equals_all_starts_and_periods_on_random_texts() {
        let mut state = 5;
        let mut draw = |below: u64| {
            state = mix64(state);
            state % below
        };
        for _ in 0..5000 {
            let n_types = 1 + draw(3);
            let mut ids: Vec<u32> = (0..draw(8)).map(|_| draw(n_types) as u32).collect();
            let phrase: Vec<u32> = (0..=draw(5)).map(|_| draw(n_types) as u32).collect();
            let n_looped = draw(20) as usize;
            ids.extend(phrase.iter().cycle().take(n_looped));
            let (k, span) = (2 + draw(3) as usize, draw(8) as usize);
            assert_eq!(
                ending_loop(&ids, k, span),
                naive(&ids, k, span),
                "{ids:?} {k} {span}"
            );
        }
    }

    #[test]
    fn the_last_repetition_may_be_cut_off() {
        assert_eq!(
            ending_loop(&[9, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1], 3, 6),
            [3, 3, 1]
        );
        assert_eq!(ending_loop(&[1, 2, 1, 2, 1], 3, 0), [0; 3]);
        assert_eq!(ending_loop(&[], 2, 0), [0; 3]);
    }
}
