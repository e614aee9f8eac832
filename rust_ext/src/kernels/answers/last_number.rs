//! The last number of a text.

use std::ops::Range;

use crate::kernels::answers::MAX_ANSWER;
use crate::kernels::answers::neighbours::widened;
use crate::kernels::answers::units::{Unit, is_space};
use crate::kernels::answers::written_number::{
    is_join, is_minus, is_sign, may_precede, may_start, number_end,
};

/// Spaces between a sign and its number, and before that sign.
const MOST_SPACES: usize = 4;

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
        if let Some(found) = last_in_line(&text[..end], start) {
            return Some(found);
        }
        end = start.checked_sub(1)?;
    }
}

/// The last number of the line that starts at `start` and ends with `text`, in time linear in the line, with what beside
/// it makes something else of it.
#[must_use]
pub fn last_in_line<U: Unit>(text: &[U], start: usize) -> Option<Range<usize>> {
    let (mut at, mut last) = (start, None);
    while at < text.len() {
        if !may_start(text[at].code()) || !may_precede(text, at) {
            at += 1;
            continue;
        }
        match number_end(text, at) {
            Some((_, Some(end))) => {
                last = Some((at, end));
                at = end;
            }
            Some((next, None)) => at = next.max(at + 1),
            None => at += 1,
        }
    }
    let (number, mut end) = last?;
    while is_join(text[end - 1].code()) {
        end -= 1;
    }
    Some(widened(text, signed_start(text, number)..end, start, false))
}

/// Where the minus sign of the number at `start` stands that spaces keep apart, as in `x = - 5`; else `start`.
///
/// Behind anything but `=`, a colon or nothing it takes away, or is a dash.
fn signed_start<U: Unit>(text: &[U], start: usize) -> usize {
    let spaces_before = |at: usize| {
        let before = text[..at].iter().rev().take(MOST_SPACES);
        before.take_while(|unit| unit.code() == 0x20).count()
    };
    let n_spaces = spaces_before(start);
    let Some(sign) = (start - n_spaces).checked_sub(1) else {
        return start;
    };
    if n_spaces == 0 || !is_minus(text[sign].code()) || is_sign(text[start].code()) {
        return start;
    }
    let before = sign - spaces_before(sign);
    let opens = before == 0 || matches!(text[before - 1].code(), 0x3d | 0x3a | 0xff1a);
    if opens { sign } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(text: &str) -> Option<&str> {
        last_number(text.as_bytes()).map(|range| &text[range])
    }

    #[test]
    fn numbers() {
        for (text, number) in [
            ("it costs $1,234.50 in all.", Some("$1,234.50")),
            ("that is 2 1/2.", Some("2 1/2")),
            ("18 of them, the 2nd kind", Some("18")),
            ("18 (I checked this 3 times.)", Some("18")),
            ("4\\sqrt{2}", None),
            ("10^10^8\nno", Some("10^10^8")),
            ("-\\$3", Some("-\\$3")),
            ("$ 5.50 each", Some("$ 5.50")),
            ("\\frac{1}{2}", Some("\\frac{1}{2}")),
            ("1e3", Some("1e3")),
            ("10 %", Some("10 %")),
            ("x2", None),
            ("", None),
        ] {
            assert_eq!(last(text), number, "{text}");
        }
    }

    #[test]
    fn signs_apart() {
        for (text, number) in [
            ("x = - 5", "- 5"),
            ("x: -  5", "-  5"),
            ("- 5", "- 5"),
            ("x - 5", "x - 5"),
            ("as\n- 5", "5"),
            ("7 = - -5", "7 = - -5"),
        ] {
            assert_eq!(last(text), Some(number), "{text}");
        }
    }

    #[test]
    fn a_long_run_is_read_once() {
        let text = "1,".repeat(500_000) + "1st";
        assert_eq!(last(&text), None);
    }
}
