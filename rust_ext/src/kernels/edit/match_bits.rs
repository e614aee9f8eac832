//! Where each symbol stands in a pattern, a bit a position; and one column of an edit matrix computed from that.

/// Rows of the matrix that a word holds.
pub const WORD: usize = u64::BITS as usize;

/// For each symbol, `W` words with a bit set where it stands in a part of a pattern. Cleared by what was set.
#[derive(Default)]
pub struct MatchBits {
    words: Vec<u64>,
}

impl MatchBits {
    /// Makes room for symbols below `bound`, `width` words each. All bits must have been cleared.
    pub fn reserve(&mut self, bound: usize, width: usize) {
        let len = bound.saturating_mul(width);
        if self.words.len() < len {
            self.words.resize(len, 0);
        }
    }

    /// Sets the bits of a part of at most `W * 64` symbols, each below the bound reserved.
    pub fn set<const W: usize>(&mut self, part: &[u32]) {
        for (at, &symbol) in part.iter().enumerate() {
            self.words[symbol as usize * W + at / WORD] |= 1 << (at % WORD);
        }
    }

    /// Clears what [`Self::set`] has set.
    pub fn clear<const W: usize>(&mut self, part: &[u32]) {
        for &symbol in part {
            self.words[symbol as usize * W..][..W].fill(0);
        }
    }

    /// The words of a symbol below the bound.
    #[inline]
    #[must_use]
    pub fn get<const W: usize>(&self, symbol: u32) -> [u64; W] {
        let words = self.words.get(symbol as usize * W..);
        words
            .and_then(|words| words.first_chunk::<W>())
            .copied()
            .unwrap_or([0; W])
    }
}

/// Differences between vertical neighbours in one column: which are +1 and which are -1.
#[derive(Clone, Copy, Debug)]
pub struct Column<const W: usize> {
    /// Bit i: the cell of row i is one more than the cell above it.
    pub plus: [u64; W],
    /// Bit i: the cell of row i is one less than the cell above it.
    pub minus: [u64; W],
}

impl<const W: usize> Column<W> {
    /// Each cell one more than the one above: the first column of an edit matrix.
    pub const ASCENDING: Self = Self {
        plus: [u64::MAX; W],
        minus: [0; W],
    };

    /// Moves one column to the right (Hyyrö 2003, after Myers 1999).
    ///
    /// `above` is the difference to the left neighbour in the row above: bit 0 for +1, bit 1 for -1. Returns the same
    /// of the last row.
    #[inline(always)]
    #[allow(clippy::inline_always, clippy::needless_range_loop)] // a loop around it must keep the column in registers
    pub fn step(&mut self, matches: [u64; W], above: u64) -> u64 {
        let (mut plus_in, mut minus_in) = (above & 1, above >> 1);
        for word in 0..W {
            let (plus, minus) = (self.plus[word], self.minus[word]);
            let equal = matches[word] | minus_in;
            let same = ((equal & plus).wrapping_add(plus) ^ plus) | equal | minus;
            let right_plus = minus | !(same | plus);
            let right_minus = same & plus;
            let (plus_out, minus_out) = (right_plus >> 63, right_minus >> 63);
            let right_plus = right_plus << 1 | plus_in;
            let right_minus = right_minus << 1 | minus_in;
            self.plus[word] = right_minus | !(same | right_plus);
            self.minus[word] = right_plus & same;
            (plus_in, minus_in) = (plus_out, minus_out);
        }
        plus_in | minus_in << 1
    }

    /// The cell of row `rows` less the cell above row 0.
    #[inline]
    #[must_use]
    pub fn rise(&self, rows: usize) -> i64 {
        let mut rise = 0;
        for word in 0..W {
            let left = rows.saturating_sub(word * WORD).min(WORD);
            if left > 0 {
                let mask = u64::MAX >> (WORD - left);
                rise += i64::from((self.plus[word] & mask).count_ones());
                rise -= i64::from((self.minus[word] & mask).count_ones());
            }
        }
        rise
    }
}
