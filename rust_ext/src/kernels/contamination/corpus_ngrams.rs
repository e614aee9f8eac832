//! Hashes of the n-grams of texts: all of them in order, or the different ones of each document.

use rayon::prelude::*;

use crate::kernels::contamination::corpus_words::{WordHasher, scan};
use crate::kernels::contamination::rolling_ngrams::{Length, Rolling};
use crate::kernels::parallel::threads_available;

/// Documents a thread takes at a time, at least.
const MIN_DOCUMENTS: usize = 16;

/// The n-grams of some texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ngrams {
    /// Hashes, text after text.
    pub hashes: Vec<u64>,
    /// Hashes of each text.
    pub counts: Vec<i64>,
    /// Words of each text.
    pub n_words: Vec<i64>,
}

/// Hashes of the n-grams of each text, 1 <= `n` <= `MAX_N`; with `distinct`, sorted and each once a text.
pub fn ngrams<T: AsRef<[u8]> + Sync>(texts: &[T], n: usize, seed: u64, distinct: bool) -> Ngrams {
    let parts: Vec<Ngrams> = if texts.len() > MIN_DOCUMENTS && threads_available() {
        let size = texts.len().div_ceil(4 * rayon::current_num_threads());
        texts
            .par_chunks(size.max(MIN_DOCUMENTS))
            .map(|part| ngrams_of(part, n, seed, distinct))
            .collect()
    } else {
        vec![ngrams_of(texts, n, seed, distinct)]
    };
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    for part in parts {
        all.hashes.extend_from_slice(&part.hashes);
        all.counts.extend_from_slice(&part.counts);
        all.n_words.extend_from_slice(&part.n_words);
    }
    all
}

fn ngrams_of<T: AsRef<[u8]>>(texts: &[T], n: usize, seed: u64, distinct: bool) -> Ngrams {
    let (length, hasher) = (Length::new(n), WordHasher::new(seed));
    let (mut rolling, mut scratch) = (Rolling::default(), Vec::new());
    let mut found = Ngrams::default();
    let mut own = Vec::new();
    for text in texts {
        rolling.reset();
        own.clear();
        scan(text.as_ref(), hasher, &mut scratch, |word, _, _| {
            rolling.push(word);
            if let Some(hash) = rolling.last_ngram(length) {
                own.push(hash);
            }
        });
        if distinct {
            own.sort_unstable();
            own.dedup();
        }
        found.hashes.extend_from_slice(&own);
        found.counts.push(as_count(own.len()));
        found.n_words.push(as_count(rolling.len()));
    }
    found
}

/// Start and end of each word, in code points, text after text; and the words of each text.
pub fn word_spans<T: AsRef<[u8]>>(texts: &[T]) -> (Vec<i64>, Vec<i64>) {
    let hasher = WordHasher::new(0);
    let (mut spans, mut counts, mut scratch) = (Vec::new(), Vec::new(), Vec::new());
    for text in texts {
        let text = text.as_ref();
        let before = spans.len();
        let (mut at, mut point) = (0, 0);
        let mut point_at = |byte: usize| {
            // Words come in order, so that each byte is looked at once.
            point += code_points(&text[at..byte]);
            at = byte;
            point
        };
        scan(text, hasher, &mut scratch, |_, start, end| {
            spans.push(point_at(start));
            spans.push(point_at(end));
        });
        counts.push(as_count((spans.len() - before) / 2));
    }
    (spans, counts)
}

fn code_points(bytes: &[u8]) -> i64 {
    as_count(bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count())
}

/// A number of things in memory, as numpy takes it.
pub(crate) fn as_count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_has_a_hash() {
        let found = ngrams(&["a b c a b", "a b", "", "A, b! c?"], 3, 1, false);
        assert_eq!(found.counts, [3, 0, 0, 1]);
        assert_eq!(found.n_words, [5, 2, 0, 3]);
        assert_eq!(found.hashes[0], found.hashes[3]);
        assert_ne!(found.hashes[0], found.hashes[1]);
    }

    #[test]
    fn distinct_ones_are_sorted_and_counted_once_a_text() {
        let found = ngrams(&["a b a b a b", "a b"], 2, 0, true);
        assert_eq!(found.counts, [2, 1]);
        assert!(found.hashes[0] < found.hashes[1]);
        assert!(found.hashes[..2].contains(&found.hashes[2]));
    }

    #[test]
    fn threads_change_nothing() {
        let texts: Vec<String> = (0..200)
            .map(|i| format!("word{i} a b c d word{} e f", i % 7))
            .collect();
        let found = ngrams(&texts, 3, 5, true);
        let mut expected = Ngrams::default();
        for text in &texts {
            let one = ngrams(&[text], 3, 5, true);
            expected.hashes.extend(one.hashes);
            expected.counts.extend(one.counts);
            expected.n_words.extend(one.n_words);
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn spans_are_code_points() {
        assert_eq!(
            word_spans(&["é, ab 中文!", ""]),
            (vec![0, 1, 3, 5, 6, 7, 7, 8], vec![4, 0])
        );
    }
}
