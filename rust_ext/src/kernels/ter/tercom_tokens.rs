//! The words of tercom: split on whitespace, after optional normalisation and removal of punctuation.
//!
//! Conventions of sacrebleu 2.6, which follows `Normalizer.java` of tercom. Its three rules for kana never apply: they
//! are anchored to the start of a line that always starts with a space.

#![allow(clippy::must_use_candidate)] // called for what they emit

use crate::kernels::characters::code_point::decode;
use crate::kernels::characters::python_whitespace::{split, trim_end};
use crate::kernels::characters::replace::{decode_entities, replace_all};
use crate::kernels::characters::special_bytes::visit_special;

/// Which of tercom's steps a text goes through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TercomOptions {
    /// Decode four entities, join lines, and set punctuation apart.
    pub normalized: bool,
    /// Delete `. , ? : ; ! " ( )`.
    pub no_punct: bool,
    /// With `normalized`, set East Asian characters apart; with `no_punct`, delete East Asian punctuation.
    pub asian_support: bool,
}

/// Calls `emit(start, end)` for each word; they point into the returned copy if there is one, else into `text`.
pub fn tercom_words(
    text: &[u8],
    options: TercomOptions,
    emit: impl FnMut(usize, usize),
) -> Option<Vec<u8>> {
    if !options.normalized && !options.no_punct {
        split(text, emit);
        return None;
    }
    let text = trim_end(text);
    if text.is_empty() {
        return Some(Vec::new());
    }
    let mut line = if options.normalized {
        normalize(text)
    } else {
        text.to_vec()
    };
    if options.normalized && options.asian_support {
        line = set_asian_apart(&line);
    }
    if options.no_punct {
        line.retain(|byte| !b".,?:;!\"()".contains(byte));
        if options.asian_support {
            line = delete_asian_punctuation(&line);
        }
    }
    split(&line, emit);
    Some(line)
}

/// As [`tercom_words`], for a reference: sacrebleu puts references through all steps twice.
///
/// The second time sets apart what now follows a space, as the second comma of `a,,1`.
pub fn tercom_reference_words(
    text: &[u8],
    options: TercomOptions,
    emit: impl FnMut(usize, usize),
) -> Option<Vec<u8>> {
    if !options.normalized {
        return tercom_words(text, options, emit);
    }
    let mut spans = Vec::new();
    let line = tercom_words(text, options, |start, end| spans.push((start, end)));
    let line = line.as_deref().unwrap_or(text);
    let words: Vec<&[u8]> = spans
        .iter()
        .map(|&(start, end)| &line[start..end])
        .collect();
    tercom_words(&words.join(&b' '), options, emit)
}

fn normalize(text: &[u8]) -> Vec<u8> {
    let joined;
    let mut line = text;
    if line.contains(&b'\n') {
        let mut parts = replace_all(line, b"\n-", b"");
        for byte in &mut parts {
            if *byte == b'\n' {
                *byte = b' ';
            }
        }
        joined = parts;
        line = &joined;
    }
    let decoded;
    if line.contains(&b'&') {
        decoded = decode_entities(line.to_vec());
        line = &decoded;
    }
    let mut padded = Vec::with_capacity(line.len() + line.len() / 2 + 16);
    padded.push(b' ');
    let mut written = 0;
    visit_special(line, &[false; 256], |at| {
        if matches!(line[at], b'{'..=b'~' | b'['..=b'`' | b' '..=b'&' | b'('..=b'+' | b':'..=b'@' | b'/')
        {
            padded.extend_from_slice(&line[written..at]);
            padded.extend([b' ', line[at], b' ']);
            written = at + 1;
        }
        true
    });
    padded.extend_from_slice(&line[written..]);
    padded.push(b' ');
    let mut line = padded;
    if line.contains(&b'\'') {
        line = replace_all(&line, b"'s ", b" 's ");
    }
    let stop = |byte: u8| byte == b'.' || byte == b',';
    if line.iter().any(|&byte| stop(byte)) {
        line = part_after(&line, |a, b| !a.is_ascii_digit() && stop(b));
        line = part_before(&line, stop, |b| !b.is_ascii_digit());
    }
    if line.contains(&b'-') {
        line = part_after(&line, |a, b| a.is_ascii_digit() && b == b'-');
    }
    line
}

/// Sets apart each byte `b`, ASCII but no letter or digit, whose pair `(a, b)` with the one before is `found`.
///
/// A pair consumes both of its bytes, as a match of a regex does. Bytes will do for characters: of the two that a rule
/// looks at, one is ASCII, and the other is only asked what it is not.
fn part_after(text: &[u8], found: impl Fn(u8, u8) -> bool) -> Vec<u8> {
    let mut line = Vec::with_capacity(text.len() + text.len() / 8 + 16);
    let mut written = 0;
    visit_special(text, &[false; 256], |at| {
        if at > written && found(text[at - 1], text[at]) {
            line.extend_from_slice(&text[written..at]);
            line.extend([b' ', text[at], b' ']);
            written = at + 1;
        }
        true
    });
    line.extend_from_slice(&text[written..]);
    line
}

/// Sets apart each byte that is `first`, ASCII but no letter or digit, and has one that is `second` behind it, as
/// [`part_after`] does.
fn part_before(text: &[u8], first: impl Fn(u8) -> bool, second: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut line = Vec::with_capacity(text.len() + text.len() / 8 + 16);
    let mut written = 0;
    visit_special(text, &[false; 256], |at| {
        if let Some(&next) = text.get(at + 1) {
            if at >= written && first(text[at]) && second(next) {
                line.extend_from_slice(&text[written..at]);
                line.extend([b' ', text[at], b' ', next]);
                written = at + 2;
            }
        }
        true
    });
    line.extend_from_slice(&text[written..]);
    line
}

const fn is_asian_punctuation(character: u32) -> bool {
    matches!(character,
        0x3001 | 0x3002 | 0x3008..=0x3011 | 0x3014..=0x301f | 0xff61..=0xff65 | 0x30fb
        | 0xff0e | 0xff0c | 0xff1f | 0xff1a | 0xff1b | 0xff01 | 0xff02 | 0xff08 | 0xff09)
}

/// What stands apart; `3200..=3f22` is the original's slip for 3200 to 32FF, and lies within what else is listed.
const fn is_asian(character: u32) -> bool {
    is_asian_punctuation(character)
        || matches!(character,
            0x4e00..=0x9fff | 0x3400..=0x4dbf | 0x31c0..=0x31ef | 0x2e80..=0x2eff | 0x3300..=0x33ff | 0xf900..=0xfaff
            | 0xfe30..=0xfe4f | 0x3200..=0x3f22)
}

fn set_asian_apart(text: &[u8]) -> Vec<u8> {
    by_character(text, |character, bytes, line| {
        if is_asian(character) {
            line.push(b' ');
            line.extend_from_slice(bytes);
            line.push(b' ');
        } else {
            line.extend_from_slice(bytes);
        }
    })
}

fn delete_asian_punctuation(text: &[u8]) -> Vec<u8> {
    by_character(text, |character, bytes, line| {
        if !is_asian_punctuation(character) {
            line.extend_from_slice(bytes);
        }
    })
}

fn by_character(text: &[u8], mut write: impl FnMut(u32, &[u8], &mut Vec<u8>)) -> Vec<u8> {
    let mut line = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let (character, width) = decode(text, at);
        let end = text.len().min(at + width);
        write(character, &text[at..end], &mut line);
        at = end;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, flags: [bool; 3]) -> Vec<String> {
        let options = TercomOptions {
            normalized: flags[0],
            no_punct: flags[1],
            asian_support: flags[2],
        };
        let mut spans = Vec::new();
        let copy = tercom_words(text.as_bytes(), options, |start, end| {
            spans.push((start, end));
        });
        let line = copy.as_deref().unwrap_or(text.as_bytes());
        spans
            .iter()
            .map(|&(start, end)| String::from_utf8(line[start..end].to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn splits_only_unless_asked() {
        assert_eq!(words(" a,b\u{3000}c. ", [false; 3]), ["a,b", "c."]);
        assert_eq!(words("a字b。", [false, false, true]), ["a字b。"]);
    }

    #[test]
    fn normalises_as_tercom_does() {
        let found = words(
            "It's 1,000.50 (a..b) 5-6 &amp;lt; x\n-y\nz",
            [true, false, false],
        );
        assert_eq!(
            found,
            [
                "It", "'s", "1,000.50", "(", "a", ".", ".", "b", ")", "5", "-", "6", "<", "xy", "z"
            ]
        );
    }

    #[test]
    fn references_are_normalised_twice() {
        let options = TercomOptions {
            normalized: true,
            ..TercomOptions::default()
        };
        let count = |text: &str| {
            let (mut once, mut twice) = (0, 0);
            tercom_words(text.as_bytes(), options, |_, _| once += 1);
            tercom_reference_words(text.as_bytes(), options, |_, _| twice += 1);
            (once, twice)
        };
        assert_eq!(count("a,,1 b"), (4, 5));
        assert_eq!(count("a, b."), (4, 4));
    }

    #[test]
    fn deletes_punctuation() {
        assert_eq!(
            words("a.b, (c)! '-", [false, true, false]),
            ["ab", "c", "'-"]
        );
        assert_eq!(words("a。b（）", [false, true, true]), ["ab"]);
        assert_eq!(words(" \n", [true, true, true]), Vec::<String>::new());
    }

    #[test]
    fn sets_asian_characters_apart() {
        assert_eq!(
            words("中文a、かな\u{3f23}", [true, false, true]),
            ["中", "文", "a", "、", "かな", "\u{3f23}"]
        );
    }
}
