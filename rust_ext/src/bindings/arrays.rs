//! Arrays that are too large to copy, and what a kernel found, as the bytes of one whose length only the kernel knows.

use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Numbers in the machine's own byte order, as numpy reads them: `encode` is `i64::to_ne_bytes`, say.
pub(crate) fn to_bytes<'py, T: Copy, const N: usize>(
    py: Python<'py>,
    values: &[T],
    encode: impl Fn(T) -> [u8; N],
) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, values.len() * N, |bytes| {
        for (place, &value) in bytes.chunks_exact_mut(N).zip(values) {
            place.copy_from_slice(&encode(value));
        }
        Ok(())
    })
}

/// An array's elements, without a copy, as long as the buffer is held.
///
/// Nobody may write to the array meanwhile: `evalsuite.kernels` says so of the functions that use this.
pub(crate) fn borrowed<T: Element>(array: &PyBuffer<T>) -> PyResult<&[T]> {
    let elements = array
        .as_slice_ptr()
        .ok_or_else(|| PyValueError::new_err("an array must be C-contiguous"))?;
    // SAFETY: the buffer keeps the memory alive and in place, `as_slice_ptr` checked its type and layout, every pattern
    // of bits is a number, and callers promise that nobody writes to it.
    Ok(unsafe { elements.as_ref() })
}
