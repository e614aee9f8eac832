//! Cuts what surrounds an answer: space, emphasis, quotes, mathematics delimiters, final punctuation.

use crate::kernels::answers::units::{Unit, is_digit, is_space, starts_with};

/// Delimiters that stand on both sides.
const PAIRS: [(&[u8], &[u8]); 11] = [
    (b"**", b"**"),
    (b"__", b"__"),
    (b"$$", b"$$"),
    (b"$", b"$"),
    (b"\\(", b"\\)"),
    (b"\\[", b"\\]"),
    (b"`", b"`"),
    (b"\"", b"\""),
    (b"'", b"'"),
    (b"*", b"*"),
    (b"_", b"_"),
];
/// Rounds, each of which takes off one layer.
const ROUNDS: usize = 8;

/// A typographic quote, as a code point or as the byte that [`super::normalisation`] writes for it.
const OPENING: [u32; 2] = [0x201c, super::normalisation::OPENING_QUOTE as u32];
const CLOSING: [u32; 2] = [0x201d, super::normalisation::CLOSING_QUOTE as u32];

/// `text` without what `cut` matches on either side.
pub(super) fn trim_by<U: Unit>(text: &[U], cut: impl Fn(u32) -> bool) -> &[U] {
    let end = text
        .iter()
        .rposition(|unit| !cut(unit.code()))
        .map_or(0, |last| last + 1);
    let start = text[..end]
        .iter()
        .position(|unit| !cut(unit.code()))
        .unwrap_or(end);
    &text[start..end]
}

fn trim_end_by<U: Unit>(text: &[U], cut: impl Fn(u32) -> bool) -> &[U] {
    let end = text.iter().rposition(|unit| !cut(unit.code()));
    &text[..end.map_or(0, |last| last + 1)]
}

fn is_ascii(code: u32, among: &[u8]) -> bool {
    code < 0x80 && among.contains(&(code as u8))
}

/// `text` without whitespace on either side.
pub(super) fn strip<U: Unit>(text: &[U]) -> &[U] {
    trim_by(text, is_space)
}

/// `text` without the ASCII characters `among` on either side.
pub(super) fn strip_of<'a, U: Unit>(text: &'a [U], among: &[u8]) -> &'a [U] {
    trim_by(text, |code| is_ascii(code, among))
}

/// `text` without surrounding space, emphasis, quotes, mathematics delimiters, and final `. , ; :`.
pub(super) fn unwrap<U: Unit>(mut text: &[U]) -> &[U] {
    for _ in 0..ROUNDS {
        let before = text.len();
        text = without_final_marks(strip(text));
        text = trim_end_by(text, is_space);
        if let (Some(&first), true) = (text.first(), text.len() > 2) {
            // Letters and digits stand at most starts, and no delimiter does.
            let code = first.code();
            if !(code < 0x80 && (code as u8).is_ascii_alphanumeric()) {
                text = undress(text);
            }
        }
        text = strip(strip_of(text, b"*`"));
        if text.len() == before {
            break;
        }
    }
    text
}

/// `text` without final `. , ; :` but for dots that say that digits go on.
fn without_final_marks<U: Unit>(text: &[U]) -> &[U] {
    let rest = trim_end_by(text, |code| is_ascii(code, b".,;:"));
    let ends_in_digit = rest.last().is_some_and(|unit| is_digit(unit.code()));
    let goes_on = (rest.len()..text.len()).any(|at| starts_with(text, at, b".."));
    if ends_in_digit && goes_on { text } else { rest }
}

fn undress<U: Unit>(mut text: &[U]) -> &[U] {
    for (index, (left, right)) in PAIRS.iter().enumerate() {
        // The typographic quotes come behind the plain ones.
        if index == 9 && text.len() > 2 {
            let (first, last) = (text[0].code(), text[text.len() - 1].code());
            if OPENING.contains(&first) && CLOSING.contains(&last) {
                text = &text[1..text.len() - 1];
            }
        }
        if text.len() > left.len() + right.len()
            && starts_with(text, 0, left)
            && starts_with(text, text.len() - right.len(), right)
        {
            text = &text[left.len()..text.len() - right.len()];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_come_off() {
        assert_eq!(unwrap(b" **18**. ".as_slice()), b"18");
        assert_eq!(unwrap(b"$\\(x\\)$;".as_slice()), b"x");
        assert_eq!(unwrap(b"$5".as_slice()), b"$5");
        assert_eq!(unwrap(b"**".as_slice()), b"");
        assert_eq!(unwrap(b".".as_slice()), b"");
        assert_eq!(unwrap(b"0.3...".as_slice()), b"0.3...");
    }
}
