//! Python strings as bytes that outlive the lock, and back.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyString};

/// The UTF-8 of a Python string: its own buffer if it is ASCII, else a copy, in which lone surrogates are encoded too.
///
/// The string itself is never asked for its UTF-8 unless it is ASCII: it would keep a copy for as long as it lives.
pub(crate) enum Text {
    Ascii(PyBackedStr),
    Encoded(PyBackedBytes),
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Ascii(text) => text.as_bytes(),
            Self::Encoded(bytes) => bytes,
        }
    }
}

impl Text {
    /// The Python string again: itself if it is ASCII and of no derived class, else one that equals it.
    pub(crate) fn to_object<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Self::Ascii(text) = self {
            let object = text.into_pyobject(py)?.into_any();
            if object.is_exact_instance_of::<PyString>() {
                return Ok(object);
            }
        }
        to_string(py, self.as_ref())
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let string = object.cast::<PyString>()?.to_owned();
        let is_ascii = string.call_method0(intern!(string.py(), "isascii"))?;
        if is_ascii.is_truthy()? {
            return Ok(Self::Ascii(PyBackedStr::try_from(string)?));
        }
        if let Ok(bytes) = string.encode_utf8() {
            return Ok(Self::Encoded(bytes.into()));
        }
        Ok(Self::Encoded(encode_surrogates(&string)?.into()))
    }
}

/// Texts one after the other in one buffer: a block of a long list, copied so that nothing stays behind in Python.
///
/// Asking a string that is not ASCII for its UTF-8 in place would leave a copy inside it for as long as it lives.
#[derive(Default)]
pub(crate) struct TextBlock {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl TextBlock {
    /// Bytes of all texts.
    pub(crate) fn n_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a text, in lower case if asked for; a `TypeError` for anything but a string.
    pub(crate) fn push(&mut self, text: &Bound<'_, PyAny>, lowercase: bool) -> PyResult<()> {
        let lowered;
        let mut string = text.cast::<PyString>()?;
        if lowercase {
            lowered = string.call_method0(intern!(text.py(), "lower"))?;
            string = lowered.cast::<PyString>()?;
        }
        let encoded = match string.encode_utf8() {
            Ok(encoded) => encoded,
            Err(_) => encode_surrogates(string)?,
        };
        self.bytes.extend_from_slice(encoded.as_bytes());
        self.ends.push(self.bytes.len());
        Ok(())
    }

    /// The texts.
    pub(crate) fn views(&self) -> Vec<&[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| &self.bytes[start..end])
            .collect()
    }
}

/// The bytes of a string with lone surrogates, the only ones without UTF-8.
fn encode_surrogates<'py>(string: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = string.call_method1(intern!(string.py(), "encode"), ("utf-8", "surrogatepass"))?;
    Ok(bytes.cast_into::<PyBytes>()?)
}

/// The Python string of such bytes.
pub(crate) fn to_string<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(PyString::new(py, text).into_any()),
        Err(_) => PyBytes::new(py, bytes).call_method1("decode", ("utf-8", "surrogatepass")),
    }
}
