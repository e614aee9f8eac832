//! Bindings of final answers.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use crate::error::KernelError;
use crate::kernels::answers::batch::{Extracted, compare_all, extract_all, keys, verify_all};
use crate::kernels::answers::keys::Key;
use crate::kernels::answers::{Percent, Policy, Rule, Units};
use crate::text::{Text, to_string};

/// Rules, a byte each, and the answers that they found.
#[pyfunction]
pub(crate) fn extract_answers(
    py: Python<'_>,
    texts: Vec<Text>,
) -> PyResult<(Bound<'_, PyBytes>, Bound<'_, PyList>)> {
    let found = py.detach(|| extract_all(&texts));
    let rules: Vec<u8> = found.iter().map(|(rule, _)| *rule as u8).collect();
    let answers = found
        .iter()
        .zip(&texts)
        .map(|((rule, answer), text)| answer_of(py, *rule, answer, text));
    let answers = answers.collect::<PyResult<Vec<_>>>()?;
    Ok((PyBytes::new(py, &rules), PyList::new(py, answers)?))
}

/// What each comparison found, a byte each.
#[pyfunction]
pub(crate) fn compare_answers(
    py: Python<'_>,
    answers: Vec<Option<Text>>,
    golds: Vec<Text>,
    policy: (String, String, bool, bool),
) -> PyResult<Bound<'_, PyBytes>> {
    let policy = policy_of(&policy)?;
    same_length("golds", answers.len(), golds.len())?;
    let found = py.detach(|| compare_all(&answers, &golds, policy));
    let found: Vec<u8> = found.iter().map(|finding| *finding as u8).collect();
    Ok(PyBytes::new(py, &found))
}

/// Rules, the answers that they found, and what comparing them found; without extraction no answers.
#[pyfunction]
#[allow(clippy::type_complexity)] // three columns
pub(crate) fn verify_answers(
    py: Python<'_>,
    predictions: Vec<Text>,
    golds: Vec<Text>,
    extract: bool,
    policy: (String, String, bool, bool),
) -> PyResult<(Bound<'_, PyBytes>, Bound<'_, PyList>, Bound<'_, PyBytes>)> {
    let policy = policy_of(&policy)?;
    same_length("golds", predictions.len(), golds.len())?;
    let found = py.detach(|| verify_all(&predictions, &golds, extract, policy));
    let rules: Vec<u8> = found.iter().map(|one| one.rule as u8).collect();
    let findings: Vec<u8> = found.iter().map(|one| one.finding as u8).collect();
    let mut answers = Vec::new();
    if extract {
        answers.reserve(found.len());
        for (one, text) in found.iter().zip(&predictions) {
            answers.push(answer_of(py, one.rule, &one.answer, text)?);
        }
    }
    Ok((
        PyBytes::new(py, &rules),
        PyList::new(py, answers)?,
        PyBytes::new(py, &findings),
    ))
}

/// Keys of answers, and whether there is an Ellipsis among them, where Python makes it; None where there is no key.
#[pyfunction]
pub(crate) fn answer_keys(
    py: Python<'_>,
    answers: Vec<Option<Text>>,
    policy: (String, String, bool, bool),
) -> PyResult<(Bound<'_, PyList>, bool)> {
    let policy = policy_of(&policy)?;
    let made = py.detach(|| keys(&answers, policy));
    let beyond = made.contains(&Key::Beyond);
    let made = made
        .iter()
        .zip(&answers)
        .map(|(key, answer)| match (key, answer) {
            // Most answers are their own keys: no second string for them.
            (Key::Text(text), Some(answer)) if text == answer.as_ref() => answer.to_object(py),
            (Key::Text(text), _) => to_string(py, text),
            (Key::Empty, _) => Ok(py.None().into_bound(py)),
            (Key::Beyond, _) => Ok(py.Ellipsis().into_bound(py)),
        });
    Ok((
        PyList::new(py, made.collect::<PyResult<Vec<_>>>()?)?,
        beyond,
    ))
}

fn answer_of<'py>(
    py: Python<'py>,
    rule: Rule,
    answer: &Extracted,
    text: &Text,
) -> PyResult<Bound<'py, PyAny>> {
    match answer {
        _ if rule == Rule::None => Ok(py.None().into_bound(py)),
        Extracted::Part(range) => {
            let part = &text.as_ref()[range.clone()];
            Ok(PyString::from_bytes(py, part)?.into_any())
        }
        Extracted::Copy(bytes) => to_string(py, bytes),
    }
}

fn same_length(what: &'static str, expected: usize, found: usize) -> Result<(), KernelError> {
    if expected == found {
        return Ok(());
    }
    Err(KernelError::Lengths {
        what,
        expected,
        found,
    })
}

fn policy_of(
    (percent, units, mixed, scientific): &(String, String, bool, bool),
) -> Result<Policy, KernelError> {
    let unknown = |what, found: &String| KernelError::UnknownName {
        what,
        found: found.clone(),
    };
    Ok(Policy {
        percent: match percent.as_str() {
            "apart" => Percent::Apart,
            "ignored" => Percent::Ignored,
            "hundredths" => Percent::Hundredths,
            _ => return Err(unknown("percent", percent)),
        },
        units: match units.as_str() {
            "lenient" => Units::Lenient,
            "ignored" => Units::Ignored,
            "same" => Units::Same,
            _ => return Err(unknown("units", units)),
        },
        mixed: *mixed,
        scientific: *scientific,
    })
}
