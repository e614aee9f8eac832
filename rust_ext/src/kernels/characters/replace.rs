//! Replacements that the tokenizers of mteval and of tercom share.

/// The entities that both decode, in the order of their replacement: `&amp;lt;` therefore ends as `<`.
const ENTITIES: [(&[u8], &[u8]); 4] = [
    (b"&quot;", b"\""),
    (b"&amp;", b"&"),
    (b"&lt;", b"<"),
    (b"&gt;", b">"),
];

/// Replaces every occurrence of `from`, left to right and without overlaps, as `str.replace` does.
#[must_use]
pub fn replace_all(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
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

/// Decodes the four entities, one after the other.
#[must_use]
pub fn decode_entities(text: Vec<u8>) -> Vec<u8> {
    ENTITIES.iter().fold(text, |text, (entity, character)| {
        replace_all(&text, entity, character)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_replacement_makes_is_not_replaced_again() {
        assert_eq!(replace_all(b"aaa", b"aa", b"a"), b"aa");
        assert_eq!(replace_all(b"<a<a>>", b"<a>", b""), b"<a>");
        assert_eq!(replace_all(b"a", b"ab", b""), b"a");
    }

    #[test]
    fn entities_are_decoded_in_order() {
        let decoded = decode_entities(b"&amp;lt; &amp;quot; &gt; &lt".to_vec());
        assert_eq!(decoded, b"< &quot; > &lt");
    }
}
