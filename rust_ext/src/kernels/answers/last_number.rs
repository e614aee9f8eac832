//! The last number of a text.

use std::ops::Range;

use crate::kernels::answers::MAX_ANSWER;
use crate::kernels::answers::sentence::is_word_at;
use crate::kernels::answers::units::{Unit, is_digit, is_space, is_word, starts_with};

const MOST_DIGITS: usize = 300;

/// The last number, those in a closing aside only if there is no other.
pub(super) fn last_number<U: Unit>(text: &[U]) -> Option<Range<usize>> {
    let body = &text[..text.len() - closing_aside(text)];
    let range = last_in(body).or_else(|| last_in(text))?;
    Some(range.start..range.end.min(range.start + MAX_ANSWER + 1))
}

/// Length of the parentheses that end the text, with the space behind them.
fn closing_aside<U: Unit>(text: &[U]) -> usize {
    let window = &text[text.len().saturating_sub(600)..];
    let is_parenthesis = |unit: &U| matches!(unit.code(), 0x28 | 0x29);
    let Some(close) = window.iter().rposition(is_parenthesis) else {
        return 0;
    };
    let Some(open) = window[..close].iter().rposition(is_parenthesis) else {
        return 0;
    };
    let tail = &window[close + 1..];
    let is_tail = |unit: &U| is_space(unit.code()) || matches!(unit.code(), 0x2e | 0x21);
    // `$` also matches before a newline that ends the text.
    let n_tail = match tail.len() {
        0..=20 => tail.len(),
        21 if tail[20].code() == 0x0a => 20,
        _ => return 0,
    };
    let fits = window[close].code() == 0x29
        && window[open].code() == 0x28
        && close - open - 1 <= 500
        && tail.iter().all(is_tail);
    if fits { close + 1 + n_tail - open } else { 0 }
}

/// The last number of `text`: no number goes beyond its line, so that lines are read from the last.
fn last_in<U: Unit>(text: &[U]) -> Option<Range<usize>> {
    let mut end = text.len();
    loop {
        let start = text[..end]
            .iter()
            .rposition(|unit| unit.code() == 0x0a)
            .map_or(0, |newline| newline + 1);
        if let Some(found) = last_in_line(text, start, end) {
            return Some(found);
        }
        end = start.checked_sub(1)?;
    }
}

fn last_in_line<U: Unit>(text: &[U], start: usize, end: usize) -> Option<Range<usize>> {
    let line = &text[..end];
    let (mut at, mut last) = (start, None);
    while at < end {
        if !may_start(line[at].code()) || !may_precede(line, at) {
            at += 1;
            continue;
        }
        match number_end(line, at) {
            Some((_, end)) if !is_disqualified(line, end) => {
                last = Some((at, end));
                at = end;
            }
            Some((next, _)) => at = next.max(at + 1),
            None => at += 1,
        }
    }
    let (start, mut end) = last?;
    while matches!(line[end - 1].code(), 0x2e | 0x2c | 0x2f | 0x5e | 0x3a) {
        end -= 1;
    }
    Some(start..end)
}

fn may_start(code: u32) -> bool {
    is_digit(code) || is_sign(code) || is_currency(code) || code == 0x2e || code == 0x5c
}

fn is_sign(code: u32) -> bool {
    matches!(code, 0x2b | 0x2d | 0x2212 | 0x2013)
}

fn is_currency(code: u32) -> bool {
    matches!(code, 0x24 | 0x20ac | 0xa3 | 0xa5)
}

fn may_precede<U: Unit>(line: &[U], at: usize) -> bool {
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

/// Where to go on if the number at `at` is disqualified, and where it ends.
///
/// Whatever starts within its digits ends where they end, and is disqualified likewise: no run is read twice.
fn number_end<U: Unit>(line: &[U], at: usize) -> Option<(usize, usize)> {
    let code = |at: usize| line.get(at).map_or(0, |unit| unit.code());
    let mut next = at;
    if is_sign(code(next)) {
        next += 1;
    }
    let dollar = next + usize::from(code(next) == 0x5c);
    if is_currency(code(dollar)) {
        next = dollar + 1;
        if code(next) == 0x20 {
            next += 1;
        }
    }
    if is_sign(code(next)) {
        next += 1;
    }
    let fraction = fraction_end(line, next);
    let run_end = fraction.or_else(|| digits_end(line, next))?;
    let percent = run_end + usize::from(code(run_end) == 0x20);
    let percent = percent + usize::from(code(percent) == 0x5c);
    let end = if code(percent) == 0x25 {
        percent + 1
    } else {
        run_end
    };
    Some((fraction.map_or(run_end, |_| at + 1), end))
}

/// Where `\frac{1}{2}` ends.
fn fraction_end<U: Unit>(line: &[U], at: usize) -> Option<usize> {
    if line.get(at)?.code() != 0x5c {
        return None;
    }
    let mut next = at + 1;
    if matches!(line.get(next)?.code(), 0x64 | 0x74) && starts_with(line, next + 1, b"frac") {
        next += 1;
    }
    if !starts_with(line, next, b"frac") {
        return None;
    }
    next += 4;
    for _ in 0..2 {
        if line.get(next)?.code() != 0x7b {
            return None;
        }
        let end = skip_digits(line, next + 1);
        if end == next + 1 || end - next - 1 > MOST_DIGITS || line.get(end)?.code() != 0x7d {
            return None;
        }
        next = end + 1;
    }
    Some(next)
}

fn skip_digits<U: Unit>(line: &[U], mut at: usize) -> usize {
    while line.get(at).is_some_and(|unit| is_digit(unit.code())) {
        at += 1;
    }
    at
}

fn digits_end<U: Unit>(line: &[U], mut at: usize) -> Option<usize> {
    let code = |at: usize| line.get(at).map_or(0, |unit| unit.code());
    // The whole part of a mixed number.
    let whole = skip_digits(line, at);
    if (1..=MOST_DIGITS).contains(&(whole - at)) && code(whole) == 0x20 {
        let numerator = skip_digits(line, whole + 1);
        if (1..=MOST_DIGITS).contains(&(numerator - whole - 1))
            && code(numerator) == 0x2f
            && is_digit(code(numerator + 1))
        {
            at = whole + 1;
        }
    }
    if code(at) == 0x2e {
        at += 1;
    }
    if !is_digit(code(at)) {
        return None;
    }
    while is_digit(code(at)) || matches!(code(at), 0x2e | 0x2c | 0x2f | 0x5e | 0x3a) {
        at += 1;
    }
    if matches!(code(at), 0x65 | 0x45) {
        let sign = at + 1 + usize::from(matches!(code(at + 1), 0x2b | 0x2d));
        let end = skip_digits(line, sign);
        if end > sign {
            return Some(end);
        }
    }
    Some(at)
}

/// Whether what stands behind a number makes it none: "2nd", `4\sqrt{2}`.
fn is_disqualified<U: Unit>(line: &[U], at: usize) -> bool {
    let ordinal = [b"st", b"nd", b"rd", b"th"]
        .iter()
        .any(|suffix| starts_with(line, at, *suffix))
        && !is_word_at(line, at + 2);
    let slash = at + usize::from(line.get(at).is_some_and(|unit| unit.code() == 0x20));
    ordinal
        || [
            b"\\sqrt".as_slice(),
            b"\\frac",
            b"\\dfrac",
            b"\\tfrac",
            b"\\pi",
            b"\\cdot",
            b"\\times",
        ]
        .iter()
        .any(|command| starts_with(line, slash, command))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(text: &str) -> Option<&str> {
        last_number(text.as_bytes()).map(|range| &text[range])
    }

    #[test]
    fn numbers() {
        assert_eq!(last("it costs $1,234.50 in all."), Some("$1,234.50"));
        assert_eq!(last("that is 2 1/2."), Some("2 1/2"));
        assert_eq!(last("18 of them, the 2nd kind"), Some("18"));
        assert_eq!(last("18 (I checked this 3 times.)"), Some("18"));
        assert_eq!(last("4\\sqrt{2}"), None);
        assert_eq!(last("10^10^8\nno"), Some("10^10^8"));
    }

    #[test]
    fn a_long_run_is_read_once() {
        let text = "1,".repeat(500_000) + "1st";
        assert_eq!(last(&text), None);
    }
}
