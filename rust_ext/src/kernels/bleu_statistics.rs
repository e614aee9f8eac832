//! The integer statistics of BLEU, one row a segment (Papineni et al., ACL 2002; conventions of sacrebleu 2.6).

use super::ngram_counts::NgramCounts;
use super::parallel::fill_rows;
use super::segments::{check_sizes, group_references};
use super::tokenization::Tokenization;
use super::wide_ngram_counts::WideNgramCounts;
use super::word_ids::WordIds;
use crate::error::KernelError;

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
    narrow: NgramCounts,
}

impl SegmentCounter {
    fn new(tokenization: Tokenization, max_order: usize) -> Self {
        Self {
            tokenization,
            max_order,
            spans: Vec::new(),
            words: WordIds::default(),
            ids: Vec::new(),
            narrow: NgramCounts::default(),
        }
    }

    fn fill<T: AsRef<[u8]>>(&mut self, row: &mut [i64], hypothesis: &[u8], references: &[T]) {
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
            self.narrow
                .set_hypothesis(&self.ids, self.words.len(), self.max_order);
            if let [reference] = references {
                note_length(self.find_words(hypothesis, reference.as_ref()));
                self.narrow.match_only_reference(&self.ids);
            } else {
                for reference in references {
                    note_length(self.find_words(hypothesis, reference.as_ref()));
                    self.narrow.add_reference(&self.ids);
                }
            }
            copy_counts(correct, self.narrow.correct());
        } else {
            let mut wide = WideNgramCounts::new(&self.ids, self.max_order);
            for reference in references {
                note_length(self.find_words(hypothesis, reference.as_ref()));
                wide.add_reference(&self.ids);
            }
            copy_counts(correct, wide.correct());
        }
        for (total, order) in total.iter_mut().zip(1..) {
            *total = to_i64((n_tokens + 1).saturating_sub(order));
        }
        row[0] = to_i64(n_tokens);
        row[1] = to_i64(closest.map_or(0, |(_, length)| length));
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
