//! Texts as numbers: every distinct token of a set of texts gets a number, from 1 on, in order of appearance.

use crate::error::KernelError;
use crate::kernels::characters::code_point::code_points;
use crate::kernels::characters::python_whitespace::split;
use crate::kernels::numbering::word_ids::WordIds;
use crate::kernels::tokenizers::tokenize_13a::tokenize_13a;

/// How a text is cut into tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Words between whitespace.
    Words,
    /// Words of mteval's 13a.
    Mteval13a,
    /// Code points, whitespace included.
    Characters,
}

/// Token numbers of several texts, one text after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenIds {
    /// The numbers.
    pub ids: Vec<u32>,
    /// Where each text ends in `ids`.
    pub ends: Vec<i64>,
}

/// Numbers the tokens of `texts`, which are UTF-8 with lone surrogates perhaps.
///
/// # Errors
///
/// Texts of 4 GiB or more together.
pub fn token_ids<T: AsRef<[u8]>>(texts: &[T], units: Units) -> Result<TokenIds, KernelError> {
    let bytes: usize = texts.iter().map(|text| text.as_ref().len()).sum();
    // Positions in the table of words, and numbers of tokens, fit 32 bits only below this.
    if u32::try_from(bytes).is_err() {
        return Err(KernelError::TextTooLong { bytes });
    }
    let mut found = TokenIds::default();
    if units == Units::Characters {
        for text in texts {
            code_points(text.as_ref(), |character| found.ids.push(character));
            found.ends.push(found.ids.len() as i64);
        }
        let mut numbers = Numbers::default();
        for id in &mut found.ids {
            *id = numbers.of(*id);
        }
        return Ok(found);
    }
    let mut words = GrowingWords::new(bytes);
    let mut spans = Vec::new();
    for text in texts {
        let text = text.as_ref();
        if units == Units::Words {
            split(text, |start, end| {
                found.ids.push(words.number(text, start, end));
            });
        } else {
            let cleaned = tokenize_13a(text, &mut spans);
            let text = cleaned.as_deref().unwrap_or(text);
            for &(start, end) in &spans {
                found
                    .ids
                    .push(words.number(text, start as usize, end as usize));
            }
        }
        found.ends.push(found.ids.len() as i64);
    }
    Ok(found)
}

/// Dense numbers of code points.
#[derive(Default)]
struct Numbers {
    numbers: Vec<u32>,
    n: u32,
}

impl Numbers {
    fn of(&mut self, code: u32) -> u32 {
        let at = code as usize;
        if at >= self.numbers.len() {
            self.numbers.resize(at + 1, 0);
        }
        if self.numbers[at] == 0 {
            self.n += 1;
            self.numbers[at] = self.n;
        }
        self.numbers[at]
    }
}

/// Numbers of words of many texts: a copy of each distinct word, and a table that doubles when it is half full.
struct GrowingWords {
    words: WordIds,
    copies: Vec<u8>,
    spans: Vec<(usize, usize)>,
    room: usize,
}

impl GrowingWords {
    fn new(bytes: usize) -> Self {
        let room = (bytes / 32).clamp(256, 1 << 16);
        let mut words = WordIds::default();
        words.reset(room);
        Self {
            words,
            copies: Vec::new(),
            spans: Vec::new(),
            room,
        }
    }

    #[inline]
    fn number(&mut self, text: &[u8], start: usize, end: usize) -> u32 {
        match self.words.find(&self.copies, text, start, end) {
            0 => self.add(&text[start..end]),
            number => number,
        }
    }

    fn add(&mut self, word: &[u8]) -> u32 {
        if self.spans.len() == self.room {
            self.room *= 2;
            self.words.reset(self.room);
            for &(start, end) in &self.spans {
                self.words.insert(&self.copies, start, end);
            }
        }
        let start = self.copies.len();
        self.copies.extend_from_slice(word);
        self.spans.push((start, self.copies.len()));
        self.words.insert(&self.copies, start, self.copies.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(texts: &[&str], units: Units) -> (Vec<u32>, Vec<i64>) {
        let found = token_ids(texts, units).unwrap();
        (found.ids, found.ends)
    }

    #[test]
    fn words_share_numbers_across_texts() {
        let (ids, ends) = numbers(&["a b a", "", "extraordinary b"], Units::Words);
        assert_eq!(ids, [1, 2, 1, 3, 2]);
        assert_eq!(ends, [3, 3, 5]);
    }

    #[test]
    fn cleaned_texts_are_read_again() {
        let (ids, ends) = numbers(&["a &lt; b", "a < b"], Units::Mteval13a);
        assert_eq!(ids[..3], ids[3..]);
        assert_eq!(ends, [3, 6]);
    }

    #[test]
    fn characters_are_code_points() {
        let (ids, _) = numbers(&["aé中😀a ", "中"], Units::Characters);
        assert_eq!(ids, [1, 2, 3, 4, 1, 5, 3]);
        let surrogates = [0xed, 0xa0, 0x80, 0xed, 0xbf, 0xbf, 0xed, 0xa0, 0x80];
        assert_eq!(
            token_ids(&[surrogates], Units::Characters).unwrap().ids,
            [1, 2, 1]
        );
    }

    #[test]
    fn the_table_grows() {
        let text: String = (0..3000).fold(String::new(), |text, n| format!("{text}w{n} "));
        let (ids, _) = numbers(&[&text, &text], Units::Words);
        assert!(ids[..3000].iter().copied().eq(1..=3000));
        assert_eq!(ids[..3000], ids[3000..]);
    }
}
