//! The text replacements that the 13a tokenizer makes before it splits.
//!
//! They are rare, so the scanner only notices that a text needs them and starts again on the cleaned copy.

/// The entities of 13a in the order of their replacement: `&amp;lt;` therefore ends as `<`.
const ENTITIES: [(&[u8], &[u8]); 4] = [
    (b"&quot;", b"\""),
    (b"&amp;", b"&"),
    (b"&lt;", b"<"),
    (b"&gt;", b">"),
];

/// Replaces every occurrence of `from`, left to right and without overlaps, as `str.replace` does.
fn replace_all(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(from) {
            replaced.extend_from_slice(to);
            at += from.len();
        } else {
            replaced.push(text[at]);
            at += 1;
        }
    }
    replaced
}

/// Deletes `<skipped>` and end-of-line hyphens, turns line ends into spaces and decodes four entities.
#[must_use]
pub fn clean(text: &[u8]) -> Vec<u8> {
    let text = replace_all(text, b"<skipped>", b"");
    let text = replace_all(&text, b"-\n", b"");
    let text = replace_all(&text, b"\n", b" ");
    ENTITIES.iter().fold(text, |text, (entity, character)| {
        replace_all(&text, entity, character)
    })
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
