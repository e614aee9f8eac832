//! Bindings of METEOR.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::kernels::meteor::alignment::{
    Vocabulary, meteor_scores as score_rows, meteor_statistics as align_pairs,
};

/// Fills `out`, int64 of shape (references, 4), with lengths, matches and chunks.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // two lists of texts in parts, and a vocabulary
pub(crate) fn meteor_statistics(
    py: Python<'_>,
    hypotheses: PyBuffer<u32>,
    hypothesis_lengths: PyBuffer<i64>,
    references: PyBuffer<u32>,
    reference_lengths: PyBuffer<i64>,
    reference_counts: PyBuffer<i64>,
    stems: PyBuffer<u32>,
    synonym_counts: PyBuffer<u32>,
    synonyms: PyBuffer<u32>,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let (hypotheses, references) = (hypotheses.to_vec(py)?, references.to_vec(py)?);
    let hypothesis_lengths = hypothesis_lengths.to_vec(py)?;
    let reference_lengths = reference_lengths.to_vec(py)?;
    let reference_counts = reference_counts.to_vec(py)?;
    let (stems, synonym_counts) = (stems.to_vec(py)?, synonym_counts.to_vec(py)?);
    let synonyms = synonyms.to_vec(py)?;
    let rows = py.detach(|| {
        let vocabulary = Vocabulary {
            stems: &stems,
            synonym_counts: &synonym_counts,
            synonyms: &synonyms,
        };
        align_pairs(
            &hypotheses,
            &hypothesis_lengths,
            &references,
            &reference_lengths,
            &reference_counts,
            &vocabulary,
        )
    })?;
    out.copy_from_slice(py, &rows)
}

/// Fills `out`, float64 of shape (m,), with the score of each row of `statistics`.
#[pyfunction]
pub(crate) fn meteor_scores(
    py: Python<'_>,
    statistics: PyBuffer<i64>,
    alpha: f64,
    beta: f64,
    gamma: f64,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let rows = statistics.to_vec(py)?;
    let scores = py.detach(|| score_rows(&rows, alpha, beta, gamma));
    out.copy_from_slice(py, &scores)
}
