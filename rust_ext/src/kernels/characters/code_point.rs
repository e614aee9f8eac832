//! Code points of UTF-8 in which lone surrogates may be encoded too, as Python strings have them.

/// The code point that starts at `text[at]`, and its length in bytes, which never reaches beyond the text.
///
/// # Panics
///
/// If `at` is not inside the text.
#[must_use]
#[inline]
pub fn decode(text: &[u8], at: usize) -> (u32, usize) {
    let next = |offset: usize| u32::from(text.get(at + offset).copied().unwrap_or(0) & 0x3f);
    let lead = u32::from(text[at]);
    let (code, width) = match lead {
        0..=0xc1 => return (lead, 1),
        0xc2..=0xdf => ((lead & 0x1f) << 6 | next(1), 2),
        0xe0..=0xef => ((lead & 0x0f) << 12 | next(1) << 6 | next(2), 3),
        _ => (
            (lead & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3),
            4,
        ),
    };
    (code, width.min(text.len() - at))
}

/// Calls `emit` with each code point.
#[inline]
pub fn code_points(text: &[u8], mut emit: impl FnMut(u32)) {
    let mut at = 0;
    while at < text.len() {
        let (code, width) = decode(text, at);
        emit(code);
        at += width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_rust_encodes() {
        for character in (0..=char::MAX as u32).filter_map(char::from_u32) {
            let text = character.to_string();
            assert_eq!(decode(text.as_bytes(), 0), (character as u32, text.len()));
        }
    }

    #[test]
    fn surrogates_are_code_points_and_the_end_is_the_end() {
        assert_eq!(decode(b"\xed\xa0\x80", 0), (0xd800, 3));
        for cut in [&b"\xf0\x9f"[..], b"\xe4", b"\xc3"] {
            assert_eq!(decode(cut, 0).1, cut.len());
        }
        let mut found = Vec::new();
        code_points("aé中😀".as_bytes(), |code| found.push(code));
        assert_eq!(found, ['a', 'é', '中', '😀'].map(u32::from));
    }
}
