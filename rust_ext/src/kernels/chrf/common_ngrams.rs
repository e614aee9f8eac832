//! How many n-grams two short sequences have in common, for all orders at once.
//!
//! Every position is an exact key of its next few members, 8 bits each. Sorted, the positions of an n-gram lie side by
//! side whatever n is: one radix sort and one scan serve all orders, without hashing.

#![allow(clippy::cast_possible_wrap)] // lengths are far below 2^63

/// Most distinct members, numbered from 1: 8 bits less the number 0, which stands for what follows the end.
pub const MAX_NUMBERS: usize = u8::MAX as usize;
/// Most positions of both sequences together, so that counts fit the lanes of the scan.
pub const MAX_POSITIONS: usize = i16::MAX as usize;
/// Highest order: seven members and the bit that names the sequence share a `u64`.
pub const MAX_ORDER: usize = 7;

const SECOND: u64 = 1 << 63;
const LANES: usize = 8;
/// `ENDED[l]` has the lanes of the orders above l set: their n-gram ends where neighbours share l members.
const ENDED: [[i16; LANES]; LANES + 1] = {
    let mut masks = [[0; LANES]; LANES + 1];
    let mut shared = 0;
    while shared <= LANES {
        let mut lane = shared;
        while lane < LANES {
            masks[shared][lane] = -1;
            lane += 1;
        }
        shared += 1;
    }
    masks
};

/// Counts common n-grams of one pair of sequences after another in the same buffers.
#[derive(Default)]
pub struct CommonNgrams {
    keys: Vec<u64>,
    sorted: Vec<u64>,
}

impl CommonNgrams {
    /// Whether sequences of so many members together, numbered up to `n_numbers`, can be counted here.
    #[must_use]
    pub fn fits(n_positions: usize, n_numbers: usize, max_order: usize) -> bool {
        n_positions <= MAX_POSITIONS && n_numbers <= MAX_NUMBERS && max_order <= MAX_ORDER
    }

    /// Sum over all n-grams of the smaller of their two counts, for n = 1, 2, ... up to the length of `common`.
    ///
    /// Members are numbers from 1 to `n_numbers`.
    pub fn count<T: Copy + Into<u32>>(
        &mut self,
        first: &[T],
        second: &[T],
        n_numbers: usize,
        common: &mut [i64],
    ) {
        let max_order = common.len();
        debug_assert!(Self::fits(first.len() + second.len(), n_numbers, max_order));
        if first.is_empty() || second.is_empty() || max_order == 0 {
            common.fill(0);
            return;
        }
        self.sort(first, second, n_numbers, max_order);
        let found = scan(&self.keys, max_order);
        let shared_end = first
            .iter()
            .rev()
            .zip(second.iter().rev())
            .take_while(|&(&a, &b)| a.into() == b.into())
            .count();
        for (order, (common, &found)) in common.iter_mut().zip(&found).enumerate() {
            // What the two have in common beyond their ends is no n-gram: one false match for each equal end.
            *common = i64::from(found) - shared_end.min(order) as i64;
        }
    }

    /// Fills `keys` with the sorted keys of all positions.
    fn sort<T: Copy + Into<u32>>(
        &mut self,
        first: &[T],
        second: &[T],
        n_numbers: usize,
        max_order: usize,
    ) {
        let n_positions = first.len() + second.len();
        self.keys.resize(n_positions, 0);
        self.sorted.resize(n_positions, 0);
        let mut counts = [0_u32; 256];
        for &number in first.iter().chain(second) {
            counts[index(number)] += 1;
        }
        // The last members are those of all positions but the first few, and as many ends.
        for text in [first, second] {
            for &number in text.iter().take(max_order - 1) {
                counts[index(number)] -= 1;
                counts[0] += 1;
            }
        }
        let mut places = running_sums(&counts, n_numbers);
        for (text, mark) in [(first, 0), (second, SECOND)] {
            let mut key = 0;
            for &number in text.iter().rev() {
                key = key >> 8 | u64::from(number.into()) << (8 * (max_order - 1));
                let place = &mut places[(key & 0xff) as usize];
                self.keys[*place as usize] = key | mark;
                *place += 1;
            }
        }
        for digit in 1..max_order {
            for text in [first, second] {
                if let Some(&number) = text.get(max_order - 1 - digit) {
                    counts[index(number)] += 1;
                    counts[0] -= 1;
                }
            }
            let mut places = running_sums(&counts, n_numbers);
            for &key in &self.keys {
                let place = &mut places[(key >> (8 * digit) & 0xff) as usize];
                self.sorted[*place as usize] = key;
                *place += 1;
            }
            std::mem::swap(&mut self.keys, &mut self.sorted);
        }
    }
}

/// Where a number's count lies: all are below 256, which the mask tells the compiler.
fn index<T: Into<u32>>(number: T) -> usize {
    (number.into() & 0xff) as usize
}

fn running_sums(counts: &[u32; 256], n_numbers: usize) -> [u32; 256] {
    let mut sums = [0; 256];
    let mut sum = 0;
    for (place, count) in sums.iter_mut().zip(counts).take(n_numbers + 1) {
        *place = sum;
        sum += count;
    }
    sums
}

/// Sum of the smaller counts of each order's runs of equal beginnings, orders as lanes.
fn scan(keys: &[u64], max_order: usize) -> [i16; LANES] {
    let mut runs = Runs::default();
    let (mut n_first, mut n_second) = (0_i16, 0_i16);
    let unused = u64::BITS - 8 * max_order as u32;
    for pair in keys.windows(2) {
        let second = (pair[0] >> 63) as i16;
        n_second += second;
        n_first += 1 - second;
        let shared = ((pair[0] ^ pair[1]) << unused).leading_zeros() / 8;
        runs.close(shared as usize, n_first, n_second);
    }
    if let Some(&last) = keys.last() {
        let second = (last >> 63) as i16;
        runs.close(0, n_first + 1 - second, n_second + second);
    }
    runs.common
}

/// What was counted of each order, and how many positions there were where its run began.
#[derive(Default)]
struct Runs {
    common: [i16; LANES],
    first_before: [i16; LANES],
    second_before: [i16; LANES],
}

impl Runs {
    /// Ends the runs of all orders above `shared`, at so many positions of either sequence.
    #[inline(always)]
    #[allow(clippy::inline_always)] // the loop around it must keep the lanes in registers
    fn close(&mut self, shared: usize, n_first: i16, n_second: i16) {
        let before = self.first_before.iter_mut().zip(&mut self.second_before);
        for ((common, (first, second)), ended) in
            self.common.iter_mut().zip(before).zip(ENDED[shared])
        {
            let (in_first, in_second) = (n_first - *first, n_second - *second);
            *common += in_first.min(in_second) & ended;
            *first += in_first & ended;
            *second += in_second & ended;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::chrf::wide_common_ngrams::count_common;

    #[test]
    fn counts_the_smaller_of_both() {
        let mut common = [0; 4];
        CommonNgrams::default().count::<u8>(&[1, 1, 1, 2], &[1, 1, 2, 2, 1, 1], 2, &mut common);
        // 1 three times, 2 once; 11 twice, 12 once; 112; none of 1112.
        assert_eq!(common, [4, 3, 1, 0]);
    }

    #[test]
    fn equal_ends_are_no_longer_ngrams() {
        let mut common = [0; 6];
        let mut counter = CommonNgrams::default();
        counter.count::<u8>(&[1, 2, 3], &[1, 2, 3], 3, &mut common);
        assert_eq!(common, [3, 2, 1, 0, 0, 0]);
        counter.count::<u8>(&[3], &[1, 2, 3], 3, &mut common);
        assert_eq!(common, [1, 0, 0, 0, 0, 0]);
        counter.count::<u8>(&[], &[1], 3, &mut common);
        assert_eq!(common, [0; 6]);
    }

    #[test]
    fn equals_the_wide_count_at_every_order() {
        let mut state = 11;
        let mut draw = |below: u64| {
            state = crate::kernels::resampling::counter_rng::mix64(state);
            state % below
        };
        let mut counter = CommonNgrams::default();
        for round in 0..600 {
            let n_numbers = [2, 3, 255][round % 3];
            let mut sequence = || -> Vec<u8> {
                (0..draw(40))
                    .map(|_| 1 + draw(n_numbers as u64) as u8)
                    .collect()
            };
            let (first, second) = (sequence(), sequence());
            let order = 1 + round % MAX_ORDER;
            let (mut narrow, mut wide) = (vec![0; order], vec![0; order]);
            counter.count(&first, &second, n_numbers, &mut narrow);
            count_common(&first, &second, &mut wide);
            assert_eq!(narrow, wide, "{first:?} {second:?}");
        }
    }

    #[test]
    fn the_limits_hold_exactly() {
        let sequence = vec![255_u8; MAX_POSITIONS - 1];
        let (first, second) = sequence.split_at(MAX_POSITIONS / 2);
        let mut common = [0; MAX_ORDER];
        CommonNgrams::default().count(first, second, MAX_NUMBERS, &mut common);
        let n = first.len().min(second.len()) as i64;
        assert_eq!(common, [n, n - 1, n - 2, n - 3, n - 4, n - 5, n - 6]);
        assert!(!CommonNgrams::fits(MAX_POSITIONS + 1, 1, 1));
        assert!(!CommonNgrams::fits(1, MAX_NUMBERS + 1, 1));
        assert!(!CommonNgrams::fits(1, 1, MAX_ORDER + 1));
    }
}
