//! Bindings of decoders.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::kernels::decoding::png;

/// Fills `out`, uint8 of shape (height, width, channels), with the pixels of a PNG file of 8 bits a channel.
#[pyfunction]
pub(crate) fn decode_png(py: Python<'_>, data: &[u8], out: PyBuffer<u8>) -> PyResult<()> {
    let (height, width, channels) = (out.shape()[0], out.shape()[1], out.shape()[2]);
    let pixels = py.detach(|| png::decode_png(data, height, width, channels))?;
    out.copy_from_slice(py, &pixels)
}

/// Name and version of what decodes PNG files.
#[pyfunction]
pub(crate) fn png_decoder() -> &'static str {
    png::DECODER
}
