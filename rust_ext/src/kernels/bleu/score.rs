//! BLEU from its statistics, operation for operation as sacrebleu 2.6's `BLEU.compute_bleu`.

/// What stands in for the precision of an order without matches (Chen and Cherry, WMT 2014).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Smoothing {
    /// Nothing: the score is 0.
    None,
    /// Method 1: this many matches.
    Floor(f64),
    /// Method 2: this much is added to matches and n-grams of every order above 1.
    AddK(f64),
    /// Method 3: half a match, a quarter for the next such order, and so on.
    Exp,
}

/// How the scores of a call are computed.
#[derive(Clone, Copy, Debug)]
pub struct ScoreOptions {
    /// Smoothing method and value.
    pub smoothing: Smoothing,
    /// Average only over orders of which the hypothesis has n-grams.
    pub effective_order: bool,
    /// Add the logarithms as `sum()` of Python 3.12 and later does.
    pub compensated_sum: bool,
}

/// Python's floor for the logarithm of zero in sacrebleu.
pub(crate) const LOG_ZERO: f64 = -9_999_999_999.0;

/// BLEU, 0 to 100, of one row `[hyp_len, ref_len, correct 1..N, total 1..N]`; NaN if the row has one.
#[must_use]
pub fn bleu_score(row: &[f64], options: ScoreOptions) -> f64 {
    if row.iter().any(|value| value.is_nan()) {
        return f64::NAN;
    }
    let (hyp_len, ref_len) = (row[0], row[1]);
    let max_order = (row.len() - 2) / 2;
    let (correct, total) = row[2..].split_at(max_order);
    if correct.iter().all(|&count| count == 0.0) {
        return 0.0;
    }
    let brevity_penalty = if hyp_len >= ref_len {
        1.0
    } else if hyp_len > 0.0 {
        (1.0 - ref_len / hyp_len).exp()
    } else {
        0.0
    };
    let mut log_precisions = vec![LOG_ZERO; max_order];
    let mut n_orders = max_order;
    let mut halving = 1.0;
    for (order, (&correct, &total)) in (1..).zip(correct.iter().zip(total)) {
        let k = match options.smoothing {
            Smoothing::AddK(k) if order > 1 => k,
            _ => 0.0,
        };
        let (correct, total) = (correct + k, total + k);
        if total == 0.0 {
            break;
        }
        if options.effective_order {
            n_orders = order;
        }
        let precision = if correct == 0.0 {
            match options.smoothing {
                Smoothing::Exp => {
                    halving *= 2.0;
                    100.0 / (halving * total)
                }
                Smoothing::Floor(value) => 100.0 * value / total,
                Smoothing::None | Smoothing::AddK(_) => 0.0,
            }
        } else {
            100.0 * correct / total
        };
        if precision != 0.0 {
            log_precisions[order - 1] = precision.ln();
        }
    }
    let sum = sum_as_python(&log_precisions[..n_orders], options.compensated_sum);
    brevity_penalty * (sum / n_orders as f64).exp()
}

/// The score of each row of `2 + 2 * max_order` numbers.
#[must_use]
pub fn bleu_scores(rows: &[f64], max_order: usize, options: ScoreOptions) -> Vec<f64> {
    rows.chunks_exact(2 + 2 * max_order)
        .map(|row| bleu_score(row, options))
        .collect()
}

/// `sum(values)` of Python: left to right, from 3.12 on with Neumaier's compensation.
pub(crate) fn sum_as_python(values: &[f64], compensated: bool) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for &value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() {
            (sum - next) + value
        } else {
            (value - next) + sum
        };
        sum = next;
    }
    if compensated && lost.is_finite() {
        sum + lost
    } else {
        sum
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // equality to the bit is what these tests are about
mod tests {
    use super::*;

    const PLAIN: ScoreOptions = ScoreOptions {
        smoothing: Smoothing::Exp,
        effective_order: false,
        compensated_sum: false,
    };

    #[test]
    fn a_perfect_match_gives_what_sacrebleu_gives() {
        let row = [10.0, 10.0, 10.0, 9.0, 8.0, 7.0, 10.0, 9.0, 8.0, 7.0];
        assert_eq!(bleu_score(&row, PLAIN), 100.000_000_000_000_04);
    }

    #[test]
    fn no_match_is_zero_and_nan_stays() {
        let mut row = [3.0, 3.0, 0.0, 0.0, 3.0, 2.0];
        assert_eq!(bleu_score(&row, PLAIN), 0.0);
        row[4] = f64::NAN;
        assert!(bleu_score(&row, PLAIN).is_nan());
    }

    #[test]
    fn a_short_perfect_match_needs_the_effective_order() {
        let row = [2.0, 2.0, 2.0, 1.0, 0.0, 0.0, 2.0, 1.0, 0.0, 0.0];
        assert_eq!(bleu_score(&row, PLAIN), 0.0);
        let score = bleu_score(
            &row,
            ScoreOptions {
                effective_order: true,
                ..PLAIN
            },
        );
        assert!((score - 100.0).abs() < 1e-12);
    }

    #[test]
    fn smoothing_methods_follow_their_formulas() {
        let row = [2.0, 2.0, 2.0, 0.0, 2.0, 1.0];
        let score = |smoothing| bleu_score(&row, ScoreOptions { smoothing, ..PLAIN });
        assert_eq!(score(Smoothing::None), 0.0);
        let expected = |second: f64| (100.0_f64 * second).sqrt();
        assert!((score(Smoothing::Exp) - expected(50.0)).abs() < 1e-12);
        assert!((score(Smoothing::Floor(0.1)) - expected(10.0)).abs() < 1e-12);
        assert!((score(Smoothing::AddK(1.0)) - expected(50.0)).abs() < 1e-12);
    }

    #[test]
    fn compensation_recovers_what_plain_addition_loses() {
        let values = [1e16, 1.0, -1e16];
        assert_eq!(sum_as_python(&values, false), 0.0);
        assert_eq!(sum_as_python(&values, true), 1.0);
    }
}
