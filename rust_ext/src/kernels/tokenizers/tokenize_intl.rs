//! The intl tokenizer of sacrebleu (mteval-v14's `--international-tokenization`) in one pass.
//!
//! ```text
//! 1. (\P{N})(\p{P})    a space on both sides of the second character
//! 2. (\p{P})(\P{N})    a space on both sides of the first
//! 3. (\p{S})           a space on both sides
//! ```
//!
//! One pass suffices for the reason given in [`crate::kernels::characters::point_scan`], with numbers in place of digits, punctuation in
//! place of points and symbols in place of symbols, which are no numbers. Nothing pads the text: a full stop after a
//! number at its end stays.

use crate::kernels::characters::code_point::decode;
use crate::kernels::characters::python_whitespace::{is_ascii_whitespace, whitespace_len};
use crate::kernels::characters::special_bytes::visit_special;
use crate::kernels::characters::unicode_properties::{Properties, Property, properties};

/// All lead bytes: any character beyond ASCII may be punctuation.
const LEADS: [bool; 256] = {
    let mut leads = [false; 256];
    let mut byte = 0xc2;
    while byte < 256 {
        leads[byte] = true;
        byte += 1;
    }
    leads
};

/// Puts the tokens of `text`, which has no whitespace at its end, into `spans`.
#[inline]
pub fn tokenize_intl(text: &[u8], spans: &mut Vec<(u32, u32)>) {
    spans.clear();
    let properties = properties();
    // As in `point_scan`: the open token's start, and where the last mark taken by pattern 1 ended.
    let (mut start, mut consumed) = (0, usize::MAX);
    visit_special(text, &LEADS, |at| {
        let byte = text[at];
        if is_ascii_whitespace(byte) {
            if start < at {
                spans.push((start as u32, at as u32));
            }
            start = at + 1;
            return true;
        }
        let (code, mut width) = decode(text, at);
        let is_token = match properties.of(code) {
            Property::Number => return true,
            Property::Other => {
                width = if byte < 0x80 {
                    0
                } else {
                    whitespace_len(text, at)
                };
                if width == 0 {
                    return true;
                }
                false
            }
            Property::Symbol => true,
            Property::Punctuation => {
                let end = at + width;
                let is_second = consumed != at && at > 0 && !ends_in_number(text, at, properties);
                if is_second {
                    consumed = end;
                }
                let is_first =
                    || end < text.len() && properties.of(decode(text, end).0) != Property::Number;
                if !is_second && !is_first() {
                    return true;
                }
                true
            }
        };
        if start < at {
            spans.push((start as u32, at as u32));
        }
        if is_token {
            spans.push((at as u32, (at + width) as u32));
        }
        start = at + width;
        true
    });
    if start < text.len() {
        spans.push((start as u32, text.len() as u32));
    }
}

/// Whether the character before `text[at]` is a number.
#[inline]
fn ends_in_number(text: &[u8], at: usize, properties: Properties) -> bool {
    let mut first = at - 1;
    if text[first] < 0x80 {
        return text[first].is_ascii_digit();
    }
    while first > 0 && at - first < 4 && text[first] & 0xc0 == 0x80 {
        first -= 1;
    }
    properties.of(decode(text, first).0) == Property::Number
}

#[cfg(test)]
mod tests {
    use crate::kernels::tokenizers::tokenization::Tokenization;

    fn line(text: &str) -> String {
        Tokenization::Intl.line(text)
    }

    #[test]
    fn punctuation_between_numbers_stays() {
        assert_eq!(line("1,000.50 a.5 5.a"), "1,000.50 a . 5 5 . a");
        assert_eq!(line("in 2021."), "in 2021.");
        assert_eq!(line("٣٫١٤ Ⅷ.Ⅸ"), "٣٫١٤ Ⅷ.Ⅸ");
    }

    #[test]
    fn marks_of_any_script_stand_alone() {
        assert_eq!(line("«да», сказал он!"), "« да » , сказал он !");
        assert_eq!(line("我爱你。真的？"), "我爱你 。 真的 ？");
        assert_eq!(line("100€=5$"), "100 € = 5 $");
    }

    #[test]
    fn the_ends_are_not_padded() {
        assert_eq!(line("."), ".");
        assert_eq!(line(".5"), ".5");
        assert_eq!(line("..5"), ". . 5");
        assert_eq!(line("a...b"), "a . . . b");
    }
}
