//! Precision, recall and F from the counts of ROUGE.

/// What two texts have in common, in words or n-grams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RougeCounts {
    /// Matches.
    pub hits: i64,
    /// Words or n-grams of the prediction.
    pub prediction: i64,
    /// Words or n-grams of the target.
    pub target: i64,
}

impl RougeCounts {
    /// Precision, recall and their harmonic mean; 0 where there is nothing to divide by.
    #[must_use]
    pub fn scores(self) -> [f64; 3] {
        let precision = self.hits as f64 / self.prediction.max(1) as f64;
        let recall = self.hits as f64 / self.target.max(1) as f64;
        // In rouge-score's order of operations, so that the last bit is the same.
        let f = if precision + recall > 0.0 {
            2.0 * precision * recall / (precision + recall)
        } else {
            0.0
        };
        [precision, recall, f]
    }
}

/// The scores of rows of [hits, prediction, target].
#[must_use]
pub fn rouge_scores(statistics: &[i64]) -> Vec<f64> {
    let rows = statistics.chunks_exact(3);
    rows.flat_map(|row| {
        let counts = RougeCounts {
            hits: row[0],
            prediction: row[1],
            target: row[2],
        };
        counts.scores()
    })
    .collect()
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // the bits are the point
mod tests {
    use super::*;

    #[test]
    fn nothing_to_divide_by_is_0() {
        assert_eq!(rouge_scores(&[0, 0, 0, 0, 3, 0]), [0.0; 6]);
        assert_eq!(
            rouge_scores(&[1, 3, 2]),
            [1.0 / 3.0, 0.5, 2.0 * (1.0 / 3.0) * 0.5 / (1.0 / 3.0 + 0.5)]
        );
    }
}
