//! When to use rayon's threads, and rows filled by them.

use std::process;
use std::sync::OnceLock;

use rayon::prelude::*;

static POOL_PROCESS: OnceLock<u32> = OnceLock::new();

/// Whether work may go to the thread pool.
///
/// Threads do not survive `fork`, and waiting for them in the child would never end: a child of a process that has
/// used the pool works on its own thread. Results never depend on the answer.
#[must_use]
pub fn threads_available() -> bool {
    *POOL_PROCESS.get_or_init(process::id) == process::id()
}

/// Calls `fill(state, i, row i)` for each row of `rows`, `width` numbers wide, on all threads.
///
/// A thread takes at least `min_rows` at a time and has a state of its own, whose buffers it may use again; a row must
/// not depend on what was done before it, so that the number of threads changes nothing.
///
/// # Panics
///
/// If `width` is 0.
pub fn fill_rows<T: Send, S>(
    rows: &mut [T],
    width: usize,
    min_rows: usize,
    new_state: impl Fn() -> S + Send + Sync,
    fill: impl Fn(&mut S, usize, &mut [T]) + Send + Sync,
) {
    if rows.len() / width > min_rows && threads_available() {
        rows.par_chunks_mut(width)
            .enumerate()
            .with_min_len(min_rows)
            .for_each_init(new_state, |state, (index, row)| fill(state, index, row));
    } else {
        let mut state = new_state();
        for (index, row) in rows.chunks_mut(width).enumerate() {
            fill(&mut state, index, row);
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn rows_are_filled_whatever_their_number() {
        for n in [0, 1, 2, 3, 100] {
            let mut rows = vec![0; 2 * n];
            super::fill_rows(
                &mut rows,
                2,
                2,
                || 1,
                |one, index, row| row[1] = index + *one,
            );
            assert!(
                rows.chunks(2)
                    .enumerate()
                    .all(|(index, row)| row == [0, index + 1])
            );
        }
    }

    #[test]
    fn the_first_process_to_ask_has_threads() {
        assert!(super::threads_available());
        assert!(super::threads_available());
    }
}
