//! Compiled kernels of evalsuite, private to `evalsuite.kernels`.
//!
//! This file only lists what Python sees; `bindings` turns its arguments into those of `kernels`.

mod bindings;
pub mod error;
pub mod kernels;
mod text;

/// Python's `evalsuite._rust`.
#[pyo3::pymodule]
mod _rust {
    #[pymodule_export]
    use crate::bindings::bleu::{bleu_scores, bleu_statistics, tokenize};

    #[pymodule_export]
    use crate::bindings::bootstrap::{bootstrap_draws, bootstrap_sums};

    #[pymodule_export]
    use crate::bindings::chrf::{chrf_scores, chrf_statistics};

    #[pymodule_export]
    use crate::bindings::significance::{
        jackknife_sums, numpy_bootstrap_sums, numpy_choices, numpy_coins, numpy_trial_sums,
        resampled_bleu, resampled_chrf, resampled_ter, trial_coins, trial_sums,
    };

    #[pymodule_export]
    use crate::bindings::ter::ter_statistics;
}
