//! Bindings of self-BLEU, diversity and degeneration, all of them over numbered tokens.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::bindings::arrays::to_bytes;
use crate::error::KernelError;
use crate::kernels::diversity::ending_loop::ending_loops as find_loops;
use crate::kernels::diversity::ngram_diversity::{
    distinct_counts as count_distinct, ngram_frequencies as count_ngrams,
};
use crate::kernels::diversity::nltk_bleu::{NltkSmoothing, nltk_bleu_scores as score_rows};
use crate::kernels::diversity::repeated_span::repeated_spans as find_spans;
use crate::kernels::diversity::self_bleu::self_bleu_statistics as count_matches;
use crate::kernels::numbering::token_ids::{Units, token_ids as number_tokens};
use crate::kernels::numbering::token_sequences::TokenSequences;
use crate::text::Text;

/// The numbers of all tokens, uint32, and where each text ends among them, int64, as bytes.
#[pyfunction]
pub(crate) fn token_ids<'py>(
    py: Python<'py>,
    texts: Vec<Text>,
    units: &str,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let units = match units {
        "none" => Units::Words,
        "13a" => Units::Mteval13a,
        "char" => Units::Characters,
        _ => {
            return Err(KernelError::UnknownName {
                what: "tokenize",
                found: units.to_owned(),
            }
            .into());
        }
    };
    let found = py.detach(|| number_tokens(&texts, units))?;
    let ids = to_bytes(py, &found.ids, u32::to_ne_bytes)?;
    let ends = to_bytes(py, &found.ends, i64::to_ne_bytes)?;
    Ok((ids, ends))
}

/// Fills `out`, int64 of shape (n, 2 + 2 `max_order`), with the statistics of self-BLEU.
#[pyfunction]
pub(crate) fn self_bleu_statistics(
    py: Python<'_>,
    ids: PyBuffer<u32>,
    ends: PyBuffer<i64>,
    max_order: usize,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let (ids, ends) = (ids.to_vec(py)?, ends.to_vec(py)?);
    let rows = py.detach(|| count_matches(TokenSequences::new(&ids, &ends)?, max_order))?;
    out.copy_from_slice(py, &rows)
}

/// Fills `out`, float64 of shape (n,), with nltk's score of each row of `statistics`.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the options of one call, all of them scalars
pub(crate) fn nltk_bleu_scores(
    py: Python<'_>,
    statistics: PyBuffer<i64>,
    max_order: usize,
    weights: Vec<f64>,
    method: u8,
    epsilon: f64,
    alpha: f64,
    k: f64,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let rows = statistics.to_vec(py)?;
    let smoothing = NltkSmoothing {
        method,
        epsilon,
        alpha,
        k,
    };
    let scores = py.detach(|| score_rows(&rows, max_order, &weights, smoothing));
    out.copy_from_slice(py, &scores)
}

/// Fills `set_out`, int64 of shape (`max_order`, 2), and `text_out`, of shape (n, 2 `max_order`), with distinct n-grams
/// and all n-grams.
#[pyfunction]
pub(crate) fn distinct_counts(
    py: Python<'_>,
    ids: PyBuffer<u32>,
    ends: PyBuffer<i64>,
    max_order: usize,
    set_out: PyBuffer<i64>,
    text_out: PyBuffer<i64>,
) -> PyResult<()> {
    let (ids, ends) = (ids.to_vec(py)?, ends.to_vec(py)?);
    let found = py.detach(|| -> Result<_, KernelError> {
        Ok(count_distinct(TokenSequences::new(&ids, &ends)?, max_order))
    })?;
    set_out.copy_from_slice(py, &found.set)?;
    text_out.copy_from_slice(py, &found.texts)
}

/// Occurrences of each distinct n-gram, int64 as bytes, the most frequent first.
#[pyfunction]
pub(crate) fn ngram_frequencies(
    py: Python<'_>,
    ids: PyBuffer<u32>,
    ends: PyBuffer<i64>,
    order: usize,
) -> PyResult<Bound<'_, PyBytes>> {
    let (ids, ends) = (ids.to_vec(py)?, ends.to_vec(py)?);
    let counts = py.detach(|| -> Result<_, KernelError> {
        Ok(count_ngrams(TokenSequences::new(&ids, &ends)?, order))
    })?;
    to_bytes(py, &counts, i64::to_ne_bytes)
}

/// Fills `out`, int64 of shape (n, 3), with each text's longest repeated span.
#[pyfunction]
pub(crate) fn repeated_spans(
    py: Python<'_>,
    ids: PyBuffer<u32>,
    ends: PyBuffer<i64>,
    overlap: bool,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let (ids, ends) = (ids.to_vec(py)?, ends.to_vec(py)?);
    let rows = py.detach(|| -> Result<_, KernelError> {
        Ok(find_spans(TokenSequences::new(&ids, &ends)?, overlap))
    })?;
    out.copy_from_slice(py, &rows)
}

/// Fills `out`, int64 of shape (n, 3), with the loop that each text ends in.
#[pyfunction]
pub(crate) fn ending_loops(
    py: Python<'_>,
    ids: PyBuffer<u32>,
    ends: PyBuffer<i64>,
    min_repetitions: usize,
    min_span: usize,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let (ids, ends) = (ids.to_vec(py)?, ends.to_vec(py)?);
    let rows = py.detach(|| -> Result<_, KernelError> {
        let texts = TokenSequences::new(&ids, &ends)?;
        Ok(find_loops(texts, min_repetitions, min_span))
    })?;
    out.copy_from_slice(py, &rows)
}
