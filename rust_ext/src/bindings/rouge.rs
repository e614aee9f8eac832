//! Bindings of ROUGE, its tokenizers and its stemmer.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::error::KernelError;
use crate::kernels::rouge::pair_counter::RougeType;
use crate::kernels::rouge::porter::stem;
use crate::kernels::rouge::readers::{NumberedText, RougeTokenization};
use crate::kernels::rouge::score::rouge_scores as score_rows;
use crate::kernels::rouge::statistics::{
    rouge_statistics as count_texts, rouge_statistics_of_numbers as count_numbers,
};
use crate::kernels::rouge::unicode_words;
use crate::kernels::rouge::words::{Event, scan};
use crate::text::{Text, to_string};

/// Porter's stem of each word, in lower case already.
#[pyfunction]
pub(crate) fn porter_stems(py: Python<'_>, words: Vec<String>) -> PyResult<Bound<'_, PyList>> {
    let stems: Vec<String> = py.detach(|| {
        let stem_of = |word: String| {
            let mut letters: Vec<char> = word.chars().collect();
            stem(&mut letters);
            letters.into_iter().collect()
        };
        words.into_iter().map(stem_of).collect()
    });
    PyList::new(py, stems)
}

/// The words of each text.
#[pyfunction]
pub(crate) fn rouge_words<'py>(
    py: Python<'py>,
    texts: Vec<Text>,
    tokenize: &str,
    use_stemmer: bool,
) -> PyResult<Bound<'py, PyList>> {
    let tokenization = tokenization(tokenize)?;
    let words = py.detach(|| {
        let mut buffer = Vec::new();
        let mut words_of = |text: &Text| {
            let mut words = Vec::new();
            let note = |lowered: &[u8], event: Event| {
                if let Event::Word(start, end) = event {
                    let mut word = lowered[start..end].to_vec();
                    if use_stemmer && word.len() > 3 && word.is_ascii() {
                        stem(&mut word);
                    }
                    words.push(word);
                }
            };
            match tokenization {
                RougeTokenization::RougeScore => scan(text.as_ref(), &mut buffer, note),
                RougeTokenization::Unicode => {
                    unicode_words::scan(text.as_ref(), &mut buffer, note);
                }
            }
            words.retain(|word| !word.is_empty());
            words
        };
        texts.iter().map(&mut words_of).collect::<Vec<_>>()
    });
    let lists: Vec<_> = words
        .iter()
        .map(|words| {
            let words: Vec<_> = words
                .iter()
                .map(|word| to_string(py, word))
                .collect::<PyResult<_>>()?;
            PyList::new(py, words)
        })
        .collect::<PyResult<_>>()?;
    PyList::new(py, lists)
}

/// Fills `out`, int64 of shape (n, types, 3), with the statistics of ROUGE.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the texts and options of one call
pub(crate) fn rouge_statistics(
    py: Python<'_>,
    targets: Vec<Text>,
    target_counts: PyBuffer<i64>,
    predictions: Vec<Text>,
    types: Vec<String>,
    tokenize: &str,
    use_stemmer: bool,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let counts = target_counts.to_vec(py)?;
    let (types, tokenization) = (rouge_types(&types)?, tokenization(tokenize)?);
    let rows = py.detach(|| {
        count_texts(
            &targets,
            &counts,
            &predictions,
            &types,
            tokenization,
            use_stemmer,
        )
    })?;
    out.copy_from_slice(py, &rows)
}

/// The same for texts of numbers: the words of all texts, the words of each sentence, the sentences of each text.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // three arrays a side
pub(crate) fn rouge_statistics_of_numbers(
    py: Python<'_>,
    targets: (PyBuffer<i64>, PyBuffer<i64>, PyBuffer<i64>),
    target_counts: PyBuffer<i64>,
    predictions: (PyBuffer<i64>, PyBuffer<i64>, PyBuffer<i64>),
    types: Vec<String>,
    out: PyBuffer<i64>,
) -> PyResult<()> {
    let counts = target_counts.to_vec(py)?;
    let types = rouge_types(&types)?;
    let targets = numbered_texts(py, "targets", &targets)?;
    let predictions = numbered_texts(py, "predictions", &predictions)?;
    let rows = py.detach(|| {
        let words = targets.iter().chain(&predictions);
        let highest = words.flat_map(|text| &text.words).max();
        let limit = highest.map_or(1, |&number| number as usize + 1);
        count_numbers(&targets, &counts, &predictions, &types, limit)
    })?;
    out.copy_from_slice(py, &rows)
}

/// Fills `out`, float64 of the shape of `statistics`, with precision, recall and F of each [hits, prediction, target].
#[pyfunction]
pub(crate) fn rouge_scores(
    py: Python<'_>,
    statistics: PyBuffer<i64>,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let rows = statistics.to_vec(py)?;
    let scores = py.detach(|| score_rows(&rows));
    out.copy_from_slice(py, &scores)
}

fn tokenization(name: &str) -> Result<RougeTokenization, KernelError> {
    match name {
        "rouge-score" => Ok(RougeTokenization::RougeScore),
        "unicode" => Ok(RougeTokenization::Unicode),
        _ => Err(KernelError::UnknownName {
            what: "tokenize",
            found: name.to_owned(),
        }),
    }
}

fn rouge_types(names: &[String]) -> Result<Vec<RougeType>, KernelError> {
    let kind = |name: &String| match name.as_bytes() {
        b"rougeL" => Ok(RougeType::Lcs),
        b"rougeLsum" => Ok(RougeType::SummaryLcs),
        [b'r', b'o', b'u', b'g', b'e', digit @ b'1'..=b'9'] => {
            Ok(RougeType::Ngram(usize::from(digit - b'0')))
        }
        _ => Err(KernelError::UnknownName {
            what: "rouge_types",
            found: name.clone(),
        }),
    };
    names.iter().map(kind).collect()
}

fn numbered_texts(
    py: Python<'_>,
    what: &'static str,
    (words, sentence_lengths, sentence_counts): &(PyBuffer<i64>, PyBuffer<i64>, PyBuffer<i64>),
) -> PyResult<Vec<NumberedText>> {
    let (words, lengths) = (words.to_vec(py)?, sentence_lengths.to_vec(py)?);
    let (mut words, mut lengths) = (words.iter(), lengths.iter());
    let mut texts = Vec::new();
    for count in sentence_counts.to_vec(py)? {
        let mut text = NumberedText::default();
        for _ in 0..count {
            let length = lengths.next().copied().unwrap_or(0);
            let length = usize::try_from(length).unwrap_or(0);
            text.words.reserve(length.min(words.len()));
            for &number in words.by_ref().take(length) {
                let number = u32::try_from(number).ok().filter(|&number| number > 0);
                text.words.push(number.ok_or(KernelError::UnknownName {
                    what,
                    found: "a number below 1 or above 32 bits".to_owned(),
                })?);
            }
            text.end_sentence(text.words.len());
        }
        texts.push(text);
    }
    Ok(texts)
}
