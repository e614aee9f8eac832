//! The integer statistics of BLEU, one row a segment (Papineni et al., ACL 2002; conventions of sacrebleu 2.6).

use crate::error::KernelError;
use crate::kernels::bleu::ngram_counts::NgramCounts;
use crate::kernels::bleu::wide_ngram_counts::WideNgramCounts;
use crate::kernels::numbering::char_numbers::CharNumbers;
use crate::kernels::numbering::word_ids::WordIds;
use crate::kernels::parallel::fill_rows;
use crate::kernels::segments::{check_sizes, group_references};
use crate::kernels::tokenizers::tokenization::Tokenization;

/// Segments a thread takes at a time, at least: fewer are done faster than handed over.
const MIN_SEGMENTS: usize = 32;

/// For each segment: hypothesis length, closest reference length, then clipped matches and n-grams of each order.
///
/// `references` holds the references of all segments one after the other, `reference_counts` how many each has. Texts
/// are UTF-8, in which lone surrogates may be encoded too. The result has `2 + 2 * max_order` numbers a segment.
///
/// # Errors
///
/// A segment without references, counts that do not add up to the references, or a text of 4 GiB or more.
pub fn bleu_statistics<T: AsRef<[u8]> + Sync>(
    hypotheses: &[T],
    references: &[T],
    reference_counts: &[i64],
    tokenization: Tokenization,
    max_order: usize,
) -> Result<Vec<i64>, KernelError> {
    let references = group_references(references, reference_counts, hypotheses.len())?;
    check_sizes(hypotheses)?;
    for group in &references {
        check_sizes(group)?;
    }
    let width = 2 + 2 * max_order;
    let mut statistics = vec![0; hypotheses.len() * width];
    fill_rows(
        &mut statistics,
        width,
        MIN_SEGMENTS,
        || SegmentCounter::new(tokenization, max_order),
        |counter, index, row| counter.fill(row, hypotheses[index].as_ref(), references[index]),
    );
    Ok(statistics)
}

/// Counts one segment after another with the same buffers.
struct SegmentCounter {
    tokenization: Tokenization,
    max_order: usize,
    spans: Vec<(u32, u32)>,
    words: WordIds,
    ids: Vec<u32>,
    hypothesis_ids: Vec<u32>,
    narrow: NgramCounts,
    wide: WideNgramCounts,
    /// For words that are characters.
    characters: Option<CharNumbers>,
    numbers: Vec<u8>,
}

impl SegmentCounter {
    fn new(tokenization: Tokenization, max_order: usize) -> Self {
        Self {
            tokenization,
            max_order,
            spans: Vec::new(),
            words: WordIds::default(),
            ids: Vec::new(),
            hypothesis_ids: Vec::new(),
            narrow: NgramCounts::default(),
            wide: WideNgramCounts::default(),
            characters: (tokenization == Tokenization::Char).then(|| CharNumbers::new(false)),
            numbers: Vec::new(),
        }
    }

    fn fill<T: AsRef<[u8]>>(&mut self, row: &mut [i64], hypothesis: &[u8], references: &[T]) {
        if let [reference] = references {
            if self.fill_characters(row, hypothesis, reference.as_ref()) {
                return;
            }
        }
        let (hypothesis, cleaned) = self.tokenization.split(hypothesis, &mut self.spans);
        let hypothesis = cleaned.as_deref().unwrap_or(hypothesis);
        let n_tokens = self.spans.len();
        self.words.reset(n_tokens);
        self.ids.clear();
        for &(start, end) in &self.spans {
            self.ids
                .push(self.words.insert(hypothesis, start as usize, end as usize));
        }
        let mut closest = None;
        let mut note_length = |length: usize| {
            let candidate = (length.abs_diff(n_tokens), length);
            closest = Some(closest.map_or(candidate, |best: (usize, usize)| best.min(candidate)));
        };
        let (correct, total) = row[2..].split_at_mut(self.max_order);
        if NgramCounts::fits(n_tokens, self.words.len(), self.max_order) {
            let n_words = self.words.len();
            if let [reference] = references {
                std::mem::swap(&mut self.ids, &mut self.hypothesis_ids);
                note_length(self.find_words(hypothesis, reference.as_ref()));
                self.narrow.match_only_reference(
                    &self.hypothesis_ids,
                    &self.ids,
                    n_words,
                    self.max_order,
                );
            } else {
                self.narrow
                    .set_hypothesis(&self.ids, n_words, self.max_order);
                for reference in references {
                    note_length(self.find_words(hypothesis, reference.as_ref()));
                    self.narrow.add_reference(&self.ids);
                }
            }
            copy_counts(correct, self.narrow.correct());
        } else {
            let n_words = self.words.len();
            std::mem::swap(&mut self.ids, &mut self.hypothesis_ids);
            let mut found = Vec::with_capacity(references.len());
            for reference in references {
                note_length(self.find_words(hypothesis, reference.as_ref()));
                found.push(std::mem::take(&mut self.ids));
            }
            self.wide
                .count(&self.hypothesis_ids, &found, n_words, self.max_order);
            copy_counts(correct, self.wide.correct());
        }
        fill_totals(total, n_tokens);
        row[0] = to_i64(n_tokens);
        row[1] = to_i64(closest.map_or(0, |(_, length)| length));
    }

    /// Counts a segment of characters with one reference; false, and nothing of use, if there are too many of them.
    fn fill_characters(&mut self, row: &mut [i64], hypothesis: &[u8], reference: &[u8]) -> bool {
        let Some(characters) = &mut self.characters else {
            return false;
        };
        characters.reset();
        if !characters.number(hypothesis, &mut self.numbers) {
            return false;
        }
        let (n_tokens, n_words) = (self.numbers.len(), characters.len());
        if !NgramCounts::fits(n_tokens, n_words, self.max_order) {
            return false;
        }
        self.hypothesis_ids.clear();
        self.hypothesis_ids
            .extend(self.numbers.iter().map(|&number| u32::from(number)));
        if !characters.number(reference, &mut self.numbers) {
            return false;
        }
        self.ids.clear();
        self.ids.extend(self.numbers.iter().map(|&number| {
            // Greater numbers are those of characters that the hypothesis lacks.
            u32::from(number) * u32::from(usize::from(number) <= n_words)
        }));
        self.narrow
            .match_only_reference(&self.hypothesis_ids, &self.ids, n_words, self.max_order);
        let (correct, total) = row[2..].split_at_mut(self.max_order);
        copy_counts(correct, self.narrow.correct());
        fill_totals(total, n_tokens);
        row[0] = to_i64(n_tokens);
        row[1] = to_i64(self.ids.len());
        true
    }

    /// Puts the hypothesis's numbers of the words of `reference` into `ids` and returns how many words there are.
    fn find_words(&mut self, hypothesis: &[u8], reference: &[u8]) -> usize {
        let (reference, cleaned) = self.tokenization.split(reference, &mut self.spans);
        let reference = cleaned.as_deref().unwrap_or(reference);
        self.ids.clear();
        for &(start, end) in &self.spans {
            self.ids.push(
                self.words
                    .find(hypothesis, reference, start as usize, end as usize),
            );
        }
        self.ids.len()
    }
}

fn fill_totals(row: &mut [i64], n_tokens: usize) {
    for (total, order) in row.iter_mut().zip(1..) {
        *total = to_i64((n_tokens + 1).saturating_sub(order));
    }
}

fn copy_counts(row: &mut [i64], counts: &[u64]) {
    for (place, &count) in row.iter_mut().zip(counts) {
        *place = i64::try_from(count).unwrap_or(i64::MAX);
    }
}

fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(hypothesis: &str, references: &[&str], tokenization: Tokenization) -> Vec<i64> {
        let count = i64::try_from(references.len()).unwrap();
        bleu_statistics(&[hypothesis], references, &[count], tokenization, 4).unwrap()
    }

    #[test]
    fn papineni_example_2_clips_the_repeated_word() {
        // Papineni et al. 2002, section 2.1: modified unigram precision 2/7.
        let references = ["the cat is on the mat .", "there is a cat on the mat ."];
        let row = row(
            "the the the the the the the .",
            &references,
            Tokenization::Whitespace,
        );
        assert_eq!(row[..3], [8, 8, 2 + 1]);
    }

    #[test]
    fn the_closest_length_wins_and_ties_go_to_the_shorter() {
        let lengths = |references: &[&str]| row("a b c", references, Tokenization::Whitespace)[1];
        assert_eq!(lengths(&["a b c d", "a b"]), 2);
        assert_eq!(lengths(&["", "a b c d e"]), 5);
        assert_eq!(lengths(&[""]), 0);
    }

    #[test]
    fn a_final_hyphen_survives_the_line_end() {
        assert_eq!(
            row("a-\n", &["a-"], Tokenization::Mteval13a),
            [1, 1, 1, 0, 0, 0, 1, 0, 0, 0]
        );
    }

    #[test]
    fn more_words_than_the_narrow_tables_hold() {
        let text: String =
            (0..5000).fold(String::new(), |text, n| text + "w" + &n.to_string() + " ");
        let expected = [5000, 5000, 5000, 4999, 4998, 4997, 5000, 4999, 4998, 4997];
        assert_eq!(row(&text, &[&text], Tokenization::Mteval13a), expected);
    }

    #[test]
    fn characters_count_alike_however_they_are_numbered() {
        let many: String = ('\u{4e00}'..).take(300).collect();
        let texts = [
            "",
            " \u{2003}",
            "a bé字😀 aé字ba",
            "ba aé\u{1c}字字é\u{301}",
            &many,
        ];
        for hypothesis in texts {
            for reference in texts {
                // A reference twice goes the way of several.
                assert_eq!(
                    row(hypothesis, &[reference], Tokenization::Char),
                    row(hypothesis, &[reference, reference], Tokenization::Char)
                );
            }
        }
    }

    #[test]
    fn rows_do_not_depend_on_their_neighbours() {
        let texts: Vec<String> = (0..300)
            .map(|n| format!("x {} y. {n},5 &lt; z", n % 7))
            .collect();
        let counts = vec![1; 300];
        let reversed: Vec<String> = texts.iter().rev().cloned().collect();
        let all = bleu_statistics(&texts, &reversed, &counts, Tokenization::Mteval13a, 4).unwrap();
        let single =
            (0..300).flat_map(|n| row(&texts[n], &[&reversed[n]], Tokenization::Mteval13a));
        assert!(single.eq(all));
    }

    #[test]
    fn misfit_references_are_refused() {
        let run = |counts: &[i64]| {
            bleu_statistics(
                &["a", "b"],
                &["a", "b"],
                counts,
                Tokenization::Whitespace,
                4,
            )
        };
        assert!(matches!(
            run(&[2, 0]),
            Err(KernelError::NoReference { segment: 1 })
        ));
        assert!(matches!(
            run(&[1, 2]),
            Err(KernelError::Lengths {
                expected: 3,
                found: 2,
                ..
            })
        ));
        assert!(matches!(
            run(&[2]),
            Err(KernelError::Lengths {
                expected: 2,
                found: 1,
                ..
            })
        ));
    }
}
