//! The tokenizers as sacrebleu writes them, one rewriting after the other, for comparison.

use evalsuite_rust_ext::kernels::characters::unicode_properties::{Property, properties};
use evalsuite_rust_ext::kernels::tokenizers::tokenization::Tokenization;

fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Replaces non-overlapping matches of (first)(second), from left to right.
fn pairs(
    text: &[char],
    first: impl Fn(char) -> bool,
    second: impl Fn(char) -> bool,
    replacement: impl Fn(char, char) -> Vec<char>,
) -> Vec<char> {
    let (mut out, mut i) = (Vec::new(), 0);
    while i < text.len() {
        if i + 1 < text.len() && first(text[i]) && second(text[i + 1]) {
            out.extend(replacement(text[i], text[i + 1]));
            i += 2;
        } else {
            out.push(text[i]);
            i += 1;
        }
    }
    out
}

fn apart(text: &[char], chosen: impl Fn(char) -> bool) -> Vec<char> {
    text.iter()
        .flat_map(|&c| {
            if chosen(c) {
                vec![' ', c, ' ']
            } else {
                vec![c]
            }
        })
        .collect()
}

fn western(text: &[char]) -> Vec<char> {
    let digit = |c: char| c.is_ascii_digit();
    let point = |c: char| c == '.' || c == ',';
    let text = apart(text, |c| {
        c.is_ascii_punctuation() && !matches!(c, '\'' | ',' | '-' | '.') || c == ' '
    });
    let text = pairs(&text, |c| !digit(c), point, |a, b| vec![a, ' ', b, ' ']);
    let text = pairs(&text, point, |c| !digit(c), |a, b| vec![' ', a, ' ', b]);
    pairs(&text, digit, |c| c == '-', |a, b| vec![a, ' ', b, ' '])
}

fn is_chinese(c: char) -> bool {
    matches!(u32::from(c),
        0x3400..=0x4db5 | 0x4e00..=0x9fbb | 0xf900..=0xfa2d | 0xfa30..=0xfa6a | 0xfa70..=0xfad9
        | 0x2001..=0x2a6d | 0xff00..=0xffef | 0x2e80..=0x2eff | 0x3000..=0x303f
        | 0x31c0..=0x31ef | 0x2f00..=0x2fdf | 0x2ff0..=0x2fff | 0x3100..=0x312f | 0x31a0..=0x31bf
        | 0xfe10..=0xfe1f | 0xfe30..=0xfe4f | 0x3200..=0x33ff)
}

/// Words of `text` under the tokenizer.
pub fn words(text: &str, tokenization: Tokenization) -> Vec<String> {
    let line: Vec<char> = match tokenization {
        Tokenization::Mteval13a => {
            let mut text = text
                .replace("<skipped>", "")
                .replace("-\n", "")
                .replace('\n', " ");
            for (entity, character) in [
                ("&quot;", "\""),
                ("&amp;", "&"),
                ("&lt;", "<"),
                ("&gt;", ">"),
            ] {
                text = text.replace(entity, character);
            }
            western(&format!(" {text} ").chars().collect::<Vec<_>>())
        }
        Tokenization::Zh => {
            let text: Vec<char> = text.trim_matches(is_space).chars().collect();
            western(&apart(&text, is_chinese))
        }
        Tokenization::Intl => {
            let of = |c: char| properties().of(u32::from(c));
            let number = |c: char| of(c) == Property::Number;
            let mark = |c: char| of(c) == Property::Punctuation;
            let text: Vec<char> = text.chars().collect();
            let text = pairs(&text, |c| !number(c), mark, |a, b| vec![a, ' ', b, ' ']);
            let text = pairs(&text, mark, |c| !number(c), |a, b| vec![' ', a, ' ', b]);
            apart(&text, |c| of(c) == Property::Symbol)
        }
        Tokenization::Char => apart(&text.chars().collect::<Vec<_>>(), |_| true),
        Tokenization::Whitespace => text.chars().collect(),
    };
    line.split(|&c| is_space(c))
        .filter(|word| !word.is_empty())
        .map(|word| word.iter().collect())
        .collect()
}
