//! Bindings of resampling: numpy's stream as sacrebleu uses it, paired trials, and the jackknife.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::error::KernelError;
use crate::kernels::bleu::score::{ScoreOptions, Smoothing};
use crate::kernels::resampling::jackknife::jackknife_sums as leave_out;
use crate::kernels::resampling::numpy_bootstrap::{
    generator_after, numpy_bootstrap_sums as resample, numpy_choices as choose,
};
use crate::kernels::resampling::numpy_scalar::Promotion;
use crate::kernels::resampling::paired_trials::{
    Coins, trial_coins as flip, trial_sums as add_heads, trial_sums_of_counts as count_heads,
};
use crate::kernels::resampling::pcg64::Pcg64;
use crate::kernels::resampling::resampled_scores::{
    Held, ScoredBy, resampled_scores as score_rows,
};

/// Fills `out`, int64 of any length, with numbers below `n` from the generator of `seed` after `n_flips` coin flips.
#[pyfunction]
pub(crate) fn numpy_choices(
    py: Python<'_>,
    seed: Vec<u32>,
    n_flips: u64,
    n: u32,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let count = out.item_count();
    let draws = py.detach(|| {
        let mut draws = vec![0; count];
        choose(generator_after(&seed, n_flips), n, &mut draws);
        draws
    });
    out.copy_from_slice(py, &draws)
}

/// Fills `out`, uint8 of shape (`n_trials`, n), with the coins that the generator of `seed` flips.
#[pyfunction]
pub(crate) fn numpy_coins(py: Python<'_>, seed: Vec<u32>, out: PyBuffer<u8>) -> PyResult<()> {
    let (n_trials, n) = (out.shape()[0], out.shape()[1]);
    let coins = py.detach(|| flip(n, n_trials, &Coins::Numpy(Pcg64::new(&seed))));
    out.copy_from_slice(py, &coins)
}

/// Fills `out`, float32 of shape (`n_resamples`, k), with the sums of the rows that numpy's generator draws.
#[pyfunction]
pub(crate) fn numpy_bootstrap_sums(
    py: Python<'_>,
    rows: PyBuffer<f32>,
    seed: Vec<u32>,
    n_flips: u64,
    out: PyBuffer<f32>,
) -> PyResult<()> {
    let values = rows.to_vec(py)?;
    let (count, width) = (out.shape()[0], out.shape()[1]);
    let sums = py.detach(|| resample(&values, width, generator_after(&seed, n_flips), count));
    out.copy_from_slice(py, &sums)
}

/// Fills `out`, int64 of shape (`n_trials`, k), with the sums of the rows for which numpy's generator flips heads.
#[pyfunction]
pub(crate) fn numpy_trial_sums(
    py: Python<'_>,
    differences: PyBuffer<i64>,
    seed: Vec<u32>,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let rows = differences.to_vec(py)?;
    let (count, width) = (out.shape()[0], out.shape()[1]);
    let coins = Coins::Numpy(Pcg64::new(&seed));
    let sums = py.detach(|| count_heads(&rows, width, count, &coins));
    out.copy_from_slice(py, &sums)
}

/// Fills `out`, float64 of shape (`n_trials`, k), with the sums of the rows for which our stream flips heads.
#[pyfunction]
pub(crate) fn trial_sums(
    py: Python<'_>,
    differences: PyBuffer<f64>,
    seed: u64,
    first_trial: u64,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let rows = differences.to_vec(py)?;
    let (count, width) = (out.shape()[0], out.shape()[1]);
    let coins = Coins::Counter {
        seed,
        first: first_trial,
    };
    let sums = py.detach(|| add_heads(&rows, width, count, &coins));
    out.copy_from_slice(py, &sums)
}

/// Fills `out`, uint8 of shape (`n_trials`, n), with the coins that our stream flips.
#[pyfunction]
pub(crate) fn trial_coins(
    py: Python<'_>,
    seed: u64,
    first_trial: u64,
    out: PyBuffer<u8>,
) -> PyResult<()> {
    let (n_trials, n) = (out.shape()[0], out.shape()[1]);
    let coins = Coins::Counter {
        seed,
        first: first_trial,
    };
    let flipped = py.detach(|| flip(n, n_trials, &coins));
    out.copy_from_slice(py, &flipped)
}

/// Fills `out`, float64 of shape (`n_blocks`, k), with the sums of all rows but those of a block.
#[pyfunction]
pub(crate) fn jackknife_sums(
    py: Python<'_>,
    rows: PyBuffer<f64>,
    blocks: PyBuffer<i64>,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let (values, labels) = (rows.to_vec(py)?, blocks.to_vec(py)?);
    let width = out.shape()[1];
    let sums = py.detach(|| leave_out(&values, width, &labels))?;
    if sums.len() != out.item_count() {
        return Err(KernelError::Lengths {
            what: "out",
            expected: sums.len(),
            found: out.item_count(),
        }
        .into());
    }
    out.copy_from_slice(py, &sums)
}

/// Fills `out` with BLEU of each row of sums; whether any is a Python number in sacrebleu.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the options of one call, all of them scalars
pub(crate) fn resampled_bleu(
    py: Python<'_>,
    rows: PyBuffer<f64>,
    width: usize,
    held: &str,
    smooth_method: &str,
    smooth_value: f64,
    effective_order: bool,
    compensated_sum: bool,
    out: PyBuffer<f64>,
) -> PyResult<bool> {
    let smoothing = match smooth_method {
        "none" => Smoothing::None,
        "floor" => Smoothing::Floor(smooth_value),
        "add-k" => Smoothing::AddK(smooth_value),
        "exp" => Smoothing::Exp,
        _ => return Err(unknown("smooth_method", smooth_method)),
    };
    let options = ScoreOptions {
        smoothing,
        effective_order,
        compensated_sum,
    };
    fill_scores(py, &rows, width, held, ScoredBy::Bleu(options), &out)
}

/// Fills `out` with chrF of each row of sums; whether any is a Python number in sacrebleu.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the options of one call, all of them scalars
pub(crate) fn resampled_chrf(
    py: Python<'_>,
    rows: PyBuffer<f64>,
    width: usize,
    held: &str,
    factor: f64,
    factor_plus_one: f64,
    eps_smoothing: bool,
    out: PyBuffer<f64>,
) -> PyResult<bool> {
    let metric = ScoredBy::Chrf {
        factor,
        factor_plus_one,
        eps_smoothing,
    };
    fill_scores(py, &rows, width, held, metric, &out)
}

/// Fills `out` with TER of each row of sums; whether any is a Python number in sacrebleu.
#[pyfunction]
pub(crate) fn resampled_ter(
    py: Python<'_>,
    rows: PyBuffer<f64>,
    held: &str,
    out: PyBuffer<f64>,
) -> PyResult<bool> {
    fill_scores(py, &rows, 2, held, ScoredBy::Ter, &out)
}

fn fill_scores(
    py: Python<'_>,
    rows: &PyBuffer<f64>,
    width: usize,
    held: &str,
    metric: ScoredBy,
    out: &PyBuffer<f64>,
) -> PyResult<bool> {
    let held = match held {
        "float32, numpy 2" => Held::Single(Promotion::Nep50),
        "float32, numpy 1" => Held::Single(Promotion::ByValue),
        "float64" => Held::Double,
        "int64" => Held::Integer,
        _ => return Err(unknown("held", held)),
    };
    let values = rows.to_vec(py)?;
    let (scores, any_python) = py.detach(|| score_rows(&values, width, held, metric));
    out.copy_from_slice(py, &scores)?;
    Ok(any_python)
}

fn unknown(what: &'static str, found: &str) -> PyErr {
    KernelError::UnknownName {
        what,
        found: found.to_owned(),
    }
    .into()
}
