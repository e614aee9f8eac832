//! Bindings of resizing.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::kernels::resizing::bicubic::{self, Image};

/// Fills `out`, float32 of shape (channels, size, size), with `image`, uint8 of shape (height, width, channels), resized;
/// if `centred`, clamped to 0 to 255 and brought to -1 to 1.
#[pyfunction]
pub(crate) fn resize_bicubic(
    py: Python<'_>,
    image: PyBuffer<u8>,
    centred: bool,
    out: PyBuffer<f32>,
) -> PyResult<()> {
    let (samples, size) = (image.to_vec(py)?, out.shape()[1]);
    let (height, width, channels) = (image.shape()[0], image.shape()[1], image.shape()[2]);
    let resized = py.detach(|| {
        let image = Image {
            samples: &samples,
            height,
            width,
            channels,
        };
        if centred {
            let to_unit = |value: f32| (value.clamp(0.0, 255.0) - 128.0) / 128.0;
            bicubic::resize_bicubic(image, size, to_unit)
        } else {
            bicubic::resize_bicubic(image, size, |value| value)
        }
    });
    out.copy_from_slice(py, &resized)
}
