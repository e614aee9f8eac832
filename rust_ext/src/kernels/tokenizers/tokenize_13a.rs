//! The 13a tokenizer of mteval and sacrebleu: texts with entities, `<skipped>` or broken lines are cleaned first, then
//! all take the one pass of [`crate::kernels::characters::point_scan`].

use crate::kernels::characters::point_scan::{Class, Rules, common_classes, leads, scan};
use crate::kernels::characters::python_whitespace::whitespace_len;
use crate::kernels::tokenizers::clean_13a::clean;

const CLASSES: [Class; 256] = {
    let mut classes = common_classes();
    // The only characters beyond ASCII that are whitespace begin with these.
    classes[0xc2] = Class::Lead;
    classes[0xe1] = Class::Lead;
    classes[0xe2] = Class::Lead;
    classes[0xe3] = Class::Lead;
    classes
};
const RAW_CLASSES: [Class; 256] = {
    let mut classes = CLASSES;
    classes[b'&' as usize] = Class::Pattern;
    classes[b'<' as usize] = Class::Pattern;
    classes[b'\n' as usize] = Class::Pattern;
    classes
};
const LEADS: [bool; 256] = leads(&CLASSES);

/// Rules for a text that may need cleaning, which stops the scan.
struct Raw;

/// Rules for what [`clean`] returns.
struct Cleaned;

impl Rules for Raw {
    const CLASSES: &'static [Class; 256] = &RAW_CLASSES;
    const LEADS: &'static [bool; 256] = &LEADS;
    const PADDED: bool = true;

    #[inline]
    fn must_clean(text: &[u8], at: usize) -> Option<Class> {
        match text[at] {
            b'<' if !text[at..].starts_with(b"<skipped>") => Some(Class::Symbol),
            b'\n' if at == 0 || text[at - 1] != b'-' => Some(Class::Space),
            _ => None,
        }
    }

    #[inline]
    fn beyond_ascii(text: &[u8], at: usize) -> (usize, bool) {
        (whitespace_len(text, at), false)
    }
}

impl Rules for Cleaned {
    const CLASSES: &'static [Class; 256] = &CLASSES;
    const LEADS: &'static [bool; 256] = &LEADS;
    const PADDED: bool = true;

    #[inline]
    fn must_clean(_: &[u8], _: usize) -> Option<Class> {
        None
    }

    #[inline]
    fn beyond_ascii(text: &[u8], at: usize) -> (usize, bool) {
        (whitespace_len(text, at), false)
    }
}

/// Puts the tokens of `text` into `spans`; they point into the returned copy if there is one, else into `text`.
#[inline]
pub fn tokenize_13a(text: &[u8], spans: &mut Vec<(u32, u32)>) -> Option<Vec<u8>> {
    spans.clear();
    if scan::<Raw>(text, |start, end| spans.push((start as u32, end as u32))) {
        return None;
    }
    spans.clear();
    let cleaned = clean(text);
    scan::<Cleaned>(&cleaned, |start, end| {
        spans.push((start as u32, end as u32));
    });
    Some(cleaned)
}

#[cfg(test)]
mod tests {
    use crate::kernels::tokenizers::tokenization::Tokenization;

    fn line(text: &str) -> String {
        Tokenization::Mteval13a.line(text)
    }

    #[test]
    fn symbols_stand_alone_and_apostrophes_do_not() {
        assert_eq!(line("(it's) a/b {c}~"), "( it's ) a / b { c } ~");
    }

    #[test]
    fn points_between_digits_stay() {
        assert_eq!(
            line("1,000.50 a.5 5.a 1.,5 .5"),
            "1,000.50 a . 5 5 . a 1 . , 5 . 5"
        );
    }

    #[test]
    fn a_consumed_point_does_not_take_the_next_one() {
        assert_eq!(line("a..5"), "a . .5");
        assert_eq!(line("a...5"), "a . . . 5");
        assert_eq!(line("1..5"), "1 . . 5");
    }

    #[test]
    fn a_dash_is_split_only_after_a_digit() {
        assert_eq!(
            line("well-known 1990-2000 -5 5-"),
            "well-known 1990 - 2000 -5 5 -"
        );
    }

    #[test]
    fn cleaning_restarts_the_line() {
        assert_eq!(line("a b &lt;c&amp; line-\nend"), "a b < c & lineend");
        assert_eq!(line("a<skipped>b < c - \n d"), "ab < c - d");
    }

    #[test]
    fn python_whitespace_separates() {
        assert_eq!(line("\u{3000}a\x1cb\u{2028}é.\u{85}"), "a b é .");
    }
}
