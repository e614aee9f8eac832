//! The integer statistics of ROUGE (Lin, ACL 2004 workshop), as rouge-score counts them, one row a prediction.

use std::cell::RefCell;

use crate::error::KernelError;
use crate::kernels::parallel::fill_rows;
use crate::kernels::rouge::lcs::RougeLcs;
use crate::kernels::rouge::ngrams::RougeNgrams;
use crate::kernels::rouge::score::RougeCounts;
use crate::kernels::rouge::unicode_words;
use crate::kernels::rouge::union_lcs::UnionLcs;
use crate::kernels::rouge::vocabulary::RougeVocabulary;
use crate::kernels::rouge::words::{Event, scan};
use crate::kernels::segments::group_references;

/// Predictions a thread takes at a time, at least.
const MIN_SEGMENTS: usize = 16;

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

/// How texts are cut into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RougeTokenization {
    /// rouge-score's: runs of a-z and 0-9.
    RougeScore,
    /// Runs of letters, digits and marks of any script; Chinese and Japanese characters one by one.
    Unicode,
}

/// The words of one text as numbers from 1 on, and where its sentences end; none is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberedText {
    /// The words.
    pub words: Vec<u32>,
    /// For each sentence the number of words up to its end.
    pub sentence_ends: Vec<usize>,
}

impl NumberedText {
    fn clear(&mut self) {
        self.words.clear();
        self.sentence_ends.clear();
    }

    /// Ends a sentence after `n_words` words in all, unless it has none of its own.
    pub fn end_sentence(&mut self, n_words: usize) {
        if n_words > self.sentence_ends.last().copied().unwrap_or(0) {
            self.sentence_ends.push(n_words);
        }
    }
}

/// Statistics of texts: for each prediction and type [hits, n-grams of the prediction, n-grams of the target].
///
/// `targets` holds the targets of all predictions one after the other, `target_counts` how many each has; of several
/// the one with the highest F counts, for each type apart, and the first of equals.
///
/// # Errors
///
/// A prediction without a target, counts that do not add up, or texts of 4 GiB or more to be compared.
pub fn rouge_statistics<T: AsRef<[u8]> + Sync>(
    targets: &[T],
    target_counts: &[i64],
    predictions: &[T],
    types: &[RougeType],
    tokenization: RougeTokenization,
    use_stemmer: bool,
) -> Result<Vec<i64>, KernelError> {
    let groups = group_references(targets, target_counts, predictions.len())?;
    for (group, prediction) in groups.iter().zip(predictions) {
        let texts = group.iter().chain([prediction]);
        let bytes = texts.map(|text| text.as_ref().len()).sum();
        if u32::try_from(bytes).is_err() {
            return Err(KernelError::TextTooLong { bytes });
        }
    }
    let new_reader = || TextReader::new(tokenization, use_stemmer);
    Ok(count_all(&groups, predictions, types, new_reader))
}

/// The same of texts whose words are numbered below `limit` already.
///
/// # Errors
///
/// A prediction without a target, or counts that do not add up.
pub fn rouge_statistics_of_numbers(
    targets: &[NumberedText],
    target_counts: &[i64],
    predictions: &[NumberedText],
    types: &[RougeType],
    limit: usize,
) -> Result<Vec<i64>, KernelError> {
    let groups = group_references(targets, target_counts, predictions.len())?;
    Ok(count_all(&groups, predictions, types, || NumberReader {
        limit,
    }))
}

fn count_all<T: Sync, R: Reader<T>>(
    groups: &[&[T]],
    predictions: &[T],
    types: &[RougeType],
    new_reader: impl Fn() -> R + Send + Sync,
) -> Vec<i64> {
    let width = 3 * types.len();
    let mut statistics = vec![0; predictions.len() * width];
    if width > 0 {
        fill_rows(
            &mut statistics,
            width,
            MIN_SEGMENTS,
            || Counter::new(types, new_reader()),
            |counter, index, row| counter.fill(row, groups[index], &predictions[index]),
        );
    }
    statistics
}

/// Turns texts into numbers that are the same for the same words from one `begin` to the next.
trait Reader<T> {
    fn begin(&mut self);
    fn read(&mut self, text: &T, into: &mut NumberedText);
    /// One more than the highest number so far.
    fn limit(&self) -> usize;
}

thread_local! {
    /// The vocabularies of this thread, without and with stems, while nobody uses them: a word is stemmed once for all
    /// calls, and a call for one pair sets up no tables.
    static KEPT: RefCell<[Option<RougeVocabulary>; 2]> = const { RefCell::new([None, None]) };
}

struct TextReader {
    tokenization: RougeTokenization,
    use_stemmer: bool,
    vocabulary: RougeVocabulary,
    lowered: Vec<u8>,
    spans: Vec<(u32, u32)>,
}

impl TextReader {
    fn new(tokenization: RougeTokenization, use_stemmer: bool) -> Self {
        let kept = KEPT.with_borrow_mut(|kept| kept[usize::from(use_stemmer)].take());
        Self {
            tokenization,
            use_stemmer,
            vocabulary: kept.unwrap_or_else(|| RougeVocabulary::new(use_stemmer)),
            lowered: Vec::new(),
            spans: Vec::new(),
        }
    }
}

impl Drop for TextReader {
    fn drop(&mut self) {
        let used = std::mem::take(&mut self.vocabulary);
        KEPT.with_borrow_mut(|kept| kept[usize::from(self.use_stemmer)] = Some(used));
    }
}

impl<T: AsRef<[u8]>> Reader<T> for TextReader {
    fn begin(&mut self) {
        self.vocabulary.make_room();
    }

    fn read(&mut self, text: &T, into: &mut NumberedText) {
        into.clear();
        self.spans.clear();
        let spans = &mut self.spans;
        let note = |_: &[u8], event: Event| match event {
            Event::Word(start, end) => spans.push((start as u32, end as u32)),
            Event::LineEnd => into.end_sentence(spans.len()),
        };
        match self.tokenization {
            RougeTokenization::RougeScore => scan(text.as_ref(), &mut self.lowered, note),
            RougeTokenization::Unicode => {
                unicode_words::scan(text.as_ref(), &mut self.lowered, note);
            }
        }
        into.end_sentence(self.spans.len());
        self.vocabulary
            .number_all(&self.lowered, &self.spans, &mut into.words);
    }

    fn limit(&self) -> usize {
        self.vocabulary.limit()
    }
}

struct NumberReader {
    limit: usize,
}

impl Reader<NumberedText> for NumberReader {
    fn begin(&mut self) {}

    fn read(&mut self, text: &NumberedText, into: &mut NumberedText) {
        into.clone_from(text);
    }

    fn limit(&self) -> usize {
        self.limit
    }
}

/// Counts one prediction after another with the same buffers.
struct Counter<'a, R> {
    types: &'a [RougeType],
    max_order: usize,
    reader: R,
    target: NumberedText,
    prediction: NumberedText,
    pair: PairCounter,
}

impl<'a, R> Counter<'a, R> {
    fn new(types: &'a [RougeType], reader: R) -> Self {
        let orders = types.iter().map(|kind| match kind {
            RougeType::Ngram(order) => *order,
            _ => 0,
        });
        Self {
            types,
            max_order: orders.max().unwrap_or(0),
            reader,
            target: NumberedText::default(),
            prediction: NumberedText::default(),
            pair: PairCounter::default(),
        }
    }

    fn fill<T>(&mut self, row: &mut [i64], targets: &[T], prediction: &T)
    where
        R: Reader<T>,
    {
        self.reader.begin();
        self.reader.read(prediction, &mut self.prediction);
        let mut best = vec![-1.0; self.types.len()];
        for target in targets {
            self.reader.read(target, &mut self.target);
            self.pair
                .set(&self.target, &self.prediction, self.reader.limit());
            self.pair.count_ngrams(self.max_order);
            let places = row.chunks_exact_mut(3).zip(&mut best);
            for (&kind, (place, best)) in self.types.iter().zip(places) {
                let counts = self.pair.counts(kind);
                let [_, _, f] = counts.scores();
                if f > *best {
                    *best = f;
                    place.copy_from_slice(&[counts.hits, counts.prediction, counts.target]);
                }
            }
        }
    }
}

/// The words of one target and one prediction, numbered anew: 1 to `n_words` for the target's, 0 for all others.
#[derive(Default)]
struct PairCounter {
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
    fn set(&mut self, target: &NumberedText, prediction: &NumberedText, limit: usize) {
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

    fn count_ngrams(&mut self, max_order: usize) {
        self.ngram_hits.clear();
        let (target, prediction) = (&self.target.words, &self.prediction.words);
        self.ngrams
            .for_each(target, prediction, self.n_words, max_order, |_, hits| {
                self.ngram_hits.push(hits);
            });
    }

    fn counts(&mut self, kind: RougeType) -> RougeCounts {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(targets: &[&str], prediction: &str, types: &[RougeType], use_stemmer: bool) -> Vec<i64> {
        let counts = [to_i64(targets.len())];
        let tokenization = RougeTokenization::RougeScore;
        rouge_statistics(
            targets,
            &counts,
            &[prediction],
            types,
            tokenization,
            use_stemmer,
        )
        .unwrap()
    }

    #[test]
    fn counts_of_one_pair() {
        let types = [
            RougeType::Ngram(1),
            RougeType::Ngram(2),
            RougeType::Lcs,
            RougeType::SummaryLcs,
        ];
        let target = "The quick brown fox jumps over the lazy dog";
        let prediction = "The quick brown dog jumps on the log.";
        assert_eq!(
            row(&[target], prediction, &types, true),
            [6, 8, 9, 2, 7, 8, 5, 8, 9, 5, 8, 9]
        );
        assert_eq!(row(&[""], "", &types, false), [0; 12]);
        assert_eq!(row(&["a"], "b", &[], false), Vec::<i64>::new());
    }

    #[test]
    fn lins_example_of_the_union() {
        // Lin 2004, section 3.2: w1 w2 w3 w4 w5 against two sentences, of which the union has 4 words.
        let prediction = "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5";
        let counted = row(
            &["w1 w2 w3 w4 w5"],
            prediction,
            &[RougeType::SummaryLcs],
            false,
        );
        assert_eq!(counted, [4, 10, 5]);
    }

    #[test]
    fn a_word_is_hit_no_more_often_than_the_prediction_has_it() {
        let counted = row(&["a b\na c\na"], "a\nb", &[RougeType::SummaryLcs], false);
        assert_eq!(counted, [2, 2, 5]);
    }

    #[test]
    fn each_type_takes_its_best_target_and_the_first_of_equals() {
        let types = [RougeType::Ngram(1), RougeType::Ngram(2)];
        let counted = row(&["c b a", "a b x y z", "b c a"], "a b c", &types, false);
        assert_eq!(counted, [3, 3, 3, 1, 2, 2]);
        let counted = row(&["x", "y y"], "a", &types, false);
        assert_eq!(counted, [0, 1, 1, 0, 0, 0]);
    }

    #[test]
    fn numbers_give_what_words_give() {
        let text = |words: &[u32], ends: &[usize]| NumberedText {
            words: words.to_vec(),
            sentence_ends: ends.to_vec(),
        };
        let types = [RougeType::Ngram(1), RougeType::Lcs, RougeType::SummaryLcs];
        let target = text(&[3, 1, 2], &[1, 3]);
        let prediction = text(&[2, 3, 4], &[3]);
        let counted =
            rouge_statistics_of_numbers(&[target], &[1], &[prediction], &types, 5).unwrap();
        assert_eq!(counted, row(&["c\na b"], "b c d", &types, false));
    }

    #[test]
    fn misfit_targets_are_refused() {
        let run = |counts: &[i64]| {
            let (texts, unicode) = (["a", "b"], RougeTokenization::Unicode);
            rouge_statistics(&texts, counts, &texts, &[RougeType::Lcs], unicode, false)
        };
        assert!(matches!(
            run(&[2, 0]),
            Err(KernelError::NoReference { segment: 1 })
        ));
        assert!(matches!(run(&[1, 2]), Err(KernelError::Lengths { .. })));
        assert!(matches!(run(&[2]), Err(KernelError::Lengths { .. })));
    }
}
