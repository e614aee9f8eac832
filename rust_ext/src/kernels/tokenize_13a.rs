//! The 13a tokenizer of mteval and sacrebleu in one pass.
//!
//! sacrebleu pads the text with a space on either side and applies four regular expressions in turn:
//!
//! ```text
//! 1. ([\{-\~\[-\` -\&\(-\+\:-\@\/])    every match is set apart by spaces
//! 2. ([^0-9])([\.,])                   a space on both sides of the second character
//! 3. ([\.,])([^0-9])                   a space on both sides of the first
//! 4. ([0-9])(-)                        a space on both sides of the dash
//! ```
//!
//! Why one pass suffices. After (1) the neighbours of a symbol are spaces, and a symbol is no digit, so it acts on
//! its neighbours just as a space does. A match of (2) consumes both characters: a point is set apart by (2) unless
//! a digit precedes it, or a point that was itself just consumed as a second character. Two points that still touch
//! after (2) do not exist, so (3) sets apart every point that no digit follows. (4) looks at the character before
//! the dash, which (2) and (3) leave in place if it is a digit. All characters beyond ASCII are either whitespace or
//! "no digit", so bytes can be read instead of code points.

use rayon::prelude::*;

use super::clean_13a::clean;
use super::parallel::threads_available;
use super::python_whitespace::{is_ascii_whitespace, whitespace_len};

/// Texts a thread takes at a time, at least.
const MIN_TEXTS: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Space,
    Symbol,
    Point,
    Dash,
    /// First byte of the characters beyond ASCII among which some are whitespace.
    Lead,
    /// `&`, `<` and the line end: ordinary unless they begin or end a pattern that has to be cleaned.
    Ampersand,
    Less,
    LineEnd,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Word; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)] // the loop ends at 255
        let character = byte as u8;
        classes[byte] = match character {
            b'\n' => Class::LineEnd,
            b'&' => Class::Ampersand,
            b'<' => Class::Less,
            b'-' => Class::Dash,
            b'.' | b',' => Class::Point,
            b'!'..=b'%' | b'('..=b'+' | b':'..=b'@' | b'/' | b'['..=b'`' | b'{'..=b'~' => {
                Class::Symbol
            }
            0xc2 | 0xe1..=0xe3 => Class::Lead,
            _ if is_ascii_whitespace(character) => Class::Space,
            _ => Class::Word,
        };
        byte += 1;
    }
    classes
};

/// Calls `emit(start, end)` for each token of `text` and returns true.
///
/// Unless `CLEANED` says that `text` comes from [`clean`], a text that needs cleaning makes it stop and return false;
/// the tokens emitted until then are void.
#[inline]
pub fn scan<const CLEANED: bool>(text: &[u8], mut emit: impl FnMut(usize, usize)) -> bool {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    // The open token is text[start..at]. `consumed` is where the last point taken by pattern 2 ended.
    let (mut start, mut at, mut consumed) = (0, 0, usize::MAX);
    while at < text.len() {
        let class = CLASSES[text[at] as usize];
        // How many bytes end the open token here, and whether they are a token themselves.
        let (width, is_token) = match class {
            Class::Ampersand if !CLEANED => return false,
            Class::Less if !CLEANED && text[at..].starts_with(b"<skipped>") => return false,
            Class::LineEnd if !CLEANED && at > 0 && text[at - 1] == b'-' => return false,
            Class::Word => (0, false),
            Class::Space | Class::LineEnd => (1, false),
            Class::Lead => (whitespace_len(text, at), false),
            Class::Symbol | Class::Ampersand | Class::Less => (1, true),
            Class::Dash => (usize::from(at > 0 && is_digit(at - 1)), true),
            Class::Point => {
                let is_second = consumed != at && !(at > 0 && is_digit(at - 1));
                if is_second {
                    consumed = at + 1;
                }
                (usize::from(is_second || !is_digit(at + 1)), true)
            }
        };
        if width == 0 {
            at += 1;
            continue;
        }
        if start < at {
            emit(start, at);
        }
        if is_token {
            emit(at, at + width);
        }
        at += width;
        start = at;
    }
    if start < at {
        emit(start, at);
    }
    true
}

/// The tokens of `text` joined by single spaces, in the encoding of `text`.
#[must_use]
pub fn tokenize(text: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(text.len() + text.len() / 4);
    if !scan::<false>(text, |start, end| push_token(&mut line, &text[start..end])) {
        line.clear();
        let cleaned = clean(text);
        scan::<true>(&cleaned, |start, end| {
            push_token(&mut line, &cleaned[start..end]);
        });
    }
    line
}

/// [`tokenize`] for each text.
#[must_use]
pub fn tokenize_all<T: AsRef<[u8]> + Sync>(texts: &[T]) -> Vec<Vec<u8>> {
    if threads_available() {
        texts
            .par_iter()
            .with_min_len(MIN_TEXTS)
            .map(|text| tokenize(text.as_ref()))
            .collect()
    } else {
        texts.iter().map(|text| tokenize(text.as_ref())).collect()
    }
}

fn push_token(line: &mut Vec<u8>, token: &[u8]) {
    if !line.is_empty() {
        line.push(b' ');
    }
    line.extend_from_slice(token);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        String::from_utf8(tokenize(text.as_bytes())).unwrap()
    }

    #[test]
    fn symbols_stand_alone_and_apostrophes_do_not() {
        assert_eq!(line("(it's) a/b {c}~"), "( it's ) a / b { c } ~");
    }

    #[test]
    fn points_between_digits_stay() {
        assert_eq!(
            line("1,000.50 a.5 5.a 1.,5 .5"),
            "1,000.50 a . 5 5 . a 1 . , 5 . 5"
        );
    }

    #[test]
    fn a_consumed_point_does_not_take_the_next_one() {
        assert_eq!(line("a..5"), "a . .5");
        assert_eq!(line("a...5"), "a . . . 5");
        assert_eq!(line("1..5"), "1 . . 5");
    }

    #[test]
    fn a_dash_is_split_only_after_a_digit() {
        assert_eq!(
            line("well-known 1990-2000 -5 5-"),
            "well-known 1990 - 2000 -5 5 -"
        );
    }

    #[test]
    fn cleaning_restarts_the_line() {
        assert_eq!(line("a b &lt;c&amp; line-\nend"), "a b < c & lineend");
        assert_eq!(line("a<skipped>b < c - \n d"), "ab < c - d");
    }

    #[test]
    fn python_whitespace_separates() {
        assert_eq!(line("\u{3000}a\x1cb\u{2028}é.\u{85}"), "a b é .");
    }
}
