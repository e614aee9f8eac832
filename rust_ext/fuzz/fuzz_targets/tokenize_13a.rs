//! 13a in one pass gives the tokens of its rewritings one after the other.
#![no_main]

use evalsuite_rust_ext::kernels::tokenizers::tokenization::Tokenization;
use libfuzzer_sys::fuzz_target;

mod naive_tokenizers;

fuzz_target!(|text: &str| {
    let line = Tokenization::Mteval13a.tokenize(text.as_bytes());
    let expected = naive_tokenizers::words(text, Tokenization::Mteval13a).join(" ");
    assert_eq!(String::from_utf8_lossy(&line), expected);
});
