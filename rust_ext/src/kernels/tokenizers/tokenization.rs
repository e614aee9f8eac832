//! How a text is cut into tokens.

use crate::kernels::characters::python_whitespace::{split, trim, trim_end, whitespace_len};
use crate::kernels::parallel::fill_rows;
use crate::kernels::tokenizers::tokenize_13a::tokenize_13a;
use crate::kernels::tokenizers::tokenize_intl::tokenize_intl;
use crate::kernels::tokenizers::tokenize_zh::tokenize_zh;

/// Texts a thread takes at a time, at least.
const MIN_TEXTS: usize = 64;

/// A tokenizer of sacrebleu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokenization {
    /// mteval's 13a.
    Mteval13a,
    /// mteval-v14's international tokenization.
    Intl,
    /// Chinese characters one by one, the rest as 13a.
    Zh,
    /// Every character.
    Char,
    /// On whitespace only.
    Whitespace,
}

impl Tokenization {
    /// The tokenizer that sacrebleu calls `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "13a" => Self::Mteval13a,
            "intl" => Self::Intl,
            "zh" => Self::Zh,
            "char" => Self::Char,
            "none" => Self::Whitespace,
            _ => return None,
        })
    }

    /// Puts the tokens of `text` into `spans` as BLEU sees them: the end of the text is stripped first.
    ///
    /// They point into the returned copy if there is one, else into the returned part of `text`.
    #[inline]
    pub fn split<'a>(
        self,
        text: &'a [u8],
        spans: &mut Vec<(u32, u32)>,
    ) -> (&'a [u8], Option<Vec<u8>>) {
        match self {
            Self::Mteval13a => {
                // Stripped, a final "-\n" keeps its dash.
                let text = trim_end(text);
                return (text, tokenize_13a(text, spans));
            }
            Self::Whitespace => {
                spans.clear();
                split(text, |start, end| spans.push((start as u32, end as u32)));
            }
            Self::Intl => {
                let text = trim_end(text);
                tokenize_intl(text, spans);
                return (text, None);
            }
            Self::Zh => {
                let text = trim(text);
                tokenize_zh(text, spans);
                return (text, None);
            }
            Self::Char => tokenize_char(text, spans),
        }
        (text, None)
    }

    /// Tokens of `text`, not stripped beforehand, joined by single spaces in the encoding of `text`.
    #[must_use]
    pub fn tokenize(self, text: &[u8]) -> Vec<u8> {
        let mut spans = Vec::new();
        let (text, cleaned) = match self {
            Self::Mteval13a => (text, tokenize_13a(text, &mut spans)),
            Self::Intl => {
                tokenize_intl(text, &mut spans);
                (text, None)
            }
            _ => self.split(text, &mut spans),
        };
        let text = cleaned.as_deref().unwrap_or(text);
        let mut line = Vec::with_capacity(text.len() + spans.len());
        for &(start, end) in &spans {
            if !line.is_empty() {
                line.push(b' ');
            }
            line.extend_from_slice(&text[start as usize..end as usize]);
        }
        line
    }

    /// [`Self::tokenize`] for each text.
    #[must_use]
    pub fn tokenize_all<T: AsRef<[u8]> + Sync>(self, texts: &[T]) -> Vec<Vec<u8>> {
        let mut lines = vec![Vec::new(); texts.len()];
        fill_rows(
            &mut lines,
            1,
            MIN_TEXTS,
            || (),
            |(), index, line| line[0] = self.tokenize(texts[index].as_ref()),
        );
        lines
    }

    #[cfg(test)]
    pub(crate) fn line(self, text: &str) -> String {
        String::from_utf8(self.tokenize(text.as_bytes())).unwrap()
    }
}

/// Puts every character of `text` that is not whitespace into `spans`.
#[inline]
fn tokenize_char(text: &[u8], spans: &mut Vec<(u32, u32)>) {
    spans.clear();
    let mut at = 0;
    while at < text.len() {
        let space = whitespace_len(text, at);
        if space > 0 {
            at += space;
            continue;
        }
        let width = match text[at] {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0.. => 4,
            _ => 1,
        };
        let end = text.len().min(at + width);
        spans.push((at as u32, end as u32));
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn char_takes_code_points_and_drops_whitespace() {
        assert_eq!(
            Tokenization::Char.line(" aé\u{2003}字😀\x1c!"),
            "a é 字 😀 !"
        );
        assert_eq!(Tokenization::Char.line("e\u{301}"), "e \u{301}");
    }

    #[test]
    fn none_only_splits() {
        assert_eq!(Tokenization::Whitespace.line(" a.b\u{3000}c "), "a.b c");
    }

    #[test]
    fn texts_are_cut_alike_alone_and_together() {
        let texts: Vec<String> = (0..300).map(|n| format!("x{n}, y&z 中. {n}.")).collect();
        for name in ["13a", "intl", "zh", "char", "none"] {
            let tokenization = Tokenization::from_name(name).unwrap();
            let alone: Vec<_> = texts
                .iter()
                .map(|text| tokenization.tokenize(text.as_bytes()))
                .collect();
            assert_eq!(tokenization.tokenize_all(&texts), alone);
        }
        assert_eq!(Tokenization::from_name("14a"), None);
    }
}
