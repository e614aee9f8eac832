//! Bindings of the fits of the depth law.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::kernels::horizon::fit;
use crate::kernels::horizon::law::Cell;

/// Fills `out`, float64 of shape (`n_sets`, 5), with the fits of `counts`, float64 of shape (`n_sets`, `n_cells`, 2).
#[pyfunction]
pub(crate) fn fit_depth_laws(
    py: Python<'_>,
    depths: PyBuffer<f64>,
    low: PyBuffer<f64>,
    high: PyBuffer<f64>,
    counts: PyBuffer<f64>,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let (depths, low, high) = (depths.to_vec(py)?, low.to_vec(py)?, high.to_vec(py)?);
    let cells: Vec<Cell> = depths
        .iter()
        .zip(low)
        .zip(high)
        .map(|((depth, low), high)| Cell {
            log_depth: depth.ln(),
            low,
            high,
        })
        .collect();
    let counts = counts.to_vec(py)?;
    let mut fits = vec![0.0; out.shape()[0] * fit::WIDTH];
    py.detach(|| fit::fit_all(&cells, &counts, &mut fits));
    out.copy_from_slice(py, &fits)
}
