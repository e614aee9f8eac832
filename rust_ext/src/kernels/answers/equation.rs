//! What stands behind the equals sign of an answer.

use crate::kernels::answers::unwrap::strip;

/// What a computation comes to, or what is said of a name; an equation stays whole.
pub(super) fn behind_equals(text: &[u8]) -> &[u8] {
    let Some(at) = text.iter().rposition(|&byte| byte == b'=') else {
        return text;
    };
    if text[..at].split(|&byte| byte == b'=').all(is_computed) {
        strip(&text[at + 1..])
    } else {
        text
    }
}

/// Whether a number may be said to equal `part`: a computation without letters, or names: "3 + 4", "x", "f(2)",
/// "total cost"; not "2x + 3y".
fn is_computed(part: &[u8]) -> bool {
    let part = strip(part);
    let stops = |byte: &u8| matches!(byte, b'<' | b'>' | b'!' | b':' | b'\\');
    if !part
        .iter()
        .any(|byte| stops(byte) || byte.is_ascii_alphabetic())
    {
        return true;
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
