//! The score of chrF's statistics (Popović, WMT 2015 and 2017; conventions of sacrebleu 2.6).

/// What a statistic that does not exist counts as when smoothing.
const EPSILON: f64 = 1e-16;

/// How statistics become a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FScoreOptions {
    /// The square of beta, how many times as important recall is as precision.
    pub beta_squared: f64,
    /// Average the F of all orders, rather than precision and recall over those that both texts have.
    pub eps_smoothing: bool,
}

/// chrF, 0 to 100, of [hypothesis, reference, match] of each order; NaN if one of them is.
///
/// Operations follow sacrebleu's one by one, so that not even the last bit differs.
#[must_use]
pub fn f_score(statistics: &[f64], options: FScoreOptions) -> f64 {
    let factor = options.beta_squared;
    let (mut score, mut precision, mut recall, mut effective) = (0.0, 0.0, 0.0, 0.0);
    for order in statistics.chunks_exact(3) {
        let [n_hyp, n_ref, n_match] = [order[0], order[1], order[2]];
        if n_hyp.is_nan() || n_ref.is_nan() || n_match.is_nan() {
            return f64::NAN;
        }
        let p = if n_hyp > 0.0 {
            n_match / n_hyp
        } else {
            EPSILON
        };
        let r = if n_ref > 0.0 {
            n_match / n_ref
        } else {
            EPSILON
        };
        let denominator = factor * p + r;
        score += if denominator > 0.0 {
            (1.0 + factor) * p * r / denominator
        } else {
            EPSILON
        };
        if n_hyp > 0.0 && n_ref > 0.0 {
            precision += p;
            recall += r;
            effective += 1.0;
        }
    }
    if options.eps_smoothing {
        return 100.0 * score / (statistics.len() / 3) as f64;
    }
    if effective > 0.0 {
        precision /= effective;
        recall /= effective;
    }
    if precision + recall > 0.0 {
        100.0 * ((1.0 + factor) * precision * recall / (factor * precision + recall))
    } else {
        0.0
    }
}

/// The score of each row of statistics, `width` numbers wide.
#[must_use]
pub fn f_scores(rows: &[f64], width: usize, options: FScoreOptions) -> Vec<f64> {
    rows.chunks_exact(width)
        .map(|row| f_score(row, options))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHRF2: FScoreOptions = FScoreOptions {
        beta_squared: 4.0,
        eps_smoothing: false,
    };

    #[test]
    fn a_match_is_100_and_no_match_is_0() {
        assert!((f_score(&[3.0, 3.0, 3.0, 2.0, 2.0, 2.0], CHRF2) - 100.0).abs() < 1e-12);
        assert!(f_score(&[3.0, 3.0, 0.0], CHRF2).abs() < 1e-12);
        assert!(f_score(&[0.0; 6], CHRF2).abs() < 1e-12);
    }

    #[test]
    fn orders_that_a_text_lacks_are_left_out_or_smoothed() {
        let row = [2.0, 4.0, 2.0, 0.0, 3.0, 0.0];
        // P = 1, R = 1/2: 5 * 0.5 / (4 + 0.5).
        assert!((f_score(&row, CHRF2) - 100.0 * 2.5 / 4.5).abs() < 1e-12);
        let smoothed = FScoreOptions {
            eps_smoothing: true,
            ..CHRF2
        };
        assert!((f_score(&row, smoothed) - 50.0 * 2.5 / 4.5).abs() < 1e-12);
    }

    #[test]
    fn nan_stays_nan() {
        assert!(f_score(&[1.0, 1.0, f64::NAN], CHRF2).is_nan());
        assert!(f_scores(&[1.0, 1.0, 1.0, f64::NAN, 0.0, 0.0], 3, CHRF2)[1].is_nan());
    }
}
