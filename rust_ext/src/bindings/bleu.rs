//! Bindings of 13a and BLEU.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::error::KernelError;
use crate::kernels::bleu_score::{ScoreOptions, Smoothing, bleu_scores as score_rows};
use crate::kernels::bleu_statistics::{Tokenization, bleu_statistics as count_segments};
use crate::kernels::tokenize_13a::tokenize_all;
use crate::text::{Text, to_string};

/// Tokens of each text under 13a, joined by single spaces.
#[pyfunction]
pub(crate) fn tokenize_13a(py: Python<'_>, texts: Vec<Text>) -> PyResult<Bound<'_, PyList>> {
    let lines = py.detach(|| tokenize_all(&texts));
    let lines: Vec<_> = lines
        .iter()
        .map(|line| to_string(py, line))
        .collect::<PyResult<_>>()?;
    PyList::new(py, lines)
}

/// Fills `out`, int64 of shape (n, 2 + 2 `max_order`), with the statistics of BLEU.
#[pyfunction]
pub(crate) fn bleu_statistics(
    py: Python<'_>,
    hypotheses: Vec<Text>,
    references: Vec<Text>,
    reference_counts: PyBuffer<i64>,
    tokenize: &str,
    max_order: usize,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let counts = reference_counts.to_vec(py)?;
    let tokenization = match tokenize {
        "13a" => Tokenization::Mteval13a,
        "none" => Tokenization::Whitespace,
        _ => {
            return Err(KernelError::UnknownName {
                what: "tokenize",
                found: tokenize.to_owned(),
            }
            .into());
        }
    };
    let rows =
        py.detach(|| count_segments(&hypotheses, &references, &counts, tokenization, max_order))?;
    out.copy_from_slice(py, &rows)
}

/// Fills `out`, float64 of shape (m,), with the score of each row of `statistics`.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the options of one call, all of them scalars
pub(crate) fn bleu_scores(
    py: Python<'_>,
    statistics: PyBuffer<f64>,
    max_order: usize,
    smooth_method: &str,
    smooth_value: f64,
    effective_order: bool,
    compensated_sum: bool,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let rows = statistics.to_vec(py)?;
    let smoothing = match smooth_method {
        "none" => Smoothing::None,
        "floor" => Smoothing::Floor(smooth_value),
        "add-k" => Smoothing::AddK(smooth_value),
        "exp" => Smoothing::Exp,
        _ => {
            return Err(KernelError::UnknownName {
                what: "smooth_method",
                found: smooth_method.to_owned(),
            }
            .into());
        }
    };
    let options = ScoreOptions {
        smoothing,
        effective_order,
        compensated_sum,
    };
    let scores = py.detach(|| score_rows(&rows, max_order, options));
    out.copy_from_slice(py, &scores)
}
