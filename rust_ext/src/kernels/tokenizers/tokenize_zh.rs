//! The zh tokenizer of sacrebleu: Chinese characters stand alone, everything else is cut as in 13a, without padding.

use crate::kernels::characters::point_scan::{Class, Rules, common_classes, leads, scan};
use crate::kernels::characters::python_whitespace::whitespace_len;

/// What sacrebleu takes for Chinese, first and last code points.
///
/// Extension B is written there as `'\u20000'` to `'\u2a6d6'`, which Python reads as `'\u2000' '0'` to `'\u2a6d' '6'`.
/// So curly quotes, dashes, arrows and most of mathematics are "Chinese" and Extension B is not. The one with
/// `'\u2f800'` likewise covers U+2F80 to U+2FA1, which another range has too.
const CHINESE: [(u32, u32); 13] = [
    (0x2001, 0x2a6d),
    (0x2e80, 0x2fdf),
    (0x2ff0, 0x303f),
    (0x3100, 0x312f),
    (0x31a0, 0x31ef),
    (0x3200, 0x4db5),
    (0x4e00, 0x9fbb),
    (0xf900, 0xfa2d),
    (0xfa30, 0xfa6a),
    (0xfa70, 0xfad9),
    (0xfe10, 0xfe1f),
    (0xfe30, 0xfe4f),
    (0xff00, 0xffef),
];

const CLASSES: [Class; 256] = {
    let mut classes = common_classes();
    classes[0xc2] = Class::Lead;
    let mut byte = 0xe1;
    while byte <= 0xe9 {
        classes[byte] = Class::Lead;
        byte += 1;
    }
    classes[0xef] = Class::Lead;
    classes
};
const LEADS: [bool; 256] = leads(&CLASSES);

struct Zh;

impl Rules for Zh {
    const CLASSES: &'static [Class; 256] = &CLASSES;
    const LEADS: &'static [bool; 256] = &LEADS;
    const PADDED: bool = false;

    #[inline]
    fn must_clean(_: &[u8], _: usize) -> Option<Class> {
        None
    }

    #[inline]
    fn beyond_ascii(text: &[u8], at: usize) -> (usize, bool) {
        match text.get(at..at + 3) {
            // Ideographs first: they are what Chinese consists of.
            Some([0xe5..=0xe8, _, _]) => (3, true),
            Some(&[lead @ 0xe1..=0xef, second, third]) => {
                let width = whitespace_len(text, at);
                if width > 0 {
                    return (width, false);
                }
                let code = u32::from(lead & 0x0f) << 12
                    | u32::from(second & 0x3f) << 6
                    | u32::from(third & 0x3f);
                let is_chinese = CHINESE
                    .iter()
                    .any(|&(first, last)| (first..=last).contains(&code));
                (3 * usize::from(is_chinese), true)
            }
            _ => (whitespace_len(text, at), false),
        }
    }
}

/// Puts the tokens of `text`, which has no whitespace at either end, into `spans`.
#[inline]
pub fn tokenize_zh(text: &[u8], spans: &mut Vec<(u32, u32)>) {
    spans.clear();
    scan::<Zh>(text, |start, end| spans.push((start as u32, end as u32)));
}

#[cfg(test)]
mod tests {
    use crate::kernels::tokenizers::tokenization::Tokenization;

    fn line(text: &str) -> String {
        Tokenization::Zh.line(text)
    }

    #[test]
    fn chinese_characters_stand_alone() {
        assert_eq!(line("我爱NLP，真的。3.14"), "我 爱 NLP ， 真 的 。 3.14");
        assert_eq!(line("a\u{3000}b"), "a b");
    }

    #[test]
    fn the_typos_of_the_ranges_are_kept() {
        assert_eq!(line("“a”—b€"), "“ a ” — b €");
        assert_eq!(line("x\u{20000}y"), "x\u{20000}y");
        assert_eq!(line("あか"), "あか");
    }

    #[test]
    fn nothing_pads_the_ends() {
        assert_eq!(line("."), ".");
        assert_eq!(line(" 5. "), "5.");
        assert_eq!(line(".5 a."), ".5 a .");
        assert_eq!(line("..5"), ". . 5");
        assert_eq!(line("&amp;"), "& amp ;");
    }
}
