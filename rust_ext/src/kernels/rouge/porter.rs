//! Porter's stemmer with NLTK's extensions: `PorterStemmer` of nltk in its default mode (Porter, Program 14, 1980).

/// Words whose stem is looked up, not computed.
const IRREGULAR: [(&[u8], &[u8]); 16] = [
    (b"sky", b"sky"),
    (b"skies", b"sky"),
    (b"dying", b"die"),
    (b"lying", b"lie"),
    (b"tying", b"tie"),
    (b"news", b"news"),
    (b"innings", b"inning"),
    (b"inning", b"inning"),
    (b"outings", b"outing"),
    (b"outing", b"outing"),
    (b"cannings", b"canning"),
    (b"canning", b"canning"),
    (b"howe", b"howe"),
    (b"proceed", b"proceed"),
    (b"exceed", b"exceed"),
    (b"succeed", b"succeed"),
];

/// Suffix and replacement where the rest has a measure above 0; the first suffix found decides.
const STEP_2: [(&[u8], &[u8]); 21] = [
    (b"ational", b"ate"),
    (b"tional", b"tion"),
    (b"enci", b"ence"),
    (b"anci", b"ance"),
    (b"izer", b"ize"),
    (b"bli", b"ble"),
    (b"alli", b"al"),
    (b"entli", b"ent"),
    (b"eli", b"e"),
    (b"ousli", b"ous"),
    (b"ization", b"ize"),
    (b"ation", b"ate"),
    (b"ator", b"ate"),
    (b"alism", b"al"),
    (b"iveness", b"ive"),
    (b"fulness", b"ful"),
    (b"ousness", b"ous"),
    (b"aliti", b"al"),
    (b"iviti", b"ive"),
    (b"biliti", b"ble"),
    (b"fulli", b"ful"),
];

/// As in step 2.
const STEP_3: [(&[u8], &[u8]); 7] = [
    (b"icate", b"ic"),
    (b"ative", b""),
    (b"alize", b"al"),
    (b"iciti", b"ic"),
    (b"ical", b"ic"),
    (b"ful", b""),
    (b"ness", b""),
];

/// Suffixes that go where the rest has a measure above 1; the first one found decides.
const STEP_4: [&[u8]; 19] = [
    b"al", b"ance", b"ence", b"er", b"ic", b"able", b"ible", b"ant", b"ement", b"ment", b"ent",
    b"ion", b"ou", b"ism", b"ate", b"iti", b"ous", b"ive", b"ize",
];

/// One character of a word: `u8` where all are ASCII, else a code point.
pub trait Letter: Copy + Eq + From<u8> {}

impl<T: Copy + Eq + From<u8>> Letter for T {}

/// Replaces `word`, in lower case, by its stem, which is never longer.
pub fn stem<T: Letter>(word: &mut Vec<T>) {
    if let Some((_, stem)) = IRREGULAR
        .iter()
        .find(|(form, _)| form.len() == word.len() && ends_with(word, form))
    {
        replace_end(word, word.len(), stem);
        return;
    }
    if word.len() <= 2 {
        return;
    }
    step_1a(word);
    step_1b(word);
    step_1c(word);
    step_2(word);
    if let Some((suffix, replacement)) = STEP_3.iter().find(|(suffix, _)| ends_with(word, suffix))
        && measure(rest(word, suffix)) > 0
    {
        replace_end(word, suffix.len(), replacement);
    }
    step_4(word);
    step_5(word);
}

/// Plurals.
fn step_1a<T: Letter>(word: &mut Vec<T>) {
    if ends_with(word, b"ies") {
        let kept = if word.len() == 4 { 1 } else { 2 };
        word.truncate(word.len() - kept);
    } else if ends_with(word, b"sses") {
        word.truncate(word.len() - 2);
    } else if ends_with(word, b"s") && !ends_with(word, b"ss") {
        word.pop();
    }
}

/// Past tenses and participles.
fn step_1b<T: Letter>(word: &mut Vec<T>) {
    if ends_with(word, b"ied") {
        let kept = if word.len() == 4 { 1 } else { 2 };
        word.truncate(word.len() - kept);
        return;
    }
    if ends_with(word, b"eed") {
        if measure(rest(word, b"eed")) > 0 {
            word.pop();
        }
        return;
    }
    let suffixes: [&[u8]; 2] = [b"ed", b"ing"];
    let Some(suffix) = suffixes
        .into_iter()
        .find(|suffix| ends_with(word, suffix) && has_vowel(rest(word, suffix)))
    else {
        return;
    };
    word.truncate(word.len() - suffix.len());
    if [b"at", b"bl", b"iz"]
        .iter()
        .any(|&suffix| ends_with(word, suffix))
    {
        word.push(T::from(b'e'));
    } else if ends_in_double_consonant(word) {
        if ![b"l", b"s", b"z"]
            .iter()
            .any(|&letter| ends_with(word, letter))
        {
            word.pop();
        }
    } else if measure(word) == 1 && ends_cvc(word) {
        word.push(T::from(b'e'));
    }
}

/// A final y after a consonant that is not the first letter.
fn step_1c<T: Letter>(word: &mut [T]) {
    let n = word.len();
    if ends_with(word, b"y") && n > 2 && is_consonant(word, n - 2) {
        word[n - 1] = T::from(b'i');
    }
}

fn step_2<T: Letter>(word: &mut Vec<T>) {
    // This rule comes first, and the others follow it; what ends in "al" can do so only once.
    if ends_with(word, b"alli") && measure(rest(word, b"alli")) > 0 {
        word.truncate(word.len() - 2);
    }
    if let Some((suffix, replacement)) = STEP_2.iter().find(|(suffix, _)| ends_with(word, suffix)) {
        if measure(rest(word, suffix)) > 0 {
            replace_end(word, suffix.len(), replacement);
        }
    } else if ends_with(word, b"logi") && measure(rest(word, b"ogi")) > 0 {
        // The l counts as part of the rest, so that "geologi" is shortened too.
        word.pop();
    }
}

fn step_4<T: Letter>(word: &mut Vec<T>) {
    let Some(&suffix) = STEP_4.iter().find(|suffix| ends_with(word, suffix)) else {
        return;
    };
    let rest = rest(word, suffix);
    if measure(rest) > 1 && (suffix != b"ion" || ends_with(rest, b"s") || ends_with(rest, b"t")) {
        word.truncate(rest.len());
    }
}

/// A final e, then one of two final l.
fn step_5<T: Letter>(word: &mut Vec<T>) {
    if ends_with(word, b"e") {
        let rest = rest(word, b"e");
        let measure = measure(rest);
        if measure > 1 || measure == 1 && !ends_cvc(rest) {
            word.pop();
        }
    }
    if ends_with(word, b"ll") && measure(rest(word, b"l")) > 1 {
        word.pop();
    }
}

#[inline]
fn ends_with<T: Letter>(word: &[T], suffix: &[u8]) -> bool {
    // From the end, where most comparisons are over with the first or second letter.
    word.len() >= suffix.len()
        && word
            .iter()
            .rev()
            .zip(suffix.iter().rev())
            .all(|(&letter, &other)| letter == T::from(other))
}

fn rest<'a, T: Letter>(word: &'a [T], suffix: &[u8]) -> &'a [T] {
    rest_and_end(word, suffix.len()).0
}

fn rest_and_end<T: Letter>(word: &[T], n_end: usize) -> (&[T], &[T]) {
    word.split_at(word.len().saturating_sub(n_end))
}

fn replace_end<T: Letter>(word: &mut Vec<T>, n_end: usize, replacement: &[u8]) {
    word.truncate(word.len().saturating_sub(n_end));
    word.extend(replacement.iter().map(|&byte| T::from(byte)));
}

fn is_plain_vowel<T: Letter>(letter: T) -> bool {
    b"aeiou".iter().any(|&vowel| letter == T::from(vowel))
}

/// For each letter whether it is a consonant: none of a, e, i, o, u, and no y after a consonant.
fn consonants<T: Letter>(word: &[T]) -> impl Iterator<Item = bool> {
    word.iter().scan(false, |last, &letter| {
        *last = !is_plain_vowel(letter) && (letter != T::from(b'y') || !*last);
        Some(*last)
    })
}

fn is_consonant<T: Letter>(word: &[T], at: usize) -> bool {
    // Whether a y is one depends on the run of y that it ends and on what stands before that run.
    let n_y = word[..=at]
        .iter()
        .rev()
        .take_while(|&&letter| letter == T::from(b'y'))
        .count();
    let first = at + 1 - n_y;
    let before = first > 0 && !is_plain_vowel(word[first - 1]);
    before != (n_y % 2 == 1)
}

/// How often a vowel is followed by a consonant.
fn measure<T: Letter>(word: &[T]) -> usize {
    let mut last = true;
    let mut count = 0;
    for consonant in consonants(word) {
        count += usize::from(consonant && !last);
        last = consonant;
    }
    count
}

fn has_vowel<T: Letter>(word: &[T]) -> bool {
    consonants(word).any(|consonant| !consonant)
}

fn ends_in_double_consonant<T: Letter>(word: &[T]) -> bool {
    let n = word.len();
    n >= 2 && word[n - 1] == word[n - 2] && is_consonant(word, n - 1)
}

/// Consonant, vowel, consonant other than w, x and y; or a word of just vowel and consonant.
fn ends_cvc<T: Letter>(word: &[T]) -> bool {
    let n = word.len();
    if n < 2 || is_consonant(word, n - 2) || !is_consonant(word, n - 1) {
        return false;
    }
    let last = word[n - 1];
    n == 2 || is_consonant(word, n - 3) && !b"wxy".iter().any(|&letter| last == T::from(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem_of(word: &str) -> String {
        let mut bytes = word.as_bytes().to_vec();
        stem(&mut bytes);
        let mut letters: Vec<char> = word.chars().collect();
        stem(&mut letters);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, letters.iter().collect::<String>());
        text
    }

    #[test]
    fn examples_of_the_paper_and_of_the_extensions() {
        let examples = [
            ("caresses", "caress"),
            ("ponies", "poni"),
            ("ties", "tie"),
            ("cats", "cat"),
            ("feed", "feed"),
            ("agreed", "agre"),
            ("plastered", "plaster"),
            ("motoring", "motor"),
            ("sing", "sing"),
            ("conflated", "conflat"),
            ("hopping", "hop"),
            ("falling", "fall"),
            ("filing", "file"),
            ("happy", "happi"),
            ("enjoy", "enjoy"),
            ("relational", "relat"),
            ("generously", "gener"),
            ("radically", "radic"),
            ("geology", "geolog"),
            ("adoption", "adopt"),
            ("controll", "control"),
            ("probate", "probat"),
            ("died", "die"),
            ("spied", "spi"),
            ("skies", "sky"),
            ("dying", "die"),
            ("innings", "inning"),
            ("oed", "o"),
            ("ated", "ate"),
            ("11s", "11"),
        ];
        for (word, expected) in examples {
            assert_eq!(stem_of(word), expected, "{word}");
        }
    }

    #[test]
    fn every_short_word_of_the_letters_that_matter_ends() {
        let letters = b"aeyltsdgin1";
        let mut words = vec![Vec::new()];
        for _ in 0..5 {
            let longer: Vec<Vec<u8>> = words
                .iter()
                .flat_map(|word| {
                    letters
                        .iter()
                        .map(move |&letter| [&word[..], &[letter]].concat())
                })
                .collect();
            for word in &longer {
                let mut stemmed = word.clone();
                stem(&mut stemmed);
                assert!(stemmed.len() <= word.len());
            }
            words = longer;
            words.truncate(20_000);
        }
    }
}
