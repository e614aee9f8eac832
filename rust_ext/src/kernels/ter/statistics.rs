//! The statistics of TER, one row a segment (Snover et al., AMTA 2006; conventions of sacrebleu 2.6).

#![allow(clippy::cast_possible_wrap)] // lengths are far below 2^63

use crate::error::KernelError;
use crate::kernels::numbering::word_ids::WordIds;
use crate::kernels::parallel::fill_rows;
use crate::kernels::segments::{check_sizes, group_references};
use crate::kernels::ter::shifts::ShiftSearch;
use crate::kernels::ter::tercom_tokens::{TercomOptions, tercom_reference_words, tercom_words};

/// Segments a thread takes at a time, at least: fewer are done faster than handed over.
const MIN_SEGMENTS: usize = 4;
/// Longest text that may be normalised, in bytes: 256 MiB.
const MAX_NORMALIZED: usize = 1 << 28;

/// For each segment, the fewest edits that lead to one of its references, and the words of all of them together.
///
/// `references` holds the references of all segments one after the other, `reference_counts` how many each has. Texts
/// are UTF-8, in which lone surrogates may be encoded too; they are not put in lower case.
///
/// # Errors
///
/// A segment without references, counts that do not add up to the references, or a text of 4 GiB or more, or
/// of more than 256 MiB if it is to be normalised.
pub fn ter_statistics<T: AsRef<[u8]> + Sync>(
    hypotheses: &[T],
    references: &[T],
    reference_counts: &[i64],
    options: TercomOptions,
) -> Result<Vec<i64>, KernelError> {
    let references = group_references(references, reference_counts, hypotheses.len())?;
    check_sizes(hypotheses)?;
    for group in &references {
        check_sizes(group)?;
    }
    if options.normalized {
        // Spaces around every character, twice: positions in what becomes of the text must fit 32 bits.
        let texts = hypotheses
            .iter()
            .chain(references.iter().copied().flatten());
        let longest = texts.map(|text| text.as_ref().len()).max().unwrap_or(0);
        if longest > MAX_NORMALIZED {
            return Err(KernelError::NormalizedTooLong {
                bytes: longest,
                most: MAX_NORMALIZED,
            });
        }
    }
    let mut statistics = vec![0; 2 * hypotheses.len()];
    fill_rows(
        &mut statistics,
        2,
        MIN_SEGMENTS,
        || SegmentCounter {
            options,
            ..SegmentCounter::default()
        },
        |counter, index, row| counter.fill(row, hypotheses[index].as_ref(), references[index]),
    );
    Ok(statistics)
}

/// Counts one segment after another with the same buffers.
#[derive(Default)]
struct SegmentCounter {
    options: TercomOptions,
    hypothesis_spans: Vec<(usize, usize)>,
    reference_spans: Vec<(usize, usize)>,
    words: WordIds,
    hypothesis_ids: Vec<u32>,
    reference_ids: Vec<u32>,
    search: ShiftSearch,
}

impl SegmentCounter {
    fn fill<T: AsRef<[u8]>>(&mut self, row: &mut [i64], hypothesis: &[u8], references: &[T]) {
        self.hypothesis_spans.clear();
        let copy = tercom_words(hypothesis, self.options, |start, end| {
            self.hypothesis_spans.push((start, end));
        });
        let hypothesis = copy.as_deref().unwrap_or(hypothesis);
        let (mut fewest, mut n_words) = (i64::MAX, 0);
        for reference in references {
            self.reference_spans.clear();
            let reference = reference.as_ref();
            let copy = tercom_reference_words(reference, self.options, |start, end| {
                self.reference_spans.push((start, end));
            });
            let reference = copy.as_deref().unwrap_or(reference);
            self.number(hypothesis, reference);
            let edits = self.search.count_edits(
                &self.hypothesis_ids,
                &self.reference_ids,
                self.words.len(),
            );
            fewest = fewest.min(edits);
            n_words += self.reference_ids.len() as i64;
        }
        row[0] = fewest;
        row[1] = n_words;
    }

    fn number(&mut self, hypothesis: &[u8], reference: &[u8]) {
        self.words.reset(self.reference_spans.len());
        self.reference_ids.clear();
        for &(start, end) in &self.reference_spans {
            self.reference_ids
                .push(self.words.insert(reference, start, end));
        }
        self.hypothesis_ids.clear();
        for &(start, end) in &self.hypothesis_spans {
            self.hypothesis_ids
                .push(self.words.find(reference, hypothesis, start, end));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(hypothesis: &str, references: &[&str]) -> Vec<i64> {
        let count = references.len() as i64;
        ter_statistics(
            &[hypothesis],
            references,
            &[count],
            TercomOptions::default(),
        )
        .unwrap()
    }

    #[test]
    fn snover_figure_1_takes_four_edits() {
        // Snover et al. 2006, section 3: two insertions, one substitution, one shift.
        let reference =
            "saudi arabia denied this week information published in the american new york times";
        let hypothesis = "this week the saudis denied information published in the new york times";
        assert_eq!(row(hypothesis, &[reference]), [4, 13]);
    }

    #[test]
    fn empty_texts() {
        assert_eq!(row("", &["a b"]), [2, 2]);
        assert_eq!(row("a b", &[""]), [2, 0]);
        assert_eq!(row("", &[""]), [0, 0]);
    }

    #[test]
    fn the_nearest_reference_counts_and_all_lengths() {
        assert_eq!(row("a b c", &["x", "a b d", "a b c d e"]), [1, 9]);
    }

    #[test]
    fn a_reference_far_longer_than_the_hypothesis() {
        let reference = "a b c ".repeat(200);
        assert_eq!(row("b a", &[&reference]), [598, 600]);
    }

    #[test]
    fn long_texts_take_no_quadratic_time() {
        let words: Vec<String> = (0..60_000_u64)
            .map(|n| format!("w{}", n * n % 1009))
            .collect();
        let hypothesis = words.join(" ");
        let reference = hypothesis.replace("w7 ", "w8 ");
        let found = row(&hypothesis, &[&reference]);
        assert!(found[0] > 0 && found[0] < 1000, "{found:?}");
    }
}
