//! Words of corpora: the fast scanner hashes what the slow one writes, spans hold their words, and nothing panics.
#![no_main]

use evalsuite_rust_ext::kernels::contamination::corpus_words::{
    WordHasher, normalize, scan, words,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let hasher = WordHasher::new(3);
    let (mut scratch, mut found) = (Vec::new(), Vec::new());
    scan(bytes, hasher, &mut scratch, |hash, start, end| {
        found.push((hash, start, end))
    });
    let mut line = Vec::new();
    normalize(bytes, &mut scratch, &mut line);
    // Bytes that are no UTF-8 only have to be survived.
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut expected = Vec::new();
    words(bytes, &mut scratch, |word| expected.push(hasher.hash(word)));
    assert_eq!(
        found.iter().map(|word| word.0).collect::<Vec<_>>(),
        expected
    );
    let mut last = 0;
    for &(hash, start, end) in &found {
        assert!(
            last <= start
                && start < end
                && text.is_char_boundary(start)
                && text.is_char_boundary(end)
        );
        last = end;
        let mut alone = Vec::new();
        scan(&bytes[start..end], hasher, &mut scratch, |hash, _, _| {
            alone.push(hash)
        });
        assert_eq!(alone, [hash]);
    }
    // What is written is UTF-8, and writes itself.
    let line = String::from_utf8(line).unwrap();
    let mut again = Vec::new();
    normalize(line.as_bytes(), &mut scratch, &mut again);
    assert_eq!(again, line.as_bytes());
});
