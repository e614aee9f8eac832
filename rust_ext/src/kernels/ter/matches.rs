//! Where the words of a reference stand, as bits.

/// For each word number of one reference, the positions of that word, in blocks of 64.
#[derive(Default)]
pub struct Matches {
    /// Number of a block, and its positions; the blocks of one word one after the other.
    blocks: Vec<(u32, u64)>,
    /// Where the blocks of each word start, and where the last ends.
    starts: Vec<usize>,
}

impl Matches {
    /// Notes the words of a reference, numbers from 1 to `n_words`.
    pub fn set(&mut self, reference: &[u32], n_words: usize) {
        const NONE: u32 = u32::MAX;
        self.starts.clear();
        self.starts.resize(n_words + 2, 0);
        let mut last = vec![NONE; n_words + 1];
        for (at, &word) in reference.iter().enumerate() {
            let (block, word) = ((at / 64) as u32, word as usize);
            self.starts[word + 1] += usize::from(last[word] != block);
            last[word] = block;
        }
        for word in 0..=n_words {
            self.starts[word + 1] += self.starts[word];
        }
        self.blocks.clear();
        self.blocks.resize(self.starts[n_words + 1], (NONE, 0));
        let mut next: Vec<usize> = self.starts.clone();
        for (at, &word) in reference.iter().enumerate() {
            let (block, word) = ((at / 64) as u32, word as usize);
            if next[word] == self.starts[word] || self.blocks[next[word] - 1].0 != block {
                self.blocks[next[word]] = (block, 0);
                next[word] += 1;
            }
            self.blocks[next[word] - 1].1 |= 1 << (at % 64);
        }
    }

    /// Bit k is set where the reference's word `first + k` is `word`; 0 is a word that it does not have.
    #[inline]
    #[must_use]
    pub fn bits(&self, word: u32, first: usize) -> u64 {
        let blocks = &self.blocks[self.starts[word as usize]..self.starts[word as usize + 1]];
        let (block, shift) = ((first / 64) as u32, first % 64);
        let at = match blocks {
            [] => return 0,
            [(only, bits)] if *only == block => return bits >> shift,
            _ => blocks.partition_point(|&(number, _)| number < block),
        };
        let mut found = 0;
        let mut rest = blocks[at..].iter();
        let mut next = rest.next();
        if let Some(&(number, bits)) = next {
            if number == block {
                found = bits >> shift;
                next = rest.next();
            }
        }
        match next {
            Some(&(number, bits)) if number == block + 1 && shift > 0 => {
                found | bits << (64 - shift)
            }
            _ => found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_the_positions_from_anywhere() {
        let reference: Vec<u32> = (0..300_u32).map(|at| 1 + at * at % 7).collect();
        let mut matches = Matches::default();
        matches.set(&reference, 8);
        for word in 0..=8 {
            for first in 0..310 {
                let expected = (0..64)
                    .filter(|&k| reference.get(first + k) == Some(&word))
                    .fold(0, |bits, k| bits | 1 << k);
                assert_eq!(matches.bits(word, first), expected, "{word} {first}");
            }
        }
    }
}
