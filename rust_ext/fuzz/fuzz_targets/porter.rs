//! Porter: never longer, never empty, the same for bytes and for characters, and letters beyond ASCII do not matter
//! where they stand for consonants.
#![no_main]

use evalsuite_rust_ext::kernels::rouge::porter::stem;
use libfuzzer_sys::fuzz_target;

const PIECES: [&str; 48] = [
    "a", "e", "i", "o", "u", "y", "s", "t", "l", "n", "r", "z", "b", "w", "1", "ational", "tional",
    "enci", "izer", "bli", "alli", "entli", "eli", "ousli", "ization", "ator", "alism", "iveness",
    "fulness", "iviti", "biliti", "fulli", "logi", "icate", "ative", "ical", "ful", "ness",
    "ement", "sion", "ous", "ize", "ing", "ed", "eed", "ied", "ies", "sses",
];

fuzz_target!(|choice: &[u8]| {
    let word: String = choice
        .iter()
        .take(40)
        .map(|byte| PIECES[*byte as usize % PIECES.len()])
        .collect();
    let mut bytes = word.as_bytes().to_vec();
    stem(&mut bytes);
    assert!(bytes.len() <= word.len());
    assert_eq!(bytes.is_empty(), word.is_empty());
    let mut letters: Vec<char> = word.chars().collect();
    stem(&mut letters);
    assert_eq!(letters.iter().collect::<String>().into_bytes(), bytes);
    // Another consonant in the place of "b" is treated as "b" is; suffixes with a b in them stand apart.
    if !word.contains("bl") && !word.contains("bi") {
        let mut others: Vec<char> = word.replace('b', "ж").chars().collect();
        stem(&mut others);
        assert_eq!(
            others
                .iter()
                .collect::<String>()
                .replace('ж', "b")
                .into_bytes(),
            bytes
        );
    }
});
