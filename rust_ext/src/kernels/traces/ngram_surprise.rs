//! How surprising the n-grams of a text are to those of all texts of its group.

use rayon::prelude::*;

use crate::error::KernelError;
use crate::kernels::edit::ngram_sets::PairIds;
use crate::kernels::numbering::token_sequences::TokenSequences;
use crate::kernels::parallel::threads_available;
use crate::kernels::segments::cut_at_lengths;

/// What stands before the first token of a segment; no n-gram has this number.
const PAD: u32 = u32::MAX;

/// The model that n-grams are counted by.
#[derive(Clone, Copy, Debug)]
pub struct NgramModel {
    /// Tokens of an n-gram, 1 at least.
    pub order: usize,
    /// What is added to each count.
    pub smoothing: f64,
    /// Whether a text counts for itself, too.
    pub own: bool,
}

/// The sum of `-ln p` over the n-grams of each segment, and the greatest of them, segment by segment.
///
/// Each segment, such as a sentence, has as many n-grams as tokens: pads stand before its first. An n-gram's `p` is its
/// count over all n-grams of the texts of its group, `smoothing` added to the counts of all n-grams that occur and of
/// one that does not.
///
/// # Errors
///
/// Sizes that do not add up.
pub fn ngram_surprise(
    segments: TokenSequences<'_>,
    text_sizes: &[i64],
    group_sizes: &[i64],
    model: NgramModel,
) -> Result<Vec<f64>, KernelError> {
    let numbers: Vec<usize> = (0..segments.len()).collect();
    let texts = cut_at_lengths(&numbers, text_sizes, "text_sizes")?;
    let groups = cut_at_lengths(&texts, group_sizes, "group_sizes")?;
    let measure = |group: &&[&[usize]]| Group::new(segments, group, model.order).rows(model);
    let rows: Vec<Vec<f64>> = if groups.len() > 1 && threads_available() {
        groups.par_iter().map(measure).collect()
    } else {
        groups.iter().map(measure).collect()
    };
    Ok(rows.concat())
}

/// The n-grams of the texts of a group, as dense numbers.
struct Group {
    /// By text, by segment.
    texts: Vec<Vec<Vec<u32>>>,
    counts: Vec<u32>,
    n_ngrams: usize,
}

impl Group {
    fn new(segments: TokenSequences<'_>, group: &[&[usize]], order: usize) -> Self {
        let words = |segment: usize| &segments.ids()[segments.range(segment)];
        let n_ngrams = group
            .iter()
            .flat_map(|text| text.iter())
            .map(|&segment| segments.range(segment).len())
            .sum();
        let mut ids = PairIds::new(n_ngrams);
        let mut texts: Vec<Vec<Vec<u32>>> = group
            .iter()
            .map(|text| {
                let numbered =
                    |&segment: &usize| words(segment).iter().map(|&w| ids.insert(0, w)).collect();
                text.iter().map(numbered).collect()
            })
            .collect();
        let longest = texts.iter().flatten().map(Vec::len).max().unwrap_or(0);
        // Beyond the longest segment every n-gram begins with pads alone, and no two are told apart that were not.
        for _ in 1..order.min(longest + 1) {
            ids = PairIds::new(n_ngrams);
            for (text, numbers) in texts.iter_mut().zip(group) {
                for (ngrams, &segment) in text.iter_mut().zip(numbers.iter()) {
                    let mut before = PAD;
                    for (ngram, &word) in ngrams.iter_mut().zip(words(segment)) {
                        let shorter = std::mem::replace(&mut before, *ngram);
                        *ngram = ids.insert(shorter, word);
                    }
                }
            }
        }
        let mut counts = vec![0; ids.len()];
        for &ngram in texts.iter().flatten().flatten() {
            counts[ngram as usize] += 1;
        }
        Self {
            texts,
            counts,
            n_ngrams,
        }
    }

    fn rows(&self, model: NgramModel) -> Vec<f64> {
        let mut rows = Vec::new();
        let mut own = vec![0; self.counts.len()];
        for text in &self.texts {
            let (mut n_own, mut n_only) = (0, 0);
            if !model.own {
                for &ngram in text.iter().flatten() {
                    own[ngram as usize] += 1;
                    n_own += 1;
                    n_only += usize::from(own[ngram as usize] == self.counts[ngram as usize]);
                }
            }
            let kinds = (self.counts.len() - n_only + 1) as f64;
            let total = (self.n_ngrams - n_own) as f64 + model.smoothing * kinds;
            for segment in text {
                let (mut sum, mut most) = (0.0, 0.0_f64);
                for &ngram in segment {
                    let count = self.counts[ngram as usize] - own[ngram as usize];
                    let surprise = -((f64::from(count) + model.smoothing) / total).ln();
                    sum += surprise;
                    most = most.max(surprise);
                }
                rows.extend([sum, most]);
            }
            for &ngram in text.iter().flatten() {
                own[ngram as usize] = 0;
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surprises(order: usize, smoothing: f64, own: bool) -> Vec<f64> {
        // "a b", "a c", of one segment each
        let segments = TokenSequences::new(&[1, 2, 1, 3], &[2, 4]).unwrap();
        let model = NgramModel {
            order,
            smoothing,
            own,
        };
        ngram_surprise(segments, &[1, 1], &[2], model).unwrap()
    }

    #[test]
    fn counts_over_the_group() {
        let (half, quarter) = (2f64.ln(), 4f64.ln());
        assert_eq!(
            surprises(1, 0.0, true),
            [half + quarter, quarter, half + quarter, quarter]
        );
        // b: (1 + 1) / (4 + 4 kinds), the unknown one among them
        assert_eq!(surprises(1, 1.0, true)[1..2], [4f64.ln()]);
        // b for the other alone: (0 + 1) / (2 + 3)
        assert_eq!(surprises(1, 1.0, false)[1..2], [5f64.ln()]);
        assert_eq!(surprises(1, 0.0, false)[1..2], [f64::INFINITY]);
        // "<s> a" twice, "a b", "a c"
        assert_eq!(surprises(2, 0.0, true)[1..2], [quarter]);
        assert_eq!(surprises(9, 0.0, true), surprises(2, 0.0, true));
    }

    #[test]
    fn sizes_must_add_up() {
        let segments = TokenSequences::new(&[1, 2], &[1, 2]).unwrap();
        let model = NgramModel {
            order: 1,
            smoothing: 0.0,
            own: true,
        };
        assert!(ngram_surprise(segments, &[1], &[1], model).is_err());
        assert!(ngram_surprise(segments, &[1, 1], &[1], model).is_err());
        assert!(ngram_surprise(segments, &[1, 1], &[-1, 3], model).is_err());
    }
}
