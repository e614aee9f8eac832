//! The text replacements that the 13a tokenizer makes before it splits.
//!
//! They are rare, so the scanner only notices that a text needs them and starts again on the cleaned copy.

use crate::kernels::characters::replace::{decode_entities, replace_all};

/// Deletes `<skipped>` and end-of-line hyphens, turns line ends into spaces and decodes four entities.
#[must_use]
pub fn clean(text: &[u8]) -> Vec<u8> {
    let text = replace_all(text, b"<skipped>", b"");
    let text = replace_all(&text, b"-\n", b"");
    let text = replace_all(&text, b"\n", b" ");
    decode_entities(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_in_the_order_of_13a() {
        assert_eq!(clean(b"a<skipped>b-\nc\nd"), b"abc d");
        assert_eq!(clean(b"&amp;lt; &amp;quot; &gt;"), b"< &quot; >");
    }

    #[test]
    fn a_deletion_may_make_the_next_pattern_but_not_its_own() {
        assert_eq!(clean(b"-<skipped>\nx"), b"x");
        assert_eq!(clean(b"<skip<skipped>ped>"), b"<skipped>");
        assert_eq!(clean(b"&am<skipped>p;"), b"&");
    }
}
