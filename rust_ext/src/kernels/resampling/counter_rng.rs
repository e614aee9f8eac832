//! A counter-based random stream: draw `j` of resample `b` is a pure function of (seed, b, j).
//!
//! It is the splittable generator of Steele, Lea and Flood ("Fast splittable pseudorandom number generators", OOPSLA
//! 2014), keyed: with `mix64` the `SplitMix64` finaliser and `GOLDEN` its increment, all modulo 2^64,
//!
//! ```text
//! key    = mix64(seed + GOLDEN)
//! start  = mix64(key + (2 b + 1) GOLDEN)
//! step   = odd(mix64(key + (2 b + 2) GOLDEN))
//! h(j)   = mix64(start + j step)
//! draw   = floor(h(j) G / 2^64)
//! ```
//!
//! where `odd` sets the lowest bit and, if fewer than 24 neighbouring bits differ, flips every other bit. A step of
//! its own keeps two resamples from running along the same sequence. The bias of `draw` is below G / 2^64.

/// 2^64 divided by the golden ratio, made odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The `SplitMix64` finaliser: a bijection of the 64-bit numbers in which each input bit moves half of the output.
#[must_use]
#[inline]
pub const fn mix64(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The stream of one resample.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    start: u64,
    step: u64,
}

impl Stream {
    /// The stream of resample `resample` under `seed`.
    #[must_use]
    pub const fn new(seed: u64, resample: u64) -> Self {
        let key = mix64(seed.wrapping_add(GOLDEN));
        let counter = resample.wrapping_mul(2);
        let start = mix64(key.wrapping_add(counter.wrapping_add(1).wrapping_mul(GOLDEN)));
        let step = mix64(key.wrapping_add(counter.wrapping_add(2).wrapping_mul(GOLDEN))) | 1;
        let irregular = (step ^ (step >> 1)).count_ones() >= 24;
        Self {
            start,
            step: if irregular {
                step
            } else {
                step ^ 0xaaaa_aaaa_aaaa_aaaa
            },
        }
    }

    /// Word `index`: 64 random bits.
    #[must_use]
    #[inline]
    pub const fn word(self, index: u64) -> u64 {
        mix64(self.start.wrapping_add(index.wrapping_mul(self.step)))
    }

    /// Draw `index`: uniform over 0 to `n` - 1.
    #[must_use]
    #[inline]
    pub const fn draw(self, index: u64, n: u64) -> u64 {
        ((self.word(index) as u128 * n as u128) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mix64_is_the_published_finaliser() {
        // First outputs of `SplitMix64` seeded with 1234567, as in Vigna's splitmix64.c.
        let outputs =
            [1, 2, 3].map(|n: u64| mix64(1_234_567_u64.wrapping_add(n.wrapping_mul(GOLDEN))));
        assert_eq!(
            outputs,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn draws_are_uniform() {
        // Chi-square over 20 bins has 19 degrees of freedom; 43.8 is its 99.9 % point.
        for seed in [0, 1, u64::MAX] {
            let mut bins = [0_u32; 20];
            for resample in 0..200 {
                let stream = Stream::new(seed, resample);
                (0..1000).for_each(|index| bins[stream.draw(index, 20) as usize] += 1);
            }
            let chi_square: f64 = bins
                .iter()
                .map(|&n| (f64::from(n) - 10_000.0).powi(2) / 10_000.0)
                .sum();
            assert!(chi_square < 43.8, "seed {seed}: {chi_square}");
        }
    }

    #[test]
    fn first_draws_differ_between_resamples_and_seeds() {
        let first = |seed, resample| Stream::new(seed, resample).draw(0, u64::MAX);
        let mut seen: Vec<u64> = (0..100)
            .flat_map(|s| (0..100).map(move |b| first(s, b)))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 10_000);
    }

    #[test]
    fn draws_stay_below_n() {
        let stream = Stream::new(3, 5);
        assert!((0..1000).all(|index| stream.draw(index, 1) == 0 && stream.draw(index, 3) < 3));
    }
}
