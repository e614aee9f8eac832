//! The depth law in the coordinates in which it is fitted, and what a fit needs to know of it at one point.

/// One depth, and the range that its share of right outputs can take.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Logarithm of the depth.
    pub log_depth: f64,
    /// Share right when nothing survives: the guessing floor.
    pub low: f64,
    /// Share right when all survives; below 1 where the grader fails right answers.
    pub high: f64,
}

/// What was found at one depth: outputs that were right, and wrong. Not whole numbers only: counts may be weighted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Right, or survived.
    pub right: f64,
    /// Wrong, or failed.
    pub wrong: f64,
}

/// Where the law is looked at: `ln z = at + slope (ln d - centre)`, survival `exp(-z)`.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// `ln z` at the centre.
    pub at: f64,
    /// The shape, k.
    pub slope: f64,
}

/// Log-likelihood at a point, with its derivatives by `at` and `slope`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local {
    /// Log-likelihood.
    pub value: f64,
    /// Gradient.
    pub gradient: [f64; 2],
    /// Negative second derivatives: `at at`, `at slope`, `slope slope`.
    pub observed: [f64; 3],
    /// Their expectation (Fisher's information), never indefinite.
    pub expected: [f64; 3],
}

/// Beyond it `z` squared would leave the range of f64; the likelihood is long flat or long hopeless there.
const MOST_LOG_Z: f64 = 300.0;

/// Logarithms and ratios of one cell at one point; none of them loses its digits where `z` is tiny or huge.
struct At {
    z: f64,
    log_right: f64,
    log_wrong: f64,
    /// Derivative of P(right) by `ln z`, over P(right) and over P(wrong); both are at most 0.
    over_right: f64,
    over_wrong: f64,
}

impl Cell {
    fn at(self, log_z: f64) -> At {
        let log_z = log_z.min(MOST_LOG_Z);
        let z = log_z.exp();
        let (survival, failure) = ((-z).exp(), -(-z).exp_m1());
        let width = self.high - self.low;
        let (log_right, over_right) = if self.low <= 0.0 {
            (width.ln() - z, -z)
        } else {
            let right = self.low + width * survival;
            (right.ln(), -z * width * survival / right)
        };
        let (log_wrong, over_wrong) = if self.high >= 1.0 {
            let log_failure = if log_z < -30.0 { log_z } else { failure.ln() };
            let grown = z.exp_m1();
            let ratio = if grown == 0.0 { 1.0 } else { z / grown };
            (width.ln() + log_failure, -ratio)
        } else {
            let wrong = (1.0 - self.high) + width * failure;
            (wrong.ln(), -z * width * survival / wrong)
        };
        At {
            z,
            log_right,
            log_wrong,
            over_right,
            over_wrong,
        }
    }
}

/// Log-likelihood alone. Cells without outputs add nothing, whatever the law says there.
#[must_use]
pub fn log_likelihood(cells: &[Cell], counts: &[Counts], centre: f64, point: Point) -> f64 {
    let mut total = 0.0;
    for (cell, count) in cells.iter().zip(counts) {
        if count.right + count.wrong > 0.0 {
            let at = cell.at(point.at + point.slope * (cell.log_depth - centre));
            total += term(count.right, at.log_right) + term(count.wrong, at.log_wrong);
        }
    }
    total
}

/// Log-likelihood and its derivatives.
#[must_use]
pub fn local(cells: &[Cell], counts: &[Counts], centre: f64, point: Point) -> Local {
    let mut sum = Local::default();
    for (cell, count) in cells.iter().zip(counts) {
        let n = count.right + count.wrong;
        if n <= 0.0 {
            continue;
        }
        let x = cell.log_depth - centre;
        let at = cell.at(point.at + point.slope * x);
        let (a, b) = (at.over_right, at.over_wrong);
        sum.value += term(count.right, at.log_right) + term(count.wrong, at.log_wrong);
        let first = term(count.right, a) - term(count.wrong, b);
        // P'' = P' (1 - z), so both second derivatives follow from the two ratios.
        let second = term(count.right, a * (1.0 - at.z) - a * a)
            - term(count.wrong, b * (1.0 - at.z) + b * b);
        let expected = n * a * b;
        sum.gradient[0] += first;
        sum.gradient[1] += first * x;
        for (place, factor) in [1.0, x, x * x].into_iter().enumerate() {
            sum.observed[place] -= second * factor;
            sum.expected[place] += expected * factor;
        }
    }
    sum
}

/// Shares that survive at the cells with outputs: least and greatest.
#[must_use]
pub fn survival_range(cells: &[Cell], counts: &[Counts], centre: f64, point: Point) -> (f64, f64) {
    let mut range = (1.0_f64, 0.0_f64);
    for (cell, count) in cells.iter().zip(counts) {
        if count.right + count.wrong > 0.0 {
            let at = cell.at(point.at + point.slope * (cell.log_depth - centre));
            let survival = (-at.z).exp();
            range = (range.0.min(survival), range.1.max(survival));
        }
    }
    range
}

/// `count * value`, 0 where nothing was counted even if the value is infinite.
fn term(count: f64, value: f64) -> f64 {
    if count == 0.0 { 0.0 } else { count * value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> (Vec<Cell>, Vec<Counts>) {
        let cell = |depth: f64, low, high| Cell {
            log_depth: depth.ln(),
            low,
            high,
        };
        let cells = vec![
            cell(1.0, 0.0, 1.0),
            cell(4.0, 0.25, 1.0),
            cell(9.0, 0.02, 0.98),
            cell(30.0, 0.0, 0.98),
        ];
        let counts = [(9.0, 1.0), (7.0, 4.0), (3.5, 6.0), (1.0, 20.0)]
            .map(|(right, wrong)| Counts { right, wrong });
        (cells, counts.to_vec())
    }

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let (cells, counts) = example();
        for point in [(-1.0, 0.7), (0.2, 1.0), (1.0, 2.3)].map(|(at, slope)| Point { at, slope }) {
            let h = 1e-5;
            let moved = |da: f64, ds: f64| Point {
                at: point.at + da,
                slope: point.slope + ds,
            };
            let value = |da, ds| log_likelihood(&cells, &counts, 1.1, moved(da, ds));
            let gradient = |da, ds| local(&cells, &counts, 1.1, moved(da, ds)).gradient;
            let found = local(&cells, &counts, 1.1, point);
            assert!((found.value - value(0.0, 0.0)).abs() < 1e-12);
            for (g, numeric) in found.gradient.into_iter().zip([
                (value(h, 0.0) - value(-h, 0.0)) / (2.0 * h),
                (value(0.0, h) - value(0.0, -h)) / (2.0 * h),
            ]) {
                assert!(
                    (g - numeric).abs() < 1e-6 * (1.0 + g.abs()),
                    "{g} {numeric}"
                );
            }
            let (up, down) = (gradient(h, 0.0), gradient(-h, 0.0));
            let (more, less) = (gradient(0.0, h), gradient(0.0, -h));
            let numeric = [up[0] - down[0], up[1] - down[1], more[1] - less[1]];
            for (o, numeric) in found.observed.into_iter().zip(numeric) {
                let numeric = -numeric / (2.0 * h);
                assert!(
                    (o - numeric).abs() < 1e-5 * (1.0 + o.abs()),
                    "{o} {numeric}"
                );
            }
        }
    }

    #[test]
    fn far_away_it_stays_finite() {
        let (cells, counts) = example();
        for at in [-900.0, -50.0, 50.0, 900.0] {
            let found = local(&cells, &counts, 0.0, Point { at, slope: 20.0 });
            let numbers = [found.gradient.as_slice(), &found.observed, &found.expected].concat();
            assert!(numbers.iter().all(|x| x.is_finite()), "{at}: {found:?}");
        }
    }
}
