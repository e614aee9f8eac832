//! What one target and one prediction have in common, by each type of ROUGE.

use crate::kernels::rouge::lcs::RougeLcs;
use crate::kernels::rouge::ngrams::RougeNgrams;
use crate::kernels::rouge::readers::NumberedText;
use crate::kernels::rouge::score::RougeCounts;
use crate::kernels::rouge::union_lcs::UnionLcs;

/// One of the scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RougeType {
    /// Matching n-grams of so many words.
    Ngram(usize),
    /// The longest common subsequence of the whole texts.
    Lcs,
    /// The union of the longest common subsequences of sentences, which end at line feeds.
    SummaryLcs,
}

/// The words of one target and one prediction, numbered anew: 1 to `n_words` for the target's, 0 for all others.
#[derive(Default)]
pub struct PairCounter {
    /// For each of the reader's numbers, the stamp of the pair that has seen it last, and the number there.
    local: Vec<(u32, u32)>,
    stamp: u32,
    n_words: usize,
    target: NumberedText,
    prediction: NumberedText,
    ngrams: RougeNgrams,
    /// Matches of each order.
    ngram_hits: Vec<i64>,
    lcs: RougeLcs,
    /// Length of the longest common subsequence once it is known.
    lcs_length: Option<usize>,
    union: UnionLcs,
    /// How often the prediction has each word, less the hits so far.
    left: Vec<u32>,
}

impl PairCounter {
    /// Takes a pair, whose numbers are below `limit`.
    pub fn set(&mut self, target: &NumberedText, prediction: &NumberedText, limit: usize) {
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.local.clear();
            self.stamp = 1;
        }
        if self.local.len() < limit {
            self.local.resize(limit, (0, 0));
        }
        self.target.clear();
        self.prediction.clear();
        let mut n_words = 0;
        for &number in &target.words {
            let place = &mut self.local[number as usize];
            if place.0 != self.stamp {
                n_words += 1;
                *place = (self.stamp, n_words);
            }
            self.target.words.push(place.1);
        }
        for &number in &prediction.words {
            let (stamp, word) = self.local[number as usize];
            let known = stamp == self.stamp;
            self.prediction.words.push(if known { word } else { 0 });
        }
        self.n_words = n_words as usize;
        self.target
            .sentence_ends
            .extend_from_slice(&target.sentence_ends);
        self.prediction
            .sentence_ends
            .extend_from_slice(&prediction.sentence_ends);
        self.lcs_length = None;
    }

    /// Counts the matches of n-grams up to an order, as [`PairCounter::counts`] needs them.
    pub fn count_ngrams(&mut self, max_order: usize) {
        self.ngram_hits.clear();
        let (target, prediction) = (&self.target.words, &self.prediction.words);
        self.ngrams
            .for_each(target, prediction, self.n_words, max_order, |_, hits| {
                self.ngram_hits.push(hits);
            });
    }

    /// Hits, and n-grams or words of each side.
    pub fn counts(&mut self, kind: RougeType) -> RougeCounts {
        let (hits, order) = match kind {
            RougeType::Ngram(order) => (self.ngram_hits[order - 1], order),
            RougeType::Lcs => (self.lcs_length(), 1),
            RougeType::SummaryLcs => (self.summary_hits(), 1),
        };
        RougeCounts {
            hits,
            prediction: n_ngrams(&self.prediction, order),
            target: n_ngrams(&self.target, order),
        }
    }

    fn lcs_length(&mut self) -> i64 {
        let length = match self.lcs_length {
            Some(length) => length,
            None => self
                .lcs
                .length(&self.target.words, &self.prediction.words, self.n_words),
        };
        self.lcs_length = Some(length);
        to_i64(length)
    }

    fn summary_hits(&mut self) -> i64 {
        // With one sentence each the union is one subsequence, in which no word occurs more often than in either text.
        if self.target.sentence_ends.len() == 1 && self.prediction.sentence_ends.len() == 1 {
            return self.lcs_length();
        }
        self.left.clear();
        self.left.resize(self.n_words + 1, 0);
        for &id in &self.prediction.words {
            self.left[id as usize] += 1;
        }
        self.union.reset(self.n_words);
        let mut hits = 0;
        for sentence in sentences(&self.target) {
            // rouge-score counts what is left on the target's side too, which never runs out: each of its words is
            // hit once at most.
            self.union
                .for_each(sentence, sentences(&self.prediction), |id| {
                    let left = &mut self.left[id as usize];
                    hits += i64::from(*left > 0);
                    *left = left.saturating_sub(1);
                });
        }
        hits
    }
}

fn sentences(text: &NumberedText) -> impl Iterator<Item = &[u32]> {
    let mut start = 0;
    text.sentence_ends
        .iter()
        .map(move |&end| &text.words[std::mem::replace(&mut start, end)..end])
}

fn n_ngrams(text: &NumberedText, order: usize) -> i64 {
    to_i64((text.words.len() + 1).saturating_sub(order))
}

fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
