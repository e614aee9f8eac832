//! Whitespace as Python's `str.split` and `str.rstrip` see it, on UTF-8 bytes.
//!
//! The set is 29 code points; Rust's `char::is_whitespace` lacks U+001C to U+001F. Texts are bytes and not `str`
//! because a Python string may hold lone surrogates, which arrive encoded like any other code point.

use crate::kernels::characters::special_bytes::visit_special;

/// First bytes of the whitespace beyond ASCII.
const LEADS: [bool; 256] = {
    let mut leads = [false; 256];
    leads[0xc2] = true;
    leads[0xe1] = true;
    leads[0xe2] = true;
    leads[0xe3] = true;
    leads
};

/// Whether `byte` is one of the ten whitespace characters of ASCII.
#[must_use]
pub const fn is_ascii_whitespace(byte: u8) -> bool {
    matches!(byte, 0x09..=0x0d | 0x1c..=0x20)
}

/// Length in bytes of the whitespace character that starts at `text[at]`, or 0 when none does.
#[must_use]
#[inline]
pub fn whitespace_len(text: &[u8], at: usize) -> usize {
    match text[at] {
        byte if is_ascii_whitespace(byte) => 1,
        0xc2 => match text.get(at + 1) {
            Some(0x85 | 0xa0) => 2,
            _ => 0,
        },
        0xe1..=0xe3 => match text.get(at..at + 3) {
            Some(
                [0xe1, 0x9a, 0x80]
                | [0xe2, 0x80, 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf]
                | [0xe2, 0x81, 0x9f]
                | [0xe3, 0x80, 0x80],
            ) => 3,
            _ => 0,
        },
        _ => 0,
    }
}

/// `text` without its trailing whitespace, as `str.rstrip` gives it.
#[must_use]
pub fn trim_end(text: &[u8]) -> &[u8] {
    let mut end = text.len();
    while end > 0 {
        // A character of this set is one, two or three bytes long.
        let found =
            (1..=3.min(end)).find(|&width| whitespace_len(&text[..end], end - width) == width);
        match found {
            Some(width) => end -= width,
            None => break,
        }
    }
    &text[..end]
}

/// `text` without the whitespace at either end, as `str.strip` gives it.
#[must_use]
pub fn trim(text: &[u8]) -> &[u8] {
    let text = trim_end(text);
    let mut start = 0;
    while start < text.len() {
        match whitespace_len(text, start) {
            0 => break,
            width => start += width,
        }
    }
    &text[start..]
}

/// Calls `emit(start, end)` for each word of `text`, as `str.split` gives them.
#[inline]
pub fn split(text: &[u8], mut emit: impl FnMut(usize, usize)) {
    let mut start = 0;
    visit_special(text, &LEADS, |at| {
        let width = whitespace_len(text, at);
        if width > 0 {
            if start < at {
                emit(start, at);
            }
            start = at + width;
        }
        true
    });
    if start < text.len() {
        emit(start, text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        split(text.as_bytes(), |start, end| found.push(&text[start..end]));
        found
    }

    #[test]
    fn the_set_is_pythons_29_code_points() {
        let found: Vec<u32> = ('\0'..=char::MAX)
            .filter(|c| {
                let mut buffer = [0; 4];
                let text = c.encode_utf8(&mut buffer).as_bytes();
                whitespace_len(text, 0) == text.len()
            })
            .map(u32::from)
            .collect();
        let expected: Vec<u32> = (0x09..=0x0d)
            .chain(0x1c..=0x20)
            .chain([0x85, 0xa0, 0x1680])
            .chain(0x2000..=0x200a)
            .chain([0x2028, 0x2029, 0x202f, 0x205f, 0x3000])
            .collect();
        assert_eq!(found, expected);
        assert_eq!(found.len(), 29);
    }

    #[test]
    fn splits_on_runs_of_any_width() {
        assert_eq!(
            words("  a\u{3000}\u{a0}bé\x1c\u{2003}c\n"),
            ["a", "bé", "c"]
        );
        assert_eq!(words(" \t"), Vec::<&str>::new());
    }

    #[test]
    fn trims_only_the_end() {
        assert_eq!(trim_end(" a b\u{3000} \x1f\u{85}".as_bytes()), b" a b");
        assert_eq!(trim_end("\u{2028}\n".as_bytes()), b"");
        assert_eq!(trim_end("é".as_bytes()), "é".as_bytes());
        assert_eq!(trim("\u{3000}\x1c a b\u{2028}".as_bytes()), b"a b");
        assert_eq!(trim(b" \n"), b"");
    }
}
