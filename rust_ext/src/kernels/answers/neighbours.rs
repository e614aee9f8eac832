//! What stands beside a number or a box and makes something else of it.

use std::ops::Range;

use crate::kernels::answers::units::{Unit, is_digit, is_word, lower, starts_with};
use crate::kernels::answers::words::{is_fraction, is_letter, is_scale};
use crate::kernels::answers::written_number::{is_minus, is_raised, is_vulgar};

/// Characters of markup and space that are looked through.
const MOST_SKIPPED: usize = 16;
/// Letters of the longest word that is looked at.
const LONGEST_WORD: usize = 24;
/// LaTeX that takes what follows as an operand.
#[rustfmt::skip]
const TAKING: [&[u8]; 24] = [
    b"binom", b"cdot", b"cfrac", b"cos", b"dfrac", b"div", b"exp", b"frac", b"geq", b"gt", b"leq",
    b"ln", b"log", b"lt", b"mp", b"ne", b"neq", b"not", b"pm", b"sin", b"sqrt", b"tan", b"tfrac",
    b"times",
];
/// LaTeX that takes what stands before it, or goes on with it.
#[rustfmt::skip]
const FOLLOWING: [&[u8]; 14] = [
    b"cdot", b"cdots", b"dfrac", b"div", b"dots", b"frac", b"infty", b"ldots", b"pi", b"pm",
    b"sqrt", b"tfrac", b"times", b"to",
];
const DEGREES: [&[u8]; 2] = [b"^\\circ", b"^{\\circ}"];
/// LaTeX whose braces hold text.
const TEXT: [&[u8]; 4] = [b"\\text{", b"\\mathrm{", b"\\textbf{", b"\\mbox{"];
/// Words before a number that make another one of it, or leave it open.
#[rustfmt::skip]
const BEFORE: [&[u8]; 15] = [
    b"cos", b"exp", b"ln", b"log", b"minus", b"mod", b"modulo", b"negative", b"not", b"or",
    b"plus", b"sin", b"sqrt", b"tan", b"times",
];
/// Words behind a number that do.
const BEHIND: [&[u8]; 7] = [
    b"cubed",
    b"factorial",
    b"mod",
    b"modulo",
    b"or",
    b"pi",
    b"squared",
];

/// The place of a number or a box, and of what beside it makes something else of it: from `first` on, where its line starts.
///
/// Of a sum or a difference that is the whole line: a part of it would be another sum.
pub(super) fn widened<U: Unit>(
    text: &[U],
    place: Range<usize>,
    first: usize,
    is_box: bool,
) -> Range<usize> {
    let start = before(text, place.start, first, is_box).unwrap_or(place.start);
    let end = behind(text, place.end).unwrap_or(place.end);
    start..end
}

fn code<U: Unit>(text: &[U], at: usize) -> u32 {
    text.get(at).map_or(0, |unit| unit.code())
}

fn code_before<U: Unit>(text: &[U], at: usize) -> u32 {
    at.checked_sub(1).map_or(0, |before| text[before].code())
}

fn is_blank(code: u32) -> bool {
    matches!(code, 0x20 | 0x09 | 0xa0 | 0x2009 | 0x202f)
}

/// Hyphens and minus signs, those that no number is written with included.
fn is_dash(code: u32) -> bool {
    is_minus(code) || matches!(code, 0x2010..=0x2012 | 0xfe63 | 0xff0d)
}

fn before<U: Unit>(text: &[U], start: usize, first: usize, is_box: bool) -> Option<usize> {
    let least = start.saturating_sub(MOST_SKIPPED).max(first);
    let mut at = start;
    while at > least {
        let before = code_before(text, at);
        if at > least + 1
            && matches!(before, 0x2c | 0x3b | 0x21)
            && code_before(text, at - 1) == 0x5c
        {
            at -= 2; // LaTeX's spaces
        } else if is_blank(before) || is_opener(before) {
            at -= 1;
        } else {
            break;
        }
    }
    if at == first {
        return None;
    }
    let sign = code_before(text, at);
    if is_dash(sign) || sign == 0x2b {
        return before_dash(text, at - 1, first);
    }
    match sign {
        // / ^ < and signs beyond ASCII: at most, at least, unequal, plus or minus, root, times, by, dot
        0x2f | 0x5e | 0x3c | 0x2264 | 0x2265 | 0x2260 | 0xb1 | 0x221a | 0xd7 | 0xf7 | 0xb7 => {
            Some(at - 1)
        }
        0x3e if is_blank(code_before(text, at - 1)) => Some(at - 1),
        0x7d if code(text, at) == 0x7b => Some(at - 1),
        _ if is_letter(sign) => before_word(text, at, first, is_box && at == start),
        _ if is_box && at == start && is_digit(sign) => Some(at - 1),
        _ => None,
    }
}

/// Markup, quotes and opening brackets.
fn is_opener(code: u32) -> bool {
    matches!(
        code,
        0x2a | 0x5f | 0x60 | 0x24 | 0x22 | 0x27 | 0x28 | 0x5b | 0x7b | 0x5c
    )
}

/// Where the dash or plus at `at` stands if it is a sign; if it adds or takes away, where the line begins; none where it is a
/// bullet or parts words.
fn before_dash<U: Unit>(text: &[U], at: usize, first: usize) -> Option<usize> {
    let mut end = at;
    while end > first && at - end < MOST_SKIPPED && is_blank(code_before(text, end)) {
        end -= 1;
    }
    let is_apart = is_blank(code(text, at + 1));
    if end == first {
        return (!is_apart).then_some(at);
    }
    let last = code_before(text, end);
    if is_dash(last) {
        return None;
    }
    if !is_apart && (end < at || matches!(last, 0x3d | 0x3a)) {
        return Some(at);
    }
    if is_letter(last) {
        let word = letters_before(text, end, first);
        if end - word > 1 && end > at.saturating_sub(MOST_SKIPPED) && is_apart {
            let is_command = word > first && code_before(text, word) == 0x5c;
            return is_command.then_some(at);
        }
        if !is_apart {
            return None;
        }
    }
    let blank = |at: &usize| !is_blank(code(text, *at));
    (first..at).find(blank)
}

/// Where the letters begin that end at `end`, one more than the longest word has at most.
fn letters_before<U: Unit>(text: &[U], end: usize, first: usize) -> usize {
    let letters = text[first..end].iter().rev().take(LONGEST_WORD + 1);
    end - letters.take_while(|unit| is_letter(unit.code())).count()
}

fn before_word<U: Unit>(text: &[U], end: usize, first: usize, touches: bool) -> Option<usize> {
    let start = letters_before(text, end, first);
    let word = &text[start..end];
    if start > first && code_before(text, start) == 0x5c {
        return is_among(word, &TAKING).then(|| start - 1);
    }
    let is_whole =
        word.len() <= LONGEST_WORD && (start == first || !is_word(code_before(text, start)));
    (touches || (is_whole && is_among_folded(word, &BEFORE))).then_some(start)
}

fn behind<U: Unit>(text: &[U], end: usize) -> Option<usize> {
    let next = |at: usize| code(text, at);
    if next(end) == 0x5f && (is_digit(next(end + 1)) || next(end + 1) == 0x7b) {
        return Some(end + 2); // a base
    }
    if next(end) == 0x28 && is_digit(next(end + 1)) {
        return Some(end + 2); // what repeats
    }
    if next(end) == 0x2026 || starts_with(text, end, b"...") {
        return Some(end + 1);
    }
    let most = end + MOST_SKIPPED;
    let mut at = end;
    while at < most {
        if next(at) == 0x5c && matches!(next(at + 1), 0x2c | 0x3b | 0x21 | 0x20 | 0x29 | 0x5d) {
            at += 2;
        } else if let Some(command) = TEXT.iter().find(|command| starts_with(text, at, command)) {
            at += command.len();
        } else if is_blank(next(at)) || is_closer(next(at)) {
            at += 1;
        } else {
            break;
        }
    }
    if next(at) == 0x5e && DEGREES.iter().any(|sign| starts_with(text, at, sign)) {
        return None;
    }
    match next(at) {
        // ^, per cent of other kinds, per mille, pi, root
        0x5e | 0x25 | 0xff05 | 0x2030 | 0x3c0 | 0x221a => Some(at + 1),
        0x7b if at > 0 && code_before(text, at) == 0x7d => Some(at + 1),
        0x5c if next(at + 1) == 0x25 => Some(at + 2),
        0x5c => {
            let word = letters_at(text, at + 1);
            is_among(word, &FOLLOWING).then(|| at + 1 + word.len())
        }
        other if is_raised(other) || is_vulgar(other) => Some(at + 1),
        other if is_letter(other) => behind_word(text, at),
        _ => None,
    }
}

/// Markup, quotes and closing brackets.
fn is_closer(code: u32) -> bool {
    matches!(
        code,
        0x2a | 0x5f | 0x60 | 0x24 | 0x22 | 0x27 | 0x29 | 0x5d | 0x7d | 0x7e
    )
}

fn behind_word<U: Unit>(text: &[U], at: usize) -> Option<usize> {
    let word = letters_at(text, at);
    let end = at + word.len();
    if word.len() > LONGEST_WORD || is_word(code(text, end)) {
        return None;
    }
    let is_many = matches!(word, [one] if matches!(one.code(), 0x6b | 0x4b | 0x4d | 0x42 | 0x54));
    if is_among_folded(word, &[b"per"])
        && is_blank(code(text, end))
        && is_among_folded(letters_at(text, end + 1), &[b"cent"])
    {
        return Some(end + 5);
    }
    let makes_another =
        is_many || is_scale(word) || is_fraction(word) || is_among_folded(word, &BEHIND);
    makes_another.then_some(end)
}

/// The letters that stand at `at`, one more than the longest word has at most.
fn letters_at<U: Unit>(text: &[U], at: usize) -> &[U] {
    let rest = text.get(at..).unwrap_or_default();
    let letters = rest.iter().take(LONGEST_WORD + 1);
    &rest[..letters.take_while(|unit| is_letter(unit.code())).count()]
}

fn is_among<U: Unit>(word: &[U], names: &[&[u8]]) -> bool {
    names.iter().any(|name| {
        name.len() == word.len()
            && name
                .iter()
                .zip(word)
                .all(|(&letter, unit)| unit.code() == u32::from(letter))
    })
}

fn is_among_folded<U: Unit>(word: &[U], names: &[&[u8]]) -> bool {
    names.iter().any(|name| {
        name.len() == word.len()
            && name
                .iter()
                .zip(word)
                .all(|(&letter, unit)| lower(unit.code()) == letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(before: &str, what: &str, behind: &str, is_box: bool) -> String {
        let text: Vec<u32> = format!("{before}{what}{behind}")
            .chars()
            .map(u32::from)
            .collect();
        let start = before.chars().count();
        let first = text[..start]
            .iter()
            .rposition(|&code| code == 0x0a)
            .map_or(0, |at| at + 1);
        let place = widened(&text, start..start + what.chars().count(), first, is_box);
        text[place]
            .iter()
            .filter_map(|&code| char::from_u32(code))
            .collect()
    }

    #[test]
    fn what_makes_something_else_of_a_number() {
        for (before, behind, expected) in [
            ("x = -**", "**", "-**5"),
            ("so -(", ")", "-(5"),
            ("7 - ", "", "7 - 5"),
            ("so 17-", "", "so 17-5"),
            ("\\approx - ", "", "- 5"),
            ("3 + ", "", "3 + 5"),
            ("x - ", "", "x - 5"),
            ("-**", "**", "-**5"),
            ("x > ", "", "> 5"),
            ("e^{", "}", "^{5"),
            ("\\frac{x}{", "}", "}{5"),
            ("\\frac{", "}{x}", "\\frac{5}{"),
            ("\\ln ", "", "\\ln 5"),
            ("it is minus ", ".", "minus 5"),
            ("**", "** million", "5** million"),
            ("", "\\text{ million}", "5\\text{ million"),
            ("$", "$%", "5$%"),
            ("", "\\,\\pi", "5\\,\\pi"),
            ("", " tenths", "5 tenths"),
            ("", " per cent of", "5 per cent"),
            ("", "^n", "5^"),
            ("10", "_2", "5_2"),
            ("0.", "(6)", "5(6"),
            ("0.", "...", "5."),
            ("", " M", "5 M"),
        ] {
            assert_eq!(
                around(before, "5", behind, false),
                expected,
                "{before}5{behind}"
            );
        }
    }

    #[test]
    fn what_leaves_it_alone() {
        for (before, behind) in [
            ("so it is **", "**."),
            ("x = $", "$"),
            ("=> ", " of them"),
            ("<answer>", "</answer>"),
            ("Total - ", ""),
            ("a\n- ", ""),
            ("(", ")"),
            ("it is ", " m long"),
            ("\\text{is }", " per hour"),
            ("F-", ""),
            ("", "^\\circ C"),
        ] {
            assert_eq!(around(before, "5", behind, false), "5", "{before}5{behind}");
        }
    }

    #[test]
    fn boxes() {
        for (before, behind, expected) in [
            ("-", "", "-B"),
            ("2", "", "2B"),
            ("x", "", "xB"),
            ("", " million", "B million"),
            ("\\frac{1}{", "}", "}{B"),
            ("6 or ", "", "or B"),
            ("$\\quad", "$.", "B"),
            ("\\neq ", "", "\\neq B"),
            ("= ", "", "B"),
        ] {
            assert_eq!(
                around(before, "B", behind, true),
                expected,
                "{before}B{behind}"
            );
        }
    }
}
