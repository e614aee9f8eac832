//! Bindings of chrF.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::kernels::chrf::score::{FScoreOptions, f_scores};
use crate::kernels::chrf::statistics::{ChrfOptions, chrf_statistics as count_segments};
use crate::text::Text;

/// Fills `out`, int64 of shape (n, 3 (`char_order` + `word_order`)), with the statistics of chrF.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the options of one call, all of them scalars
pub(crate) fn chrf_statistics(
    py: Python<'_>,
    hypotheses: Vec<Text>,
    references: Vec<Text>,
    reference_counts: PyBuffer<i64>,
    char_order: usize,
    word_order: usize,
    keep_whitespace: bool,
    beta_squared: f64,
    eps_smoothing: bool,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let counts = reference_counts.to_vec(py)?;
    let options = ChrfOptions {
        char_order,
        word_order,
        keep_whitespace,
        score: FScoreOptions {
            beta_squared,
            eps_smoothing,
        },
    };
    let rows = py.detach(|| count_segments(&hypotheses, &references, &counts, options))?;
    out.copy_from_slice(py, &rows)
}

/// Fills `out`, float64 of shape (m,), with the score of each row of `statistics`.
#[pyfunction]
pub(crate) fn chrf_scores(
    py: Python<'_>,
    statistics: PyBuffer<f64>,
    beta_squared: f64,
    eps_smoothing: bool,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let width = statistics.shape()[1];
    let rows = statistics.to_vec(py)?;
    let options = FScoreOptions {
        beta_squared,
        eps_smoothing,
    };
    let scores = py.detach(|| f_scores(&rows, width, options));
    out.copy_from_slice(py, &scores)
}
