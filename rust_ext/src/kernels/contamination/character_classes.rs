//! What the normaliser of corpora does with each code point: drop it, end a word, or write it in lower case.

use std::sync::OnceLock;

use crate::kernels::characters::python_whitespace::whitespace_len;
use crate::kernels::characters::word_characters::{LETTERS_AND_NUMBERS, MARKS};

/// What a code point does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Punctuation, symbols, control characters: as if it were not there.
    Dropped,
    /// Whitespace as Python has it: ends a word.
    Space,
    /// A letter or number of a script with words.
    Word,
    /// A mark, which belongs to what precedes it.
    Mark,
    /// A letter or number of a script written without spaces: a word of its own, with the marks that follow.
    Alone,
}

/// Blocks of the scripts written without spaces between words: Thai, Lao, Myanmar, Khmer; Han, kana and bopomofo.
const WITHOUT_SPACES: [(u32, u32); 10] = [
    (0x0e00, 0x0eff),
    (0x1000, 0x109f),
    (0x1780, 0x17ff),
    (0x2e80, 0x312f),
    (0x3190, 0x31ff),
    (0x3400, 0x9fff),
    (0xf900, 0xfaff),
    (0xff66, 0xff9f),
    (0x1_aff0, 0x1_b16f),
    (0x2_0000, 0x3_ffff),
];

const PAGE: usize = 256;
const N_PAGES: usize = 0x11_0000 / PAGE;

/// Class and lower case of every code point; pages that are equal are kept once.
pub(crate) struct Classes {
    pages: Vec<u16>,
    entries: Vec<(Class, u32)>,
}

impl Classes {
    /// The one table, made when it is first asked for.
    pub(crate) fn get() -> &'static Self {
        static TABLE: OnceLock<Classes> = OnceLock::new();
        TABLE.get_or_init(Self::new)
    }

    fn new() -> Self {
        let (mut pages, mut entries) = (Vec::with_capacity(N_PAGES), Vec::new());
        let words = ranges_by_page(LETTERS_AND_NUMBERS);
        let marks = ranges_by_page(MARKS);
        let mut page = [(Class::Dropped, 0); PAGE];
        for number in 0..N_PAGES {
            for (low, entry) in page.iter_mut().enumerate() {
                let point = (number * PAGE + low) as u32;
                let class = class_of(point, &words[number], &marks[number]);
                // Differences, so that the pages of scripts without case are equal.
                *entry = (class, lower(class, point).wrapping_sub(point));
            }
            let known = entries
                .chunks_exact(PAGE)
                .position(|other: &[(Class, u32)]| other == page);
            if known.is_none() {
                entries.extend_from_slice(&page);
            }
            pages.push(known.unwrap_or(entries.len() / PAGE - 1) as u16);
        }
        Self { pages, entries }
    }

    /// Class of a code point, and the code point to write for it.
    #[inline]
    pub(crate) fn look_up(&self, point: u32) -> (Class, u32) {
        let page = usize::from(self.pages[point as usize / PAGE]);
        let (class, difference) = self.entries[page * PAGE + point as usize % PAGE];
        (class, point.wrapping_add(difference))
    }
}

/// For each page, the ranges that reach into it.
fn ranges_by_page(ranges: &[(u32, u32)]) -> Vec<Vec<(u32, u32)>> {
    let mut pages = vec![Vec::new(); N_PAGES];
    for &(low, high) in ranges {
        for page in &mut pages[low as usize / PAGE..=high as usize / PAGE] {
            page.push((low, high));
        }
    }
    pages
}

fn contains(ranges: &[(u32, u32)], point: u32) -> bool {
    ranges
        .iter()
        .any(|&(low, high)| (low..=high).contains(&point))
}

fn class_of(point: u32, words: &[(u32, u32)], marks: &[(u32, u32)]) -> Class {
    if contains(words, point) {
        if contains(&WITHOUT_SPACES, point) {
            return Class::Alone;
        }
        return Class::Word;
    }
    if contains(marks, point) {
        return Class::Mark;
    }
    let mut buffer = [0; 4];
    let is_space = char::from_u32(point).is_some_and(|character| {
        let text = character.encode_utf8(&mut buffer).as_bytes();
        whitespace_len(text, 0) == text.len()
    });
    if is_space {
        Class::Space
    } else {
        Class::Dropped
    }
}

/// The simple lower case of one code point, whatever stands beside it; the final sigma is written as any other.
fn lower(class: Class, point: u32) -> u32 {
    match (class, char::from_u32(point)) {
        (Class::Word, Some('ς')) => u32::from('σ'),
        (Class::Word, Some(character)) => character.to_lowercase().next().map_or(point, u32::from),
        _ => point,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look_up(character: char) -> (Class, Option<char>) {
        let (class, written) = Classes::get().look_up(u32::from(character));
        (class, char::from_u32(written))
    }

    #[test]
    fn every_script_has_its_class() {
        for (character, class, written) in [
            ('A', Class::Word, 'a'),
            ('z', Class::Word, 'z'),
            ('7', Class::Word, '7'),
            ('É', Class::Word, 'é'),
            ('İ', Class::Word, 'i'),
            ('Σ', Class::Word, 'σ'),
            ('ς', Class::Word, 'σ'),
            ('Ж', Class::Word, 'ж'),
            ('ع', Class::Word, 'ع'),
            ('한', Class::Word, '한'),
            ('\u{301}', Class::Mark, '\u{301}'),
            ('\u{94d}', Class::Mark, '\u{94d}'),
            ('字', Class::Alone, '字'),
            ('テ', Class::Alone, 'テ'),
            ('ก', Class::Alone, 'ก'),
            ('\u{20000}', Class::Alone, '\u{20000}'),
            ('。', Class::Dropped, '。'),
            ('😀', Class::Dropped, '😀'),
            ('\u{200b}', Class::Dropped, '\u{200b}'),
            ('\0', Class::Dropped, '\0'),
            ('\u{3000}', Class::Space, '\u{3000}'),
            ('\u{1c}', Class::Space, '\u{1c}'),
        ] {
            assert_eq!(look_up(character), (class, Some(written)), "{character:?}");
        }
    }

    #[test]
    fn surrogates_and_the_last_code_point_are_dropped() {
        for point in [0xd800, 0xdfff, 0x10_ffff] {
            assert_eq!(Classes::get().look_up(point), (Class::Dropped, point));
        }
    }
}
