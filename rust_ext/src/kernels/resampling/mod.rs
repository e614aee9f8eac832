//! Resampling: random numbers, bootstrap, randomisation, jackknife.

pub mod bootstrap;
pub mod counter_rng;
pub mod exact_sum;
pub mod jackknife;
pub mod numpy_bootstrap;
pub mod numpy_draws;
pub mod numpy_scalar;
pub mod paired_trials;
pub mod pcg64;
pub mod resampled_scores;
pub mod tiles;
