//! The units that n-grams are made of: words between whitespace, or characters.

use crate::kernels::characters::python_whitespace::split;

/// What an n-gram is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Words between Python's whitespace.
    Words,
    /// Code points, whitespace among them.
    Characters,
}

/// Calls `emit` with the bytes of each unit of `text`, in order.
#[inline]
pub fn units<'a>(text: &'a [u8], unit: Unit, mut emit: impl FnMut(&'a [u8])) {
    match unit {
        Unit::Words => split(text, |start, end| emit(&text[start..end])),
        Unit::Characters => {
            let mut start = 0;
            for at in 1..=text.len() {
                // A continuation byte never begins a character, nor does any other byte continue one.
                if text.get(at).is_none_or(|byte| byte & 0xc0 != 0x80) {
                    emit(&text[start..at]);
                    start = at;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(text: &str, unit: Unit) -> Vec<String> {
        let mut found = Vec::new();
        units(text.as_bytes(), unit, |bytes| {
            found.push(String::from_utf8(bytes.to_vec()).unwrap());
        });
        found
    }

    #[test]
    fn words_and_characters() {
        assert_eq!(
            collect(" aé\u{3000}😀\n", Unit::Characters),
            [" ", "a", "é", "\u{3000}", "😀", "\n"]
        );
        assert_eq!(collect(" aé\u{3000}😀\n", Unit::Words), ["aé", "😀"]);
        assert!(collect("", Unit::Characters).is_empty());
    }
}
