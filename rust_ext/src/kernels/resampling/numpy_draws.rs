//! Bounded integers and coin flips as numpy's `Generator` draws them from its stream.

use crate::kernels::resampling::pcg64::Pcg64;

/// Words drawn at a time; a rejection is looked for once in so many.
const BATCH: usize = 256;

/// Fills `draws` as `integers(0, n, size)` does for an `n` of 1 to 2^32 - 1: Lemire's method on 32-bit words.
pub fn fill_bounded(generator: &mut Pcg64, n: u32, draws: &mut [u32]) {
    if n <= 1 {
        draws.fill(0); // numpy draws nothing where there is nothing to choose
        return;
    }
    let threshold = (u32::MAX - (n - 1)) % n;
    let mut words = [0_u32; BATCH];
    let mut filled = 0;
    while filled < draws.len() {
        let count = BATCH.min(draws.len() - filled);
        generator.fill_u32(&mut words[..count]);
        let mut lowest = u32::MAX;
        for (draw, &word) in draws[filled..].iter_mut().zip(&words[..count]) {
            let product = u64::from(word) * u64::from(n);
            *draw = (product >> 32) as u32;
            lowest = lowest.min(product as u32);
        }
        if lowest >= threshold {
            filled += count;
            continue;
        }
        for &word in &words[..count] {
            let product = u64::from(word) * u64::from(n);
            if product as u32 >= threshold {
                draws[filled] = (product >> 32) as u32;
                filled += 1;
            }
        }
    }
}

/// Words that `n_flips` coin flips take: they come 32 from a word.
#[must_use]
pub const fn words_of_flips(n_flips: u64) -> u64 {
    n_flips.div_ceil(32)
}

/// The coin flips of one call of `integers(2, size, dtype=bool)`, from any place on.
#[derive(Clone, Debug)]
pub struct Flips {
    start: Pcg64,
    generator: Pcg64,
    n_drawn: u64,
    last: u32,
}

impl Flips {
    /// The flips that `generator` gives next.
    #[must_use]
    pub fn new(generator: Pcg64) -> Self {
        Self {
            start: generator.clone(),
            generator,
            n_drawn: 0,
            last: 0,
        }
    }

    /// Fills `words` with flips `first`, `first + 1`, ..., the earliest in the lowest bit.
    ///
    /// `scratch` is overwritten. Going on where the last call ended is quick, going elsewhere takes a leap.
    pub fn fill(&mut self, first: u64, words: &mut [u64], scratch: &mut Vec<u32>) {
        let (at, shift) = (first / 32, (first % 32) as u32);
        scratch.clear();
        if self.n_drawn == at + 1 {
            scratch.push(self.last);
        } else if self.n_drawn != at {
            self.generator = self.start.clone();
            self.generator.skip_u32(at);
        }
        let drawn = scratch.len();
        scratch.resize(2 * words.len() + 1, 0);
        self.generator.fill_u32(&mut scratch[drawn..]);
        self.n_drawn = at + scratch.len() as u64;
        self.last = scratch[scratch.len() - 1];
        for (word, part) in words.iter_mut().zip(scratch.windows(3).step_by(2)) {
            let whole = u128::from(part[0]) | u128::from(part[1]) << 32 | u128::from(part[2]) << 64;
            *word = (whole >> shift) as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy's method written down word for word.
    fn bounded_one_by_one(generator: &mut Pcg64, n: u32) -> u32 {
        let mut product = u64::from(generator.next_u32()) * u64::from(n);
        if (product as u32) < n {
            let threshold = (u32::MAX - (n - 1)) % n;
            while (product as u32) < threshold {
                product = u64::from(generator.next_u32()) * u64::from(n);
            }
        }
        (product >> 32) as u32
    }

    #[test]
    fn bounded_draws_are_lemires() {
        // Above 2^31 about every second word is rejected, at three quarters of 2^32 every fourth.
        for n in [2, 3, 1000, 1 << 20, (1 << 31) + 1, 3 << 30, u32::MAX] {
            for count in [1, 7, 255, 256, 257, 2000] {
                let mut batched = Pcg64::new(&[n, 5]);
                let mut single = batched.clone();
                let mut draws = vec![0; count];
                fill_bounded(&mut batched, n, &mut draws);
                let expected: Vec<u32> = (0..count)
                    .map(|_| bounded_one_by_one(&mut single, n))
                    .collect();
                assert_eq!(draws, expected);
                assert_eq!(batched.next_u32(), single.next_u32());
            }
        }
    }

    #[test]
    fn one_choice_draws_nothing() {
        let mut generator = Pcg64::new(&[1]);
        let mut draws = [9; 3];
        fill_bounded(&mut generator, 1, &mut draws);
        assert_eq!(draws, [0; 3]);
        assert_eq!(generator.next_u64(), Pcg64::new(&[1]).next_u64());
    }

    #[test]
    fn flips_are_the_bits_of_the_words_wherever_one_begins() {
        let mut generator = Pcg64::new(&[8]);
        let words: Vec<u32> = (0..100).map(|_| generator.next_u32()).collect();
        let mut flips = Flips::new(Pcg64::new(&[8]));
        let mut scratch = Vec::new();
        for first in [0, 64, 70, 70, 1000, 1064, 3, 31, 32, 33, 95, 159, 224] {
            for count in [1, 2, 5] {
                let mut found = vec![0_u64; count];
                flips.fill(first, &mut found, &mut scratch);
                for bit in 0..64 * count {
                    let at = first as usize + bit;
                    let expected = words[at / 32] >> (at % 32) & 1;
                    assert_eq!(found[bit / 64] >> (bit % 64) & 1, u64::from(expected));
                }
            }
        }
        assert_eq!(words_of_flips(64), 2);
        assert_eq!(words_of_flips(65), 3);
    }
}
