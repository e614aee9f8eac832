//! 13a: tokens lie in the text, in order, apart, and hold no whitespace; cleaned or not, nothing panics.
#![no_main]

use evalsuite_rust_ext::kernels::clean_13a::clean;
use evalsuite_rust_ext::kernels::tokenize_13a::{scan, tokenize_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let bytes = text.as_bytes();
    let (mut last, mut tokens) = (0, Vec::new());
    let finished = scan::<false>(bytes, |start, end| {
        assert!(last <= start && start < end && end <= bytes.len());
        last = end;
        tokens.push(&bytes[start..end]);
    });
    let line = &tokenize_all(&[bytes])[0];
    if finished {
        assert_eq!(line.as_slice(), tokens.join(&b' '));
    } else {
        // A second round finds nothing left to delete, only words to set apart.
        let cleaned = clean(bytes);
        let mut again = Vec::new();
        assert!(scan::<true>(&cleaned, |start, end| again.push(&cleaned[start..end])));
        assert_eq!(line.as_slice(), again.join(&b' '));
    }
});
