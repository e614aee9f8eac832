//! Reads one number exactly, and what stands around it.

use crate::kernels::answers::normalisation::{currency_of, is_currency};
use crate::kernels::answers::units::{is_digit, is_word, starts_with_folded};
use crate::kernels::answers::unwrap::strip;
use crate::kernels::answers::words::is_no_unit;
use crate::kernels::answers::{Percent, Policy};

/// Numerators and denominators up to here are held.
const MOST: u64 = 1_000_000_000_000_000_000;
/// Letters that are units; any other may be a variable, or thousands.
const LETTER_UNITS: &[u8] = b"mgshl";

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
    /// The unit in the singular, or the sign of its currency; compare without case.
    #[must_use]
    pub fn unit_name(&self) -> (Option<u8>, &[u8]) {
        if self.currency.is_some() {
            return (self.currency, &[]);
        }
        let name = match self.unit {
            [singular @ .., b's' | b'S'] => singular,
            unit => unit,
        };
        if name.len() <= 6 {
            let mut lowered = [0; 6];
            let lowered = &mut lowered[..name.len()];
            lowered.copy_from_slice(name);
            lowered.make_ascii_lowercase();
            if let Some(sign) = currency_of(lowered) {
                return (Some(sign), &[]);
            }
        }
        (None, name)
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

/// A number as it is built up: digits and a power of ten, none where there are too many.
#[derive(Clone, Copy)]
struct Value {
    numerator: u64,
    denominator: u64,
}

/// Reads normalised text that is one number, with a unit at most.
#[must_use]
pub fn parse_quantity(text: &[u8], policy: Policy) -> Reading<'_> {
    read(behind_equals(text), policy).unwrap_or(Reading::Other)
}

/// What a computation comes to, or what is said of a name; an equation stays whole.
fn behind_equals(text: &[u8]) -> &[u8] {
    let Some(at) = text.iter().rposition(|&byte| byte == b'=') else {
        return text;
    };
    if text[..at].split(|&byte| byte == b'=').all(is_computed) {
        strip(&text[at + 1..])
    } else {
        text
    }
}

/// Whether a number may be said to equal `part`: a computation without letters, or names: "3 + 4", "x", "f(2)",
/// "total cost"; not "2x + 3y".
fn is_computed(part: &[u8]) -> bool {
    let part = strip(part);
    let stops = |byte: &u8| matches!(byte, b'<' | b'>' | b'!' | b':' | b'\\');
    if !part
        .iter()
        .any(|byte| stops(byte) || byte.is_ascii_alphabetic())
    {
        return true;
    }
    let Some(mut rest) = after_letters(part) else {
        return false;
    };
    if let Some(index) = rest.strip_prefix(b"_") {
        let (braced, index) = match index.strip_prefix(b"{") {
            Some(index) => (true, index),
            None => (false, index),
        };
        let end = index.iter().position(|byte| !byte.is_ascii_alphanumeric());
        let end = end.unwrap_or(index.len());
        if end == 0 || (braced && index.get(end) != Some(&b'}')) {
            return false;
        }
        rest = &index[end + usize::from(braced)..];
    }
    loop {
        if let Some(inner) = rest.strip_prefix(b"(") {
            match inner.iter().position(|byte| matches!(byte, b'(' | b')')) {
                Some(end) if inner[end] == b')' => rest = &inner[end + 1..],
                _ => return false,
            }
        }
        match rest {
            [] => return true,
            [b' ', word @ ..] => match after_letters(word) {
                Some(behind) => rest = behind,
                None => return false,
            },
            _ => return false,
        }
    }
}

/// What stands behind the letters that `text` starts with, if it does.
fn after_letters(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().position(|byte| !byte.is_ascii_alphabetic());
    let end = end.unwrap_or(text.len());
    (end > 0).then(|| &text[end..])
}

fn read(text: &[u8], policy: Policy) -> Option<Reading<'_>> {
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
    if unit.len() == 1 && !LETTER_UNITS.contains(&unit[0].to_ascii_lowercase()) {
        return None;
    }
    let mut words = unit.split(|byte| matches!(byte, b' ' | b'/' | b'-'));
    if !unit.is_empty() && words.any(is_no_unit) {
        return None;
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

struct Number {
    /// None where it is too large.
    value: Option<Value>,
    places: Option<usize>,
    end: usize,
}

fn number(text: &[u8], at: usize, policy: Policy) -> Option<Number> {
    let whole = skip_digits(text, at);
    if policy.mixed && whole > at {
        let space = usize::from(text.get(whole) == Some(&b' '));
        let fraction = latex_fraction(text, whole + space).or_else(|| {
            (space == 1)
                .then(|| plain_fraction(text, whole + 1))
                .flatten()
        });
        if let Some(fraction) = fraction {
            return mixed(&text[at..whole], &fraction);
        }
    }
    let fraction = latex_fraction(text, at).or_else(|| plain_fraction(text, at));
    if let Some(Fraction { top, bottom, end }) = fraction {
        let value = match (to_number(top, 0), to_number(bottom, 0)) {
            (_, Some(0)) => return None,
            (Some(numerator), Some(denominator)) => Some(Value {
                numerator,
                denominator,
            }),
            _ => None,
        };
        return Some(Number {
            value,
            places: None,
            end,
        });
    }
    decimal(text, at, policy)
}

struct Fraction<'a> {
    top: &'a [u8],
    bottom: &'a [u8],
    end: usize,
}

fn latex_fraction(text: &[u8], at: usize) -> Option<Fraction<'_>> {
    if text.get(at) != Some(&b'\\') {
        return None;
    }
    let is_sized = matches!(text.get(at + 1), Some(b'd' | b't' | b'D' | b'T'));
    let name = at + 1 + usize::from(is_sized);
    if !starts_with_folded(text, name, b"frac{") {
        return None;
    }
    let top = name + 5;
    let top_end = skip_digits(text, top);
    if top_end == top || !text[top_end..].starts_with(b"}{") {
        return None;
    }
    let bottom = top_end + 2;
    let end = skip_digits(text, bottom);
    (end > bottom && text.get(end) == Some(&b'}')).then(|| Fraction {
        top: &text[top..top_end],
        bottom: &text[bottom..end],
        end: end + 1,
    })
}

fn plain_fraction(text: &[u8], at: usize) -> Option<Fraction<'_>> {
    let top_end = skip_digits(text, at);
    let slash = top_end + usize::from(text.get(top_end) == Some(&b' '));
    if top_end == at || text.get(slash) != Some(&b'/') {
        return None;
    }
    let bottom = slash + 1 + usize::from(text.get(slash + 1) == Some(&b' '));
    let end = skip_digits(text, bottom);
    (end > bottom).then(|| Fraction {
        top: &text[at..top_end],
        bottom: &text[bottom..end],
        end,
    })
}

/// A whole number and a proper fraction.
fn mixed(whole: &[u8], fraction: &Fraction) -> Option<Number> {
    let part = |digits| to_number(digits, 0);
    let value = match (part(whole), part(fraction.top), part(fraction.bottom)) {
        (_, _, Some(0)) => return None,
        (whole, Some(top), Some(bottom)) => {
            if top >= bottom {
                return None;
            }
            let numerator = whole.and_then(|whole| whole.checked_mul(bottom)?.checked_add(top));
            numerator.filter(|&all| all <= MOST).map(|numerator| Value {
                numerator,
                denominator: bottom,
            })
        }
        _ => None,
    };
    Some(Number {
        value,
        places: None,
        end: fraction.end,
    })
}

fn decimal(text: &[u8], at: usize, policy: Policy) -> Option<Number> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let mut digits = Vec::new(); // only numbers with commas need a copy
    let plain_end = skip_digits(text, at);
    let mut end = plain_end;
    if (1..=3).contains(&(end - at)) && text[at] != b'0' {
        while byte(end) == b',' && skip_digits(text, end + 1) == end + 4 {
            end += 4;
        }
    }
    let whole: &[u8] = if end > plain_end {
        digits.extend(text[at..end].iter().filter(|&&byte| byte != b','));
        &digits
    } else {
        &text[at..plain_end]
    };
    let mut decimals: &[u8] = &[];
    if byte(end) == b'.' {
        let stop = skip_digits(text, end + 1);
        if whole.is_empty() && stop == end + 1 {
            return None;
        }
        decimals = &text[end + 1..stop];
        end = stop;
    } else if whole.is_empty() {
        return None;
    }
    let mut places = Some(decimals.len());
    let mut exponent = 0_i32;
    if matches!(byte(end), b'e' | b'E') {
        let is_signed = matches!(byte(end + 1), b'+' | b'-');
        let start = end + 1 + usize::from(is_signed);
        let stop = skip_digits(text, start);
        if stop > start && stop - start <= 3 {
            if !policy.scientific {
                return None;
            }
            for &digit in &text[start..stop] {
                exponent = 10 * exponent + i32::from(digit - b'0');
            }
            if byte(end + 1) == b'-' {
                exponent = -exponent;
            }
            places = None;
            end = stop;
        }
    }
    if is_digit(u32::from(byte(end))) {
        return None;
    }
    Some(Number {
        value: scaled(whole, decimals, exponent),
        places,
        end,
    })
}

/// The value of `whole.decimals` times a power of ten; none where it is too large.
fn scaled(whole: &[u8], decimals: &[u8], exponent: i32) -> Option<Value> {
    let kept = decimals.iter().rposition(|&digit| digit != b'0');
    let decimals = &decimals[..kept.map_or(0, |last| last + 1)];
    let digits = to_number(decimals, to_number(whole, 0)?)?;
    let power = exponent - decimals.len() as i32;
    let scale = 10_u64
        .checked_pow(power.unsigned_abs())
        .filter(|&scale| scale <= MOST);
    if digits == 0 {
        return Some(Value {
            numerator: 0,
            denominator: 1,
        });
    }
    if power < 0 {
        return Some(Value {
            numerator: digits,
            denominator: scale?,
        });
    }
    Some(Value {
        numerator: digits.checked_mul(scale?).filter(|&all| all <= MOST)?,
        denominator: 1,
    })
}

/// The number that `digits` behind those of `before` write.
fn to_number(digits: &[u8], before: u64) -> Option<u64> {
    let mut number = before;
    for &digit in digits {
        if number >= MOST / 10 {
            return None;
        }
        number = 10 * number + u64::from(digit - b'0');
    }
    Some(number)
}

fn skip_digits(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
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
        let is_letter = is_word(u32::from(byte)) && byte != b'_' && !is_digit(u32::from(byte));
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
