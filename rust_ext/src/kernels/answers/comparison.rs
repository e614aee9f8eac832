//! Compares an answer with the right one: exactly, or not at all.

use crate::kernels::answers::normalisation::{fold, is_sign};
use crate::kernels::answers::quantity::{Quantity, Reading, parse_quantity};
use crate::kernels::answers::units::{is_digit, is_word};
use crate::kernels::answers::words::{is_mathematics, is_number_word, is_roman};
use crate::kernels::answers::{Finding, Policy, Units};

const MOST_WORDS: usize = 5;
/// Most decimal places that a fraction is compared at here.
const MOST_PLACES: usize = 18;

/// Buffers that comparisons use again.
#[derive(Default)]
pub struct Buffers {
    given: Vec<u8>,
    gold: Vec<u8>,
}

/// Compares two normalised answers.
#[must_use]
pub fn compare(given: &[u8], gold: &[u8], policy: Policy, buffers: &mut Buffers) -> Finding {
    if given.is_empty() || gold.is_empty() {
        return Finding::Empty;
    }
    if given == gold {
        return Finding::SameText;
    }
    fold(given, &mut buffers.given);
    fold(gold, &mut buffers.gold);
    if buffers.given == buffers.gold {
        return Finding::SameText;
    }
    match parse_quantity(gold, policy) {
        Reading::Number(right) => compare_number(given, &right, policy),
        Reading::Large => Finding::Beyond,
        Reading::Other => compare_text(given, gold),
    }
}

fn compare_number(given: &[u8], gold: &Quantity, policy: Policy) -> Finding {
    let number = match parse_quantity(given, policy) {
        Reading::Number(number) => number,
        Reading::Large => return Finding::Beyond,
        Reading::Other if is_other_word(given) => return Finding::NotANumber,
        Reading::Other => return Finding::Expression,
    };
    if number.percent != gold.percent {
        return Finding::Percent;
    }
    if !have_same_unit(&number, gold, policy.units) {
        return Finding::Units;
    }
    if are_equal(&number, gold) {
        let differ = !number.name.is_empty() && !gold.name.is_empty() && number.name != gold.name;
        return if differ {
            Finding::Names
        } else {
            Finding::SameNumber
        };
    }
    match (is_rounding(&number, gold), is_rounding(gold, &number)) {
        (Some(false), Some(false)) => Finding::OtherNumber,
        (None, _) | (_, None) => Finding::Beyond,
        _ => Finding::Rounding,
    }
}

fn have_same_unit(a: &Quantity, b: &Quantity, units: Units) -> bool {
    if units == Units::Ignored {
        return true;
    }
    let ((sign, name), (other_sign, other_name)) = (a.unit_name(), b.unit_name());
    let has_none = |sign: Option<u8>, name: &[u8]| sign.is_none() && name.is_empty();
    if units == Units::Lenient && (has_none(sign, &name) || has_none(other_sign, &other_name)) {
        return true;
    }
    sign == other_sign && name == other_name
}

fn are_equal(a: &Quantity, b: &Quantity) -> bool {
    if a.numerator == 0 || b.numerator == 0 {
        return a.numerator == b.numerator;
    }
    a.negative == b.negative
        && u128::from(a.numerator) * u128::from(b.denominator)
            == u128::from(b.numerator) * u128::from(a.denominator)
}

/// Whether `decimal` rounds or cuts off, at two places or more, a fraction that no decimal equals.
///
/// None where there are more places than this kernel compares.
fn is_rounding(decimal: &Quantity, fraction: &Quantity) -> Option<bool> {
    let (None, Some(places)) = (fraction.places, decimal.places) else {
        return Some(false);
    };
    if places < 2 {
        return Some(false);
    }
    let (top, bottom) = fraction.reduced();
    let mut rest = bottom;
    for prime in [2, 5] {
        while rest % prime == 0 {
            rest /= prime;
        }
    }
    if rest == 1 {
        return Some(false);
    }
    if places > MOST_PLACES {
        return None;
    }
    let scale = 10_u128.pow(places as u32);
    let exact = u128::from(top) * scale;
    let bottom = u128::from(bottom);
    let shown = u128::from(decimal.numerator) * scale / u128::from(decimal.denominator);
    let cut = exact / bottom;
    // Never half-way: the denominator has a factor that is not 2.
    let rounded = cut + u128::from(2 * (exact % bottom) > bottom);
    let is_same =
        |value: u128| shown == value && (value == 0 || decimal.negative == fraction.negative);
    Some(is_same(cut) || is_same(rounded))
}

/// Whether `text` is a few plain words that cannot stand for a number.
fn is_other_word(text: &[u8]) -> bool {
    let text = trim_end_marks(text);
    let mut n_words = 0;
    let mut longest = 0;
    for word in text.split(|&byte| byte == b' ') {
        n_words += 1;
        if n_words > MOST_WORDS || !is_plain_word(word) {
            return false;
        }
        for part in word.split(|&byte| byte == b'-') {
            longest = longest.max(part.len());
            if is_number_word(part) || is_mathematics(part) || is_roman(part) {
                return false;
            }
        }
    }
    longest > 1
}

fn trim_end_marks(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !matches!(byte, b'!' | b'?'));
    &text[..end.map_or(0, |last| last + 1)]
}

fn is_plain_word(word: &[u8]) -> bool {
    word.split(|byte| matches!(byte, b'\'' | b'-'))
        .all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_alphabetic))
}

fn compare_text(given: &[u8], gold: &[u8]) -> Finding {
    if is_expression(gold) {
        return Finding::Expression; // it may be equal in another form
    }
    let (mut said, mut wanted) = (tokens(given), tokens(gold));
    let (Some(first_said), Some(first_wanted)) = (said.next(), wanted.next()) else {
        return Finding::Expression;
    };
    let same = |a: &[u8], b: &[u8]| a.eq_ignore_ascii_case(b);
    let mut longest = first_wanted.len();
    if same(first_said, first_wanted) {
        let alike = loop {
            match (said.next(), wanted.next()) {
                (None, None) => break true,
                (Some(a), Some(b)) if same(a, b) => longest = longest.max(b.len()),
                _ => break false,
            }
        };
        // Marks between single letters may be operators.
        if alike && longest > 1 && !is_expression(given) {
            return Finding::SameWords;
        }
    }
    let parts: Vec<&[u8]> = parts(given).collect();
    if self::parts(gold).all(|part| parts.iter().any(|other| same(part, other))) {
        return Finding::Wording; // "the north", "yes, it is", but also "not north"
    }
    let is_decimal = |part: &&[u8]| part.iter().all(|&byte| is_digit(u32::from(byte)));
    if self::parts(gold).any(is_number_word) && parts.iter().any(is_decimal) {
        return Finding::Wording; // "7 days" for "seven days"
    }
    let may_be_value =
        |word: &[u8]| word.len() == 1 || is_number_word(word) || is_mathematics(word);
    let is_operator = |byte: &u8| matches!(byte, b'\\' | b'^' | b'*' | b'/' | b'+' | b'=');
    if tokens(gold).count() == 1 && may_be_value(first_wanted) && given.iter().any(is_operator) {
        return Finding::Expression; // "\\sqrt{-1}" for "i"
    }
    Finding::OtherWords
}

/// Whether text holds anything but words and punctuation.
fn is_expression(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(at, &byte)| match byte {
        b' ' | b'"' | b'.' | b',' | b'!' | b'?' => false,
        b'\'' | b'-' => is_sign(text, at),
        b'_' | b'0'..=b'9' => true,
        _ => !is_word(u32::from(byte)),
    })
}

/// Runs of letters and digits, joined by single apostrophes and hyphens.
fn tokens(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric();
        let start = rest.iter().position(|&byte| is_part(byte))?;
        let mut end = start;
        loop {
            while end < rest.len() && is_part(rest[end]) {
                end += 1;
            }
            let joins = matches!(rest.get(end), Some(b'\'' | b'-'));
            if !joins || !rest.get(end + 1).is_some_and(|&byte| is_part(byte)) {
                break;
            }
            end += 1;
        }
        let token = &rest[start..end];
        rest = &rest[end..];
        Some(token)
    })
}

/// Tokens, split at hyphens.
fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    tokens(text).flat_map(|token| token.split(|&byte| byte == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::answers::normalisation::normalise_ascii;

    fn found(given: &str, gold: &str) -> Finding {
        let given = normalise_ascii(given.as_bytes());
        let gold = normalise_ascii(gold.as_bytes());
        compare(
            &given.text,
            &gold.text,
            Policy::default(),
            &mut Buffers::default(),
        )
    }

    #[test]
    fn findings() {
        for (given, gold, finding) in [
            ("18", "18.", Finding::SameText),
            ("18.0", "18", Finding::SameNumber),
            ("19", "18", Finding::OtherNumber),
            ("10%", "10", Finding::Percent),
            ("$5", "5 eggs", Finding::Units),
            ("5 dollars", "$5", Finding::SameNumber),
            ("0.67", "2/3", Finding::Rounding),
            ("-0.66", "2/3", Finding::OtherNumber),
            ("2^10", "1024", Finding::Expression),
            ("blue", "18", Finding::NotANumber),
            ("twenty-one", "21", Finding::Expression),
            ("new york!", "New, York", Finding::SameWords),
            ("south", "north", Finding::OtherWords),
            ("not north", "north", Finding::Wording),
            ("-x", "x", Finding::Wording),
            ("\\sqrt{-1}", "i", Finding::Expression),
            ("y = 3", "x = 3", Finding::Names),
            ("18 s", "18 m", Finding::Units),
            ("7 days", "seven days", Finding::Wording),
            ("", "18", Finding::Empty),
            ("12345678901234567890", "1", Finding::Beyond),
        ] {
            assert_eq!(found(given, gold), finding, "{given} {gold}");
        }
    }

    #[test]
    fn tokens_are_joined_by_one_mark() {
        let found: Vec<&[u8]> = tokens(b"it's well-known--a' b_c").collect();
        let expected: [&[u8]; 5] = [b"it's", b"well-known", b"a", b"b", b"c"];
        assert_eq!(found, expected);
    }
}
