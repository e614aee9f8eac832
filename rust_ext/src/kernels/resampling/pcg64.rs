//! numpy's default generator: PCG64 (XSL RR 128/64, O'Neill 2014) seeded by its `SeedSequence`.
//!
//! The stream equals that of `numpy.random.default_rng(seed)` word for word; numpy promises it to stay. 32-bit words are
//! the halves of 64-bit ones, the lower first; the upper one waits for the next call.

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

/// Steps done side by side, so that one multiplication need not wait for the other.
const LANES: usize = 4;

/// A generator at some place of its stream.
#[derive(Clone, Debug)]
pub struct Pcg64 {
    state: u128,
    increment: u128,
    half: Option<u32>,
}

impl Pcg64 {
    /// The generator of a seed: a number's 32-bit words, the lowest first; empty for zero.
    #[must_use]
    pub fn new(seed: &[u32]) -> Self {
        let words = seed_words(seed);
        let pair = |high: usize| u128::from(words[high]) << 64 | u128::from(words[high + 1]);
        let increment = pair(2) << 1 | 1;
        let mut generator = Self {
            state: 0,
            increment,
            half: None,
        };
        generator.step();
        generator.state = generator.state.wrapping_add(pair(0));
        generator.step();
        generator
    }

    fn step(&mut self) {
        self.state = self
            .state
            .wrapping_mul(MULTIPLIER)
            .wrapping_add(self.increment);
    }

    /// The next 64 bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.step();
        output(self.state)
    }

    /// The next 32 bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if let Some(upper) = self.half.take() {
            return upper;
        }
        let word = self.next_u64();
        self.half = Some((word >> 32) as u32);
        word as u32
    }

    /// The next 32-bit words, as many as `words` has places.
    pub fn fill_u32(&mut self, words: &mut [u32]) {
        let n_waiting = usize::from(self.half.is_some() && !words.is_empty());
        let (waiting, words) = words.split_at_mut(n_waiting);
        for word in waiting {
            *word = self.next_u32();
        }
        let mut blocks = words.chunks_exact_mut(2 * LANES);
        if blocks.len() > 0 {
            let (multiplier, increment) = leap(self.increment, LANES as u64);
            let mut states = [0; LANES];
            for state in &mut states {
                self.step();
                *state = self.state;
            }
            let mut last = self.state;
            for block in &mut blocks {
                last = states[LANES - 1];
                for (pair, state) in block.chunks_exact_mut(2).zip(&mut states) {
                    let word = output(*state);
                    pair[0] = word as u32;
                    pair[1] = (word >> 32) as u32;
                    *state = state.wrapping_mul(multiplier).wrapping_add(increment);
                }
            }
            self.state = last;
        }
        for word in blocks.into_remainder() {
            *word = self.next_u32();
        }
    }

    /// Passes over `count` 32-bit words.
    pub fn skip_u32(&mut self, count: u64) {
        if count == 0 {
            return;
        }
        let count = count - u64::from(self.half.take().is_some());
        let (multiplier, increment) = leap(self.increment, count / 2);
        self.state = self.state.wrapping_mul(multiplier).wrapping_add(increment);
        if count % 2 == 1 {
            self.next_u32();
        }
    }
}

/// The output of a state: its halves folded, and rotated by its top six bits.
#[inline]
const fn output(state: u128) -> u64 {
    ((state >> 64) as u64 ^ state as u64).rotate_right((state >> 122) as u32)
}

/// The multiplier and increment that do `count` steps at once (Brown 1994).
fn leap(increment: u128, mut count: u64) -> (u128, u128) {
    let (mut multiplier, mut increment) = (MULTIPLIER, increment);
    let (mut all_multiplier, mut all_increment) = (1_u128, 0_u128);
    while count > 0 {
        if count & 1 == 1 {
            all_multiplier = all_multiplier.wrapping_mul(multiplier);
            all_increment = all_increment
                .wrapping_mul(multiplier)
                .wrapping_add(increment);
        }
        increment = multiplier.wrapping_add(1).wrapping_mul(increment);
        multiplier = multiplier.wrapping_mul(multiplier);
        count >>= 1;
    }
    (all_multiplier, all_increment)
}

/// What numpy's `SeedSequence` makes of a seed: four 64-bit words (after O'Neill's `randutils`).
fn seed_words(seed: &[u32]) -> [u64; 4] {
    let mut hash = 0x43b0_d7e5_u32;
    let mut mixed_in = |value: u32| {
        let value = value ^ hash;
        hash = hash.wrapping_mul(0x931e_8875);
        let value = value.wrapping_mul(hash);
        value ^ value >> 16
    };
    let mix = |left: u32, right: u32| {
        let value = 0xca01_f9dd_u32
            .wrapping_mul(left)
            .wrapping_sub(0x4973_f715_u32.wrapping_mul(right));
        value ^ value >> 16
    };
    let mut pool = [0_u32; 4];
    for (place, index) in pool.iter_mut().zip(0..) {
        *place = mixed_in(seed.get(index).copied().unwrap_or(0));
    }
    for source in 0..4 {
        for target in 0..4 {
            if source != target {
                pool[target] = mix(pool[target], mixed_in(pool[source]));
            }
        }
    }
    for &word in seed.iter().skip(4) {
        for place in &mut pool {
            *place = mix(*place, mixed_in(word));
        }
    }
    let mut hash = 0x8b51_f9dd_u32;
    let mut drawn = [0_u32; 8];
    for (index, word) in drawn.iter_mut().enumerate() {
        let value = pool[index % 4] ^ hash;
        hash = hash.wrapping_mul(0x58f3_8ded);
        let value = value.wrapping_mul(hash);
        *word = value ^ value >> 16;
    }
    [0, 1, 2, 3].map(|at| u64::from(drawn[2 * at + 1]) << 32 | u64::from(drawn[2 * at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_numpys() {
        // numpy.random.PCG64(12345).random_raw(3) and numpy.random.PCG64(2**130 + 7).random_raw(2)
        let mut generator = Pcg64::new(&[12345]);
        let first = [0; 3].map(|_: u64| generator.next_u64());
        assert_eq!(first, FIRST_OF_12345);
        let mut generator = Pcg64::new(&[7, 0, 0, 0, 4]);
        let first = [0; 2].map(|_: u64| generator.next_u64());
        assert_eq!(first, FIRST_OF_LARGE);
        assert_eq!(Pcg64::new(&[]).next_u64(), Pcg64::new(&[0]).next_u64());
    }

    const FIRST_OF_12345: [u64; 3] = [
        4_193_609_425_186_963_869,
        5_843_160_025_838_961_886,
        14_708_796_524_633_321_433,
    ];
    const FIRST_OF_LARGE: [u64; 2] = [15_828_635_904_473_704_460, 10_556_389_509_284_139_321];

    #[test]
    fn filling_and_skipping_are_drawing_one_by_one() {
        let mut single = Pcg64::new(&[3]);
        let words: Vec<u32> = (0..200).map(|_| single.next_u32()).collect();
        for skipped in [0, 1, 2, 7, 64, 101] {
            for count in [0, 1, 2, 7, 8, 9, 16, 17, 40] {
                let mut generator = Pcg64::new(&[3]);
                generator.skip_u32(skipped as u64);
                let mut filled = vec![0; count];
                generator.fill_u32(&mut filled);
                assert_eq!(filled, words[skipped..skipped + count]);
                generator.skip_u32(3);
                assert_eq!(generator.next_u32(), words[skipped + count + 3]);
            }
        }
    }
}
