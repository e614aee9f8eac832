//! Bindings of decoders.

use pyo3::prelude::*;
use pyo3::types::PyByteArray;

use crate::kernels::decoding::png;

/// The pixels of a PNG file of 8 bits a channel, of the given height, width and channels.
#[pyfunction]
pub(crate) fn decode_png<'py>(
    py: Python<'py>,
    data: &[u8],
    shape: (usize, usize, usize),
) -> PyResult<Bound<'py, PyByteArray>> {
    // Nobody else knows the bytes yet, so they are filled where they are.
    PyByteArray::new_with(py, shape.0 * shape.1 * shape.2, |pixels| {
        Ok(py.detach(|| png::decode_png(data, shape, pixels))?)
    })
}

/// Name and version of what decodes PNG files.
#[pyfunction]
pub(crate) fn png_decoder() -> &'static str {
    png::DECODER
}
