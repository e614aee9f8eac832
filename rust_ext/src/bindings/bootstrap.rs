//! Bindings of the cluster bootstrap.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::kernels::resampling::bootstrap::{self, Resamples};

/// Fills `out`, float64 of shape (`n_resamples`, k), with the sums of resampled clusters.
#[pyfunction]
pub(crate) fn bootstrap_sums(
    py: Python<'_>,
    rows: PyBuffer<f64>,
    clusters: PyBuffer<i64>,
    seed: u64,
    first_resample: u64,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let (values, labels) = (rows.to_vec(py)?, clusters.to_vec(py)?);
    let (count, width) = (out.shape()[0], out.shape()[1]);
    let resamples = Resamples {
        seed,
        first: first_resample,
        count,
    };
    let sums = py.detach(|| bootstrap::bootstrap_sums(&values, width, &labels, resamples))?;
    out.copy_from_slice(py, &sums)
}

/// Fills `out`, int64 of shape (`n_resamples`, `n_clusters`), with the clusters drawn.
#[pyfunction]
pub(crate) fn bootstrap_draws(
    py: Python<'_>,
    seed: u64,
    first_resample: u64,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let (count, n_clusters) = (out.shape()[0], out.shape()[1]);
    let resamples = Resamples {
        seed,
        first: first_resample,
        count,
    };
    let draws = py.detach(|| bootstrap::bootstrap_draws(n_clusters, resamples));
    out.copy_from_slice(py, &draws)
}
