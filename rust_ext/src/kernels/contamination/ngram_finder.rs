//! Which n-grams of the items are among the words of a document, word by word compared.

use crate::kernels::contamination::corpus_words::normalize;
use crate::kernels::contamination::item_ngrams::{ItemNgrams, Place};
use crate::kernels::contamination::rolling_ngrams::{Length, MAX_N, append};

/// Words to read before they are looked at.
const CHUNK: usize = 1024;
/// N-grams found in a document before repetitions are forgotten.
const MIN_CROWDED: usize = 1 << 14;

/// The words of a document that were read last: those to look at, and before them those that n-grams reach back to.
#[derive(Default)]
pub struct RecentWords {
    /// The polynomial before the first of them, and after each.
    polynomials: Vec<u64>,
    /// The last of them.
    polynomial: u64,
    /// Where each starts and ends.
    spans: Vec<(usize, usize)>,
    /// How many of them were looked at.
    n_old: usize,
    /// How many of the document's words are forgotten.
    n_forgotten: usize,
}

impl RecentWords {
    /// Begins with a document.
    pub fn reset(&mut self) {
        self.polynomials.clear();
        self.polynomials.push(0);
        self.polynomial = 0;
        self.spans.clear();
        (self.n_old, self.n_forgotten) = (0, 0);
    }

    /// Adds a word: its hash, and where it starts and ends.
    #[inline]
    pub fn push(&mut self, word: u64, start: usize, end: usize) {
        self.polynomial = append(self.polynomial, word);
        self.polynomials.push(self.polynomial);
        self.spans.push((start, end));
    }

    /// Whether so many are new that they should be looked at.
    #[inline]
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.spans.len() >= self.n_old + CHUNK
    }

    /// Marks all as looked at, and keeps what n-grams to come may reach back to.
    pub fn forget(&mut self) {
        let n = self.spans.len().saturating_sub(MAX_N);
        self.polynomials.drain(..n);
        self.spans.drain(..n);
        self.n_forgotten += n;
        self.n_old = self.spans.len();
    }
}

/// Finds the items' n-grams among the words of a document.
pub struct NgramFinder<'a> {
    items: &'a ItemNgrams,
    /// Words that end an n-gram which the filter lets pass.
    candidates: Vec<u32>,
    /// N-grams found in this document, some of them more than once.
    found: Vec<u32>,
    /// Length of `found` at which to forget repetitions.
    crowded: usize,
    verifier: Verifier,
}

impl<'a> NgramFinder<'a> {
    /// A finder with buffers of its own.
    #[must_use]
    pub fn new(items: &'a ItemNgrams) -> Self {
        Self {
            items,
            candidates: vec![0; CHUNK],
            found: Vec::new(),
            crowded: 0,
            verifier: Verifier::default(),
        }
    }

    /// Begins with a document.
    pub fn reset(&mut self) {
        self.found.clear();
        self.crowded = MIN_CROWDED;
        self.verifier.reset();
    }

    /// The n-grams found in the document, each once.
    pub fn take_found(&mut self) -> &[u32] {
        self.found.sort_unstable();
        self.found.dedup();
        &self.found
    }

    /// Looks at the n-grams that end in new words. The filter is asked for all of them first, one after the other
    /// without a branch, so that the processor waits for many of its answers at once.
    pub fn look_through(&mut self, text: &[u8], words: &RecentWords) {
        for probe in self.items.probes() {
            let (n_words, asked) = (words.spans.len(), probe.asked);
            let first = (words.n_old + 1).max(asked.n);
            if first > n_words {
                continue;
            }
            let before = &words.polynomials[first - asked.n..=n_words - asked.n];
            let after = &words.polynomials[first..=n_words];
            let mut n_candidates = 0;
            for (index, (&before, &after)) in before.iter().zip(after).enumerate() {
                self.candidates[n_candidates] = index as u32;
                n_candidates += usize::from(self.items.may_hold(asked.between(before, after)));
            }
            for candidate in 0..n_candidates {
                let end = first + self.candidates[candidate] as usize;
                for &length in probe.lengths.iter().filter(|length| length.n <= end) {
                    self.look_at(text, words, end, length);
                }
            }
            if self.found.len() > self.crowded {
                self.found.sort_unstable();
                self.found.dedup();
                self.crowded = MIN_CROWDED.max(2 * self.found.len());
            }
        }
    }

    /// Looks at the n-gram of this length before word `end`.
    fn look_at(&mut self, text: &[u8], words: &RecentWords, end: usize, length: Length) {
        let first = end - length.n;
        let window = Window {
            text,
            first: words.spans[first].0,
            last: words.spans[end - 1].0,
            end: words.spans[end - 1].1,
            n: length.n,
            n_words: words.n_forgotten + end,
        };
        let hash = length.between(words.polynomials[first], words.polynomials[end]);
        let verifier = &mut self.verifier;
        let ngram = self
            .items
            .find(hash, |place| verifier.is_equal(&window, place));
        self.found.extend(ngram);
    }
}

/// The last words of a document up to where it was read.
struct Window<'a> {
    text: &'a [u8],
    /// Where its first and last word start, and where it ends.
    first: usize,
    last: usize,
    end: usize,
    n: usize,
    /// Words of the document so far.
    n_words: usize,
}

/// Compares words themselves, so that no collision of hashes is ever taken for a match.
#[derive(Default)]
struct Verifier {
    /// Words of the document, length, and the n-gram's second word and end, of the last match.
    last: Option<(usize, usize, usize, usize)>,
    scratch: Vec<u8>,
    written: Vec<u8>,
}

impl Verifier {
    fn reset(&mut self) {
        self.last = None;
    }

    fn is_equal(&mut self, window: &Window<'_>, place: Place<'_>) -> bool {
        // Where this n-gram follows the last match in the items too, all but its last word were compared with it.
        let (from, expected) = match self.last {
            Some((n_words, n, second, end))
                if n_words + 1 == window.n_words && n == window.n && second == place.start =>
            {
                (window.last, place.text_from(end + 1))
            }
            _ => (window.first, place.text()),
        };
        self.written.clear();
        normalize(
            &window.text[from..window.end],
            &mut self.scratch,
            &mut self.written,
        );
        let is_equal = self.written == expected;
        if is_equal {
            self.last = Some((window.n_words, window.n, place.second, place.end));
        }
        is_equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_alone_do_not_match() {
        let items = ItemNgrams::new(&["a b c"], 2, 1, 0);
        let window = Window {
            text: b"a x",
            first: 0,
            last: 2,
            end: 3,
            n: 2,
            n_words: 2,
        };
        let [a, b] = [b"a", b"b"].map(|word| items.hasher().hash(word));
        let hash = Length::new(2).between(0, append(append(0, a), b));
        let mut verifier = Verifier::default();
        assert!(items.may_hold(hash));
        assert_eq!(
            items.find(hash, |place| verifier.is_equal(&window, place)),
            None
        );
    }
}
