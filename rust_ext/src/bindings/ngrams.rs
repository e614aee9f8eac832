//! Bindings of n-gram counts, hashes and features.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::bindings::arrays::to_bytes;
use crate::error::KernelError;
use crate::kernels::divergence::joint_ngrams::joint_ngram_counts as count_both;
use crate::kernels::divergence::ngram_hashes::{
    ngram_hashes as hash_texts, text_features, word_features,
};
use crate::kernels::divergence::text_units::Unit;
use crate::text::Text;

type TwoArrays<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);

fn parse_unit(unit: &str) -> Result<Unit, KernelError> {
    match unit {
        "words" => Ok(Unit::Words),
        "characters" => Ok(Unit::Characters),
        _ => Err(KernelError::UnknownName {
            what: "unit",
            found: unit.to_owned(),
        }),
    }
}

/// Counts of each n-gram in two lists of texts, as the bytes of two int64 arrays.
#[pyfunction]
pub(crate) fn joint_ngram_counts<'py>(
    py: Python<'py>,
    first: Vec<Text>,
    second: Vec<Text>,
    unit: &str,
    order: usize,
) -> PyResult<TwoArrays<'py>> {
    let unit = parse_unit(unit)?;
    let (first, second) = py.detach(|| count_both(&first, &second, unit, order));
    Ok((
        to_bytes(py, &first, i64::to_ne_bytes)?,
        to_bytes(py, &second, i64::to_ne_bytes)?,
    ))
}

/// 53-bit hashes of each text's n-grams, as the bytes of a float64 array, and how many each text has, of an int64 one.
#[pyfunction]
pub(crate) fn ngram_hashes<'py>(
    py: Python<'py>,
    texts: Vec<Text>,
    unit: &str,
    order: usize,
) -> PyResult<TwoArrays<'py>> {
    let unit = parse_unit(unit)?;
    let (hashes, lengths) = py.detach(|| hash_texts(&texts, unit, order));
    Ok((
        to_bytes(py, &hashes, f64::to_ne_bytes)?,
        to_bytes(py, &lengths, i64::to_ne_bytes)?,
    ))
}

/// Fills `out`, float32 of shape (n, `n_features`), with hashed n-grams of texts, or of single words.
#[pyfunction]
pub(crate) fn hashed_features(
    py: Python<'_>,
    texts: Vec<Text>,
    of_words: bool,
    n_features: usize,
    out: PyBuffer<f32>,
) -> PyResult<()> {
    let rows = py.detach(|| {
        if of_words {
            word_features(&texts, n_features)
        } else {
            text_features(&texts, n_features)
        }
    });
    out.copy_from_slice(py, &rows)
}
