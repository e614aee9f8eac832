//! Canonical forms of answers: equal answers have equal keys.

use crate::kernels::answers::Policy;
use crate::kernels::answers::normalisation::{fold, to_utf8};
use crate::kernels::answers::quantity::{Reading, parse_quantity};

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
        Reading::Number(number) => {
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
