//! The last number of a text, as `evalsuite.answers` finds numbers.

use crate::kernels::characters::code_point::decode;
use crate::kernels::characters::word_characters::LETTERS_AND_NUMBERS;

/// Digits that are counted where a length is bounded: of a fraction's parts, of the whole of a mixed number.
const MOST_DIGITS: usize = 300;
/// Signs of numbers: hyphen, plus, minus sign, en dash.
const SIGNS: [&str; 4] = ["-", "+", "\u{2212}", "\u{2013}"];
const CURRENCIES: [&str; 4] = ["$", "\u{20ac}", "\u{a3}", "\u{a5}"];
const FRACTIONS: [&str; 3] = ["\\frac{", "\\dfrac{", "\\tfrac{"];
/// LaTeX behind a number that makes it a part of something else.
const PRODUCTS: [&str; 7] = [
    "\\sqrt", "\\frac", "\\dfrac", "\\tfrac", "\\pi", "\\cdot", "\\times",
];
const ORDINALS: [&str; 4] = ["st", "nd", "rd", "th"];

/// Whether Python's `\w` matches a code point.
#[must_use]
pub fn is_word(code: u32) -> bool {
    if code < 0x80 {
        let byte = code as u8;
        return byte.is_ascii_alphanumeric() || byte == b'_';
    }
    let after = LETTERS_AND_NUMBERS.partition_point(|&(first, _)| first <= code);
    after > 0 && code <= LETTERS_AND_NUMBERS[after - 1].1
}

/// Whether the code point that ends at `at` is one of `\w`.
#[must_use]
pub fn is_word_before(text: &[u8], at: usize) -> bool {
    let start = (0..at).rev().find(|&place| !is_continuation(text[place]));
    start.is_some_and(|start| is_word(decode(text, start).0))
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// Where the last number of `text` starts and ends, in bytes.
///
/// A run such as `10^10^8` or `3/4/5` is one number, so that no part of it passes for one. Linear in the text.
#[must_use]
pub fn last_number(text: &[u8]) -> Option<(usize, usize)> {
    let mut finder = Finder {
        text,
        run: Run::default(),
    };
    let (mut at, mut last) = (0, None);
    while at < text.len() {
        if may_start(text[at]) {
            if let Some(end) = finder.end_of_number(at) {
                last = Some((at, end));
                at = end;
                continue;
            }
        }
        at += 1;
    }
    last.map(|(start, end)| {
        let kept = text[start..end]
            .iter()
            .rposition(|byte| !b".,/^:".contains(byte));
        (start, start + kept.map_or(0, |place| place + 1))
    })
}

/// Whether a number may start with this byte; bytes of characters beyond ASCII are those that lead one.
fn may_start(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'\\' | b'$' | 0xc2 | 0xe2)
}

/// A run of digits and what joins them; all places inside it end alike, and are not read again.
#[derive(Clone, Copy, Default)]
struct Run {
    start: usize,
    end: usize,
    /// Where the number ends, exponent and percent sign included.
    end_of_number: usize,
    /// Whether what follows lets it be a number.
    stands: bool,
}

struct Finder<'a> {
    text: &'a [u8],
    run: Run,
}

impl Finder<'_> {
    fn end_of_number(&mut self, start: usize) -> Option<usize> {
        if !self.may_follow(start) {
            return None;
        }
        let mut at = start + self.length_of(start, &SIGNS);
        let backslash = usize::from(self.byte(at) == Some(b'\\'));
        let currency = self.length_of(at + backslash, &CURRENCIES);
        if currency > 0 {
            at += backslash + currency;
            at += usize::from(self.byte(at) == Some(b' '));
        }
        at += self.length_of(at, &SIGNS);
        if let Some(end) = self.end_of_fraction(at) {
            let end = self.after_percent(end);
            return self.stands(end).then_some(end);
        }
        at = self.after_whole(at);
        at += usize::from(self.byte(at) == Some(b'.'));
        if !self.byte(at)?.is_ascii_digit() {
            return None;
        }
        let run = self.run_at(at);
        run.stands.then_some(run.end_of_number)
    }

    /// Whether what stands before `at` lets a number start there.
    fn may_follow(&self, at: usize) -> bool {
        if at == 0 {
            return true;
        }
        if matches!(self.text[at - 1], b'.' | b'^' | b'/' | b')' | b']' | b'}')
            || is_word_before(self.text, at)
        {
            return false;
        }
        let opens = matches!(self.text[at - 1], b'{' | b'(' | b'[');
        !(opens && self.text[..at - 1].ends_with(b"sqrt"))
    }

    fn run_at(&mut self, start: usize) -> Run {
        if !(self.run.start..self.run.end).contains(&start) {
            let end = self.skip(start, |byte| {
                byte.is_ascii_digit() || b".,/^:".contains(&byte)
            });
            let end_of_number = self.after_percent(self.after_exponent(end));
            self.run = Run {
                start,
                end,
                end_of_number,
                stands: self.stands(end_of_number),
            };
        }
        self.run
    }

    fn end_of_fraction(&self, at: usize) -> Option<usize> {
        let command = self.length_of(at, &FRACTIONS);
        if command == 0 {
            return None;
        }
        let middle = self.after_digits(at + command)?;
        if !self.text[middle..].starts_with(b"}{") {
            return None;
        }
        let end = self.after_digits(middle + 2)?;
        (self.byte(end) == Some(b'}')).then_some(end + 1)
    }

    /// The end of 1 to 300 digits.
    fn after_digits(&self, start: usize) -> Option<usize> {
        let most = self.text.len().min(start + MOST_DIGITS + 1);
        let n = self.text[start.min(most)..most]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        (1..=MOST_DIGITS).contains(&n).then_some(start + n)
    }

    /// Behind the whole of a mixed number such as `2 1/2`, where there is one.
    fn after_whole(&self, at: usize) -> usize {
        let part = self
            .after_digits(at)
            .filter(|&end| self.byte(end) == Some(b' '))
            .map(|end| end + 1);
        let Some(part) = part else { return at };
        let slash = self.after_digits(part);
        let is_fraction = slash.is_some_and(|slash| {
            self.byte(slash) == Some(b'/')
                && self
                    .byte(slash + 1)
                    .is_some_and(|byte| byte.is_ascii_digit())
        });
        if is_fraction { part } else { at }
    }

    fn after_exponent(&self, at: usize) -> usize {
        if !matches!(self.byte(at), Some(b'e' | b'E')) {
            return at;
        }
        let digits = at + 1 + usize::from(matches!(self.byte(at + 1), Some(b'-' | b'+')));
        let end = self.skip(digits, |byte| byte.is_ascii_digit());
        if end > digits { end } else { at }
    }

    fn after_percent(&self, at: usize) -> usize {
        let mut end = at + usize::from(self.byte(at) == Some(b' '));
        end += usize::from(self.byte(end) == Some(b'\\'));
        if self.byte(end) == Some(b'%') {
            end + 1
        } else {
            at
        }
    }

    /// Whether a number that ends at `at` is one by what follows: no ordinal, no factor in LaTeX.
    fn stands(&self, at: usize) -> bool {
        if self.length_of(at, &ORDINALS) > 0
            && (at + 2 >= self.text.len() || !is_word(decode(self.text, at + 2).0))
        {
            return false;
        }
        let next = at + usize::from(self.byte(at) == Some(b' '));
        self.length_of(next, &PRODUCTS) == 0
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    fn skip(&self, at: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|&&byte| belongs(byte)).count()
    }

    /// Length of the one of `choices` that stands at `at`; 0 where none does.
    fn length_of(&self, at: usize, choices: &[&str]) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        choices
            .iter()
            .find(|choice| rest.starts_with(choice.as_bytes()))
            .map_or(0, |choice| choice.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        last_number(text.as_bytes()).map(|(start, end)| &text[start..end])
    }

    #[test]
    fn finds_numbers_as_written() {
        for (text, number) in [
            ("5 + 7 = 12.", Some("12")),
            ("1,234 and \u{2212}3", Some("\u{2212}3")),
            ("10^10^8", Some("10^10^8")),
            ("the 2nd", None),
            ("2 1/2 cups", Some("2 1/2")),
            ("$ 5.50 each", Some("$ 5.50")),
            ("-\\$3", Some("-\\$3")),
            ("\\frac{1}{2}", Some("\\frac{1}{2}")),
            ("4\\sqrt{2}", None),
            ("1e3", Some("1e3")),
            ("10 %", Some("10 %")),
            ("x2", None),
            ("", None),
        ] {
            assert_eq!(found(text), number, "{text}");
        }
    }

    #[test]
    fn time_is_linear_in_runs_that_are_no_numbers() {
        let text = format!("{}1th", "1,".repeat(500_000));
        assert_eq!(found(&text), None);
    }
}
