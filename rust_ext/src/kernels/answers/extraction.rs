//! Finds the final answer of a text, by the strongest rule that fires.

use std::ops::Range;

use crate::kernels::answers::boxed::last_boxed;
use crate::kernels::answers::last_number::last_number;
use crate::kernels::answers::neighbours::widened;
use crate::kernels::answers::normalisation::normalise;
use crate::kernels::answers::quantity::{Reading, parse_quantity};
use crate::kernels::answers::sentence::{last_answer, line_from, statement_end, trim_line};
use crate::kernels::answers::units::{Unit, is_digit, is_space, lower, starts_with};
use crate::kernels::answers::unwrap::strip;
use crate::kernels::answers::{MAX_ANSWER, Policy, Rule};

/// Characters that are read, from the end of a text.
pub const MOST_READ: usize = 1_000_000;
const THOUGHT: &[u8] = b"</think>";
/// Occurrences of a rule that are tried, from the last.
const MOST_TRIED: usize = 100;

/// The rule that found an answer, and where it stands; an empty place with [`Rule::None`].
#[must_use]
pub fn extract<U: Unit>(text: &[U]) -> (Rule, Range<usize>) {
    let skipped = text.len().saturating_sub(MOST_READ);
    let spoken = without_thought(&text[skipped..]);
    let skipped = skipped + spoken.start;
    let (rule, range) = find(&text[skipped..skipped + spoken.len()]);
    (rule, range.start + skipped..range.end + skipped)
}

/// Where stands what is no thinking aloud: behind the last end of a thought or, if that is nothing, before it.
fn without_thought<U: Unit>(text: &[U]) -> Range<usize> {
    let ends_thought = |&at: &usize| starts_with(text, at, THOUGHT);
    let Some(at) = (0..text.len()).rev().find(ends_thought) else {
        return 0..text.len();
    };
    let after = at + THOUGHT.len();
    if strip(&text[after..]).is_empty() {
        0..at
    } else {
        after..text.len()
    }
}

fn find<U: Unit>(text: &[U]) -> (Rule, Range<usize>) {
    if let Some(range) = marked(text) {
        return (Rule::Marker, range);
    }
    if let Some(found) = last_boxed(text) {
        let before = text[..found.whole.start].iter();
        let newline = before.rev().position(|unit| unit.code() == 0x0a);
        let first = newline.map_or(0, |back| found.whole.start - back);
        let place = widened(text, found.whole.clone(), first, true);
        if place == found.whole {
            return (Rule::Boxed, found.content);
        }
        let most = place.start + MAX_ANSWER + 1;
        return (Rule::Boxed, place.start..place.end.min(most));
    }
    let (mut end, mut n_tried) = (text.len(), 0);
    while let Some(at) = last_answer(text, end) {
        end = at;
        if let Some(said) = statement_end(text, at) {
            n_tried += 1;
            if let Some(range) = trimmed(text, line_from(text, said)) {
                return (Rule::Sentence, range);
            }
            if n_tried == MOST_TRIED {
                break;
            }
        }
    }
    match last_number(text) {
        Some(range) => (Rule::LastNumber, range),
        None => (Rule::None, 0..0),
    }
}

/// Where the answer's own part of the line at `range` stands.
fn trimmed<U: Unit>(text: &[U], range: Range<usize>) -> Option<Range<usize>> {
    let line = &text[range.clone()];
    let answer = trim_line(line);
    // It is a part of the line.
    let offset = answer.as_ptr().addr().wrapping_sub(line.as_ptr().addr()) / size_of::<U>();
    let start = range.start + offset;
    (!answer.is_empty()).then(|| start..start + answer.len())
}

fn marked<U: Unit>(text: &[U]) -> Option<Range<usize>> {
    let mut named = last_named(text, text.len());
    let mut hashes = last_hashes(text, text.len());
    for _ in 0..MOST_TRIED {
        let is_hashes = match (&named, &hashes) {
            (None, None) => return None,
            (Some(named), Some(hashes)) => hashes.start > named.start,
            (named, _) => named.is_none(),
        };
        let marker = if is_hashes {
            hashes.clone()?
        } else {
            named.clone()?
        };
        let line = line_from(text, marker.end);
        if let Some(found) = trimmed(text, line.clone()) {
            if !is_hashes || states_answer(text, marker.end, &text[line], &text[found.clone()]) {
                return Some(found);
            }
        }
        if is_hashes {
            hashes = last_hashes(text, marker.start);
        } else {
            named = last_named(text, marker.start);
        }
    }
    None
}

/// Whether `####` announces an answer and no section: a number stands behind it, or it is the last line.
fn states_answer<U: Unit>(text: &[U], after: usize, line: &[U], found: &[U]) -> bool {
    let newline = text[after..].iter().position(|unit| unit.code() == 0x0a);
    let is_last = newline.is_none_or(|length| strip(&text[after + length..]).is_empty());
    if is_last {
        return true;
    }
    let answer = normalise(&found[..found.len().min(MAX_ANSWER)]);
    !is_numbered(line) && parse_quantity(&answer.text, Policy::default()) != Reading::Other
}

/// Whether a line starts as in a list: "4. Compute".
fn is_numbered<U: Unit>(line: &[U]) -> bool {
    let code = |at: usize| line.get(at).map_or(0, |unit| unit.code());
    let is_blank = |code: u32| matches!(code, 0x09 | 0x20);
    let mut at = 0;
    while is_blank(code(at)) {
        at += 1;
    }
    let digits = at;
    while is_digit(code(at)) {
        at += 1;
    }
    if at == digits || !matches!(code(at), 0x2e | 0x29) || !is_blank(code(at + 1)) {
        return false;
    }
    at += 1;
    while is_blank(code(at)) {
        at += 1;
    }
    line.get(at).is_some_and(|unit| !is_space(unit.code()))
}

/// The last `answer:` that starts before `end`.
fn last_named<U: Unit>(text: &[U], mut end: usize) -> Option<Range<usize>> {
    while let Some(at) = last_answer(text, end) {
        let mut stop = at + 6;
        for _ in 0..4 {
            match text.get(stop).map(|unit| lower(unit.code())) {
                Some(b'*' | b'_' | b' ' | b'\t') => stop += 1,
                _ => break,
            }
        }
        if matches!(
            text.get(stop).map(|unit| unit.code()),
            Some(0x3a | 0xff1a | 0x3d)
        ) {
            return Some(at..stop + 1);
        }
        end = at;
    }
    None
}

/// The last run of four `#` and no more that ends at or before `end`.
fn last_hashes<U: Unit>(text: &[U], end: usize) -> Option<Range<usize>> {
    let is_hash = |at: usize| text.get(at).is_some_and(|unit| unit.code() == 0x23);
    let mut at = end.checked_sub(4)?;
    loop {
        if is_hash(at) {
            let mut start = at;
            while start > 0 && is_hash(start - 1) {
                start -= 1;
            }
            let mut stop = at + 1;
            while is_hash(stop) {
                stop += 1;
            }
            if stop - start == 4 && stop <= end {
                return Some(start..stop);
            }
            at = start;
        }
        at = at.checked_sub(4)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Rule, &str) {
        let (rule, range) = extract(text.as_bytes());
        (rule, &text[range])
    }

    #[test]
    fn the_strongest_rule_wins() {
        assert_eq!(
            found("answer: 1\n\\boxed{2} so the answer is 3"),
            (Rule::Marker, "1")
        );
        assert_eq!(found("\\boxed{2} so the answer is 3"), (Rule::Boxed, "2"));
        assert_eq!(found("so the answer is 3. Not 4"), (Rule::Sentence, "3"));
        assert_eq!(
            found("<think>answer: 4</think>\n5"),
            (Rule::LastNumber, "5")
        );
        assert_eq!(found("answer: 4</think>\n"), (Rule::Marker, "4"));
        assert_eq!(found("that is 12%"), (Rule::LastNumber, "12%"));
        assert_eq!(found("no idea"), (Rule::None, ""));
    }

    #[test]
    fn markers() {
        assert_eq!(found("#### 1\nanswer: 2"), (Rule::Marker, "2"));
        assert_eq!(found("answer: 1\n#### 2"), (Rule::Marker, "2"));
        assert_eq!(found("#### 4. Compute\n3 + 4 = 7"), (Rule::LastNumber, "7"));
        assert_eq!(found("##### 5"), (Rule::LastNumber, "5"));
        assert_eq!(found("some\n#### north\n"), (Rule::Marker, "north"));
        assert_eq!(found("answer: 5\nanswer:"), (Rule::Marker, "5"));
    }
}
