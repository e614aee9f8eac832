//! Reads digits, fractions and mixed numbers exactly.

use crate::kernels::answers::Policy;
use crate::kernels::answers::units::{is_digit, starts_with_folded};

/// Numerators and denominators up to here are held.
pub(super) const MOST: u64 = 1_000_000_000_000_000_000;

/// A number as it is built up: digits and a power of ten, none where there are too many.
#[derive(Clone, Copy)]
pub(super) struct Value {
    pub(super) numerator: u64,
    pub(super) denominator: u64,
}

/// Digits, a fraction or a mixed number, as written.
pub(super) struct Number {
    /// None where it is too large.
    pub(super) value: Option<Value>,
    /// Decimal places; none for a fraction or with an exponent.
    pub(super) places: Option<usize>,
    /// Where it ends.
    pub(super) end: usize,
}

/// The number that starts at `at`.
pub(super) fn number(text: &[u8], at: usize, policy: Policy) -> Option<Number> {
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
