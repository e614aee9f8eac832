//! Bindings of what reads worked solutions.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::bindings::arrays::to_bytes;
use crate::error::KernelError;
use crate::kernels::numbering::token_sequences::TokenSequences;
use crate::kernels::traces::ngram_surprise::{NgramModel, ngram_surprise as measure};
use crate::kernels::traces::step_lines::step_lines as read_lines;
use crate::text::Text;

/// Lines that state a step, int64 of shape (any, 5), and where those of each text end among them, int64, as bytes.
#[pyfunction]
pub(crate) fn step_lines(
    py: Python<'_>,
    texts: Vec<Text>,
    most_read: usize,
) -> PyResult<(Bound<'_, PyBytes>, Bound<'_, PyBytes>)> {
    let (rows, ends) = py.detach(|| {
        let (mut rows, mut ends) = (Vec::new(), Vec::new());
        for lines in read_lines(&texts, most_read) {
            for line in lines {
                let number = line
                    .number
                    .map_or([-1; 2], |(start, end)| [start as i64, end as i64]);
                rows.extend([i64::from(line.index), line.start as i64, line.end as i64]);
                rows.extend(number);
            }
            ends.push(rows.len() as i64 / 5);
        }
        (rows, ends)
    });
    let rows = to_bytes(py, &rows, i64::to_ne_bytes)?;
    Ok((rows, to_bytes(py, &ends, i64::to_ne_bytes)?))
}

/// Fills `out`, float64 of shape (n, 2), with the sum and the greatest of the surprises in each segment.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the arrays and options of one call
pub(crate) fn ngram_surprise(
    py: Python<'_>,
    ids: PyBuffer<u32>,
    ends: PyBuffer<i64>,
    text_sizes: PyBuffer<i64>,
    group_sizes: PyBuffer<i64>,
    order: usize,
    smoothing: f64,
    own: bool,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let (ids, ends) = (ids.to_vec(py)?, ends.to_vec(py)?);
    let (text_sizes, group_sizes) = (text_sizes.to_vec(py)?, group_sizes.to_vec(py)?);
    let model = NgramModel {
        order,
        smoothing,
        own,
    };
    let rows = py.detach(|| -> Result<_, KernelError> {
        let segments = TokenSequences::new(&ids, &ends)?;
        measure(segments, &text_sizes, &group_sizes, model)
    })?;
    out.copy_from_slice(py, &rows)
}
