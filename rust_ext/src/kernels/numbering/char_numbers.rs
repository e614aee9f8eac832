//! Small dense numbers for the distinct characters of a few texts.

use crate::kernels::characters::code_point::decode;
use crate::kernels::characters::python_whitespace::{is_ascii_whitespace, whitespace_len};

/// Slots for characters beyond ASCII: more than twice the numbers there are, so that one is always free.
const SLOTS: usize = 1 << 10;
/// Most numbers, 1 to this one.
pub const MAX_NUMBERS: usize = u8::MAX as usize - 1;
/// Stands for whitespace that is left out; never given to a text.
const LEFT_OUT: u8 = u8::MAX;

/// The distinct characters of some texts, numbered from 1 in order of appearance.
pub struct CharNumbers {
    keep_whitespace: bool,
    ascii: [u8; 128],
    /// Character plus one and its number; 0 marks a free slot.
    slots: Vec<(u32, u8)>,
    slots_used: bool,
    n_numbers: usize,
}

impl CharNumbers {
    /// No characters yet. Whitespace, as Python's `str.split` sees it, is one of them or left out.
    #[must_use]
    pub fn new(keep_whitespace: bool) -> Self {
        let mut numbers = Self {
            keep_whitespace,
            ascii: [0; 128],
            slots: vec![(0, 0); SLOTS],
            slots_used: false,
            n_numbers: 0,
        };
        numbers.reset();
        numbers
    }

    /// Forgets all characters.
    pub fn reset(&mut self) {
        self.n_numbers = 0;
        self.ascii = [0; 128];
        if !self.keep_whitespace {
            for (byte, number) in (0..).zip(&mut self.ascii) {
                if is_ascii_whitespace(byte) {
                    *number = LEFT_OUT;
                }
            }
        }
        if self.slots_used {
            self.slots.fill((0, 0));
            self.slots_used = false;
        }
    }

    /// How many characters have numbers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.n_numbers
    }

    /// Whether there are no characters yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.n_numbers == 0
    }

    /// Fills `numbers` with those of the characters of `text`; false, and nothing of use, when there are too many.
    pub fn number(&mut self, text: &[u8], numbers: &mut Vec<u8>) -> bool {
        numbers.clear();
        numbers.resize(text.len(), 0);
        let (mut at, mut len) = (0, 0);
        while at < text.len() {
            let byte = text[at];
            if byte < 0x80 {
                let mut number = self.ascii[usize::from(byte)];
                if number == 0 {
                    if self.n_numbers == MAX_NUMBERS {
                        return false;
                    }
                    self.n_numbers += 1;
                    number = self.n_numbers as u8;
                    self.ascii[usize::from(byte)] = number;
                }
                // Without a branch, since where words end is hard to foresee.
                numbers[len] = number;
                len += usize::from(number != LEFT_OUT);
                at += 1;
                continue;
            }
            let (character, width) = decode(text, at);
            if self.keep_whitespace || whitespace_len(text, at) == 0 {
                let Some(number) = self.beyond_ascii(character) else {
                    return false;
                };
                numbers[len] = number;
                len += 1;
            }
            at += width;
        }
        numbers.truncate(len);
        true
    }

    fn beyond_ascii(&mut self, character: u32) -> Option<u8> {
        let mut slot = (character.wrapping_mul(0x9e37_79b9) >> (32 - 10)) as usize;
        loop {
            let (found, number) = self.slots[slot];
            if found == character + 1 {
                return Some(number);
            }
            if found == 0 {
                break;
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        if self.n_numbers == MAX_NUMBERS {
            return None;
        }
        self.n_numbers += 1;
        self.slots_used = true;
        self.slots[slot] = (character + 1, self.n_numbers as u8);
        Some(self.n_numbers as u8)
    }
}

/// Fills `characters` with the code points of `text`, each plus one.
pub fn code_points(text: &[u8], keep_whitespace: bool, characters: &mut Vec<u32>) {
    characters.clear();
    let mut at = 0;
    while at < text.len() {
        let (character, width) = decode(text, at);
        if keep_whitespace || whitespace_len(text, at) == 0 {
            characters.push(character + 1);
        }
        at += width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str, keep_whitespace: bool) -> Option<Vec<u8>> {
        let mut found = Vec::new();
        CharNumbers::new(keep_whitespace)
            .number(text.as_bytes(), &mut found)
            .then_some(found)
    }

    #[test]
    fn equal_characters_share_a_number() {
        assert_eq!(
            numbers("aé\u{3000}bé字 a", false),
            Some(vec![1, 2, 3, 2, 4, 1])
        );
        assert_eq!(numbers("aé\u{3000}b a", true), Some(vec![1, 2, 3, 4, 5, 1]));
    }

    #[test]
    fn a_reset_forgets() {
        let (mut all, mut found) = (CharNumbers::new(false), Vec::new());
        assert!(all.number("字a".as_bytes(), &mut found));
        all.reset();
        assert!(all.is_empty());
        assert!(all.number("a字".as_bytes(), &mut found));
        assert_eq!((found, all.len()), (vec![1, 2], 2));
    }

    #[test]
    fn there_are_254_numbers() {
        let text: String = ('\u{100}'..).take(MAX_NUMBERS).collect();
        let found = numbers(&text, false).unwrap();
        assert_eq!(found, (1..=254).collect::<Vec<u8>>());
        assert_eq!(numbers(&(text.clone() + "a"), false), None);
        assert_eq!(numbers(&(text + "\u{10ffff}"), false), None);
    }

    #[test]
    fn decodes_what_rust_encodes() {
        let mut characters = Vec::new();
        for character in [
            '\0',
            'a',
            '\u{7f}',
            '\u{80}',
            '\u{7ff}',
            '\u{800}',
            '\u{ffff}',
            '\u{10000}',
            '\u{10ffff}',
        ] {
            code_points(character.to_string().as_bytes(), true, &mut characters);
            assert_eq!(characters, [u32::from(character) + 1]);
        }
    }
}
