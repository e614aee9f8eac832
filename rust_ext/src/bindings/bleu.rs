//! Bindings of BLEU and its tokenizers.

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::error::KernelError;
use crate::kernels::bleu::score::{ScoreOptions, Smoothing, bleu_scores as score_rows};
use crate::kernels::bleu::statistics::bleu_statistics as count_segments;
use crate::kernels::tokenizers::tokenization::Tokenization;
use crate::text::{Text, TextBlock, to_string};

/// After how many bytes of text a block of segments ends.
const BLOCK_BYTES: usize = 4 << 20;

/// Tokens of each text, joined by single spaces.
#[pyfunction]
pub(crate) fn tokenize<'py>(
    py: Python<'py>,
    texts: Vec<Text>,
    tokenize: &str,
) -> PyResult<Bound<'py, PyList>> {
    let tokenization = tokenization_named(tokenize)?;
    let lines = py.detach(|| tokenization.tokenize_all(&texts));
    let lines: Vec<_> = lines
        .iter()
        .map(|line| to_string(py, line))
        .collect::<PyResult<_>>()?;
    PyList::new(py, lines)
}

/// Fills `block`, int64 of shape (m, 2 + 2 `max_order`), with the statistics of BLEU of up to m segments from `first` on.
///
/// `references` holds a list of texts or None for each segment or, `by_stream`, streams as long as `hypotheses`.
/// Returns how many segments were counted: fewer than m where the texts end or are long.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the options of one call
pub(crate) fn bleu_statistics(
    py: Python<'_>,
    hypotheses: &Bound<'_, PyList>,
    references: &Bound<'_, PyList>,
    by_stream: bool,
    first: usize,
    lowercase: bool,
    tokenize: &str,
    max_order: usize,
    block: PyBuffer<i64>,
) -> PyResult<usize> {
    let tokenization = tokenization_named(tokenize)?;
    let width = 2 + 2 * max_order;
    let n_segments = (block.item_count() / width).min(hypotheses.len().saturating_sub(first));
    let streams: Vec<Bound<'_, PyList>> = if by_stream {
        references.extract()?
    } else {
        Vec::new()
    };
    let (mut texts, mut flat) = (TextBlock::default(), TextBlock::default());
    let mut counts = Vec::with_capacity(n_segments);
    for segment in first..first + n_segments {
        texts.push(&hypotheses.get_item(segment)?, lowercase)?;
        let mut count = 0;
        let mut push = |text: Bound<'_, PyAny>| {
            if text.is_none() {
                return Ok(());
            }
            count += 1;
            flat.push(&text, lowercase)
        };
        if by_stream {
            for stream in &streams {
                push(stream.get_item(segment)?)?;
            }
        } else {
            let group = references.get_item(segment)?;
            if let Ok(group) = group.cast::<PyList>() {
                group.iter().try_for_each(push)?;
            } else if group.is_instance_of::<PyString>() {
                // One text would be taken for a sequence of its characters.
                return Err(PyTypeError::new_err("`references` must hold lists of str"));
            } else {
                group.try_iter()?.try_for_each(|text| push(text?))?;
            }
        }
        if count == 0 {
            return Err(KernelError::NoReference { segment }.into());
        }
        counts.push(count);
        if texts.n_bytes() + flat.n_bytes() > BLOCK_BYTES {
            break;
        }
    }
    let (texts, flat) = (texts.views(), flat.views());
    let mut rows = py.detach(|| count_segments(&texts, &flat, &counts, tokenization, max_order))?;
    rows.resize(block.item_count(), 0);
    block.copy_from_slice(py, &rows)?;
    Ok(counts.len())
}

/// Fills `out`, float64 of shape (m,), with the score of each row of `statistics`.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the options of one call, all of them scalars
pub(crate) fn bleu_scores(
    py: Python<'_>,
    statistics: PyBuffer<f64>,
    max_order: usize,
    smooth_method: &str,
    smooth_value: f64,
    effective_order: bool,
    compensated_sum: bool,
    out: PyBuffer<f64>,
) -> PyResult<()> {
    let rows = statistics.to_vec(py)?;
    let smoothing = match smooth_method {
        "none" => Smoothing::None,
        "floor" => Smoothing::Floor(smooth_value),
        "add-k" => Smoothing::AddK(smooth_value),
        "exp" => Smoothing::Exp,
        _ => {
            return Err(KernelError::UnknownName {
                what: "smooth_method",
                found: smooth_method.to_owned(),
            }
            .into());
        }
    };
    let options = ScoreOptions {
        smoothing,
        effective_order,
        compensated_sum,
    };
    let scores = py.detach(|| score_rows(&rows, max_order, options));
    out.copy_from_slice(py, &scores)
}

fn tokenization_named(name: &str) -> Result<Tokenization, KernelError> {
    Tokenization::from_name(name).ok_or_else(|| KernelError::UnknownName {
        what: "tokenize",
        found: name.to_owned(),
    })
}
