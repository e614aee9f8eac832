//! What a kernel found, as the bytes of an array whose length only the kernel knows.

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
