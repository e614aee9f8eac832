//! Canonical forms of answers: equal answers have equal keys.

use crate::kernels::answers::Policy;
use crate::kernels::answers::normalisation::{fold, to_utf8};
use crate::kernels::answers::quantity::{Quantity, Reading, parse_quantity};

/// The key of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Key {
    /// In UTF-8.
    Text(Vec<u8>),
    /// Nothing is left of the answer.
    Empty,
    /// Python makes it.
    Beyond,
}

/// The key of a normalised answer: of a number the reduced fraction, else the text in lower case.
#[must_use]
pub fn key(text: &[u8], policy: Policy) -> Key {
    match parse_quantity(text, policy) {
        Reading::Number(number) => key_of(number),
        Reading::Large => Key::Beyond,
        Reading::Other => {
            let mut folded = Vec::with_capacity(text.len());
            fold(text, &mut folded);
            if folded.is_empty() {
                Key::Empty
            } else {
                Key::Text(to_utf8(&folded))
            }
        }
    }
}

fn key_of(number: Quantity<'_>) -> Key {
    let (top, bottom) = number.reduced();
    let mut written = Vec::with_capacity(24);
    if number.negative && top > 0 {
        written.push(b'-');
    }
    write_number(top, &mut written);
    if bottom > 1 {
        written.push(b'/');
        write_number(bottom, &mut written);
    }
    if number.percent {
        written.push(b'%');
    }
    Key::Text(written)
}

/// Whether an answer is its own key, by any policy: digits without leading zeros, of a number that fits.
#[must_use]
pub fn is_plain_integer(answer: &[u8]) -> bool {
    match answer.strip_prefix(b"-").unwrap_or(answer) {
        [b'0'] => answer.len() == 1,
        [b'1'..=b'9', rest @ ..] => rest.len() < 18 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn write_number(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_integers_are_their_own_keys() {
        for text in [
            "0",
            "7",
            "-7",
            "40",
            "999999999999999999",
            "-999999999999999999",
        ] {
            assert!(is_plain_integer(text.as_bytes()), "{text}");
            let Reading::Number(number) = parse_quantity(text.as_bytes(), Policy::default()) else {
                panic!("{text}");
            };
            assert_eq!(key_of(number), Key::Text(text.as_bytes().to_vec()));
        }
        for text in [
            "",
            "-",
            "-0",
            "00",
            "07",
            "1.0",
            "1 ",
            "+1",
            "1,000",
            "1000000000000000000",
        ] {
            assert!(!is_plain_integer(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn keys() {
        let made = |text: &str| match key(text.as_bytes(), Policy::default()) {
            Key::Text(text) => String::from_utf8(text).unwrap(),
            other => format!("{other:?}"),
        };
        assert_eq!(made("$1,234.50"), "2469/2");
        assert_eq!(made("-0"), "0");
        assert_eq!(made("10 percent"), "10%");
        assert_eq!(made("( C )"), "c");
        assert_eq!(made(""), "Empty");
        assert_eq!(made("1e30"), "Beyond");
    }
}
