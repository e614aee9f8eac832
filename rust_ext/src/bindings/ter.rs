//! Binding of TER.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::kernels::ter::statistics::ter_statistics as count_segments;
use crate::kernels::ter::tercom_tokens::TercomOptions;
use crate::text::Text;

/// Fills `out`, int64 of shape (n, 2), with the fewest edits and the words of all references of each segment.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the options of one call, all of them scalars
pub(crate) fn ter_statistics(
    py: Python<'_>,
    hypotheses: Vec<Text>,
    references: Vec<Text>,
    reference_counts: PyBuffer<i64>,
    normalized: bool,
    no_punct: bool,
    asian_support: bool,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let counts = reference_counts.to_vec(py)?;
    let options = TercomOptions {
        normalized,
        no_punct,
        asian_support,
    };
    let rows = py.detach(|| count_segments(&hypotheses, &references, &counts, options))?;
    out.copy_from_slice(py, &rows)
}
