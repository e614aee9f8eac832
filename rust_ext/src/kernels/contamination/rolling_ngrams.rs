//! Hashes of all n-grams of a text, of several lengths at once, from hashes of its words.
//!
//! With `P` the polynomial of all words so far, `P' = P * BASE + word` modulo 2^64, the last n words are
//! `P - P[n words ago] * BASE^n`. Two different n-grams have equal hashes with a probability of about 2^-64; at worst,
//! for the same words in another order, about 2^-56, since `BASE^k - 1` has at most 8 factors of 2 for k up to 64.

/// Longest n-grams there can be.
pub const MAX_N: usize = 64;

const BASE: u64 = 0xd134_2543_de82_ef95;
const RING: usize = 128;

/// A length of n-grams, with what it takes to cut one out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// Words.
    pub n: usize,
    power: u64,
    salt: u64,
}

impl Length {
    /// N-grams of `n` words, 1 to `MAX_N`.
    #[must_use]
    pub const fn new(n: usize) -> Self {
        Self {
            n,
            power: BASE.wrapping_pow(n as u32),
            salt: (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        }
    }

    /// The hash of the words between two polynomials: `before` the first of its words, and `after` the last.
    #[must_use]
    #[inline]
    pub const fn between(self, before: u64, after: u64) -> u64 {
        after.wrapping_sub(before.wrapping_mul(self.power)) ^ self.salt
    }
}

/// The polynomial of some words (0 where there is none) and one more.
#[must_use]
#[inline]
pub const fn append(polynomial: u64, word: u64) -> u64 {
    polynomial.wrapping_mul(BASE).wrapping_add(word)
}

/// The polynomials of the last words.
pub struct Rolling {
    ring: [u64; RING],
    count: usize,
    last: u64,
}

impl Default for Rolling {
    fn default() -> Self {
        Self {
            ring: [0; RING],
            count: 0,
            last: 0,
        }
    }
}

impl Rolling {
    /// Starts a new text.
    #[inline]
    pub fn reset(&mut self) {
        (self.count, self.last, self.ring[0]) = (0, 0, 0);
    }

    /// Words so far.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there was no word yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes the next word.
    #[inline]
    pub fn push(&mut self, word: u64) {
        self.last = append(self.last, word);
        self.count += 1;
        self.ring[self.count % RING] = self.last;
    }

    /// The hash of the last `length.n` words; None where there are fewer.
    #[must_use]
    #[inline]
    pub fn last_ngram(&self, length: Length) -> Option<u64> {
        let before = self.count.checked_sub(length.n)?;
        Some(length.between(self.ring[before % RING], self.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ngram_hashes_alike_wherever_it_stands() {
        let words: Vec<u64> = (0..300u64)
            .map(|i| (i % 97).wrapping_mul(0x1234_5678_9abc_def1))
            .collect();
        for n in [1, 2, 13, 63, 64] {
            let length = Length::new(n);
            let mut rolling = Rolling::default();
            for (i, &word) in words.iter().enumerate() {
                rolling.push(word);
                let found = rolling.last_ngram(length);
                if i + 1 < n {
                    assert_eq!(found, None);
                    continue;
                }
                let mut alone = Rolling::default();
                words[i + 1 - n..=i]
                    .iter()
                    .for_each(|&word| alone.push(word));
                assert_eq!(found, alone.last_ngram(length), "{n} {i}");
            }
        }
    }

    #[test]
    fn order_and_length_matter() {
        let hash = |words: &[u64]| {
            let mut rolling = Rolling::default();
            for &word in words {
                rolling.push(word);
            }
            rolling.last_ngram(Length::new(words.len()))
        };
        assert_ne!(hash(&[1, 2, 3]), hash(&[2, 1, 3]));
        assert_ne!(hash(&[0, 1]), hash(&[1]));
        assert_ne!(hash(&[0]), hash(&[0, 0]));
    }

    #[test]
    fn a_reset_forgets() {
        let mut rolling = Rolling::default();
        rolling.push(5);
        rolling.push(6);
        rolling.reset();
        assert!(rolling.is_empty());
        rolling.push(7);
        let mut other = Rolling::default();
        other.push(7);
        assert_eq!(
            rolling.last_ngram(Length::new(1)),
            other.last_ngram(Length::new(1))
        );
        assert_eq!(rolling.last_ngram(Length::new(2)), None);
    }
}
