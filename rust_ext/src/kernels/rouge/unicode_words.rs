//! Words of any script: runs of letters, numbers and the marks on them, in lower case.
//!
//! Han characters, kana and Bopomofo are words of their own, since nothing sets words apart in these scripts. Joiners,
//! soft hyphens and variation selectors are left out and end no word; a final sigma is a sigma.

use crate::kernels::characters::code_point::decode;
use crate::kernels::rouge::unicode_word_tables::{MARKS, SINGLE_CHARACTERS, WORD_CHARACTERS};
use crate::kernels::rouge::words::Event;

/// What a character does to the word before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Single,
    Mark,
    LeftOut,
    Separator,
}

/// Calls `on(lowered, event)` for each word, a span of `lowered`, and each line feed; `lowered` is only a buffer.
pub fn scan(text: &[u8], lowered: &mut Vec<u8>, mut on: impl FnMut(&[u8], Event)) {
    fold(text, lowered);
    let mut start = 0;
    for (at, &byte) in lowered.iter().enumerate() {
        if byte <= b' ' {
            if start < at {
                on(lowered, Event::Word(start, at));
            }
            if byte == b'\n' {
                on(lowered, Event::LineEnd);
            }
            start = at + 1;
        }
    }
    if start < lowered.len() {
        on(lowered, Event::Word(start, lowered.len()));
    }
}

/// Puts the words of `text` into `lowered`, a space or a line feed between any two.
fn fold(text: &[u8], lowered: &mut Vec<u8>) {
    lowered.clear();
    let (mut at, mut last) = (0, Class::Separator);
    while let Some(&byte) = text.get(at) {
        if byte < 0x80 {
            at += 1;
            last = fold_ascii(byte, last, lowered);
            continue;
        }
        let (code, width) = decode(text, at);
        at += width;
        let class = class_of(code);
        let joins = match class {
            Class::LeftOut => continue,
            Class::Word => last != Class::Single,
            Class::Single => false,
            Class::Mark => last != Class::Separator,
            Class::Separator => true,
        };
        if class == Class::Separator || class == Class::Mark && !joins {
            lowered.push(b' ');
            last = Class::Separator;
            continue;
        }
        if !joins {
            lowered.push(b' ');
        }
        for lower in char::from_u32(code)
            .into_iter()
            .flat_map(char::to_lowercase)
        {
            let lower = if lower == 'ς' { 'σ' } else { lower };
            lowered.extend_from_slice(lower.encode_utf8(&mut [0; 4]).as_bytes());
        }
        if class != Class::Mark {
            last = class;
        }
    }
}

#[inline]
fn fold_ascii(byte: u8, last: Class, lowered: &mut Vec<u8>) -> Class {
    if byte.is_ascii_alphanumeric() {
        if last == Class::Single {
            lowered.push(b' ');
        }
        lowered.push(byte.to_ascii_lowercase());
        return Class::Word;
    }
    lowered.push(if byte == b'\n' { b'\n' } else { b' ' });
    Class::Separator
}

fn class_of(code: u32) -> Class {
    match code {
        0xad | 0x200c | 0x200d | 0xfe00..=0xfe0f | 0xe0100..=0xe01ef => Class::LeftOut,
        _ if holds(&SINGLE_CHARACTERS, code) => Class::Single,
        _ if holds(&WORD_CHARACTERS, code) => Class::Word,
        _ if holds(&MARKS, code) => Class::Mark,
        _ => Class::Separator,
    }
}

fn holds(ranges: &[(u32, u32)], code: u32) -> bool {
    let after = ranges.partition_point(|&(first, _)| first <= code);
    after > 0 && code <= ranges[after - 1].1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let (mut found, mut buffer) = (Vec::new(), Vec::new());
        scan(text.as_bytes(), &mut buffer, |lowered, event| {
            found.push(match event {
                Event::Word(start, end) => String::from_utf8(lowered[start..end].to_vec()).unwrap(),
                Event::LineEnd => "/".to_owned(),
            });
        });
        found
    }

    #[test]
    fn words_of_many_scripts() {
        assert_eq!(
            words("L'Été à Ωδοσ, ОН\nid-5"),
            ["l", "été", "à", "ωδοσ", "он", "/", "id", "5"]
        );
        assert_eq!(words("ΟΔΟΣ οδος"), ["οδοσ", "οδοσ"]);
        assert_eq!(words("हिन्दी में"), ["हिन्दी", "में"]);
        assert_eq!(words("한국어 텍스트"), ["한국어", "텍스트"]);
        assert_eq!(
            words("東京 abcタワーx1ー"),
            ["東", "京", "abc", "タ", "ワ", "ー", "x1", "ー"]
        );
        assert_eq!(words("か\u{3099}き"), ["か\u{3099}", "き"]);
    }

    #[test]
    fn what_is_no_word() {
        assert_eq!(words("❤\u{fe0f} \u{301}a 👩\u{200d}👩 _"), ["a"]);
        assert_eq!(
            words("co\u{ad}op 1\u{fe0f}\u{20e3} ن\u{200c}م"),
            ["coop", "1\u{20e3}", "نم"]
        );
    }

    #[test]
    fn lone_surrogates_and_cut_bytes_are_apart() {
        let mut found = 0;
        for text in [b"a\xed\xa0\x80b".as_slice(), b"a \xe4", b"a\xf0\x9f b"] {
            scan(text, &mut Vec::new(), |_, _| found += 1);
        }
        assert!(found >= 4);
    }

    #[test]
    fn tables_are_sorted_and_apart() {
        for table in [&WORD_CHARACTERS[..], &SINGLE_CHARACTERS, &MARKS] {
            assert!(table.iter().all(|(first, last)| first <= last));
            assert!(table.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        }
        assert!(('\0'..=char::MAX).all(|c| {
            let code = u32::from(c);
            let tables = [&WORD_CHARACTERS[..], &SINGLE_CHARACTERS, &MARKS];
            tables.iter().filter(|table| holds(table, code)).count() <= 1
        }));
    }
}
