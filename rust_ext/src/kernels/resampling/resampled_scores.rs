//! Scores of resampled sums, operation for operation as sacrebleu 2.6 computes them from numpy's numbers.
//!
//! The score of a corpus comes from Python's numbers; that of a bootstrap resample from 32-bit scalars, that of a trial
//! of approximate randomisation from 64-bit ones. Each function takes a row of [`Scalar`]s and says by the kind of its
//! result whether sacrebleu's is a Python number: an array of scores is 32 bits wide only where none is.

use crate::kernels::bleu::score::{LOG_ZERO, ScoreOptions, Smoothing, sum_as_python};
use crate::kernels::resampling::numpy_scalar::{Promotion, Scalar};

/// What rows of sums are held in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// 32-bit floats, with numpy's rules of promotion.
    Single(Promotion),
    /// 64-bit floats.
    Double,
    /// 64-bit integers: what is stored back loses its fraction.
    Integer,
}

impl Held {
    fn scalar(self, value: f64) -> Scalar {
        match self {
            Self::Single(promotion) => Scalar::Single(value as f32, promotion),
            Self::Double | Self::Integer => Scalar::Double(value),
        }
    }

    fn store(self, value: Scalar) -> Scalar {
        match self {
            Self::Integer => Scalar::Double(value.value().trunc()),
            Self::Single(_) | Self::Double => value.stored_as(self.scalar(0.0)),
        }
    }
}

/// A metric whose scores come from sums of statistics.
#[derive(Clone, Copy, Debug)]
pub enum ScoredBy {
    /// BLEU of `[hyp_len, ref_len, correct 1..N, total 1..N]`.
    Bleu(ScoreOptions),
    /// chrF of [hypothesis, reference, match] counts, an order after the other.
    Chrf {
        /// Beta squared.
        factor: f64,
        /// One plus beta squared.
        factor_plus_one: f64,
        /// Average F-scores with an epsilon, not precisions and recalls of the orders there are.
        eps_smoothing: bool,
    },
    /// TER of [edits, reference length].
    Ter,
}

/// The score of each row of `width` numbers, and whether any of them is a Python number in sacrebleu.
#[must_use]
pub fn resampled_scores(
    rows: &[f64],
    width: usize,
    held: Held,
    metric: ScoredBy,
) -> (Vec<f64>, bool) {
    let mut any_python = false;
    let mut scalars = Vec::with_capacity(width);
    let scores = rows
        .chunks_exact(width.max(1))
        .map(|row| {
            scalars.clear();
            scalars.extend(row.iter().map(|&value| held.scalar(value)));
            let score = match metric {
                ScoredBy::Bleu(options) => Scalar::Python(bleu(&scalars, held, options)),
                ScoredBy::Chrf {
                    factor,
                    factor_plus_one,
                    eps_smoothing,
                } => chrf(&scalars, factor, factor_plus_one, eps_smoothing),
                ScoredBy::Ter => ter(&scalars),
            };
            any_python |= matches!(score, Scalar::Python(_));
            score.value()
        })
        .collect();
    (scores, any_python)
}

fn bleu(row: &[Scalar], held: Held, options: ScoreOptions) -> f64 {
    let (hyp_len, ref_len) = (row[0].value().trunc(), row[1].value().trunc());
    let max_order = (row.len() - 2) / 2;
    let (correct, total) = row[2..].split_at(max_order);
    if correct.iter().all(|count| count.value() == 0.0) {
        return 0.0;
    }
    let brevity_penalty = if hyp_len >= ref_len {
        1.0
    } else if hyp_len > 0.0 {
        (1.0 - ref_len / hyp_len).exp()
    } else {
        0.0
    };
    let hundred = Scalar::Python(100.0);
    let mut logs = [LOG_ZERO; 16];
    let mut many_logs = vec![LOG_ZERO; if max_order > logs.len() { max_order } else { 0 }];
    let logs = if max_order > logs.len() {
        &mut many_logs[..]
    } else {
        &mut logs[..max_order]
    };
    let mut n_orders = max_order;
    let mut halving = 1.0;
    for (order, (&correct, &total)) in (1..).zip(correct.iter().zip(total)) {
        let (correct, total) = match options.smoothing {
            Smoothing::AddK(k) if order > 1 => {
                let k = Scalar::Python(k);
                (held.store(correct + k), held.store(total + k))
            }
            _ => (correct, total),
        };
        if total.value() == 0.0 {
            break;
        }
        if options.effective_order {
            n_orders = order;
        }
        let precision = if correct.value() == 0.0 {
            match options.smoothing {
                Smoothing::Exp => {
                    halving *= 2.0;
                    hundred / (Scalar::Python(halving) * total)
                }
                Smoothing::Floor(value) => Scalar::Python(100.0 * value) / total,
                Smoothing::None | Smoothing::AddK(_) => Scalar::Python(0.0),
            }
        } else {
            hundred * correct / total
        };
        if precision.value() != 0.0 {
            logs[order - 1] = precision.value().ln();
        }
    }
    let sum = sum_as_python(&logs[..n_orders], options.compensated_sum);
    brevity_penalty * (sum / n_orders as f64).exp()
}

fn chrf(row: &[Scalar], factor: f64, factor_plus_one: f64, eps_smoothing: bool) -> Scalar {
    let eps = Scalar::Python(1e-16);
    let (factor, factor_plus_one) = (Scalar::Python(factor), Scalar::Python(factor_plus_one));
    let zero = Scalar::Python(0.0);
    let (mut score, mut precisions, mut recalls) = (zero, zero, zero);
    let mut n_effective = 0;
    for counts in row.chunks_exact(3) {
        let &[hypothesis, reference, matched] = counts else {
            continue;
        };
        let in_hypothesis = hypothesis.value() > 0.0;
        let in_reference = reference.value() > 0.0;
        let precision = if in_hypothesis {
            matched / hypothesis
        } else {
            eps
        };
        let recall = if in_reference {
            matched / reference
        } else {
            eps
        };
        if eps_smoothing {
            let denominator = factor * precision + recall;
            score = score
                + if denominator.value() > 0.0 {
                    factor_plus_one * precision * recall / denominator
                } else {
                    eps
                };
        }
        if in_hypothesis && in_reference {
            precisions = precisions + precision;
            recalls = recalls + recall;
            n_effective += 1;
        }
    }
    let hundred = Scalar::Python(100.0);
    if eps_smoothing {
        return hundred * score / Scalar::Python((row.len() / 3) as f64);
    }
    if n_effective > 0 {
        let n = Scalar::Python(f64::from(n_effective));
        (precisions, recalls) = (precisions / n, recalls / n);
    }
    if (precisions + recalls).value() == 0.0 {
        return zero;
    }
    hundred * (factor_plus_one * precisions * recalls / (factor * precisions + recalls))
}

fn ter(row: &[Scalar]) -> Scalar {
    let (edits, length) = (row[0], row[1]);
    let rate = if length.value() > 0.0 {
        edits / length
    } else {
        Scalar::Python(if edits.value() > 0.0 { 1.0 } else { 0.0 })
    };
    Scalar::Python(100.0) * rate
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // equality to the bit is what these tests are about
mod tests {
    use super::*;
    use crate::kernels::bleu::score::bleu_score;

    const NEW: Held = Held::Single(Promotion::Nep50);
    const OLD: Held = Held::Single(Promotion::ByValue);
    const BLEU: ScoreOptions = ScoreOptions {
        smoothing: Smoothing::Exp,
        effective_order: false,
        compensated_sum: false,
    };

    fn one(row: &[f64], held: Held, metric: ScoredBy) -> (f64, bool) {
        let (scores, python) = resampled_scores(row, row.len(), held, metric);
        (scores[0], python)
    }

    #[test]
    fn counts_in_64_bits_score_as_a_corpus() {
        let row = [21.0, 23.0, 15.0, 7.0, 3.0, 0.0, 21.0, 18.0, 15.0, 12.0];
        for held in [Held::Integer, Held::Double] {
            assert_eq!(
                one(&row, held, ScoredBy::Bleu(BLEU)).0,
                bleu_score(&row, BLEU)
            );
        }
        assert_ne!(
            one(&row, NEW, ScoredBy::Bleu(BLEU)).0,
            bleu_score(&row, BLEU)
        );
    }

    #[test]
    fn integers_lose_the_fraction_that_smoothing_adds() {
        let row = [5.0, 5.0, 3.0, 0.0, 5.0, 4.0];
        let options = ScoreOptions {
            smoothing: Smoothing::AddK(0.5),
            ..BLEU
        };
        assert_eq!(one(&row, Held::Integer, ScoredBy::Bleu(options)).0, 0.0);
        assert!(one(&row, Held::Double, ScoredBy::Bleu(options)).0 > 20.0);
    }

    #[test]
    fn orders_beyond_sixteen_fit() {
        let row: Vec<f64> = (0..42).map(|_| 40.0).collect();
        assert!((one(&row, NEW, ScoredBy::Bleu(BLEU)).0 - 100.0).abs() < 1e-9);
    }

    #[test]
    fn chrf_is_32_bits_wide_under_numpy_2_where_anything_matches() {
        let metric = |eps_smoothing| ScoredBy::Chrf {
            factor: 4.0,
            factor_plus_one: 5.0,
            eps_smoothing,
        };
        let row = [7.0, 9.0, 3.0, 6.0, 8.0, 1.0];
        let (new, python) = one(&row, NEW, metric(false));
        assert!(!python && new == f64::from(new as f32));
        let (old, _) = one(&row, OLD, metric(false));
        assert!(old != f64::from(old as f32) && (old - new).abs() < 1e-4);
        assert_eq!(one(&[2.0, 2.0, 0.0], NEW, metric(false)), (0.0, true));
        let (nothing, python) = one(&[0.0; 3], NEW, metric(true));
        assert!(python && nothing > 0.0 && nothing < 1e-13);
    }

    #[test]
    fn ter_without_reference_words_is_all_or_nothing() {
        assert_eq!(one(&[3.0, 0.0], NEW, ScoredBy::Ter), (100.0, true));
        assert_eq!(one(&[0.0, 0.0], NEW, ScoredBy::Ter), (0.0, true));
        let (rate, python) = one(&[1.0, 3.0], NEW, ScoredBy::Ter);
        assert!(!python && rate == f64::from(100.0_f32 * (1.0_f32 / 3.0)));
        let (rate, _) = one(&[1.0, 3.0], OLD, ScoredBy::Ter);
        assert_eq!(rate, 100.0 * f64::from(1.0_f32 / 3.0));
    }
}
