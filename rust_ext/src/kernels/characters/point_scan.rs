//! One pass in place of the four regular expressions that the tokenizers 13a and zh of sacrebleu share.
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
//! the dash, which (2) and (3) leave in place if it is a digit. All characters beyond ASCII are either whitespace,
//! set apart, or "no digit", so bytes can be read instead of code points.
//!
//! 13a pads the text with a space on either side, zh does not: there, (2) and (3) need a character that exists.

use crate::kernels::characters::python_whitespace::is_ascii_whitespace;
use crate::kernels::characters::special_bytes::visit_special;

/// What the scan does at a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Goes on with the open token.
    Word,
    /// Ends it.
    Space,
    /// Ends it and is a token.
    Symbol,
    /// A point or comma: a token or not, depending on its neighbours.
    Point,
    /// A token after a digit.
    Dash,
    /// May begin a pattern that has to be cleaned, see [`Rules::must_clean`].
    Pattern,
    /// First byte of a character beyond ASCII, see [`Rules::beyond_ascii`].
    Lead,
}

/// What tells one tokenizer from another.
pub trait Rules {
    /// The class of each byte.
    const CLASSES: &'static [Class; 256];
    /// Which bytes beyond ASCII are of class [`Class::Lead`].
    const LEADS: &'static [bool; 256];
    /// Whether the text counts as having a space on either side.
    const PADDED: bool;

    /// Whether a pattern to be cleaned is at a byte of class [`Class::Pattern`]; if not, its class.
    fn must_clean(text: &[u8], at: usize) -> Option<Class>;

    /// Bytes that end the open token at a lead byte, and whether they are a token; 0 for a character of a word.
    fn beyond_ascii(text: &[u8], at: usize) -> (usize, bool);
}

/// The classes of both tokenizers: lead bytes and patterns are still words.
#[must_use]
pub const fn common_classes() -> [Class; 256] {
    let mut classes = [Class::Word; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)] // the loop ends at 255
        let character = byte as u8;
        classes[byte] = match character {
            b'-' => Class::Dash,
            b'.' | b',' => Class::Point,
            b'!'..=b'&' | b'('..=b'+' | b':'..=b'@' | b'/' | b'['..=b'`' | b'{'..=b'~' => {
                Class::Symbol
            }
            _ if is_ascii_whitespace(character) => Class::Space,
            _ => Class::Word,
        };
        byte += 1;
    }
    classes
}

/// Which bytes are of class [`Class::Lead`].
#[must_use]
pub const fn leads(classes: &[Class; 256]) -> [bool; 256] {
    let mut found = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        found[byte] = matches!(classes[byte], Class::Lead);
        byte += 1;
    }
    found
}

/// Calls `emit(start, end)` for each token of `text` and returns true.
///
/// A text that needs cleaning makes it stop and return false; the tokens emitted until then are void.
#[inline]
pub fn scan<R: Rules>(text: &[u8], mut emit: impl FnMut(usize, usize)) -> bool {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    // The open token is text[start..at]. `consumed` is where the last point taken by pattern 2 ended.
    let (mut start, mut consumed) = (0, usize::MAX);
    let finished = visit_special(text, R::LEADS, |at| {
        let mut class = R::CLASSES[text[at] as usize];
        if class == Class::Pattern {
            match R::must_clean(text, at) {
                None => return false,
                Some(other) => class = other,
            }
        }
        // How many bytes end the open token here, and whether they are a token themselves.
        let (width, is_token) = match class {
            Class::Space => (1, false),
            Class::Word | Class::Pattern => return true,
            Class::Symbol => (1, true),
            Class::Dash => (usize::from(at > 0 && is_digit(at - 1)), true),
            Class::Point => {
                let first = at == 0;
                let is_second = consumed != at && if first { R::PADDED } else { !is_digit(at - 1) };
                if is_second {
                    consumed = at + 1;
                }
                let has_next = R::PADDED || at + 1 < text.len();
                (
                    usize::from(is_second || (has_next && !is_digit(at + 1))),
                    true,
                )
            }
            Class::Lead => R::beyond_ascii(text, at),
        };
        if width == 0 {
            return true;
        }
        if start < at {
            emit(start, at);
        }
        if is_token {
            emit(at, at + width);
        }
        start = at + width;
        true
    });
    if finished && start < text.len() {
        emit(start, text.len());
    }
    finished
}
