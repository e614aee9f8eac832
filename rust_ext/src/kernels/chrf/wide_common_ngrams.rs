//! Common n-grams of two sequences of any length, order and number of members: the slow path of
//! [`crate::kernels::chrf::common_ngrams`].

#![allow(clippy::cast_possible_wrap)] // lengths are far below 2^63

use std::ops::{BitOr, BitXor, Shl, Shr};

/// A number wide enough for the members of an n-gram and one bit that names the sequence.
trait Key:
    Copy
    + Ord
    + From<u32>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
{
    const BITS: u32;
    fn zeros_above(self) -> u32;
    fn is_odd(self) -> bool;
}

impl Key for u64 {
    const BITS: u32 = Self::BITS;
    fn zeros_above(self) -> u32 {
        self.leading_zeros()
    }
    fn is_odd(self) -> bool {
        self & 1 == 1
    }
}

impl Key for u128 {
    const BITS: u32 = Self::BITS;
    fn zeros_above(self) -> u32 {
        self.leading_zeros()
    }
    fn is_odd(self) -> bool {
        self & 1 == 1
    }
}

/// Sum over all n-grams of the smaller of their two counts, for n = 1, 2, ... up to the length of `common`.
///
/// Members are numbers from 1 on.
pub fn count_common<T: Copy + Into<u32>>(first: &[T], second: &[T], common: &mut [i64]) {
    common.fill(0);
    let highest = first
        .iter()
        .chain(second)
        .map(|&number| number.into())
        .max();
    let bits = u32::BITS - highest.unwrap_or(0).leading_zeros();
    let needed = u64::from(bits) * common.len() as u64 + 1;
    if first.is_empty() || second.is_empty() || common.is_empty() {
        return;
    }
    if needed <= u64::from(u64::BITS) {
        count_sorted::<T, u64>(first, second, bits, common);
    } else if needed <= u64::from(u128::BITS) {
        count_sorted::<T, u128>(first, second, bits, common);
    } else {
        count_by_extension(first, second, common);
    }
}

/// Sorts exact keys of as many members as there are orders; runs of equal beginnings are the n-grams.
fn count_sorted<T: Copy + Into<u32>, K: Key>(
    first: &[T],
    second: &[T],
    bits: u32,
    common: &mut [i64],
) {
    let max_order = common.len();
    let top = bits * (max_order as u32 - 1);
    let mut keys: Vec<K> = Vec::with_capacity(first.len() + second.len());
    for (text, mark) in [(first, 0), (second, 1)] {
        let mut key = K::from(0);
        for &number in text.iter().rev() {
            key = key >> bits | K::from(number.into()) << top;
            keys.push(key << 1 | K::from(mark));
        }
    }
    keys.sort_unstable();
    let unused = K::BITS - bits * max_order as u32;
    let (mut counts, mut before) = ([0_i64; 2], vec![[0_i64; 2]; max_order]);
    for (at, &key) in keys.iter().enumerate() {
        counts[usize::from(key.is_odd())] += 1;
        let shared = keys.get(at + 1).map_or(0, |&next| {
            (((key ^ next) >> 1).zeros_above() - unused) / bits
        });
        for (common, before) in common
            .iter_mut()
            .zip(&mut before)
            .skip((shared as usize).min(max_order))
        {
            *common += (counts[0] - before[0]).min(counts[1] - before[1]);
            *before = counts;
        }
    }
    // What the two have in common beyond their ends is no n-gram: one false match for each equal end.
    let ends = first.iter().rev().zip(second.iter().rev());
    let shared_end = ends
        .take(max_order)
        .take_while(|&(&a, &b)| a.into() == b.into())
        .count();
    for (order, common) in common.iter_mut().enumerate() {
        *common -= shared_end.min(order) as i64;
    }
}

/// A position whose n-gram so far has the number `ngram` and occurs in both sequences.
struct Position {
    ngram: usize,
    next: u32,
    second: bool,
    at: usize,
}

/// Extends n-grams that both sequences have by one member at a time, so that a high order costs what it matches.
fn count_by_extension<T: Copy + Into<u32>>(first: &[T], second: &[T], common: &mut [i64]) {
    let mut positions: Vec<Position> = [(first, false), (second, true)]
        .into_iter()
        .flat_map(|(text, second)| {
            (0..text.len()).map(move |at| Position {
                ngram: 0,
                next: 0,
                second,
                at,
            })
        })
        .collect();
    for (order, common) in common.iter_mut().enumerate() {
        positions.retain_mut(|position| {
            let text = if position.second { second } else { first };
            let next = text.get(position.at + order);
            position.next = next.map_or(0, |&number| number.into());
            next.is_some()
        });
        positions.sort_unstable_by_key(|position| (position.ngram, position.next));
        let (mut kept, mut start, mut ngram) = (0, 0, 0);
        while start < positions.len() {
            let run = (positions[start].ngram, positions[start].next);
            let len = positions[start..]
                .iter()
                .take_while(|position| (position.ngram, position.next) == run)
                .count();
            let in_second = positions[start..start + len]
                .iter()
                .filter(|position| position.second)
                .count();
            let smaller = in_second.min(len - in_second);
            *common += smaller as i64;
            if smaller > 0 {
                for at in start..start + len {
                    positions[at].ngram = ngram;
                    positions.swap(kept, at);
                    kept += 1;
                }
                ngram += 1;
            }
            start += len;
        }
        positions.truncate(kept);
        if positions.is_empty() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn naive(first: &[u32], second: &[u32], order: usize) -> i64 {
        let count = |text: &[u32]| {
            let mut counts: HashMap<Vec<u32>, i64> = HashMap::new();
            for ngram in text.windows(order) {
                *counts.entry(ngram.to_vec()).or_default() += 1;
            }
            counts
        };
        let other = count(second);
        count(first)
            .iter()
            .map(|(ngram, &n)| n.min(other.get(ngram).copied().unwrap_or(0)))
            .sum()
    }

    #[test]
    fn all_widths_equal_the_definition() {
        let mut state = 3;
        let mut draw = |below: u32| {
            state = crate::kernels::resampling::counter_rng::mix64(state);
            (state % u64::from(below)) as u32
        };
        for round in 0..600 {
            // Members of 2, 21 and 32 bits.
            let far = [0, 0x0010_ffff, u32::MAX - 3][round % 3];
            let mut sequence =
                || -> Vec<u32> { (0..draw(30)).map(|_| far + 1 + draw(2)).collect() };
            let (first, second) = (sequence(), sequence());
            for max_order in [1, 2, 6, 12] {
                let mut common = vec![0; max_order];
                count_common(&first, &second, &mut common);
                let expected: Vec<i64> =
                    (1..=max_order).map(|n| naive(&first, &second, n)).collect();
                assert_eq!(common, expected, "{first:?} {second:?}");
            }
        }
    }

    #[test]
    fn keys_without_room_for_the_mark_are_not_cut() {
        // Members of 8 bits: with the mark, 8 and 16 of them need a bit more than keys have. The first ones differ in
        // their highest bit, which a key that is too narrow would lose.
        let rest: Vec<u32> = (1..=20).collect();
        let first = [vec![255], rest.clone()].concat();
        let second = [vec![127], rest].concat();
        for max_order in [7, 8, 15, 16, 17] {
            let mut common = vec![0; max_order];
            count_common(&first, &second, &mut common);
            let expected: Vec<i64> = (1..=max_order).map(|n| naive(&first, &second, n)).collect();
            assert_eq!(common, expected);
        }
    }

    #[test]
    fn nothing_in_common_with_nothing() {
        let mut common = [7; 3];
        count_common::<u32>(&[], &[1, 2], &mut common);
        assert_eq!(common, [0; 3]);
    }
}
