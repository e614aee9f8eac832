//! Bindings of n-grams of corpora, and of the search for items in them.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::bindings::arrays::to_bytes;
use crate::kernels::characters::word_characters::UNICODE_VERSION;
use crate::kernels::contamination::corpus_ngrams::{ngrams, word_spans as spans_of};
use crate::kernels::contamination::corpus_scan::CorpusScan as Scan;
use crate::kernels::contamination::corpus_words::normalize;
use crate::kernels::contamination::item_ngrams::ItemNgrams;
use crate::text::{Text, to_string};

/// The version of Unicode by which corpora are normalised.
#[pyfunction]
pub(crate) fn corpus_unicode_version() -> &'static str {
    UNICODE_VERSION
}

/// The normalised words of each text, joined by single spaces.
#[pyfunction]
pub(crate) fn normalize_words(py: Python<'_>, texts: Vec<Text>) -> PyResult<Bound<'_, PyList>> {
    let lines: Vec<Vec<u8>> = py.detach(|| {
        let mut scratch = Vec::new();
        let normalized = |text: &Text| {
            let mut line = Vec::new();
            normalize(text.as_ref(), &mut scratch, &mut line);
            line
        };
        texts.iter().map(normalized).collect()
    });
    let lines: Vec<_> = lines
        .iter()
        .map(|line| to_string(py, line))
        .collect::<PyResult<_>>()?;
    PyList::new(py, lines)
}

/// Fills `counts` and `n_words`, int64 of shape (n,); returns the hashes of all n-grams as native uint64.
#[pyfunction]
pub(crate) fn text_ngrams(
    py: Python<'_>,
    texts: Vec<Text>,
    n: usize,
    seed: u64,
    distinct: bool,
    counts: PyBuffer<i64>,
    n_words: PyBuffer<i64>,
) -> PyResult<Bound<'_, PyBytes>> {
    let found = py.detach(|| ngrams(&texts, n, seed, distinct));
    counts.copy_from_slice(py, &found.counts)?;
    n_words.copy_from_slice(py, &found.n_words)?;
    to_bytes(py, &found.hashes, u64::to_ne_bytes)
}

/// Fills `counts`, int64 of shape (n,), with the words of each text; returns start and end of each as native int64.
#[pyfunction]
pub(crate) fn word_spans(
    py: Python<'_>,
    texts: Vec<Text>,
    counts: PyBuffer<i64>,
) -> PyResult<Bound<'_, PyBytes>> {
    let (spans, n_words) = py.detach(|| spans_of(&texts));
    counts.copy_from_slice(py, &n_words)?;
    to_bytes(py, &spans, i64::to_ne_bytes)
}

/// A search for the n-grams of items in a corpus that is given piece by piece.
#[pyclass(frozen, module = "evalsuite._rust")]
pub(crate) struct CorpusScan(Scan);

#[pymethods]
impl CorpusScan {
    /// Of `items`; those of fewer than `n` words, but at least `min_words`, are looked for as a whole.
    #[new]
    fn new(py: Python<'_>, items: Vec<Text>, n: usize, min_words: usize, seed: u64) -> Self {
        Self(py.detach(|| Scan::new(ItemNgrams::new(&items, n, min_words, seed))))
    }

    /// Looks through documents.
    fn scan_texts(&self, py: Python<'_>, texts: Vec<Text>) {
        py.detach(|| self.0.scan_texts(&texts));
    }

    /// Looks through lines of UTF-8, each a document.
    fn scan_lines(&self, py: Python<'_>, block: &[u8]) -> PyResult<()> {
        Ok(py.detach(|| self.0.scan_lines(block))?)
    }

    /// Documents so far.
    #[getter]
    fn n_documents(&self) -> u64 {
        self.0.n_documents()
    }

    /// Number of different n-grams of the items.
    #[getter]
    fn n_ngrams(&self) -> usize {
        self.0.items().len()
    }

    /// Fills `counts` and `n_words`, int64 of shape (n items,); returns the n-gram at each place as native int64.
    fn places<'py>(
        &self,
        py: Python<'py>,
        counts: PyBuffer<i64>,
        n_words: PyBuffer<i64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (own_counts, own_words) = self.0.items().counts();
        counts.copy_from_slice(py, own_counts)?;
        n_words.copy_from_slice(py, own_words)?;
        to_bytes(py, self.0.items().places(), |place| {
            i64::from(place).to_ne_bytes()
        })
    }

    /// Fills `documents` and `first`, int64 of shape (n n-grams,).
    fn found(
        &self,
        py: Python<'_>,
        documents: PyBuffer<i64>,
        first: PyBuffer<i64>,
    ) -> PyResult<()> {
        let (own_documents, own_first) = self.0.found();
        documents.copy_from_slice(py, &own_documents)?;
        first.copy_from_slice(py, &own_first)
    }
}
