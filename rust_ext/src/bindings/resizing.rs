//! Bindings of resizing.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyByteArray;

use crate::kernels::resizing::bicubic::{self, Image};

const BYTES: usize = size_of::<f32>();

/// `image`, uint8 of shape (height, width, channels), resized: the bytes of float32 of shape (channels, size, size); if
/// `centred`, clamped to 0 to 255 and brought to -1 to 1.
#[pyfunction]
pub(crate) fn resize_bicubic(
    py: Python<'_>,
    image: PyBuffer<u8>,
    size: usize,
    centred: bool,
) -> PyResult<Bound<'_, PyByteArray>> {
    let samples = image.to_vec(py)?;
    let (height, width, channels) = (image.shape()[0], image.shape()[1], image.shape()[2]);
    // Nobody else knows the bytes yet, so they are filled where they are.
    PyByteArray::new_with(py, channels * size * size * BYTES, |bytes| {
        py.detach(|| {
            let image = Image {
                samples: &samples,
                height,
                width,
                channels,
            };
            if centred {
                let to_unit = |value: f32| (value.clamp(0.0, 255.0) - 128.0) / 128.0;
                bicubic::resize_bicubic(image, size, |place, row| {
                    write(&mut bytes[place * BYTES..], row, to_unit);
                });
            } else {
                bicubic::resize_bicubic(image, size, |place, row| {
                    write(&mut bytes[place * BYTES..], row, |value| value);
                });
            }
        });
        Ok(())
    })
}

fn write(bytes: &mut [u8], values: &[f32], change: impl Fn(f32) -> f32) {
    for (four, &value) in bytes.chunks_exact_mut(BYTES).zip(values) {
        four.copy_from_slice(&change(value).to_ne_bytes());
    }
}
