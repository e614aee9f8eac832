//! Similarities of all pairs of texts within groups, such as the samples of a prompt.

use rayon::prelude::*;

use crate::error::KernelError;
use crate::kernels::characters::python_whitespace::split;
use crate::kernels::edit::lcs_length::{LcsColumn, LcsLength};
use crate::kernels::edit::levenshtein::Levenshtein;
use crate::kernels::edit::match_bits::{Column, MatchBits, WORD};
use crate::kernels::edit::ngram_sets::NgramSets;
use crate::kernels::edit::packed_ngrams::PackedNgrams;
use crate::kernels::numbering::token_sequences::TokenSequences;
use crate::kernels::numbering::word_ids::WordIds;
use crate::kernels::parallel::{fill_rows, threads_available};
use crate::kernels::segments::cut_at_lengths;

/// Rows of a matrix that a thread takes at a time, at least.
const MIN_ROWS: usize = 16;
/// Groups a thread takes at a time, at least.
const MIN_GROUPS: usize = 4;
/// Different tokens that a group's tables always have room for.
const MANY_TYPES: usize = 1 << 12;

/// How alike two texts are, as sequences of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Similarity {
    /// Common n-grams of this order over those of either; NaN where there is none.
    Jaccard {
        /// Words of an n-gram.
        order: usize,
    },
    /// Common n-grams of this order over those of the text that has fewer; NaN where either has none.
    Overlap {
        /// Words of an n-gram.
        order: usize,
    },
    /// F-score of the longest common subsequence, as ROUGE-L: 0 where nothing is common.
    Lcs,
    /// 1 less the Levenshtein distance over the longer length; 1 for two empty texts.
    Edit,
    /// The length of the longest common subsequence.
    LcsLength,
    /// The Levenshtein distance.
    Distance,
}

/// For each group of texts a symmetric matrix, row by row, one group after the other.
///
/// # Errors
///
/// Group sizes that do not add up to the texts, or a group of 4 GiB or more.
pub fn pairwise_similarities<T: AsRef<[u8]> + Sync>(
    texts: &[T],
    group_sizes: &[i64],
    similarity: Similarity,
) -> Result<Vec<f64>, KernelError> {
    let groups = cut_groups(texts, group_sizes)?;
    Ok(fill_matrices(&groups, Group::new, similarity))
}

/// The same of texts whose tokens have numbers.
///
/// # Errors
///
/// Group sizes that do not add up to the texts.
pub fn pairwise_token_similarities(
    tokens: TokenSequences<'_>,
    group_sizes: &[i64],
    similarity: Similarity,
) -> Result<Vec<f64>, KernelError> {
    let texts: Vec<&[u32]> = (0..tokens.len())
        .map(|text| &tokens.ids()[tokens.range(text)])
        .collect();
    let groups = cut_at_lengths(&texts, group_sizes, "group_sizes")?;
    let number = |texts: &[&[u32]]| Group::of_tokens(texts, tokens.n_types());
    Ok(fill_matrices(&groups, number, similarity))
}

fn fill_matrices<T: Sync>(
    groups: &[&[T]],
    number: impl Fn(&[T]) -> Group + Sync,
    similarity: Similarity,
) -> Vec<f64> {
    let n_cells = groups.iter().map(|group| group.len() * group.len()).sum();
    let mut cells = vec![0.0; n_cells];
    let mut matrices = Vec::with_capacity(groups.len());
    let mut rest = cells.as_mut_slice();
    for &group in groups {
        let (matrix, others) = rest.split_at_mut(group.len() * group.len());
        matrices.push((group, matrix));
        rest = others;
    }
    let fill = |(group, matrix): &mut (&[T], &mut [f64])| {
        number(group).fill_matrix(matrix, similarity);
    };
    if matrices.len() > 1 && threads_available() {
        matrices
            .par_iter_mut()
            .with_min_len(MIN_GROUPS)
            .for_each(fill);
    } else {
        matrices.iter_mut().for_each(fill);
    }
    cells
}

fn cut_groups<'a, T: AsRef<[u8]>>(
    texts: &'a [T],
    group_sizes: &[i64],
) -> Result<Vec<&'a [T]>, KernelError> {
    let groups = cut_at_lengths(texts, group_sizes, "group_sizes")?;
    for group in &groups {
        let bytes = group.iter().map(|text| text.as_ref().len()).sum();
        if u32::try_from(bytes).is_err() {
            return Err(KernelError::TextTooLong { bytes });
        }
    }
    Ok(groups)
}

/// The texts of a group as numbers of words, counted over all of them.
struct Group {
    ids: Vec<u32>,
    starts: Vec<usize>,
    bound: usize,
}

impl Group {
    fn new<T: AsRef<[u8]>>(texts: &[T]) -> Self {
        let mut joined = Vec::new();
        let (mut spans, mut starts) = (Vec::new(), vec![0]);
        for text in texts {
            let offset = joined.len();
            split(text.as_ref(), |start, end| {
                spans.push((offset + start, offset + end));
            });
            joined.extend_from_slice(text.as_ref());
            starts.push(spans.len());
        }
        let mut words = WordIds::default();
        words.reset(spans.len());
        let ids = spans
            .into_iter()
            .map(|(start, end)| words.insert(&joined, start, end))
            .collect();
        Self {
            ids,
            starts,
            bound: words.len() + 1,
        }
    }

    /// Texts as numbers below `n_types`; others are given where a table of those would be mostly empty.
    fn of_tokens(texts: &[&[u32]], n_types: usize) -> Self {
        let mut ids = texts.concat();
        let mut bound = n_types;
        if n_types > (4 * ids.len()).max(MANY_TYPES) {
            let mut types = ids.clone();
            types.sort_unstable();
            types.dedup();
            bound = types.len();
            for id in &mut ids {
                *id = types.partition_point(|other| other < id) as u32;
            }
        }
        let ends = texts.iter().scan(0, |end, text| {
            *end += text.len();
            Some(*end)
        });
        Self {
            ids,
            starts: std::iter::once(0).chain(ends).collect(),
            bound,
        }
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn text(&self, index: usize) -> &[u32] {
        &self.ids[self.starts[index]..self.starts[index + 1]]
    }

    fn fill_matrix(&self, matrix: &mut [f64], similarity: Similarity) {
        let n = self.len();
        if n == 0 {
            return;
        }
        if let Similarity::Jaccard { order } | Similarity::Overlap { order } = similarity {
            let texts = (0..n).map(|text| self.text(text));
            let score = |common: usize, size: usize, other: usize| {
                let of = match similarity {
                    Similarity::Overlap { .. } => size.min(other),
                    _ => size + other - common,
                };
                common as f64 / of as f64
            };
            if let Some(packed) = PackedNgrams::new(&texts, self.bound, order) {
                for (i, row) in matrix.chunks_exact_mut(n).enumerate() {
                    for (j, &common) in (i..).zip(packed.shared(i)) {
                        row[j] = score(common as usize, packed.size(i), packed.size(j));
                    }
                }
            } else {
                let sets = NgramSets::new(&texts, order);
                fill_rows(matrix, n, MIN_ROWS, Vec::new, |shared, i, row| {
                    shared.clear();
                    shared.resize(n - i, 0);
                    shared[0] = sets.size(i) as u32;
                    sets.count_shared(i, shared);
                    for (j, &common) in (i..).zip(shared.iter()) {
                        row[j] = score(common as usize, sets.size(i), sets.size(j));
                    }
                });
            }
        } else {
            fill_rows(matrix, n, MIN_ROWS, Rows::default, |rows, i, row| {
                rows.fill(self, i, &mut row[i..], similarity);
            });
        }
        for i in 1..n {
            let (above, row) = matrix.split_at_mut(i * n);
            for (j, cell) in row[..i].iter_mut().enumerate() {
                *cell = above[j * n + i];
            }
        }
    }
}

/// Computes the half rows of a matrix; its buffers are reused.
#[derive(Default)]
struct Rows {
    matches: MatchBits,
    levenshtein: Levenshtein,
    lcs: LcsLength,
}

impl Rows {
    /// Fills `cells[j - i]` for each text j from i on.
    fn fill(&mut self, group: &Group, i: usize, cells: &mut [f64], similarity: Similarity) {
        match group.text(i).len() {
            0..=64 => self.fill_short::<1>(group, i, cells, similarity),
            65..=128 => self.fill_short::<2>(group, i, cells, similarity),
            129..=256 => self.fill_short::<4>(group, i, cells, similarity),
            _ => self.fill_long(group, i, cells, similarity),
        }
    }

    /// For a text that fits `W` words: where its words stand is found once for all others.
    fn fill_short<const W: usize>(
        &mut self,
        group: &Group,
        i: usize,
        cells: &mut [f64],
        similarity: Similarity,
    ) {
        let pattern = group.text(i);
        debug_assert!(pattern.len() <= W * WORD);
        self.matches.reserve(group.bound, W);
        self.matches.set::<W>(pattern);
        let matches = &self.matches;
        match similarity {
            Similarity::Edit | Similarity::Distance => {
                for (j, cell) in (i..).zip(cells) {
                    let text = group.text(j);
                    let mut column = Column::<W>::ASCENDING;
                    for &word in text {
                        column.step(matches.get(word), 1);
                    }
                    let distance = text
                        .len()
                        .saturating_add_signed(column.rise(pattern.len()) as isize);
                    *cell = score_distance(distance, pattern.len(), text.len(), similarity);
                }
            }
            _ => {
                for (j, cell) in (i..).zip(cells) {
                    let text = group.text(j);
                    let mut column = LcsColumn::<W>::EMPTY;
                    for &word in text {
                        column.step(matches.get(word), false);
                    }
                    *cell = score_lcs(column.length(), pattern.len(), text.len(), similarity);
                }
            }
        }
        self.matches.clear::<W>(pattern);
    }

    fn fill_long(&mut self, group: &Group, i: usize, cells: &mut [f64], similarity: Similarity) {
        let a = group.text(i);
        for (j, cell) in (i..).zip(cells) {
            let b = group.text(j);
            *cell = if matches!(similarity, Similarity::Edit | Similarity::Distance) {
                let distance = self.levenshtein.distance(a, b, group.bound, usize::MAX / 4);
                score_distance(distance, a.len(), b.len(), similarity)
            } else {
                let length = self.lcs.length(a, b, group.bound);
                score_lcs(length, a.len(), b.len(), similarity)
            };
        }
    }
}

#[inline]
fn score_distance(distance: usize, a: usize, b: usize, similarity: Similarity) -> f64 {
    match (similarity, a.max(b)) {
        (Similarity::Distance, _) => distance as f64,
        (_, 0) => 1.0,
        (_, longest) => 1.0 - distance as f64 / longest as f64,
    }
}

#[inline]
fn score_lcs(length: usize, a: usize, b: usize, similarity: Similarity) -> f64 {
    if similarity == Similarity::LcsLength {
        return length as f64;
    }
    if length == 0 {
        return 0.0;
    }
    let (precision, recall) = (length as f64 / b as f64, length as f64 / a as f64);
    2.0 * precision * recall / (precision + recall)
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // equal to the last bit is what is claimed
mod tests {
    use super::*;

    const TEXTS: [&str; 5] = ["a b c d", "a c d e", "", "x", "a b c d"];

    fn matrix(similarity: Similarity) -> Vec<f64> {
        pairwise_similarities(&TEXTS, &[5], similarity).unwrap()
    }

    #[test]
    fn small_matrices_are_as_by_hand() {
        assert_eq!(
            matrix(Similarity::Distance)[..10],
            [0.0, 2.0, 4.0, 4.0, 0.0, 2.0, 0.0, 4.0, 4.0, 2.0]
        );
        assert_eq!(matrix(Similarity::Edit)[..5], [1.0, 0.5, 0.0, 0.0, 1.0]);
        assert_eq!(
            matrix(Similarity::LcsLength)[..5],
            [4.0, 3.0, 0.0, 0.0, 4.0]
        );
        assert_eq!(matrix(Similarity::Lcs)[..5], [1.0, 0.75, 0.0, 0.0, 1.0]);
        let jaccard = matrix(Similarity::Jaccard { order: 2 });
        assert_eq!(jaccard[..2], [1.0, 0.2]);
        assert!(jaccard[13].is_nan() && jaccard[12].is_nan());
        assert_eq!(jaccard[4], 1.0);
    }

    #[test]
    fn matrices_are_symmetric_and_groups_are_apart() {
        let long: String = (0..600).fold(String::new(), |text, n| text + &format!("{} ", n % 37));
        let middle = &long[..400];
        let texts = [TEXTS[0], &long, middle, &long[100..1000], TEXTS[1]];
        for similarity in [
            Similarity::Edit,
            Similarity::Lcs,
            Similarity::Jaccard { order: 1 },
        ] {
            let whole = pairwise_similarities(&texts, &[5], similarity).unwrap();
            for i in 0..5 {
                for j in 0..5 {
                    assert_eq!(whole[5 * i + j], whole[5 * j + i]);
                    let pair = [texts[j], texts[i]];
                    let alone = pairwise_similarities(&pair, &[0, 2, 0], similarity).unwrap();
                    assert_eq!(alone[1], whole[5 * i + j], "{similarity:?} {i} {j}");
                }
            }
        }
    }

    #[test]
    fn tokens_are_compared_as_the_words_they_number() {
        let far = (1 << 21) - 1;
        let ids = [1, 2, 3, far, 1, 3, far, 5, 9, 1, 2, 3, far];
        let tokens = TokenSequences::new(&ids, &[4, 8, 8, 9, 13]).unwrap();
        let near = ids.map(|id| if id == far { 4 } else { id });
        let few = TokenSequences::new(&near, &[4, 8, 8, 9, 13]).unwrap();
        for similarity in [
            Similarity::Edit,
            Similarity::LcsLength,
            Similarity::Overlap { order: 1 },
        ] {
            let expected = matrix(similarity);
            for sequences in [tokens, few] {
                let found = pairwise_token_similarities(sequences, &[5], similarity).unwrap();
                let same = found
                    .iter()
                    .zip(&expected)
                    .all(|(a, b)| a.to_bits() == b.to_bits());
                assert!(same, "{similarity:?}");
            }
        }
        assert!(pairwise_token_similarities(tokens, &[4], Similarity::Edit).is_err());
    }

    #[test]
    fn misfit_groups_are_refused() {
        assert!(pairwise_similarities(&TEXTS, &[6], Similarity::Edit).is_err());
        assert!(pairwise_similarities(&TEXTS, &[1], Similarity::Edit).is_err());
        assert!(pairwise_similarities(&TEXTS, &[-1], Similarity::Edit).is_err());
    }
}
