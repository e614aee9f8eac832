//! Token numbers of several texts as slices, once what Python handed over has been checked.

use crate::error::KernelError;

/// Texts as slices of one array of token numbers, each below `n_types`.
#[derive(Clone, Copy, Debug)]
pub struct TokenSequences<'a> {
    ids: &'a [u32],
    ends: &'a [i64],
    n_types: usize,
}

impl<'a> TokenSequences<'a> {
    /// Texts that end at `ends` in `ids`.
    ///
    /// # Errors
    ///
    /// Ends that fall, or do not end where `ids` does; 2**32 - 1 tokens or more; a number above the count of tokens.
    pub fn new(ids: &'a [u32], ends: &'a [i64]) -> Result<Self, KernelError> {
        let mut last = 0;
        for &end in ends {
            if end < last {
                return Err(KernelError::Ends { found: end, last });
            }
            last = end;
        }
        if usize::try_from(last) != Ok(ids.len()) {
            return Err(KernelError::Lengths {
                what: "ids",
                expected: usize::try_from(last).unwrap_or(usize::MAX),
                found: ids.len(),
            });
        }
        if ids.len() >= u32::MAX as usize {
            return Err(KernelError::TextTooLong { bytes: ids.len() });
        }
        let highest = ids.iter().copied().max().unwrap_or(0);
        // Tables are as long as the highest number: a stray one must not take all memory.
        let most = ids.len().max(1 << 21);
        if highest as usize > most {
            return Err(KernelError::TokenNumber {
                found: highest,
                most,
            });
        }
        Ok(Self {
            ids,
            ends,
            n_types: highest as usize + 1,
        })
    }

    /// All token numbers.
    #[must_use]
    pub const fn ids(&self) -> &'a [u32] {
        self.ids
    }

    /// Highest token number plus one.
    #[must_use]
    pub const fn n_types(&self) -> usize {
        self.n_types
    }

    /// Number of texts.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no texts.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Where text `index` lies.
    #[must_use]
    #[allow(clippy::cast_sign_loss)] // `new` refused ends below 0
    pub fn range(&self, index: usize) -> std::ops::Range<usize> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[index] as usize
    }

    /// Where each text lies.
    pub fn ranges(self) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
        (0..self.len()).map(move |index| self.range(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_may_be_empty() {
        let texts = TokenSequences::new(&[1, 2, 1], &[0, 2, 2, 3]).unwrap();
        let ranges: Vec<_> = texts.ranges().collect();
        assert_eq!(ranges, [0..0, 0..2, 2..2, 2..3]);
        assert_eq!(texts.n_types(), 3);
        assert!(TokenSequences::new(&[], &[]).unwrap().is_empty());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(TokenSequences::new(&[1, 2], &[1]).is_err());
        assert!(TokenSequences::new(&[1, 2], &[-1, 2]).is_err());
        assert!(TokenSequences::new(&[1, 2], &[2, 1, 2]).is_err());
        assert!(TokenSequences::new(&[u32::MAX], &[1]).is_err());
    }
}
