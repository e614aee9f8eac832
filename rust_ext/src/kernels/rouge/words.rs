//! Words as rouge-score finds them: runs of a-z and 0-9 after `str.lower`, everything else apart.
//!
//! Only two characters beyond ASCII have a lower case with a letter of a-z in it: U+0130, whose lower case is an i and
//! a combining dot, and U+212A, the Kelvin sign, whose is k.

const KELVIN: [u8; 3] = [0xe2, 0x84, 0xaa];
const DOTTED_I: [u8; 2] = [0xc4, 0xb0];

/// Calls `emit(lowered, start, end)` for each word, a span of `lowered`, and `end_line` after each line but the last.
///
/// `lowered` is only a buffer.
#[inline]
pub fn scan(text: &[u8], lowered: &mut Vec<u8>, mut on: impl FnMut(&[u8], Event)) {
    fold(text, lowered);
    let n = lowered.len();
    // Separators behind the text end the last word within a whole chunk.
    lowered.extend_from_slice(&[b' '; 8]);
    let mut at = 0;
    loop {
        while at < n && lowered[at] < b'0' {
            if lowered[at] == b'\n' {
                on(lowered, Event::LineEnd);
            }
            at += 1;
        }
        if at >= n {
            return;
        }
        let end = word_end(lowered, at);
        on(lowered, Event::Word(at, end));
        at = end;
    }
}

/// What a scanner finds, in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A word and where in the folded text it stands.
    Word(usize, usize),
    /// A line feed.
    LineEnd,
}

/// Puts `text` into `lowered`: ASCII letters in lower case, digits, line feeds, and a space for any other byte.
fn fold(text: &[u8], lowered: &mut Vec<u8>) {
    lowered.clear();
    lowered.reserve(text.len() + 8);
    lowered.extend(text.iter().map(|&byte| {
        let lower = byte | 0x20;
        if lower.wrapping_sub(b'a') < 26 {
            lower
        } else if byte.wrapping_sub(b'0') < 10 || byte == b'\n' {
            byte
        } else {
            b' '
        }
    }));
    if !text.is_ascii() {
        fold_beyond_ascii(text, lowered);
    }
}

#[cold]
fn fold_beyond_ascii(text: &[u8], lowered: &mut Vec<u8>) {
    let mut kelvins = Vec::new();
    for at in 0..text.len() {
        if text[at..].starts_with(&DOTTED_I) {
            lowered[at] = b'i';
        } else if text[at..].starts_with(&KELVIN) {
            lowered[at] = b'k';
            kelvins.push(at);
        }
    }
    // A k takes one byte where the sign had three: close the gaps, for it is part of the word around it.
    if let Some(&first) = kelvins.first() {
        let mut to = first;
        let mut signs = kelvins.iter().peekable();
        let mut from = first;
        while from < text.len() {
            lowered[to] = lowered[from];
            to += 1;
            from += 1;
            if signs.next_if_eq(&&(from - 1)).is_some() {
                from += KELVIN.len() - 1;
            }
        }
        lowered.truncate(to);
    }
}

/// The end of the word at `start`; the buffer holds a separator and seven more bytes behind every word.
#[inline]
fn word_end(lowered: &[u8], start: usize) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut at = start;
    while let Some(bytes) = lowered.get(at..at + 8) {
        let chunk = bytes.try_into().map_or(0, u64::from_le_bytes);
        // Bytes are below 0x80, so with the high bit set nothing borrows: it stays set where a byte is at least "0".
        let separators = !((chunk | HIGH) - 0x3030_3030_3030_3030) & HIGH;
        if separators != 0 {
            return at + separators.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    // Fewer than eight bytes are left, the last of them a separator.
    while lowered.get(at).is_some_and(|&byte| byte >= b'0') {
        at += 1;
    }
    at
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
    fn letters_and_digits_are_words_and_nothing_else_is() {
        assert_eq!(
            words("The CAT's 3.5\u{e9}t\u{e9}_x"),
            ["the", "cat", "s", "3", "5", "t", "x"]
        );
        assert_eq!(words("\n\na\r\nb"), ["/", "/", "a", "/", "b"]);
        assert_eq!(words("@[`{/:\0\u{7f}"), Vec::<String>::new());
        assert_eq!(words(""), Vec::<String>::new());
    }

    #[test]
    fn words_of_every_length_at_the_end() {
        for len in 1..40 {
            let word = "z9".repeat(20)[..len].to_owned();
            assert_eq!(words(&format!("a {word}")), ["a", &word]);
            assert_eq!(words(&format!("{word} b")), [&word, "b"]);
        }
    }

    #[test]
    fn two_characters_become_ascii() {
        assert_eq!(words("\u{130}stanbul"), ["i", "stanbul"]);
        assert_eq!(words("x\u{130}"), ["xi"]);
        assert_eq!(
            words("5\u{212a}m\u{212a}\u{212a} \u{212a}\u{e9}\u{212a}"),
            ["5kmkk", "k", "k"]
        );
        assert_eq!(
            words("\u{10130}\u{4130} \u{212b}\u{2130}"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn every_character_alone_is_what_its_lower_case_is() {
        for c in '\0'..=char::MAX {
            let lower: String = c.to_lowercase().collect();
            let expected: Vec<&str> = lower
                .split(|c: char| !c.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .collect();
            let found = words(&c.to_string());
            assert!(found == expected || c == '\n', "{c:?}");
        }
    }
}
