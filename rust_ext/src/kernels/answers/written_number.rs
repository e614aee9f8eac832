//! How a number is written, with all that makes another number of it.

use crate::kernels::answers::sentence::is_word_at;
use crate::kernels::answers::units::{Unit, is_digit, is_word, starts_with};
use crate::kernels::answers::words::{is_letter, is_scale};

const MOST_DIGITS: usize = 300;
/// Letters of the longest word that is looked at for many at a time, such as "million".
const LONGEST_SCALE: usize = 24;
/// LaTeX behind a number that makes it a part of something else.
const PRODUCTS: [&[u8]; 7] = [
    b"\\sqrt", b"\\frac", b"\\dfrac", b"\\tfrac", b"\\pi", b"\\cdot", b"\\times",
];

/// Whether a number may start with this character.
pub(super) fn may_start(code: u32) -> bool {
    is_digit(code) || is_sign(code) || is_currency(code) || code == 0x2e || code == 0x5c
}

/// A plus or minus sign.
pub(super) fn is_sign(code: u32) -> bool {
    code == 0x2b || is_minus(code)
}

/// A hyphen, minus sign or en dash.
pub(super) fn is_minus(code: u32) -> bool {
    matches!(code, 0x2d | 0x2212 | 0x2013)
}

/// What joins digits to one number, and ends none.
pub(super) fn is_join(code: u32) -> bool {
    matches!(code, 0x2e | 0x2c | 0x2f | 0x5e | 0x3a)
}

fn is_currency(code: u32) -> bool {
    matches!(code, 0x24 | 0x20ac | 0xa3 | 0xa5)
}

/// Superscript digits and signs.
pub(super) fn is_raised(code: u32) -> bool {
    matches!(code, 0xb2 | 0xb3 | 0xb9 | 0x2070 | 0x2074..=0x207b)
}

/// Fractions that are one character, such as a half.
pub(super) fn is_vulgar(code: u32) -> bool {
    matches!(code, 0xbc..=0xbe | 0x2150..=0x215e | 0x2189)
}

/// Tens to trillions of Chinese and Japanese.
fn is_han_scale(code: u32) -> bool {
    let scales = "\u{5341}\u{767e}\u{5343}\u{4e07}\u{842c}\u{4ebf}\u{5104}\u{5146}";
    code > 0x2fff && scales.chars().any(|scale| u32::from(scale) == code)
}

/// Whether what stands before `at` lets a number start there.
pub(super) fn may_precede<U: Unit>(line: &[U], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return true;
    };
    let code = line[before].code();
    if is_word(code) || matches!(code, 0x2e | 0x5e | 0x2f | 0x29 | 0x5d | 0x7d) {
        return false;
    }
    let opens = matches!(code, 0x7b | 0x28 | 0x5b);
    !(opens && before >= 4 && starts_with(line, before - 4, b"sqrt"))
}

/// Where the digits at `at` end, and where the number does; no end where what follows makes it none.
///
/// Whatever starts within its digits ends where they end, and is none likewise: no run is read twice.
pub(super) fn number_end<U: Unit>(line: &[U], at: usize) -> Option<(usize, Option<usize>)> {
    let mut next = after_sign(line, at);
    let dollar = next + usize::from(code(line, next) == 0x5c);
    if is_currency(code(line, dollar)) {
        next = dollar + 1;
        next += usize::from(code(line, next) == 0x20);
    }
    next = after_sign(line, next);
    let (run, end) = if let Some(end) = fraction_end(line, next) {
        (at + 1, end)
    } else {
        let run = digits_end(line, next)?;
        let end = after_power(line, run);
        let end = after_part(line, end);
        (run, after_ten(line, end))
    };
    let end = after_percent(line, end);
    let stands = !is_disqualified(line, end);
    Some((run, stands.then(|| after_scale(line, end))))
}

fn code<U: Unit>(line: &[U], at: usize) -> u32 {
    line.get(at).map_or(0, |unit| unit.code())
}

fn after_sign<U: Unit>(line: &[U], at: usize) -> usize {
    at + usize::from(is_sign(code(line, at)))
}

fn skip<U: Unit>(line: &[U], at: usize, belongs: impl Fn(u32) -> bool) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|unit| belongs(unit.code())).count()
}

/// The end of 1 to 300 digits.
fn digits_to<U: Unit>(line: &[U], at: usize) -> Option<usize> {
    let most = line.len().min(at + MOST_DIGITS + 1);
    let end = skip(&line[..most], at, is_digit);
    (1..=MOST_DIGITS).contains(&(end - at)).then_some(end)
}

/// Where `\frac{1}{2}` ends.
fn fraction_end<U: Unit>(line: &[U], at: usize) -> Option<usize> {
    if code(line, at) != 0x5c {
        return None;
    }
    let mut next = at + 1;
    if matches!(code(line, next), 0x64 | 0x74) && starts_with(line, next + 1, b"frac") {
        next += 1;
    }
    if !starts_with(line, next, b"frac") {
        return None;
    }
    next += 4;
    for _ in 0..2 {
        if code(line, next) != 0x7b {
            return None;
        }
        next = digits_to(line, next + 1)?;
        if code(line, next) != 0x7d {
            return None;
        }
        next += 1;
    }
    Some(next)
}

/// The end of digits and what joins them, those of a mixed number's whole before them included.
fn digits_end<U: Unit>(line: &[U], mut at: usize) -> Option<usize> {
    if let Some(whole) = digits_to(line, at).filter(|&end| code(line, end) == 0x20) {
        let slash = digits_to(line, whole + 1).filter(|&end| code(line, end) == 0x2f);
        if slash.is_some_and(|slash| is_digit(code(line, slash + 1))) {
            at = whole + 1;
        }
    }
    let mut end = after_groups(line, at);
    if end == at {
        end += usize::from(code(line, at) == 0x2e);
        if !is_digit(code(line, end)) {
            return None;
        }
    } else if !(matches!(code(line, end), 0x2e | 0x2c) && is_digit(code(line, end + 1))) {
        return Some(end);
    }
    Some(skip(line, end, |code| is_digit(code) || is_join(code)))
}

/// Behind one to three digits and groups of three that something else than a comma sets apart; `at` where none are.
fn after_groups<U: Unit>(line: &[U], at: usize) -> usize {
    let group = skip(line, at, is_digit);
    if !(1..=3).contains(&(group - at)) {
        return at;
    }
    let mut end = group;
    while let Some(next) =
        after_separator(line, end).filter(|&start| skip(line, start, is_digit) == start + 3)
    {
        end = next + 3;
    }
    if end > group { end } else { at }
}

/// Behind what may stand between two groups of digits: a space, an apostrophe, a low line, LaTeX's space or comma.
fn after_separator<U: Unit>(line: &[U], at: usize) -> Option<usize> {
    match code(line, at) {
        0x20 | 0x27 | 0x5f | 0xa0 | 0x2009 | 0x2019 | 0x202f => Some(at + 1),
        0x5c if matches!(code(line, at + 1), 0x2c | 0x21 | 0x3b | 0x20) => Some(at + 2),
        0x7b if starts_with(line, at, b"{,}") => Some(at + 3),
        _ => None,
    }
}

/// Behind the exponent of `10^{3}`, `10^-3`, `1e3` or superscript digits.
fn after_power<U: Unit>(line: &[U], run: usize) -> usize {
    if line[run - 1].code() == 0x5e {
        return after_caret(line, run).unwrap_or(run);
    }
    if matches!(code(line, run), 0x65 | 0x45) {
        let digits = run + 1 + usize::from(matches!(code(line, run + 1), 0x2b | 0x2d));
        let end = skip(line, digits, is_digit);
        if end > digits {
            return end;
        }
    }
    if is_join(line[run - 1].code()) {
        run
    } else {
        skip(line, run, is_raised)
    }
}

/// Behind an exponent in braces or parentheses, or with a sign.
fn after_caret<U: Unit>(line: &[U], at: usize) -> Option<usize> {
    let close = match code(line, at) {
        0x7b => 0x7d,
        0x28 => 0x29,
        other => {
            let end = skip(line, at + 1, is_digit);
            return (is_sign(other) && end > at + 1).then_some(end);
        }
    };
    let end = digits_to(line, after_sign(line, at + 1))?;
    (code(line, end) == close).then_some(end + 1)
}

/// Behind a fraction that follows: a character such as a half, or a fraction slash and digits.
fn after_part<U: Unit>(line: &[U], at: usize) -> usize {
    if is_join(line[at - 1].code()) {
        return at;
    }
    let part = at + usize::from(code(line, at) == 0x20);
    if is_vulgar(code(line, part)) {
        return part + 1;
    }
    let end = skip(line, at + 1, is_digit);
    if code(line, at) == 0x2044 && end > at + 1 {
        end
    } else {
        at
    }
}

/// Behind a power of ten that the number is multiplied by, as in `5 \times 10^3`.
fn after_ten<U: Unit>(line: &[U], at: usize) -> usize {
    if is_join(line[at - 1].code()) {
        return at;
    }
    let sign = at + usize::from(code(line, at) == 0x20);
    let behind = match code(line, sign) {
        0xd7 | 0xb7 | 0x78 | 0x2a => sign + 1,
        _ if starts_with(line, sign, b"\\times") => sign + 6,
        _ if starts_with(line, sign, b"\\cdot") => sign + 5,
        _ => return at,
    };
    let ten = behind + usize::from(code(line, behind) == 0x20);
    if !starts_with(line, ten, b"10") {
        return at;
    }
    let end = if code(line, ten + 2) == 0x5e {
        let digits = skip(line, ten + 3, is_digit);
        if digits > ten + 3 {
            digits
        } else {
            after_caret(line, ten + 3).unwrap_or(ten)
        }
    } else {
        skip(line, ten + 2, is_raised)
    };
    if end > ten + 2 { end } else { at }
}

fn after_percent<U: Unit>(line: &[U], at: usize) -> usize {
    let sign = at + usize::from(code(line, at) == 0x20);
    let sign = sign + usize::from(code(line, sign) == 0x5c);
    if code(line, sign) == 0x25 {
        sign + 1
    } else {
        at
    }
}

/// Behind letters that touch the number, or a word for many at a time: "5k", "5 million".
fn after_scale<U: Unit>(line: &[U], at: usize) -> usize {
    if is_join(line[at - 1].code()) {
        return at;
    }
    let touching = skip(line, at, is_letter);
    if touching > at {
        return touching;
    }
    let word = at + usize::from(matches!(code(line, at), 0x20 | 0x2d));
    if is_han_scale(code(line, word)) {
        return word + 1;
    }
    let most = line.len().min(word + LONGEST_SCALE + 1);
    let end = skip(&line[..most], word, is_letter);
    let is_whole = end - word <= LONGEST_SCALE && !is_word_at(line, end);
    if is_whole && is_scale(&line[word..end]) {
        end
    } else {
        at
    }
}

/// Whether what stands behind a number makes it none: "2nd", `4\sqrt{2}`.
fn is_disqualified<U: Unit>(line: &[U], at: usize) -> bool {
    let ordinal = [b"st", b"nd", b"rd", b"th"]
        .iter()
        .any(|suffix| starts_with(line, at, *suffix))
        && !is_word_at(line, at + 2);
    let slash = at + usize::from(code(line, at) == 0x20);
    ordinal
        || PRODUCTS
            .iter()
            .any(|command| starts_with(line, slash, command))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<String> {
        let line: Vec<u32> = text.chars().map(u32::from).collect();
        let (_, end) = number_end(&line, 0)?;
        end.map(|end| text.chars().take(end).collect())
    }

    #[test]
    fn what_makes_another_number_belongs_to_it() {
        for whole in [
            "5 million",
            "5-hundred",
            "5k",
            "5kg",
            "5\u{4e07}",
            "5\u{bd}",
            "5 \u{bd}",
            "5\u{2044}6",
            "10\u{207b}\u{b3}",
            "10^{3}",
            "10^(-3)",
            "10^-3",
            "5 \\times 10^3",
            "5\u{d7}10\u{b3}",
            "5 x 10^{-3}",
            "5e-3",
            "5 \\%",
            "5\\,000",
            "12{,}345{,}678.5",
            "5 000",
            "5'000",
            "5_000 %",
        ] {
            assert_eq!(first(whole).as_deref(), Some(whole));
            assert_eq!(first(&format!("{whole} of")).as_deref(), Some(whole));
        }
    }

    #[test]
    fn what_does_not_stays_behind() {
        for (text, number) in [
            ("5 pears", "5"),
            ("5 millionth\u{e9}", "5"),
            ("5.Then", "5."),
            ("5 \\cdot 3", ""),
            ("5 x 10", "5"),
            ("1234 000", "1234"),
            ("5 0000", "5"),
            ("5 000 12", "5 000"),
            ("5 000, 7", "5 000"),
            ("10^{x}", "10^"),
            ("5\u{e9}", "5"),
            ("2nd", ""),
            ("2ndly", "2ndly"),
        ] {
            let expected = (!number.is_empty()).then_some(number);
            assert_eq!(first(text).as_deref(), expected, "{text}");
        }
    }
}
