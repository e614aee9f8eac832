//! How many n-grams of texts are different, by text and over the whole set, and how often each occurs.

use crate::kernels::diversity::set_ngrams::SetNgrams;
use crate::kernels::numbering::token_sequences::TokenSequences;

/// Different n-grams and n-grams, of orders 1 to N.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinctCounts {
    /// Of the set: `[distinct, total]` of each order.
    pub set: Vec<i64>,
    /// Of each text: `distinct 1..N, total 1..N`.
    pub texts: Vec<i64>,
}

/// Counts n-grams; none crosses from one text to the next.
#[must_use]
pub fn distinct_counts(texts: TokenSequences<'_>, max_order: usize) -> DistinctCounts {
    let width = 2 * max_order;
    let mut found = DistinctCounts {
        set: Vec::with_capacity(width),
        texts: vec![0; texts.len() * width],
    };
    let mut ngrams = SetNgrams::new(texts);
    let mut seen_in = Vec::new();
    for order in 0..max_order {
        if order > 0 {
            ngrams.lengthen();
        }
        let mut all = 0;
        seen_in.clear();
        seen_in.resize(ngrams.counts().len() + 1, 0);
        for (index, range) in texts.ranges().enumerate() {
            let total = ngrams.n_places(range.len());
            let places = &ngrams.numbers()[range.start..range.start + total];
            let mut again = 0;
            for &number in places {
                let last = &mut seen_in[number as usize];
                again += usize::from(number != 0 && *last == index + 1);
                *last = index + 1;
            }
            let row = &mut found.texts[index * width..][..width];
            row[order] = (total - again) as i64;
            row[max_order + order] = total as i64;
            all += total as i64;
        }
        let distinct = ngrams.counts().len() + ngrams.n_single();
        found.set.extend([distinct as i64, all]);
    }
    found
}

/// Occurrences in the set of each different n-gram of one order, the most frequent first.
#[must_use]
pub fn ngram_frequencies(texts: TokenSequences<'_>, order: usize) -> Vec<i64> {
    let mut ngrams = SetNgrams::new(texts);
    for _ in 1..order {
        if ngrams.counts().is_empty() {
            break;
        }
        ngrams.lengthen();
    }
    let longest = texts.ranges().map(|range| range.len()).max().unwrap_or(0);
    if order > longest {
        return Vec::new();
    }
    let mut counts: Vec<i64> = ngrams.counts().iter().map(|&count| count.into()).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let n_places: usize = texts
        .ranges()
        .map(|range| (range.len() + 1).saturating_sub(order))
        .sum();
    // All that is not repeated is single, whatever order the walk stopped at.
    let n_repeated = usize::try_from(counts.iter().sum::<i64>()).unwrap_or(n_places);
    counts.resize(counts.len() + n_places - n_repeated, 1);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_text_and_over_the_set() {
        // "a b a b", "a b", ""
        let texts = TokenSequences::new(&[1, 2, 1, 2, 1, 2], &[4, 6, 6]).unwrap();
        let found = distinct_counts(texts, 3);
        assert_eq!(found.set, [2, 6, 2, 4, 2, 2]);
        assert_eq!(
            found.texts,
            [[2, 2, 2, 4, 3, 2], [2, 1, 0, 2, 1, 0], [0; 6]].concat()
        );
    }

    #[test]
    fn frequencies_fall() {
        let texts = TokenSequences::new(&[1, 2, 1, 2, 1, 3], &[4, 6]).unwrap();
        assert_eq!(ngram_frequencies(texts, 1), [3, 2, 1]);
        assert_eq!(ngram_frequencies(texts, 2), [2, 1, 1]);
        assert_eq!(ngram_frequencies(texts, 4), [1]);
        assert!(ngram_frequencies(texts, 5).is_empty());
        assert!(ngram_frequencies(texts, usize::MAX).is_empty());
    }
}
