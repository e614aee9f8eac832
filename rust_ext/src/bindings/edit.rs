//! Bindings of edit distances, alignments and the similarities of all pairs.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::bindings::arrays::to_bytes;
use crate::error::KernelError;
use crate::kernels::edit::batch::{
    Alignments, NumberPairs, TextPairs, edit_alignments as align, edit_counts as count,
    edit_distances as measure,
};
use crate::kernels::edit::pairwise::{
    Similarity, pairwise_similarities as compare, pairwise_token_similarities as compare_tokens,
};
use crate::kernels::numbering::symbols::Unit;
use crate::kernels::numbering::token_sequences::TokenSequences;
use crate::text::Text;

fn unit_of(name: &str) -> Result<Unit, KernelError> {
    Unit::from_name(name).ok_or_else(|| KernelError::UnknownName {
        what: "unit",
        found: name.to_owned(),
    })
}

/// Fills `out`, int64 of shape (n, 3), with distances and the lengths of both texts.
#[pyfunction]
pub(crate) fn edit_distances(
    py: Python<'_>,
    first: Vec<Text>,
    second: Vec<Text>,
    unit: &str,
    limit: u64,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let unit = unit_of(unit)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let rows =
        py.detach(|| TextPairs::new(&first, &second, unit).map(|pairs| measure(&pairs, limit)))?;
    out.copy_from_slice(py, &rows)
}

/// Fills `out`, int64 of shape (n, 4), with hits, substitutions, deletions and insertions.
#[pyfunction]
pub(crate) fn edit_counts(
    py: Python<'_>,
    first: Vec<Text>,
    second: Vec<Text>,
    unit: &str,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let unit = unit_of(unit)?;
    let rows = py.detach(|| TextPairs::new(&first, &second, unit).map(|pairs| count(&pairs)))?;
    out.copy_from_slice(py, &rows)
}

/// Runs of all alignments, int64 of shape (any, 5), and how many each pair has, int64 of shape (n,), as bytes.
#[pyfunction]
pub(crate) fn edit_alignments<'py>(
    py: Python<'py>,
    first: Vec<Text>,
    second: Vec<Text>,
    unit: &str,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let unit = unit_of(unit)?;
    let found = py.detach(|| TextPairs::new(&first, &second, unit).map(|pairs| align(&pairs)))?;
    pack(py, &found)
}

/// As `edit_distances`, of sequences of uint32 that follow one another.
#[pyfunction]
pub(crate) fn edit_distances_of_numbers(
    py: Python<'_>,
    first: PyBuffer<u32>,
    first_lengths: PyBuffer<i64>,
    second: PyBuffer<u32>,
    second_lengths: PyBuffer<i64>,
    limit: u64,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let (first, first_lengths) = (first.to_vec(py)?, first_lengths.to_vec(py)?);
    let (second, second_lengths) = (second.to_vec(py)?, second_lengths.to_vec(py)?);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let rows = py.detach(|| {
        NumberPairs::new(&first, &first_lengths, &second, &second_lengths)
            .map(|pairs| measure(&pairs, limit))
    })?;
    out.copy_from_slice(py, &rows)
}

/// As `edit_alignments`, of sequences of uint32 that follow one another.
#[pyfunction]
pub(crate) fn edit_alignments_of_numbers(
    py: Python<'_>,
    first: PyBuffer<u32>,
    first_lengths: PyBuffer<i64>,
    second: PyBuffer<u32>,
    second_lengths: PyBuffer<i64>,
) -> PyResult<(Bound<'_, PyBytes>, Bound<'_, PyBytes>)> {
    let (first, first_lengths) = (first.to_vec(py)?, first_lengths.to_vec(py)?);
    let (second, second_lengths) = (second.to_vec(py)?, second_lengths.to_vec(py)?);
    let found = py.detach(|| {
        NumberPairs::new(&first, &first_lengths, &second, &second_lengths)
            .map(|pairs| align(&pairs))
    })?;
    pack(py, &found)
}

fn pack<'py>(
    py: Python<'py>,
    found: &Alignments,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let runs = to_bytes(py, &found.runs, i64::to_ne_bytes)?;
    Ok((runs, to_bytes(py, &found.counts, i64::to_ne_bytes)?))
}

/// Fills `out`, float64, with a symmetric matrix for each group of texts, one after the other.
#[pyfunction]
pub(crate) fn pairwise_similarities(
    py: Python<'_>,
    texts: Vec<Text>,
    group_sizes: PyBuffer<i64>,
    similarity: &str,
    order: usize,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let sizes = group_sizes.to_vec(py)?;
    let similarity = similarity_of(similarity, order)?;
    let cells = py.detach(|| compare(&texts, &sizes, similarity))?;
    out.copy_from_slice(py, &cells)
}

/// The same of texts as token numbers that end at `ends`.
#[pyfunction]
pub(crate) fn pairwise_token_similarities(
    py: Python<'_>,
    ids: PyBuffer<u32>,
    ends: PyBuffer<i64>,
    group_sizes: PyBuffer<i64>,
    similarity: &str,
    order: usize,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let (ids, ends, sizes) = (ids.to_vec(py)?, ends.to_vec(py)?, group_sizes.to_vec(py)?);
    let similarity = similarity_of(similarity, order)?;
    let cells = py.detach(|| {
        let tokens = TokenSequences::new(&ids, &ends)?;
        compare_tokens(tokens, &sizes, similarity)
    })?;
    out.copy_from_slice(py, &cells)
}

fn similarity_of(name: &str, order: usize) -> Result<Similarity, KernelError> {
    Ok(match name {
        "jaccard" => Similarity::Jaccard { order },
        "overlap" => Similarity::Overlap { order },
        "lcs" => Similarity::Lcs,
        "edit" => Similarity::Edit,
        "lcs_length" => Similarity::LcsLength,
        "distance" => Similarity::Distance,
        _ => {
            return Err(KernelError::UnknownName {
                what: "similarity",
                found: name.to_owned(),
            });
        }
    })
}
