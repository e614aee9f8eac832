//! BLEU from its statistics with the conventions of nltk's `sentence_bleu`, operation for operation.

use crate::kernels::resampling::exact_sum::exact_sum;

/// The smoothing method of nltk (after Chen and Cherry, WMT 2014) and its constants.
#[derive(Clone, Copy, Debug)]
pub struct NltkSmoothing {
    /// 0 to 7.
    pub method: u8,
    /// What method 1 adds to no matches.
    pub epsilon: f64,
    /// Weight of the prior of method 6.
    pub alpha: f64,
    /// Divisor of methods 4 and 7.
    pub k: f64,
}

/// The score, 0 to 1, of each row `[length, reference length, matches 1..M, n-grams 1..M]`.
///
/// Orders beyond the weights are not scored, but methods 5 and 7 look at order 5, which `max_order` must then reach.
#[must_use]
pub fn nltk_bleu_scores(
    rows: &[i64],
    max_order: usize,
    weights: &[f64],
    smoothing: NltkSmoothing,
) -> Vec<f64> {
    rows.chunks_exact(2 + 2 * max_order)
        .map(|row| score(row, max_order, weights, smoothing))
        .collect()
}

fn score(row: &[i64], max_order: usize, weights: &[f64], smoothing: NltkSmoothing) -> f64 {
    let (length, reference) = (row[0] as f64, row[1] as f64);
    let (correct, total) = row[2..].split_at(max_order);
    if correct[0] == 0 {
        return 0.0;
    }
    let ratio = |order: usize| correct[order] as f64 / total[order].max(1) as f64;
    let mut precisions: Vec<f64> = (0..weights.len()).map(ratio).collect();
    match smoothing.method {
        0 => fill_empty(&mut precisions, |_, _| f64::MIN_POSITIVE),
        1 => fill_empty(&mut precisions, |order, _| {
            smoothing.epsilon / total[order].max(1) as f64
        }),
        2 => {
            for (order, precision) in precisions.iter_mut().enumerate().skip(1) {
                *precision = (correct[order] + 1) as f64 / (total[order].max(1) + 1) as f64;
            }
        }
        3 => fill_empty(&mut precisions, |order, power| {
            1.0 / (power * total[order].max(1) as f64)
        }),
        4 => scale_by_length(&mut precisions, total, length, smoothing.k),
        5 => average(&mut precisions, ratio(4)),
        6 => interpolate(&mut precisions, correct, total, smoothing.alpha),
        _ => {
            scale_by_length(&mut precisions, total, length, smoothing.k);
            average(&mut precisions, ratio(4));
        }
    }
    let brevity_penalty = if length > reference {
        1.0
    } else {
        (1.0 - reference / length).exp()
    };
    let logs = weights.iter().zip(&precisions);
    let logs = logs.filter(|&(_, &precision)| precision > 0.0);
    brevity_penalty * exact_sum(logs.map(|(weight, precision)| weight * precision.ln())).exp()
}

/// Puts `value(order, 2**k)` where nothing matched, k counting such orders from 1.
fn fill_empty(precisions: &mut [f64], value: impl Fn(usize, f64) -> f64) {
    let mut power = 1.0;
    for (order, precision) in precisions.iter_mut().enumerate() {
        if *precision == 0.0 {
            power *= 2.0;
            *precision = value(order, power);
        }
    }
}

/// Method 4: matches that grow with the logarithm of the length.
fn scale_by_length(precisions: &mut [f64], total: &[i64], length: f64, k: f64) {
    if length > 1.0 {
        fill_empty(precisions, |order, power| {
            1.0 / (power * k / length.ln()) / total[order].max(1) as f64
        });
    }
}

/// Method 5: the mean of the order below, smoothed, the order itself and the order above; `fifth` stands above the
/// last, whatever order that is.
fn average(precisions: &mut [f64], fifth: f64) {
    let mut below = precisions[0] + 1.0;
    for order in 0..precisions.len() {
        let above = precisions.get(order + 1).copied().unwrap_or(fifth);
        below = (below + precisions[order] + above) / 3.0;
        precisions[order] = below;
    }
}

/// Method 6: from order 3 on, a prior that extrapolates the two orders below.
fn interpolate(precisions: &mut [f64], correct: &[i64], total: &[i64], alpha: f64) {
    for order in 2..precisions.len() {
        let (two_below, below) = (precisions[order - 2], precisions[order - 1]);
        let prior = if two_below == 0.0 {
            0.0
        } else {
            below * below / two_below
        };
        let n_ngrams = total[order] as f64;
        precisions[order] = (correct[order] as f64 + alpha * prior) / (n_ngrams + alpha);
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // these results are exact
mod tests {
    use super::*;

    fn scores(row: &[i64], method: u8, weights: &[f64]) -> f64 {
        let smoothing = NltkSmoothing {
            method,
            epsilon: 0.1,
            alpha: 5.0,
            k: 5.0,
        };
        nltk_bleu_scores(row, row.len() / 2 - 1, weights, smoothing)[0]
    }

    #[test]
    fn a_perfect_text_scores_1_and_no_match_0() {
        assert_eq!(scores(&[4, 4, 4, 3, 4, 3], 0, &[0.5, 0.5]), 1.0);
        for method in 0..8 {
            let row = [4, 4, 0, 0, 0, 0, 0, 4, 3, 2, 1, 0];
            assert_eq!(scores(&row, method, &[0.25; 4]), 0.0);
        }
    }

    #[test]
    fn an_order_without_matches_is_smoothed() {
        let row = [2, 2, 2, 0, 2, 1];
        assert_eq!(scores(&row, 3, &[0.0, 1.0]), 0.5);
        assert_eq!(scores(&row, 2, &[0.0, 1.0]), 0.5);
        assert!(scores(&row, 0, &[0.5, 0.5]) < 1e-150);
    }
}
