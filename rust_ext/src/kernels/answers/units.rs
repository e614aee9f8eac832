//! Text as units of one character each: bytes where all is ASCII, else code points.

use crate::kernels::characters::code_point::code_points;
use crate::kernels::characters::word_characters::LETTERS_AND_NUMBERS;

/// One character of a text.
pub trait Unit: Copy + PartialEq {
    /// Its code point.
    fn code(self) -> u32;
}

impl Unit for u8 {
    #[inline]
    fn code(self) -> u32 {
        u32::from(self)
    }
}

impl Unit for u32 {
    #[inline]
    fn code(self) -> u32 {
        self
    }
}

/// Zeros of the scripts that have decimal digits, ten in a row each; those of ASCII aside.
#[rustfmt::skip]
const ZEROS: [u32; 65] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66,
    0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810,
    0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950,
    0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// Whether ASCII `byte` is a digit.
#[inline]
#[must_use]
pub(super) fn is_digit(code: u32) -> bool {
    code.wrapping_sub(0x30) < 10
}

/// Whether Python's `str.isspace` says so.
#[inline]
#[must_use]
pub(super) fn is_space(code: u32) -> bool {
    matches!(code, 0x09..=0x0d | 0x1c..=0x20)
        || (code > 0x7f
            && matches!(
                code,
                0x85 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029 | 0x202f | 0x205f | 0x3000
            ))
}

/// Whether `\w` of Python's `re` matches.
#[inline]
#[must_use]
pub fn is_word(code: u32) -> bool {
    if code < 0x80 {
        return (code as u8).is_ascii_alphanumeric() || code == 0x5f;
    }
    let after = LETTERS_AND_NUMBERS.partition_point(|&(first, _)| first <= code);
    after > 0 && code <= LETTERS_AND_NUMBERS[after - 1].1
}

/// The ASCII character that `re.IGNORECASE` sees, in lower case; 255 for any other.
#[inline]
#[must_use]
pub(super) fn lower(code: u32) -> u8 {
    match code {
        0..=0x7f => (code as u8).to_ascii_lowercase(),
        0x17f => b's',
        0x130 | 0x131 => b'i',
        0x212a => b'k',
        _ => 255,
    }
}

/// The ASCII digit that a decimal digit of another script stands for; any other code as it is.
#[inline]
#[must_use]
pub(super) fn fold_digit(code: u32) -> u32 {
    if code < ZEROS[0] {
        return code;
    }
    let after = ZEROS.partition_point(|&zero| zero <= code);
    let digit = code - ZEROS[after - 1];
    if digit < 10 { 0x30 + digit } else { code }
}

/// Whether `text[at..]` starts with the ASCII of `word`, which is in lower case, by `re.IGNORECASE`.
#[inline]
#[must_use]
pub(super) fn starts_with_folded<U: Unit>(text: &[U], at: usize, word: &[u8]) -> bool {
    text.len() >= at + word.len()
        && word
            .iter()
            .zip(&text[at..])
            .all(|(&letter, unit)| lower(unit.code()) == letter)
}

/// Whether `text[at..]` starts with the ASCII of `word`.
#[inline]
#[must_use]
pub(super) fn starts_with<U: Unit>(text: &[U], at: usize, word: &[u8]) -> bool {
    text.len() >= at + word.len()
        && word
            .iter()
            .zip(&text[at..])
            .all(|(&letter, unit)| unit.code() == u32::from(letter))
}

/// The code points of a text in UTF-8 (lone surrogates may be encoded too), digits of other scripts folded.
#[must_use]
pub fn wide(text: &[u8]) -> Vec<u32> {
    let mut codes = Vec::with_capacity(text.len());
    code_points(text, |code| codes.push(fold_digit(code)));
    codes
}

/// The UTF-8 of `units`, as [`wide`] reads it.
#[must_use]
pub fn encode<U: Unit>(units: &[U]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(units.len());
    for unit in units {
        let code = unit.code();
        if let Some(character) = char::from_u32(code) {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            let rest = |shift: u32| 0x80 | (code >> shift & 0x3f) as u8;
            bytes.extend_from_slice(&[0xe0 | (code >> 12 & 0x0f) as u8, rest(6), rest(0)]);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_other_scripts() {
        assert_eq!(
            wide("١٨ １８ é9".as_bytes()),
            "18 18 é9".chars().map(u32::from).collect::<Vec<_>>()
        );
        assert_eq!(fold_digit(0x0670), 0x0670);
        assert!(ZEROS.windows(2).all(|pair| pair[0] + 9 < pair[1]));
    }

    #[test]
    fn surrogates_survive() {
        let text = b"a\xed\xa0\x80\xf0\x9f\x98\x80";
        assert_eq!(encode(&wide(text)), text);
    }

    #[test]
    fn words_and_case_as_python_has_them() {
        assert!(is_word(u32::from('é')) && is_word(u32::from('_')) && is_word(u32::from('²')));
        assert!(!is_word(0x301) && !is_word(u32::from('€')) && !is_word(0xd800));
        let text: Vec<u32> = "AnſWER".chars().map(u32::from).collect();
        assert!(starts_with_folded(&text, 0, b"answer"));
        assert!(!starts_with(&text, 0, b"answer"));
    }
}
