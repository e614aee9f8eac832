//! Whether a character is a number, punctuation or a symbol, in the Unicode of Python's `regex` package.

use std::sync::LazyLock;

use crate::kernels::characters::unicode_ranges::{NUMBERS, PUNCTUATION, SYMBOLS};

/// General category of a character, as far as tokenizers ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// None of the others.
    Other,
    /// `\p{N}`.
    Number,
    /// `\p{P}`.
    Punctuation,
    /// `\p{S}`.
    Symbol,
}

/// One entry a code point, up to the last that is not `Other`: a text needs only the lines of its own scripts.
static TABLE: LazyLock<Box<[Property]>> = LazyLock::new(|| {
    let groups: [(&[(u32, u32)], Property); 3] = [
        (&NUMBERS, Property::Number),
        (&PUNCTUATION, Property::Punctuation),
        (&SYMBOLS, Property::Symbol),
    ];
    let n_codes = groups
        .iter()
        .filter_map(|(ranges, _)| ranges.last())
        .map(|&(_, last)| last as usize + 1)
        .max()
        .unwrap_or(0);
    let mut table = vec![Property::Other; n_codes];
    for (ranges, property) in groups {
        for &(first, last) in ranges {
            table[first as usize..=last as usize].fill(property);
        }
    }
    table.into_boxed_slice()
});

/// The properties of all characters, read once for a text.
#[must_use]
pub fn properties() -> Properties {
    Properties(&TABLE)
}

/// The table of properties.
#[derive(Clone, Copy)]
pub struct Properties(&'static [Property]);

impl Properties {
    /// The property of a code point.
    #[inline]
    #[must_use]
    pub fn of(self, code: u32) -> Property {
        self.0
            .get(code as usize)
            .copied()
            .unwrap_or(Property::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_characters() {
        let of = |character: char| properties().of(u32::from(character));
        assert_eq!(of('7'), Property::Number);
        assert_eq!(of('Ⅷ'), Property::Number);
        assert_eq!(of('«'), Property::Punctuation);
        assert_eq!(of('。'), Property::Punctuation);
        assert_eq!(of('€'), Property::Symbol);
        assert_eq!(of('😀'), Property::Symbol);
        assert_eq!(of('語'), Property::Other);
        assert_eq!(of('\u{10ffff}'), Property::Other);
    }

    #[test]
    fn ranges_are_in_order_and_apart() {
        for ranges in [&NUMBERS[..], &PUNCTUATION, &SYMBOLS] {
            assert!(ranges.iter().all(|(first, last)| first <= last));
            assert!(ranges.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        }
    }
}
