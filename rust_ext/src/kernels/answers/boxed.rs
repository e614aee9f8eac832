//! What the last `\boxed{...}` holds.

use std::ops::Range;

use crate::kernels::answers::MAX_ANSWER;
use crate::kernels::answers::units::{Unit, is_space, starts_with};
use crate::kernels::answers::unwrap::{strip, unwrap};

/// A box and what it holds.
pub(super) struct Boxed {
    /// From its command to its closing brace.
    pub(super) whole: Range<usize>,
    /// It may be cut: of more than [`MAX_ANSWER`] characters, one more than that are kept.
    pub(super) content: Range<usize>,
}

/// The last box whose braces are balanced and which is not empty.
pub(super) fn last_boxed<U: Unit>(text: &[U]) -> Option<Boxed> {
    let first = first_boxed(text)?;
    // For each open brace: where its box and its content start, or none.
    let mut open: Vec<Option<(usize, usize)>> = Vec::new();
    let mut found: Option<(usize, Range<usize>)> = None;
    // Braces before the first box cannot close it; a stray closing one finds nothing to close.
    let mut at = open_before(text, first, &mut open);
    while at < text.len() {
        match text[at].code() {
            0x5c => {
                if let Some(start) = box_start(text, at) {
                    open.push(Some((at, start)));
                    at = start;
                    continue;
                }
                let next = text.get(at + 1).map_or(0, |unit| unit.code());
                if matches!(next, 0x5c | 0x7b | 0x7d) {
                    at += 1;
                }
            }
            0x7b => open.push(None),
            0x7d => {
                if let Some(Some((command, opened))) = open.pop() {
                    let content = &text[opened..at.min(opened + MAX_ANSWER)];
                    if found.as_ref().is_none_or(|(_, range)| opened > range.start)
                        && !strip(content).is_empty()
                    {
                        found = Some((command, opened..at));
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    let (command, range) = found?;
    let content = &text[range.start..range.end.min(range.start + MAX_ANSWER + 1)];
    let inner = unwrap(content);
    // `unwrap` returns a part of what it is given.
    let offset = inner.as_ptr().addr().wrapping_sub(content.as_ptr().addr()) / size_of::<U>();
    let start = range.start + offset;
    (!inner.is_empty()).then(|| Boxed {
        whole: command..range.end + 1,
        content: start..start + inner.len(),
    })
}

/// Reads the braces before the first box; returns where to go on.
fn open_before<U: Unit>(text: &[U], first: usize, open: &mut Vec<Option<(usize, usize)>>) -> usize {
    let mut at = 0;
    while at < first {
        match text[at].code() {
            0x5c => {
                if box_start(text, at).is_some() {
                    break;
                }
                let next = text.get(at + 1).map_or(0, |unit| unit.code());
                if matches!(next, 0x5c | 0x7b | 0x7d) {
                    at += 1;
                }
            }
            0x7b => open.push(None),
            0x7d => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
    }
    at
}

/// Where the word `boxed` first stands.
fn first_boxed<U: Unit>(text: &[U]) -> Option<usize> {
    let mut at = 0;
    // One of five characters in a row belongs to the word if it stands there.
    while at + 4 < text.len() {
        let back = match text[at + 4].code() {
            0x64 => 0,
            0x65 => 1,
            0x78 => 2,
            0x6f => 3,
            0x62 => 4,
            _ => 5,
        };
        if back == 0 && starts_with(text, at, b"boxed") {
            return Some(at);
        }
        at += back.max(1);
    }
    None
}

/// Where the content of the box starts whose command stands at `at`.
fn box_start<U: Unit>(text: &[U], at: usize) -> Option<usize> {
    let slashes = if starts_with(text, at, b"\\\\boxed") {
        2
    } else if starts_with(text, at, b"\\boxed") {
        1
    } else {
        return None;
    };
    let mut brace = at + slashes + 5;
    for _ in 0..4 {
        match text.get(brace) {
            Some(unit) if is_space(unit.code()) => brace += 1,
            _ => break,
        }
    }
    (text.get(brace)?.code() == 0x7b).then_some(brace + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(text: &str) -> Option<&str> {
        last_boxed(text.as_bytes()).map(|found| &text[found.content])
    }

    #[test]
    fn the_last_that_is_closed() {
        assert_eq!(boxed(r"\boxed{1} \boxed{ 2 }"), Some("2"));
        assert_eq!(boxed(r"\boxed{1} \boxed{2"), Some("1"));
        assert_eq!(boxed(r"{ \boxed{\frac{1}{2}}"), Some(r"\frac{1}{2}"));
        assert_eq!(boxed(r"}}\boxed {\{1\}}"), Some(r"\{1\}"));
        assert_eq!(boxed(r"\boxed{ }"), None);
        assert_eq!(boxed("boxed"), None);
    }
}
