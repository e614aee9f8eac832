//! Strips from an answer what does not change it: markup, LaTeX wrappers, typographic variants.

use std::borrow::Cow;

use crate::kernels::answers::units::{Unit, fold_digit, is_space, is_word};
use crate::kernels::answers::unwrap::unwrap;

/// Bytes that stand for characters beyond ASCII in normalised text; [`is_word`] says of each what it says of theirs.
const EURO: u8 = 0x80;
const POUND: u8 = 0x81;
const YEN: u8 = 0x82;
pub(super) const OPENING_QUOTE: u8 = 0x83;
pub(super) const CLOSING_QUOTE: u8 = 0x84;
/// Other characters that are common in answers and have no case, by the byte that the first of them gets.
const FIRST_COMMON: u8 = 0x86;
const COMMON: [char; 9] = ['—', '×', '°', '…', '≈', '·', '√', '✓', '•'];
const LETTER: u8 = 0xf0;
const SYMBOL: u8 = 0xf7;

/// An answer without what does not change it.
pub struct Normalised<'a> {
    /// ASCII, and bytes from 128 for other characters.
    pub text: Cow<'a, [u8]>,
    /// Whether some of those bytes stand for more than one character.
    pub beyond: bool,
}

/// Normalises an answer.
#[must_use]
pub fn normalise<U: Unit>(answer: &[U]) -> Normalised<'_> {
    let (text, beyond) = to_bytes(answer);
    let text = match text {
        Cow::Borrowed(text) => tidy(text),
        Cow::Owned(text) => Cow::Owned(tidy(&text).into_owned()),
    };
    Normalised { text, beyond }
}

/// Normalises an answer that is ASCII.
#[must_use]
pub fn normalise_ascii(answer: &[u8]) -> Normalised<'_> {
    Normalised {
        text: tidy(answer),
        beyond: false,
    }
}

fn to_bytes<U: Unit>(answer: &[U]) -> (Cow<'_, [u8]>, bool) {
    let mut beyond = false;
    let mut bytes = Vec::with_capacity(answer.len());
    for unit in answer {
        let code = fold_digit(unit.code());
        bytes.push(match code {
            0..=0x7f => code as u8,
            0x2212 | 0x2013 | 0xfe63 | 0xff0d => b'-',
            0xa0 | 0x2007 | 0x2009 | 0x202f => b' ',
            0x2019 => b'\'',
            0x66a | 0xff05 => b'%',
            0x66b | 0xff0e => b'.',
            0x66c | 0xff0c => b',',
            0xff0b => b'+',
            0xff0f => b'/',
            0x200b | 0x200e | 0x200f | 0x202a..=0x202e | 0x2060 | 0x2066..=0x2069 | 0xfeff => {
                continue;
            }
            0x20ac => EURO,
            0xa3 => POUND,
            0xa5 => YEN,
            0x201c => OPENING_QUOTE,
            0x201d => CLOSING_QUOTE,
            _ => {
                let common = COMMON.iter().position(|&common| u32::from(common) == code);
                beyond |= common.is_none();
                match common {
                    Some(place) => FIRST_COMMON + place as u8,
                    None if is_space(code) => b' ',
                    None if is_word(code) => LETTER,
                    None => SYMBOL,
                }
            }
        });
    }
    (Cow::Owned(bytes), beyond)
}

/// `text` unwrapped, without LaTeX that is only layout, and with single spaces.
fn tidy(text: &[u8]) -> Cow<'_, [u8]> {
    let text = unwrap(text);
    if !text.iter().any(|byte| matches!(byte, b'\\' | b'$' | b'{')) {
        return single_spaces(text);
    }
    let plain = without_braced_comma(&without_spacing(&without_dollars(&without_wrappers(text))));
    Cow::Owned(single_spaces(unwrap(&plain)).into_owned())
}

fn single_spaces(text: &[u8]) -> Cow<'_, [u8]> {
    let is_single =
        |at: usize, byte: u8| !is_space(u32::from(byte)) || (byte == b' ' && text[at - 1] != b' ');
    if text
        .iter()
        .enumerate()
        .all(|(at, &byte)| is_single(at, byte))
    {
        return Cow::Borrowed(text);
    }
    let mut joined = Vec::with_capacity(text.len());
    for word in text.split(|&byte| is_space(u32::from(byte))) {
        if !word.is_empty() {
            if !joined.is_empty() {
                joined.push(b' ');
            }
            joined.extend_from_slice(word);
        }
    }
    Cow::Owned(joined)
}

/// `\text{a}` and the like are what they hold.
fn without_wrappers(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if let Some((start, end)) = wrapped(text, at) {
            plain.extend_from_slice(&text[start..end]);
            at = end + 1;
        } else {
            plain.push(text[at]);
            at += 1;
        }
    }
    plain
}

fn wrapped(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = text[at..].strip_prefix(b"\\")?;
    let names: [&[u8]; 5] = [b"text{", b"textbf{", b"mathrm{", b"mathbf{", b"mbox{"];
    let name = names.iter().find(|name| rest.starts_with(name))?;
    let start = at + 1 + name.len();
    let length = text[start..]
        .iter()
        .position(|byte| matches!(byte, b'{' | b'}'))?;
    (text[start + length] == b'}').then_some((start, start + length))
}

/// Two bare `$` delimit, one is a currency.
fn without_dollars(text: &[u8]) -> Vec<u8> {
    let bare = |at: usize| at == 0 || text[at - 1] != b'\\';
    let mut dollars = (0..text.len()).filter(|&at| text[at] == b'$');
    if let (Some(first), Some(second), None) = (dollars.next(), dollars.next(), dollars.next()) {
        if bare(first) && bare(second) {
            return [
                &text[..first],
                &text[first + 1..second],
                &text[second + 1..],
            ]
            .concat();
        }
    }
    text.to_vec()
}

/// `\%` and `\$` are `%` and `$`; then spacing and the size of brackets go.
fn without_spacing(text: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'\\' && matches!(text.get(at + 1), Some(b'%' | b'$')) {
            at += 1;
        }
        escaped.push(text[at]);
        at += 1;
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = escaped.as_slice();
    while let Some((&first, behind)) = rest.split_first() {
        let length = if first == b'\\' {
            layout_length(behind)
        } else {
            0
        };
        if length == 0 {
            plain.push(first);
        }
        rest = &behind[length..];
    }
    plain
}

/// Length of the command of layout that `behind` a backslash holds; 0 for any other.
fn layout_length(behind: &[u8]) -> usize {
    if matches!(
        behind.first(),
        Some(b',' | b';' | b'!' | b'(' | b')' | b' ')
    ) {
        return 1;
    }
    let names: [&[u8]; 2] = [b"left", b"right"];
    let name = names.iter().find(|name| {
        behind.starts_with(name) && !behind.get(name.len()).is_some_and(u8::is_ascii_lowercase)
    });
    name.map_or(0, |name| name.len())
}

fn without_braced_comma(text: &[u8]) -> Vec<u8> {
    crate::kernels::characters::replace::replace_all(text, b"{,}", b",")
}

/// Writes into `folded` the form in which normalised text is compared: lower case, no space around punctuation.
///
/// The case of mathematics stays. Parentheses around all of it are dropped where they hold a single word: "(B)" is "b".
pub(super) fn fold(text: &[u8], folded: &mut Vec<u8>) {
    folded.clear();
    let keeps_case = is_mathematical(text);
    let is_mark = |byte: u8| byte != b' ' && !is_word(u32::from(byte));
    let mut at = 0;
    while at < text.len() {
        let mut byte = text[at];
        if byte == b' ' && text.get(at + 1).is_some_and(|&next| is_mark(next)) {
            at += 1;
            byte = text[at];
        }
        folded.push(if keeps_case {
            byte
        } else {
            byte.to_ascii_lowercase()
        });
        at += 1;
        if is_mark(byte) && text.get(at) == Some(&b' ') {
            at += 1;
        }
    }
    if let [b'(', inner @ .., b')'] = folded.as_slice() {
        if !inner.is_empty() && inner.iter().all(u8::is_ascii_alphabetic) {
            folded.pop();
            folded.remove(0);
        }
    }
}

/// Whether case may matter: marks of mathematics, letters that touch digits, or a number that starts the text.
fn is_mathematical(text: &[u8]) -> bool {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let mut has_digit = false;
    for (at, &one) in text.iter().enumerate() {
        let next = byte(at + 1);
        let is_mathematical = if one.is_ascii_digit() {
            has_digit = true;
            next.is_ascii_alphabetic()
        } else if one.is_ascii_alphabetic() {
            next.is_ascii_digit() || next == b'('
        } else {
            !b" \"'.,!?;:()&%-".contains(&one) || is_sign(text, at)
        };
        if is_mathematical {
            return true;
        }
    }
    has_digit && !(text.len() > 2 && text[..3].iter().all(u8::is_ascii_alphabetic))
}

/// Whether at `at` stands a minus sign, or the stroke of a derivative, as against what joins the parts of a word.
pub(super) fn is_sign(text: &[u8], at: usize) -> bool {
    let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).copied().unwrap_or(0);
    let (before, after) = (byte(at.checked_sub(1)), byte(Some(at + 1)));
    let is_part = |byte: u8| byte.is_ascii_alphanumeric();
    let follows_letter = before.is_ascii_alphabetic() && !is_part(byte(at.checked_sub(2)));
    match byte(Some(at)) {
        b'-' => {
            let is_single = after.is_ascii_alphabetic() && !is_part(byte(Some(at + 2)));
            !is_part(before) || !is_part(after) || (follows_letter && is_single)
        }
        b'\'' => follows_letter && !is_part(after),
        _ => false,
    }
}

/// Whether a byte of normalised text is a sign of money.
pub(super) fn is_currency(byte: u8) -> bool {
    matches!(byte, b'$' | EURO | POUND | YEN)
}

/// The sign of a currency's name, in the singular and in lower case.
pub(super) fn currency_of(name: &[u8]) -> Option<u8> {
    match name {
        b"dollar" | b"usd" => Some(b'$'),
        b"euro" | b"eur" => Some(EURO),
        b"pound" | b"gbp" => Some(POUND),
        b"yen" | b"jpy" => Some(YEN),
        _ => None,
    }
}

/// The UTF-8 of normalised text that is not [`Normalised::beyond`].
pub(super) fn to_utf8(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() {
        return text.to_vec();
    }
    let mut utf8 = Vec::with_capacity(text.len() + 8);
    for &byte in text {
        match byte {
            EURO => utf8.extend_from_slice("€".as_bytes()),
            POUND => utf8.extend_from_slice("£".as_bytes()),
            YEN => utf8.extend_from_slice("¥".as_bytes()),
            OPENING_QUOTE => utf8.extend_from_slice("“".as_bytes()),
            CLOSING_QUOTE => utf8.extend_from_slice("”".as_bytes()),
            0..=0x7f => utf8.push(byte),
            _ => {
                let common = COMMON.get(usize::from(byte.wrapping_sub(FIRST_COMMON)));
                let common = common.copied().unwrap_or(char::REPLACEMENT_CHARACTER);
                utf8.extend_from_slice(common.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    utf8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(text: &str) -> String {
        let codes: Vec<u32> = text.chars().map(u32::from).collect();
        let found = normalise(&codes);
        assert!(!found.beyond);
        String::from_utf8(to_utf8(&found.text)).unwrap()
    }

    #[test]
    fn layout_goes() {
        assert_eq!(normalised("$18\\text{ cm}$"), "18 cm");
        assert_eq!(normalised("\\$1{,}234"), "$1,234");
        assert_eq!(normalised("\\left( 1,\\; 2 \\right)"), "( 1, 2 )");
        assert_eq!(normalised("−５\u{200f}"), "-5");
        assert_eq!(normalised("€5  %"), "€5 %");
    }

    #[test]
    fn bytes_stand_for_characters_of_their_kind() {
        for byte in [EURO, POUND, YEN, OPENING_QUOTE, CLOSING_QUOTE, SYMBOL] {
            assert!(!is_word(u32::from(byte)) && !is_space(u32::from(byte)));
        }
        assert!(is_word(u32::from(LETTER)));
    }

    #[test]
    fn folding() {
        let mut folded = Vec::new();
        for (text, expected) in [
            ("(B)", "b"),
            ("( 1, 2 )", "(1,2)"),
            ("a - - b", "a--b"),
            ("Room 3", "room 3"),
            ("X + x", "X+x"),
            ("5 MW", "5 MW"),
            ("()", "()"),
        ] {
            fold(text.as_bytes(), &mut folded);
            assert_eq!(folded, expected.as_bytes());
        }
    }
}
