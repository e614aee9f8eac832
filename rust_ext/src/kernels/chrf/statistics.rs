//! The integer statistics of chrF, one row a segment (Popović, WMT 2015 and 2017; conventions of sacrebleu 2.6).

#![allow(clippy::cast_possible_wrap)] // lengths are far below 2^63

use crate::error::KernelError;
use crate::kernels::characters::python_whitespace::split;
use crate::kernels::chrf::common_ngrams::CommonNgrams;
use crate::kernels::chrf::score::{FScoreOptions, f_score};
use crate::kernels::chrf::wide_common_ngrams::count_common;
use crate::kernels::numbering::char_numbers::{CharNumbers, code_points};
use crate::kernels::numbering::word_ids::WordIds;
use crate::kernels::parallel::fill_rows;
use crate::kernels::segments::{check_sizes, group_references};

/// Segments a thread takes at a time, at least: fewer are done faster than handed over.
const MIN_SEGMENTS: usize = 16;

/// What is counted, and how the best of several references is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChrfOptions {
    /// Longest character n-grams; 0 for none.
    pub char_order: usize,
    /// Longest word n-grams; 0 for none.
    pub word_order: usize,
    /// Whether whitespace is part of character n-grams.
    pub keep_whitespace: bool,
    /// How a segment's statistics become its score.
    pub score: FScoreOptions,
}

impl ChrfOptions {
    /// Numbers in a row: n-grams of the hypothesis, of the reference and of both, for each order.
    #[must_use]
    pub fn width(&self) -> usize {
        3 * (self.char_order + self.word_order)
    }
}

/// For each segment and order of characters, then of words: n-grams of the hypothesis, of the reference, and of both.
///
/// `references` holds the references of all segments one after the other, `reference_counts` how many each has; of
/// several the first with the best score counts. Texts are UTF-8, in which lone surrogates may be encoded too.
///
/// # Errors
///
/// A segment without references, counts that do not add up to the references, or a text of 4 GiB or more.
pub fn chrf_statistics<T: AsRef<[u8]> + Sync>(
    hypotheses: &[T],
    references: &[T],
    reference_counts: &[i64],
    options: ChrfOptions,
) -> Result<Vec<i64>, KernelError> {
    let references = group_references(references, reference_counts, hypotheses.len())?;
    check_sizes(hypotheses)?;
    for group in &references {
        check_sizes(group)?;
    }
    let width = options.width();
    let mut statistics = vec![0; hypotheses.len() * width];
    if width > 0 {
        fill_rows(
            &mut statistics,
            width,
            MIN_SEGMENTS,
            || SegmentCounter::new(options),
            |counter, index, row| counter.fill(row, hypotheses[index].as_ref(), references[index]),
        );
    }
    Ok(statistics)
}

/// Counts one segment after another with the same buffers.
struct SegmentCounter {
    options: ChrfOptions,
    numbers: CharNumbers,
    hypothesis_chars: Vec<u8>,
    reference_chars: Vec<u8>,
    words: WordIds,
    spans: Vec<(usize, usize)>,
    hypothesis_words: Vec<u32>,
    reference_words: Vec<u32>,
    counter: CommonNgrams,
    common: Vec<i64>,
    row: Vec<i64>,
}

impl SegmentCounter {
    fn new(options: ChrfOptions) -> Self {
        Self {
            options,
            numbers: CharNumbers::new(options.keep_whitespace),
            hypothesis_chars: Vec::new(),
            reference_chars: Vec::new(),
            words: WordIds::default(),
            spans: Vec::new(),
            hypothesis_words: Vec::new(),
            reference_words: Vec::new(),
            counter: CommonNgrams::default(),
            common: Vec::new(),
            row: vec![0; options.width()],
        }
    }

    fn fill<T: AsRef<[u8]>>(&mut self, best: &mut [i64], hypothesis: &[u8], references: &[T]) {
        self.numbers.reset();
        let numbered = self.options.char_order > 0
            && self.numbers.number(hypothesis, &mut self.hypothesis_chars);
        if self.options.word_order > 0 {
            self.number_words(hypothesis);
        }
        let mut row = std::mem::take(&mut self.row);
        let mut best_score = -1.0;
        for reference in references {
            let reference = reference.as_ref();
            let (chars, words) = row.split_at_mut(3 * self.options.char_order);
            self.count_chars(chars, hypothesis, reference, numbered);
            self.count_words(words, hypothesis, reference);
            if references.len() == 1 {
                best.copy_from_slice(&row);
                break;
            }
            let statistics: Vec<f64> = row.iter().map(|&count| count as f64).collect();
            let score = f_score(&statistics, self.options.score);
            if score > best_score {
                best_score = score;
                best.copy_from_slice(&row);
            }
        }
        self.row = row;
    }

    fn count_chars(
        &mut self,
        row: &mut [i64],
        hypothesis: &[u8],
        reference: &[u8],
        numbered: bool,
    ) {
        let max_order = self.options.char_order;
        if max_order == 0 {
            return;
        }
        self.common.resize(max_order, 0);
        if numbered && self.numbers.number(reference, &mut self.reference_chars) {
            let (first, second) = (&self.hypothesis_chars, &self.reference_chars);
            let n_numbers = self.numbers.len();
            if CommonNgrams::fits(first.len() + second.len(), n_numbers, max_order) {
                self.counter
                    .count(first, second, n_numbers, &mut self.common);
            } else {
                count_common(first, second, &mut self.common);
            }
            write_row(row, first.len(), second.len(), &self.common);
        } else {
            let (mut first, mut second) = (Vec::new(), Vec::new());
            code_points(hypothesis, self.options.keep_whitespace, &mut first);
            code_points(reference, self.options.keep_whitespace, &mut second);
            count_common(&first, &second, &mut self.common);
            write_row(row, first.len(), second.len(), &self.common);
        }
    }

    fn number_words(&mut self, hypothesis: &[u8]) {
        self.spans.clear();
        separate_words(hypothesis, |start, end| self.spans.push((start, end)));
        self.words.reset(self.spans.len());
        self.hypothesis_words.clear();
        for &(start, end) in &self.spans {
            self.hypothesis_words
                .push(self.words.insert(hypothesis, start, end));
        }
    }

    fn count_words(&mut self, row: &mut [i64], hypothesis: &[u8], reference: &[u8]) {
        let max_order = self.options.word_order;
        if max_order == 0 {
            return;
        }
        self.common.resize(max_order, 0);
        // All words that the hypothesis lacks share one number: they match nothing.
        let unknown = self.words.len() as u32 + 1;
        self.reference_words.clear();
        separate_words(reference, |start, end| {
            let number = self.words.find(hypothesis, reference, start, end);
            self.reference_words
                .push(if number == 0 { unknown } else { number });
        });
        let (first, second) = (&self.hypothesis_words, &self.reference_words);
        let n_numbers = unknown as usize;
        if CommonNgrams::fits(first.len() + second.len(), n_numbers, max_order) {
            self.counter
                .count(first, second, n_numbers, &mut self.common);
        } else {
            count_common(first, second, &mut self.common);
        }
        write_row(row, first.len(), second.len(), &self.common);
    }
}

/// Calls `emit(start, end)` for each word: split on whitespace, then one punctuation mark set apart, the last character
/// or else the first.
fn separate_words(text: &[u8], mut emit: impl FnMut(usize, usize)) {
    split(text, |start, end| {
        if end - start > 1 && text[end - 1].is_ascii_punctuation() {
            emit(start, end - 1);
            emit(end - 1, end);
        } else if end - start > 1 && text[start].is_ascii_punctuation() {
            emit(start, start + 1);
            emit(start + 1, end);
        } else {
            emit(start, end);
        }
    });
}

/// Writes [hypothesis, reference, common] of each order; a hypothesis has no n-grams of an order the reference lacks.
fn write_row(row: &mut [i64], n_hypothesis: usize, n_reference: usize, common: &[i64]) {
    for ((row, &common), before) in row.chunks_exact_mut(3).zip(common).zip(0..) {
        let (in_hypothesis, in_reference) = (
            n_hypothesis.saturating_sub(before),
            n_reference.saturating_sub(before),
        );
        row[0] = if in_reference > 0 {
            in_hypothesis as i64
        } else {
            0
        };
        row[1] = in_reference as i64;
        row[2] = common;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(char_order: usize, word_order: usize) -> ChrfOptions {
        ChrfOptions {
            char_order,
            word_order,
            keep_whitespace: false,
            score: FScoreOptions {
                beta_squared: 4.0,
                eps_smoothing: false,
            },
        }
    }

    fn row(hypothesis: &str, references: &[&str], options: ChrfOptions) -> Vec<i64> {
        let count = references.len() as i64;
        chrf_statistics(&[hypothesis], references, &[count], options).unwrap()
    }

    #[test]
    fn whitespace_is_left_out_or_counted() {
        assert_eq!(
            row("a b\u{3000}c", &["ab c"], options(2, 0)),
            [3, 3, 3, 2, 2, 2]
        );
        let kept = ChrfOptions {
            keep_whitespace: true,
            ..options(2, 0)
        };
        assert_eq!(row("a b", &["ab c"], kept), [3, 4, 3, 2, 3, 0]);
    }

    #[test]
    fn orders_that_the_reference_lacks_do_not_count() {
        assert_eq!(
            row("abc", &["ab"], options(3, 0)),
            [3, 2, 2, 2, 1, 1, 0, 0, 0]
        );
        assert_eq!(row("abc", &[""], options(2, 0)), [0; 6]);
    }

    #[test]
    fn one_punctuation_mark_a_word_is_set_apart() {
        let words = |text: &str| {
            let mut found = Vec::new();
            separate_words(text.as_bytes(), |start, end| {
                found.push(text[start..end].to_owned());
            });
            found
        };
        assert_eq!(
            words("(hi) (hi -- é. ."),
            ["(hi", ")", "(", "hi", "-", "-", "é", ".", "."]
        );
        assert_eq!(row("a b.", &["x b ."], options(0, 2)), [3, 3, 2, 2, 2, 1]);
    }

    #[test]
    fn the_first_of_the_best_references_counts() {
        let row = row("abc", &["xyz", "abd", "dab", "abcdefgh"], options(1, 0));
        assert_eq!(row, [3, 3, 2]);
    }

    #[test]
    fn more_characters_than_there_are_numbers() {
        let text: String = ('\u{4e00}'..).take(300).collect();
        assert_eq!(
            row(&text, &["a", &text], options(2, 0)),
            [300, 300, 300, 299, 299, 299]
        );
        assert_eq!(row("a", &[&text, "a"], options(1, 0)), [1, 1, 1]);
    }

    #[test]
    fn long_texts_and_high_orders() {
        let text = "ab ".repeat(20_000);
        let found = row(&text, &[&text], options(9, 1));
        assert_eq!(found[..3], [40_000; 3]);
        assert_eq!(found[24..27], [39_992; 3]);
        assert_eq!(found[27..], [20_000; 3]);
    }

    #[test]
    fn no_orders_no_numbers() {
        assert!(row("a", &["a"], options(0, 0)).is_empty());
    }
}
