//! intl, zh, char and none give the tokens of their rewritings; none panics on bytes that are no text.
#![no_main]

use evalsuite_rust_ext::kernels::tokenizers::tokenization::Tokenization::{
    self, Char, Intl, Whitespace, Zh,
};
use libfuzzer_sys::fuzz_target;

mod naive_tokenizers;

fuzz_target!(|bytes: &[u8]| {
    for tokenization in [Intl, Zh, Char, Whitespace, Tokenization::Mteval13a] {
        let line = tokenization.tokenize(bytes);
        if let Ok(text) = std::str::from_utf8(bytes) {
            let expected = naive_tokenizers::words(text, tokenization).join(" ");
            assert_eq!(String::from_utf8_lossy(&line), expected, "{tokenization:?}");
        }
    }
});
