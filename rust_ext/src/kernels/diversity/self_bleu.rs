//! The statistics of self-BLEU: every text against all the others, in time linear in the set.
//!
//! BLEU clips the count of an n-gram at its highest count in one reference. With all other texts as references that is
//! the highest count in the set, or the second highest where the text at hand has the highest itself: two numbers an
//! n-gram are enough for all texts (Zhu et al., "Texygen", SIGIR 2018, define self-BLEU pair by pair).

use crate::error::KernelError;
use crate::kernels::diversity::set_ngrams::SetNgrams;
use crate::kernels::numbering::token_sequences::TokenSequences;

/// An n-gram's highest count in a text, which text that is, the highest in another, and the count in the text at hand.
#[derive(Clone, Copy, Default)]
struct Top {
    best: u32,
    text: u32,
    second: u32,
    here: u32,
}

/// For each text: its length, the closest length of another, then clipped matches and n-grams of each order.
///
/// The layout is that of BLEU's statistics. Of two lengths equally close the shorter counts. With fewer than two texts
/// nobody is left to compare with, and the closest length is 0.
///
/// # Errors
///
/// 2**32 - 1 texts or more.
pub fn self_bleu_statistics(
    texts: TokenSequences<'_>,
    max_order: usize,
) -> Result<Vec<i64>, KernelError> {
    let width = 2 + 2 * max_order;
    if u32::try_from(texts.len()).is_err() {
        return Err(KernelError::TextTooLong { bytes: texts.len() });
    }
    let mut rows = vec![0; texts.len() * width];
    let lengths: Vec<usize> = texts.ranges().map(|range| range.len()).collect();
    for ((row, &length), closest) in rows
        .chunks_exact_mut(width)
        .zip(&lengths)
        .zip(closest_lengths(&lengths))
    {
        row[0] = length as i64;
        row[1] = closest as i64;
        for (total, order) in row[2 + max_order..].iter_mut().zip(1..) {
            *total = (length + 1).saturating_sub(order) as i64;
        }
    }
    let mut ngrams = SetNgrams::new(texts);
    for order in 0..max_order {
        if order > 0 {
            ngrams.lengthen();
        }
        if ngrams.counts().is_empty() {
            break;
        }
        clip(&ngrams, texts, &mut rows, width, 2 + order);
    }
    Ok(rows)
}

/// Fills one column with clipped matches.
fn clip(
    ngrams: &SetNgrams<'_>,
    texts: TokenSequences<'_>,
    rows: &mut [i64],
    width: usize,
    column: usize,
) {
    let mut tops = vec![Top::default(); ngrams.counts().len() + 1];
    // Each text's distinct n-grams with their counts, and where those of the text end.
    let mut counted: Vec<(u32, u32)> = Vec::new();
    let mut ends = Vec::with_capacity(texts.len());
    for (text, range) in (0..).zip(texts.ranges()) {
        let first = counted.len();
        for &number in &ngrams.numbers()[range] {
            let top = &mut tops[number as usize];
            if number != 0 {
                if top.here == 0 {
                    counted.push((number, 0));
                }
                top.here += 1;
            }
        }
        for (number, count) in &mut counted[first..] {
            let top = &mut tops[*number as usize];
            *count = std::mem::take(&mut top.here);
            if *count > top.best {
                top.second = top.best;
                (top.best, top.text) = (*count, text);
            } else {
                top.second = top.second.max(*count);
            }
        }
        ends.push(counted.len());
    }
    let mut first = 0;
    for ((row, &end), text) in rows.chunks_exact_mut(width).zip(&ends).zip(0..) {
        row[column] = counted[first..end]
            .iter()
            .map(|&(number, count)| {
                let top = tops[number as usize];
                i64::from(count.min(if top.text == text {
                    top.second
                } else {
                    top.best
                }))
            })
            .sum();
        first = end;
    }
}

/// For each length the closest among the others, the shorter of two.
fn closest_lengths(lengths: &[usize]) -> Vec<usize> {
    let mut sorted = lengths.to_vec();
    sorted.sort_unstable();
    lengths
        .iter()
        .map(|&length| {
            // Its neighbours in the order of lengths, itself left out once.
            let at = sorted.partition_point(|&other| other < length);
            let below = at.checked_sub(1).map(|before| sorted[before]);
            let above = sorted.get(at + 1).copied();
            match (below, above) {
                (Some(below), Some(above)) if length - below > above - length => above,
                (Some(below), _) => below,
                (None, above) => above.unwrap_or(0),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_other_length_and_ties_to_the_shorter() {
        assert_eq!(closest_lengths(&[3, 5, 4]), [4, 4, 3]);
        assert_eq!(closest_lengths(&[7, 7, 2]), [7, 7, 7]);
        assert_eq!(closest_lengths(&[0]), [0]);
        assert_eq!(closest_lengths(&[10, 1, 8]), [8, 8, 10]);
    }

    #[test]
    fn counts_are_clipped_at_the_other_texts() {
        // "a a b", "a c", "a a a"
        let texts = TokenSequences::new(&[1, 1, 2, 1, 3, 1, 1, 1], &[3, 5, 8]).unwrap();
        let rows = self_bleu_statistics(texts, 2).unwrap();
        assert_eq!(
            rows,
            [[3, 3, 2, 1, 3, 2], [2, 3, 1, 0, 2, 1], [3, 3, 2, 1, 3, 2]].concat()
        );
    }

    #[test]
    fn one_text_matches_nothing() {
        let texts = TokenSequences::new(&[1, 1], &[2]).unwrap();
        assert_eq!(self_bleu_statistics(texts, 1).unwrap(), [2, 0, 0, 2]);
    }
}
