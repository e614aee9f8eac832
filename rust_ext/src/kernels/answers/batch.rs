//! Whole lists of answers, on all threads.

use std::ops::Range;

use crate::kernels::answers::comparison::{Buffers, compare};
use crate::kernels::answers::extraction::extract;
use crate::kernels::answers::keys::{Key, is_plain_integer, key};
use crate::kernels::answers::normalisation::{Normalised, normalise, normalise_ascii};
use crate::kernels::answers::units::{Unit, encode, wide};
use crate::kernels::answers::{Finding, MAX_ANSWER, Policy, Rule};
use crate::kernels::parallel::fill_rows;

/// Pairs that a thread takes at a time.
const MIN_ROWS: usize = 512;

/// An extracted answer: a part of the text as it is, or a copy with digits of other scripts folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extracted {
    /// Bytes of an ASCII text.
    Part(Range<usize>),
    /// UTF-8 of its own.
    Copy(Vec<u8>),
}

/// What became of one prediction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How its answer was found.
    pub rule: Rule,
    /// The answer; empty with [`Rule::None`].
    pub answer: Extracted,
    /// How it compares with the right one.
    pub finding: Finding,
}

impl Default for Verified {
    fn default() -> Self {
        Self {
            rule: Rule::None,
            answer: Extracted::Part(0..0),
            finding: Finding::NoAnswer,
        }
    }
}

/// The final answer of each text.
pub fn extract_all<T: AsRef<[u8]> + Sync>(texts: &[T]) -> Vec<(Rule, Extracted)> {
    let mut found = vec![(Rule::None, Extracted::Part(0..0)); texts.len()];
    fill_rows(
        &mut found,
        1,
        MIN_ROWS,
        || (),
        |(), index, row| {
            row[0] = extract_bytes(texts[index].as_ref());
        },
    );
    found
}

/// Compares each answer with the right one.
pub fn compare_all<T: AsRef<[u8]> + Sync>(
    answers: &[Option<T>],
    golds: &[T],
    policy: Policy,
) -> Vec<Finding> {
    let mut findings = vec![Finding::NoAnswer; golds.len()];
    fill_rows(
        &mut findings,
        1,
        MIN_ROWS,
        Buffers::default,
        |buffers, index, row| {
            if let Some(answer) = &answers[index] {
                row[0] = compare_bytes(answer.as_ref(), golds[index].as_ref(), policy, buffers);
            }
        },
    );
    findings
}

/// Finds the final answer of each prediction, or takes it for one, and compares it with the right one.
///
/// A right one that is marked, boxed or stated in its text is taken from there; any other text is itself the answer.
pub fn verify_all<T: AsRef<[u8]> + Sync>(
    predictions: &[T],
    golds: &[T],
    extracts: bool,
    policy: Policy,
) -> Vec<Verified> {
    let mut verified = vec![Verified::default(); golds.len()];
    fill_rows(
        &mut verified,
        1,
        MIN_ROWS,
        Buffers::default,
        |buffers, index, row| {
            let prediction = predictions[index].as_ref();
            let gold = stated(golds[index].as_ref());
            let compared =
                |given: &[u8], buffers| compare_bytes(given, gold.as_ref(), policy, buffers);
            if !extracts {
                row[0].finding = compared(prediction, buffers);
                return;
            }
            let (rule, answer) = extract_bytes(prediction);
            let finding = match &answer {
                _ if rule == Rule::None => Finding::NoAnswer,
                Extracted::Part(range) => compared(&prediction[range.clone()], buffers),
                Extracted::Copy(bytes) => compared(bytes, buffers),
            };
            row[0] = Verified {
                rule,
                answer,
                finding,
            };
        },
    );
    verified
}

/// The key of each answer.
pub fn keys<T: AsRef<[u8]> + Sync>(answers: &[Option<T>], policy: Policy) -> Vec<Key> {
    let mut keys: Vec<Key> = std::iter::repeat_with(|| Key::Empty)
        .take(answers.len())
        .collect();
    fill_rows(
        &mut keys,
        1,
        MIN_ROWS,
        || (),
        |(), index, row| {
            let Some(answer) = &answers[index] else {
                return;
            };
            let answer = answer.as_ref();
            if is_plain_integer(answer) {
                row[0] = Key::Text(answer.to_vec()); // there is nothing to normalise
                return;
            }
            row[0] = match normalised(answer, &mut Vec::new()) {
                None => Key::Empty,
                Some(answer) if answer.beyond => Key::Beyond,
                Some(answer) => key(&answer.text, policy),
            };
        },
    );
    keys
}

/// The right answer of a text.
fn stated(text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    // What holds no "answer", no box and no `####` states nothing.
    let may_state = |byte: &u8| matches!(byte, b'w' | b'W' | b'x' | b'#' | 0x80..);
    if !text.iter().any(may_state) {
        return text.into();
    }
    match extract_bytes(text) {
        (Rule::LastNumber | Rule::None, _) => text.into(),
        (_, Extracted::Part(range)) => (&text[range]).into(),
        (_, Extracted::Copy(bytes)) => bytes.into(),
    }
}

fn extract_bytes(text: &[u8]) -> (Rule, Extracted) {
    if text.is_ascii() {
        let (rule, range) = extract(text);
        return (rule, Extracted::Part(range));
    }
    let codes = wide(text);
    let (rule, range) = extract(&codes);
    (rule, Extracted::Copy(encode(&codes[range])))
}

fn compare_bytes(answer: &[u8], gold: &[u8], policy: Policy, buffers: &mut Buffers) -> Finding {
    let (mut codes, mut gold_codes) = (Vec::new(), Vec::new());
    let given = normalised(answer, &mut codes);
    let right = normalised(gold, &mut gold_codes);
    let (Some(given), Some(right)) = (given, right) else {
        return Finding::TooLong;
    };
    if given.beyond || right.beyond {
        return Finding::Beyond;
    }
    compare(&given.text, &right.text, policy, buffers)
}

/// A normalised answer; none where it is too long.
fn normalised<'a>(text: &'a [u8], codes: &'a mut Vec<u32>) -> Option<Normalised<'a>> {
    // No character has more than four bytes.
    if text.is_ascii() {
        return fits(text).map(normalise_ascii);
    }
    if text.len() > 4 * MAX_ANSWER {
        return None;
    }
    *codes = wide(text);
    fits(codes.as_slice()).map(normalise)
}

fn fits<U: Unit>(text: &[U]) -> Option<&[U]> {
    (text.len() <= MAX_ANSWER).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs() {
        let found = verify_all(
            &["so \\boxed{18}.", "١٨", "no idea"],
            &["9 + 9 = 18\n#### 18", "18", "18"],
            true,
            Policy::default(),
        );
        let facts: Vec<_> = found.iter().map(|one| (one.rule, one.finding)).collect();
        assert_eq!(
            facts,
            [
                (Rule::Boxed, Finding::SameText),
                (Rule::LastNumber, Finding::SameText),
                (Rule::None, Finding::NoAnswer),
            ]
        );
        assert_eq!(found[0].answer, Extracted::Part(10..12));
        assert_eq!(found[1].answer, Extracted::Copy(b"18".to_vec()));
    }
}
