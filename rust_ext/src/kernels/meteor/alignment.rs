//! METEOR's alignment of two texts: word numbers in, matches and chunks out (conventions of nltk 3.10).

use crate::error::KernelError;
use crate::kernels::parallel::fill_rows;
use crate::kernels::segments::{cut_at_lengths, group_references};

/// Pairs a thread takes at a time, at least.
const MIN_PAIRS: usize = 32;

/// Numbers a pair has in the result: words of the hypothesis and of the reference, matches, chunks.
pub const WIDTH: usize = 4;

/// What is known of the words: all texts give words as numbers below `stems.len()`.
pub struct Vocabulary<'a> {
    /// The number of each word's stem, below `stems.len()`.
    pub stems: &'a [u32],
    /// How many synonyms each stem has; empty where there are none.
    pub synonym_counts: &'a [u32],
    /// The synonyms of all stems, as numbers of stems, one stem's after the other's.
    pub synonyms: &'a [u32],
}

/// For each reference of each hypothesis: both lengths in words, matches and chunks.
///
/// `hypotheses` and `references` are the words of all texts one after the other, `hypothesis_lengths` and
/// `reference_lengths` how many each text has, `reference_counts` how many references each hypothesis has. The result
/// has [`WIDTH`] numbers a reference.
///
/// # Errors
///
/// Lengths or counts that do not add up, a hypothesis without references, or a number that is no word's.
pub fn meteor_statistics(
    hypotheses: &[u32],
    hypothesis_lengths: &[i64],
    references: &[u32],
    reference_lengths: &[i64],
    reference_counts: &[i64],
    vocabulary: &Vocabulary<'_>,
) -> Result<Vec<i64>, KernelError> {
    let n_words = vocabulary.stems.len();
    for numbers in [
        hypotheses,
        references,
        vocabulary.stems,
        vocabulary.synonyms,
    ] {
        check_numbers(numbers, n_words)?;
    }
    let synonyms = if vocabulary.synonym_counts.is_empty() {
        Vec::new()
    } else {
        let counts: Vec<i64> = vocabulary
            .synonym_counts
            .iter()
            .map(|&n| i64::from(n))
            .collect();
        check_length("synonym_counts", n_words, counts.len())?;
        cut_at_lengths(vocabulary.synonyms, &counts, "synonyms")?
    };
    let outputs = cut_at_lengths(hypotheses, hypothesis_lengths, "hypothesis_lengths")?;
    let targets = cut_at_lengths(references, reference_lengths, "reference_lengths")?;
    let groups = group_references(&targets, reference_counts, outputs.len())?;
    let pairs: Vec<(&[u32], &[u32])> = outputs
        .iter()
        .zip(&groups)
        .flat_map(|(&hypothesis, group)| {
            group.iter().map(move |&reference| (hypothesis, reference))
        })
        .collect();
    check_length("reference_counts", targets.len(), pairs.len())?;
    let mut rows = vec![0; pairs.len() * WIDTH];
    fill_rows(
        &mut rows,
        WIDTH,
        MIN_PAIRS,
        || Aligner::new(vocabulary.stems, &synonyms),
        |aligner, index, row| {
            let (output, target) = pairs[index];
            let (matches, chunks) = aligner.align(output, target);
            row.copy_from_slice(
                &[output.len(), target.len(), matches, chunks]
                    .map(|n| i64::try_from(n).unwrap_or(i64::MAX)),
            );
        },
    );
    Ok(rows)
}

/// The score of each row of [`meteor_statistics`], in the operations of nltk; 0 where it divides by zero.
#[must_use]
#[allow(clippy::float_cmp)] // divisions by exactly zero are those that Python refuses
pub fn meteor_scores(rows: &[i64], alpha: f64, beta: f64, gamma: f64) -> Vec<f64> {
    rows.chunks_exact(WIDTH)
        .map(|row| {
            let (hypothesis, reference) = (row[0] as f64, row[1] as f64);
            let (matches, chunks) = (row[2] as f64, row[3] as f64);
            if hypothesis == 0.0 || reference == 0.0 || matches == 0.0 {
                return 0.0;
            }
            let (precision, recall) = (matches / hypothesis, matches / reference);
            let weighted = alpha * precision + (1.0 - alpha) * recall;
            if weighted == 0.0 {
                return 0.0;
            }
            let mean = (precision * recall) / weighted;
            let penalty = gamma * (chunks / matches).powf(beta);
            (1.0 - penalty) * mean
        })
        .collect()
}

fn check_length(what: &'static str, expected: usize, found: usize) -> Result<(), KernelError> {
    if expected == found {
        return Ok(());
    }
    Err(KernelError::Lengths {
        what,
        expected,
        found,
    })
}

fn check_numbers(numbers: &[u32], n_words: usize) -> Result<(), KernelError> {
    match numbers.iter().max() {
        Some(&most) if most as usize >= n_words => Err(KernelError::Lengths {
            what: "stems",
            expected: most as usize + 1,
            found: n_words,
        }),
        _ => Ok(()),
    }
}

/// Marks a hypothesis word without a match.
const FREE: u32 = u32::MAX;

/// Aligns one pair after another with the same buffers.
///
/// The free positions of each word of the reference are a stack: `top[word]` is the latest one plus 1, 0 where there
/// is none, and `below[position]` the one under it.
pub struct Aligner<'a> {
    stems: &'a [u32],
    synonyms: &'a [&'a [u32]],
    top: Vec<u32>,
    below: Vec<u32>,
    matched: Vec<u32>,
    taken: Vec<bool>,
}

impl<'a> Aligner<'a> {
    /// An aligner over a vocabulary; `synonyms` is empty, or has an entry for each stem.
    #[must_use]
    pub fn new(stems: &'a [u32], synonyms: &'a [&'a [u32]]) -> Self {
        Self {
            stems,
            synonyms,
            top: vec![0; stems.len()],
            below: Vec::new(),
            matched: Vec::new(),
            taken: Vec::new(),
        }
    }

    /// Matches and chunks of two texts of fewer than 2^32 words.
    pub fn align(&mut self, hypothesis: &[u32], reference: &[u32]) -> (usize, usize) {
        self.matched.clear();
        self.matched.resize(hypothesis.len(), FREE);
        self.taken.clear();
        self.taken.resize(reference.len(), false);
        self.below.clear();
        self.below.resize(reference.len(), 0);
        let stems = self.stems;
        let n_exact = self.match_keys(hypothesis, reference, |word| word, false);
        let n_most = hypothesis.len().min(reference.len());
        let mut matches = n_exact;
        if matches < n_most {
            matches += self.match_keys(hypothesis, reference, |word| stems[word as usize], false);
        }
        if matches < n_most && !self.synonyms.is_empty() {
            matches += self.match_keys(hypothesis, reference, |word| stems[word as usize], true);
        }
        (matches, self.count_chunks())
    }

    /// From the right, gives each unmatched hypothesis word the latest free reference word of the same key, or of one
    /// of its synonyms; returns how many got one.
    fn match_keys(
        &mut self,
        hypothesis: &[u32],
        reference: &[u32],
        key: impl Fn(u32) -> u32,
        with_synonyms: bool,
    ) -> usize {
        for (position, &word) in reference.iter().enumerate() {
            if !self.taken[position] {
                let top = &mut self.top[key(word) as usize];
                self.below[position] = *top;
                *top = position as u32 + 1;
            }
        }
        let mut found = 0;
        for (matched, &word) in self.matched.iter_mut().zip(hypothesis).rev() {
            if *matched != FREE {
                continue;
            }
            let own = key(word) as usize;
            let mut best = own;
            if with_synonyms {
                for &other in self.synonyms[own] {
                    if self.top[other as usize] > self.top[best] {
                        best = other as usize;
                    }
                }
            }
            if let Some(position) = self.top[best].checked_sub(1) {
                self.top[best] = self.below[position as usize];
                self.taken[position as usize] = true;
                *matched = position;
                found += 1;
            }
        }
        for &word in reference {
            self.top[key(word) as usize] = 0;
        }
        found
    }

    /// Runs of matches that are adjacent and in order in both texts; 1 where nothing matches, as nltk counts.
    fn count_chunks(&self) -> usize {
        let mut chunks = 0;
        let mut expected = None;
        for &position in &self.matched {
            if position == FREE {
                expected = None;
                continue;
            }
            if expected != Some(position) {
                chunks += 1;
            }
            expected = Some(position + 1);
        }
        chunks.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn align(hypothesis: &str, reference: &str) -> (usize, usize) {
        let number = |c: char| u32::from(c) - u32::from('A');
        let texts =
            [hypothesis, reference].map(|text| text.chars().map(number).collect::<Vec<_>>());
        // Small letters have the capital ones as their stems; X and Y are synonyms.
        let stems: Vec<u32> = (0..64).map(|n| if n >= 32 { n - 32 } else { n }).collect();
        let synonyms: Vec<&[u32]> = (0..64)
            .map(|n| match n {
                23 => [24].as_slice(),
                24 => [23].as_slice(),
                _ => [].as_slice(),
            })
            .collect();
        Aligner::new(&stems, &synonyms).align(&texts[0], &texts[1])
    }

    #[test]
    fn chunks_are_runs_in_both_texts() {
        assert_eq!(align("ABCD", "ABCD"), (4, 1));
        assert_eq!(align("ABCD", "CDAB"), (4, 2));
        assert_eq!(align("AEB", "AB"), (2, 2));
        assert_eq!(align("", "A"), (0, 1));
    }

    #[test]
    fn the_last_free_word_is_taken_from_the_right() {
        // A1 takes the second A of the reference, so that the matches are two chunks.
        assert_eq!(align("AB", "ABA"), (2, 2));
        assert_eq!(align("AA", "A"), (1, 1));
    }

    #[test]
    fn exact_then_stem_then_synonym() {
        assert_eq!(align("aX", "AX"), (2, 1));
        assert_eq!(align("xZ", "yZ"), (2, 1));
        assert_eq!(align("xA", "ya"), (2, 1));
    }

    #[test]
    fn scores_are_those_of_the_paper_and_zero_without_matches() {
        let scores = meteor_scores(&[4, 4, 4, 1, 3, 4, 0, 1, 0, 0, 0, 1], 0.9, 3.0, 0.5);
        assert_eq!(scores, [1.0 - 0.5 * 0.25_f64.powi(3), 0.0, 0.0]);
    }

    #[test]
    fn what_does_not_add_up_is_refused() {
        let vocabulary = Vocabulary {
            stems: &[0, 1],
            synonym_counts: &[],
            synonyms: &[],
        };
        let run = |words: &[u32], lengths: &[i64], counts: &[i64]| {
            meteor_statistics(words, lengths, &[1], &[1], counts, &vocabulary)
        };
        assert_eq!(run(&[0, 1], &[2], &[1]).unwrap(), [2, 1, 1, 1]);
        assert!(run(&[2], &[1], &[1]).is_err());
        assert!(run(&[0], &[2], &[1]).is_err());
        assert!(run(&[0], &[-1], &[1]).is_err());
        assert!(run(&[0, 0], &[1], &[1]).is_err());
        assert!(run(&[0], &[1], &[0]).is_err());
        assert!(run(&[0], &[1], &[2]).is_err());
    }
}
