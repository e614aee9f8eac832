//! Reads one number exactly, and what stands around it.

use crate::kernels::answers::equation::behind_equals;
use crate::kernels::answers::measures::{is_unit, unit_name};
use crate::kernels::answers::normalisation::{currency_of, is_currency};
use crate::kernels::answers::number::{MOST, Number, number};
use crate::kernels::answers::units::{is_word, starts_with_folded};
use crate::kernels::answers::{Percent, Policy};

/// An exact number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity<'a> {
    /// Whether a minus sign stands before it.
    pub negative: bool,
    /// At most 10^18, like the denominator; not reduced.
    pub numerator: u64,
    /// At least 1.
    pub denominator: u64,
    /// Whether it is a percentage that is not a plain number by policy.
    pub percent: bool,
    /// The sign of its currency.
    pub currency: Option<u8>,
    /// The unit as written.
    pub unit: &'a [u8],
    /// Decimal places as written; none for a fraction or with an exponent.
    pub places: Option<usize>,
    /// What the number is said to equal: of `x = 3` it is x; empty without one.
    pub name: &'a [u8],
}

/// What a text is, read as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading<'a> {
    /// A number.
    Number(Quantity<'a>),
    /// A number with more digits than this kernel holds.
    Large,
    /// Anything else.
    Other,
}

impl Quantity<'_> {
    /// The unit in the singular, or the sign of its currency.
    #[must_use]
    pub fn unit_name(&self) -> (Option<u8>, Vec<u8>) {
        if self.currency.is_some() {
            return (self.currency, Vec::new());
        }
        let name = unit_name(self.unit);
        match currency_of(&name) {
            Some(sign) => (Some(sign), Vec::new()),
            None => (None, name),
        }
    }

    /// Numerator and denominator without a common factor.
    #[must_use]
    pub fn reduced(&self) -> (u64, u64) {
        let (mut a, mut b) = (self.numerator, self.denominator);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        (self.numerator / a, self.denominator / a)
    }
}

/// Reads normalised text that is one number, with a unit at most.
#[must_use]
pub fn parse_quantity(text: &[u8], policy: Policy) -> Reading<'_> {
    let (text, name) = behind_equals(text);
    read(text, name, policy).unwrap_or(Reading::Other)
}

fn read<'a>(text: &'a [u8], name: &'a [u8], policy: Policy) -> Option<Reading<'a>> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let is_sign = |byte: u8| matches!(byte, b'+' | b'-');
    let mut at = 0;
    let sign = is_sign(byte(at)).then(|| byte(at));
    at += usize::from(sign.is_some());
    at += usize::from(byte(at) == b' ');
    let currency = is_currency(byte(at)).then(|| byte(at));
    at += usize::from(currency.is_some());
    at += usize::from(byte(at) == b' ');
    let sign_after = is_sign(byte(at)).then(|| byte(at));
    at += usize::from(sign_after.is_some());
    if sign.is_some() && sign_after.is_some() {
        return None;
    }
    let Number { value, places, end } = number(text, at, policy)?;
    let (percent, unit) = percent_and_unit(text, end)?;
    if !unit.is_empty() {
        let glued = !matches!(text[text.len() - unit.len() - 1], b' ' | b'-');
        if !is_unit(unit, glued, currency.is_some()) {
            return None;
        }
    }
    let Some(value) = value else {
        return Some(Reading::Large);
    };
    let mut quantity = Quantity {
        negative: sign.or(sign_after) == Some(b'-'),
        numerator: value.numerator,
        denominator: value.denominator,
        percent,
        currency,
        unit,
        places,
        name,
    };
    if percent && policy.percent != Percent::Apart {
        quantity.percent = false;
        if policy.percent == Percent::Hundredths {
            if quantity.denominator > MOST / 100 {
                return Some(Reading::Large);
            }
            quantity.denominator *= 100;
            quantity.places = places.map(|places| places + 2);
        }
    }
    Some(Reading::Number(quantity))
}

/// What stands behind the digits: a percent sign and a unit, or anything else.
fn percent_and_unit(text: &[u8], at: usize) -> Option<(bool, &[u8])> {
    if let Some(end) = percent_end(text, at) {
        if let Some(unit) = unit(&text[end..]) {
            return Some((true, unit));
        }
    }
    unit(&text[at..]).map(|unit| (false, unit))
}

fn percent_end(text: &[u8], at: usize) -> Option<usize> {
    let at = at + usize::from(text.get(at) == Some(&b' '));
    if text.get(at) == Some(&b'%') {
        return Some(at + 1);
    }
    let names: [&[u8]; 2] = [b"percent", b"per cent"];
    let name = names
        .iter()
        .find(|name| starts_with_folded(text, at, name))?;
    let end = at + name.len();
    let ends = !text.get(end).is_some_and(|&byte| is_word(u32::from(byte)));
    ends.then_some(end)
}

/// Up to four words, to the end of the text.
fn unit(rest: &[u8]) -> Option<&[u8]> {
    let unit = match rest {
        [b' ' | b'-', unit @ ..] => unit,
        _ => rest,
    };
    if rest.is_empty() {
        return Some(rest);
    }
    let mut n_words = 1;
    let mut last_is_letter = false;
    for &byte in unit {
        let is_letter = byte.is_ascii_alphabetic();
        if !is_letter {
            if !last_is_letter || !matches!(byte, b' ' | b'/' | b'-') {
                return None;
            }
            n_words += 1;
        }
        last_is_letter = is_letter;
    }
    (last_is_letter && n_words <= 4).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<(u64, u64)> {
        match parse_quantity(text.as_bytes(), Policy::default()) {
            Reading::Number(quantity) => Some(quantity.reduced()),
            _ => None,
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(value("1,234.50"), Some((2469, 2)));
        assert_eq!(value("x = 2/4"), Some((1, 2)));
        assert_eq!(value("f(2) = 3 + 4 = 7"), Some((7, 1)));
        assert_eq!(value("a_{1} = 7"), Some((7, 1)));
        assert_eq!(value("2x + 3y = 5"), None);
        assert_eq!(value("x != 5"), None);
        assert_eq!(value("1.5E-2 km/h"), Some((3, 200)));
        assert_eq!(value("\\dfrac{6}{4}"), Some((3, 2)));
        assert_eq!(value(".5 percent"), Some((1, 2)));
        assert_eq!(value("0.50000000000000000000000"), Some((1, 2)));
        for other in [
            "1,2345",
            "0,111",
            "1/0",
            "1e9999",
            "2 pi",
            "2x",
            "--5",
            "1 2",
            "",
            "5 a b c d e",
        ] {
            assert_eq!(value(other), None, "{other}");
        }
    }

    #[test]
    fn policies() {
        let mut policy = Policy {
            mixed: true,
            percent: Percent::Hundredths,
            ..Policy::default()
        };
        let read = |text: &'static str, policy| match parse_quantity(text.as_bytes(), policy) {
            Reading::Number(quantity) => Some(quantity.reduced()),
            _ => None,
        };
        assert_eq!(read("2 1/2", policy), Some((5, 2)));
        assert_eq!(read("2\\frac{1}{2}", policy), Some((5, 2)));
        assert_eq!(read("2 3/2", policy), None);
        assert_eq!(read("10%", policy), Some((1, 10)));
        policy.scientific = false;
        assert_eq!(read("1e3", policy), None);
    }
}
