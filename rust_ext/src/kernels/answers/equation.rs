//! What stands behind the equals sign of an answer.

use crate::kernels::answers::unwrap::strip;
use crate::kernels::answers::words::{is_no_unit, letter_runs};

/// What a computation comes to, or what is said of a name, and the name; an equation stays whole.
pub(super) fn behind_equals(text: &[u8]) -> (&[u8], &[u8]) {
    let Some(at) = text.iter().rposition(|&byte| byte == b'=') else {
        return (text, &[]);
    };
    let parts = || text[..at].split(|&byte| byte == b'=').map(strip);
    if !parts().all(is_computed) {
        return (text, &[]);
    }
    let name = parts().find(|part| part.iter().any(u8::is_ascii_alphabetic));
    (strip(&text[at + 1..]), name.unwrap_or_default())
}

/// Whether a number may be said to equal `part`: a computation without letters, or names: "3 + 4", "x", "f(2)",
/// "total cost"; not "2x + 3y" or "half of x".
fn is_computed(part: &[u8]) -> bool {
    let stops = |byte: &u8| matches!(byte, b'<' | b'>' | b'!' | b':' | b'\\');
    if !part
        .iter()
        .any(|byte| stops(byte) || byte.is_ascii_alphabetic())
    {
        let is_end = |&byte: &u8| byte.is_ascii_digit() || b")]}%".contains(&byte);
        return part.last().is_none_or(is_end);
    }
    if letter_runs(part).any(is_no_unit) {
        return false;
    }
    let Some(mut rest) = after_letters(part) else {
        return false;
    };
    if let Some(index) = rest.strip_prefix(b"_") {
        let (braced, index) = match index.strip_prefix(b"{") {
            Some(index) => (true, index),
            None => (false, index),
        };
        let end = index.iter().position(|byte| !byte.is_ascii_alphanumeric());
        let end = end.unwrap_or(index.len());
        if end == 0 || (braced && index.get(end) != Some(&b'}')) {
            return false;
        }
        rest = &index[end + usize::from(braced)..];
    }
    loop {
        if let Some(inner) = rest.strip_prefix(b"(") {
            match inner.iter().position(|byte| matches!(byte, b'(' | b')')) {
                Some(end) if inner[end] == b')' => rest = &inner[end + 1..],
                _ => return false,
            }
        }
        match rest {
            [] => return true,
            [b' ', word @ ..] => match after_letters(word) {
                Some(behind) => rest = behind,
                None => return false,
            },
            _ => return false,
        }
    }
}

/// What stands behind the letters that `text` starts with, if it does.
fn after_letters(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().position(|byte| !byte.is_ascii_alphabetic());
    let end = end.unwrap_or(text.len());
    (end > 0).then(|| &text[end..])
}
