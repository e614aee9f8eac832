//! Python strings as bytes that outlive the lock, and back.

use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyString};

/// The UTF-8 of a Python string: its own buffer where it has one, else a copy in which lone surrogates are encoded.
pub(crate) enum Text {
    Utf8(PyBackedStr),
    WithSurrogates(PyBackedBytes),
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Utf8(text) => text.as_bytes(),
            Self::WithSurrogates(bytes) => bytes,
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let string = object.cast::<PyString>()?.to_owned();
        if let Ok(text) = PyBackedStr::try_from(string.clone()) {
            return Ok(Self::Utf8(text));
        }
        // The only strings without UTF-8 are those with lone surrogates.
        let bytes = string.call_method1("encode", ("utf-8", "surrogatepass"))?;
        Ok(Self::WithSurrogates(bytes.cast_into::<PyBytes>()?.into()))
    }
}

/// The Python string of such bytes.
pub(crate) fn to_string<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(PyString::new(py, text).into_any()),
        Err(_) => PyBytes::new(py, bytes).call_method1("decode", ("utf-8", "surrogatepass")),
    }
}
