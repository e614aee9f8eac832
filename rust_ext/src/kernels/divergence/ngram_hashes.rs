//! Stable hashes of n-grams, and feature vectors made of them.
//!
//! Hashes are part of what features mean: they must never change, on no machine.

use crate::kernels::divergence::text_units::{Unit, units};
use crate::kernels::parallel::fill_rows;
use crate::kernels::resampling::counter_rng::mix64;

/// Texts a thread takes at a time, at least.
const MIN_TEXTS: usize = 16;

/// FNV-1a over the bytes of a unit, finished so that every bit depends on every byte.
#[must_use]
#[inline]
pub fn hash_unit(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix64(hash)
}

/// Calls `emit` with the 64-bit hash of each n-gram of `order` units, in order.
///
/// `hashes` are those of the units; `kind` keeps n-grams of different kinds apart.
#[inline]
fn ngrams(hashes: &[u64], order: usize, kind: u64, mut emit: impl FnMut(u64)) {
    for window in hashes.windows(order.max(1)) {
        let start = mix64(kind << 32 | order as u64);
        emit(
            window
                .iter()
                .fold(start, |hash, &unit| mix64(hash.rotate_left(23) ^ unit)),
        );
    }
}

/// For each text, the hashes of its n-grams, cut to 53 bits, which a float64 holds exactly.
#[must_use]
pub fn ngram_hashes<T: AsRef<[u8]>>(texts: &[T], unit: Unit, order: usize) -> (Vec<f64>, Vec<i64>) {
    let (mut found, mut lengths, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for text in texts {
        hashes.clear();
        units(text.as_ref(), unit, |bytes| hashes.push(hash_unit(bytes)));
        let mut length = 0;
        ngrams(&hashes, order, 0, |hash| {
            found.push((hash >> 11) as f64);
            length += 1;
        });
        lengths.push(length);
    }
    (found, lengths)
}

/// One row of `n_features` numbers a text: words, pairs of words and triples of characters, each hashed into one
/// feature and counted there with a sign of its own.
#[must_use]
pub fn text_features<T: AsRef<[u8]> + Sync>(texts: &[T], n_features: usize) -> Vec<f32> {
    let mut rows = vec![0.0; texts.len() * n_features];
    if n_features == 0 {
        return rows;
    }
    fill_rows(
        &mut rows,
        n_features,
        MIN_TEXTS,
        Vec::new,
        |hashes: &mut Vec<u64>, index, row| {
            for (kind, unit, orders) in [(1, Unit::Words, 1..=2), (2, Unit::Characters, 3..=3)] {
                hashes.clear();
                units(texts[index].as_ref(), unit, |bytes| {
                    hashes.push(hash_unit(bytes));
                });
                for order in orders {
                    ngrams(hashes, order, kind, |hash| {
                        let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
                        row[bucket(hash, n_features)] += sign;
                    });
                }
            }
        },
    );
    rows
}

/// One row of `n_features` numbers a word: the word itself and its runs of 3 to 5 characters, ends marked, each hashed
/// into one feature and counted there. No number is negative, so that no two words are less than unrelated.
#[must_use]
pub fn word_features<T: AsRef<[u8]> + Sync>(words: &[T], n_features: usize) -> Vec<f32> {
    let mut rows = vec![0.0; words.len() * n_features];
    if n_features == 0 {
        return rows;
    }
    fill_rows(
        &mut rows,
        n_features,
        MIN_TEXTS,
        Vec::new,
        |hashes: &mut Vec<u64>, index, row| {
            let word = words[index].as_ref();
            row[bucket(hash_unit(word), n_features)] += 1.0;
            hashes.clear();
            hashes.push(1); // the beginning and the end, which are no characters
            units(word, Unit::Characters, |bytes| {
                hashes.push(hash_unit(bytes));
            });
            hashes.push(2);
            for order in 3..=5 {
                ngrams(hashes, order, 3, |hash| {
                    row[bucket(hash, n_features)] += 1.0;
                });
            }
        },
    );
    rows
}

/// The feature that a hash falls into.
#[inline]
fn bucket(hash: u64, n_features: usize) -> usize {
    (hash % n_features as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_never_change() {
        assert_eq!(hash_unit(b""), mix64(0xcbf2_9ce4_8422_2325));
        let (hashes, lengths) = ngram_hashes(&["a b c", "", "b c"], Unit::Words, 2);
        assert_eq!(lengths, [2, 0, 1]);
        assert_eq!(hashes[1].to_bits(), hashes[2].to_bits());
        assert_ne!(hashes[0].to_bits(), hashes[1].to_bits());
        assert!(
            hashes
                .iter()
                .all(|&hash| (0.0..9_007_199_254_740_992.0).contains(&hash))
        );
    }

    #[test]
    fn features_count_every_ngram() {
        let row = text_features(&["aé b"], 64);
        // 2 words, 1 pair, 2 triples of characters
        assert_eq!(
            row.iter().map(|count| count.abs() as i64).sum::<i64>() % 2,
            1
        );
        let rows = word_features(&["cat", "", "cats"], 128);
        // <cat>: the word, 3 triples, 2 fours, 1 five
        assert_eq!(rows[..128].iter().sum::<f32>() as i64, 7);
        assert_eq!(rows[128..256].iter().sum::<f32>() as i64, 1);
        assert!(text_features(&["a"], 0).is_empty());
    }
}
