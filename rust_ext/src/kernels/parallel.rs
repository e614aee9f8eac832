//! When to use rayon's threads.

use std::process;
use std::sync::OnceLock;

static POOL_PROCESS: OnceLock<u32> = OnceLock::new();

/// Whether work may go to the thread pool.
///
/// Threads do not survive `fork`, and waiting for them in the child would never end: a child of a process that has
/// used the pool works on its own thread. Results never depend on the answer.
#[must_use]
pub fn threads_available() -> bool {
    *POOL_PROCESS.get_or_init(process::id) == process::id()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_first_process_to_ask_has_threads() {
        assert!(super::threads_available());
        assert!(super::threads_available());
    }
}
