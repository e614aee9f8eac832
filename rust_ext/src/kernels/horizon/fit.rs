//! Maximum likelihood of the depth law from counts at each depth, for many sets of counts at once.

use crate::kernels::horizon::law::{
    Cell, Counts, Local, Point, local, log_likelihood, survival_range,
};
use crate::kernels::parallel::fill_rows;

/// Least and greatest shape. Beyond them the law is a level or a step, and data cannot tell how much so.
pub const SHAPES: [f64; 2] = [0.05, 20.0];
/// Numbers of a fit.
pub const WIDTH: usize = 5;
/// Fits below which a thread is not worth waking.
const MIN_FITS: usize = 16;
const MOST_STEPS: usize = 200;
/// Longest step in `ln z` at the centre and in the shape: farther away the second derivatives say nothing.
const LONGEST: [f64; 2] = [3.0, 2.0];
/// Twice the log-likelihood that a Newton step still promises when values no longer tell which of two is better.
const POLISH: f64 = 1e-8;
/// Survival this near to 0 or 1 at every depth is a law without a horizon among them.
const FLAT: f64 = 1e-9;

/// The law that fits best, and the best of those with constant hazard (k = 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Logarithm of the scale s; infinite where nothing failed, minus infinity where nothing survived.
    pub log_scale: f64,
    /// Logarithm of the shape k; NaN where the counts say nothing of it: one depth, or an infinite scale.
    pub log_shape: f64,
    /// Log-likelihood.
    pub value: f64,
    /// Logarithm of the scale at k = 1.
    pub constant_log_scale: f64,
    /// Log-likelihood at k = 1.
    pub constant_value: f64,
}

/// Fits every set of counts: `counts` has right and wrong of each cell, cell by cell, set by set; five numbers a fit.
///
/// # Panics
///
/// If `out` is not `WIDTH` numbers for each set.
pub fn fit_all(cells: &[Cell], counts: &[f64], out: &mut [f64]) {
    let width = 2 * cells.len();
    assert_eq!(out.len() * width, counts.len() * WIDTH);
    fill_rows(
        out,
        WIDTH,
        MIN_FITS,
        || Vec::with_capacity(cells.len()),
        |found: &mut Vec<Counts>, index, row| {
            found.clear();
            let numbers = &counts[index * width..(index + 1) * width];
            found.extend(numbers.chunks_exact(2).map(|pair| Counts {
                right: pair[0],
                wrong: pair[1],
            }));
            let fit = fit(cells, found);
            row.copy_from_slice(&[
                fit.log_scale,
                fit.log_shape,
                fit.value,
                fit.constant_log_scale,
                fit.constant_value,
            ]);
        },
    );
}

/// Fits one set of counts; NaN throughout where there are none.
#[must_use]
pub fn fit(cells: &[Cell], counts: &[Counts]) -> Fit {
    let sum = |of: fn(&Cell, &Counts) -> f64| -> f64 {
        cells.iter().zip(counts).map(|(cell, c)| of(cell, c)).sum()
    };
    let n = sum(|_, c| c.right + c.wrong);
    if n <= 0.0 {
        return without_law(f64::NAN, f64::NAN);
    }
    if sum(|_, c| c.wrong) == 0.0 {
        return without_law(f64::INFINITY, sum(|cell, c| scaled_ln(c.right, cell.high)));
    }
    if sum(|_, c| c.right) == 0.0 {
        let value = sum(|cell, c| scaled_ln(c.wrong, 1.0 - cell.low));
        return without_law(f64::NEG_INFINITY, value);
    }
    let centre = sum(|cell, c| (c.right + c.wrong) * cell.log_depth) / n;
    let concave = cells.iter().all(|cell| cell.low <= 0.0 && cell.high >= 1.0);
    let (low, high) = (
        sum(|cell, c| (c.right + c.wrong) * cell.low) / n,
        sum(|cell, c| (c.right + c.wrong) * cell.high) / n,
    );
    let survival = ((sum(|_, c| c.right) / n - low) / (high - low)).clamp(0.01, 0.99);
    let problem = Problem {
        cells,
        counts,
        centre,
    };
    let first = Point {
        at: (-survival.ln()).ln(),
        slope: 1.0,
    };
    let constant = problem.climb(problem.best_of_row(first, concave), false);
    let (constant_log_scale, constant_value) = problem.scale_and_value(constant);
    let mut depths = cells
        .iter()
        .zip(counts)
        .filter(|(_, c)| c.right + c.wrong > 0.0)
        .map(|(cell, _)| cell.log_depth);
    let only = depths.next().unwrap_or(centre);
    #[allow(clippy::float_cmp)] // the same depth is the same number
    if depths.all(|depth| depth == only) {
        return Fit {
            log_scale: constant_log_scale,
            log_shape: f64::NAN,
            value: constant_value,
            constant_log_scale,
            constant_value,
        };
    }
    // Without floor and ceiling the likelihood has one summit; with them, other starts guard against a lesser one.
    let others: &[f64] = if concave { &[] } else { &[0.4, 2.5] };
    let mut best = constant;
    let mut best_value = f64::NEG_INFINITY;
    let starts = others
        .iter()
        .map(|&slope| problem.best_of_row(Point { slope, ..first }, concave));
    for start in std::iter::once(constant).chain(starts) {
        let point = problem.climb(start, true);
        let value = log_likelihood(cells, counts, centre, point);
        if value > best_value {
            (best, best_value) = (point, value);
        }
    }
    let (log_scale, value) = problem.scale_and_value(best);
    Fit {
        log_scale,
        log_shape: if log_scale.is_finite() {
            best.slope.ln()
        } else {
            f64::NAN
        },
        value,
        constant_log_scale,
        constant_value,
    }
}

fn without_law(log_scale: f64, value: f64) -> Fit {
    Fit {
        log_scale,
        log_shape: f64::NAN,
        value,
        constant_log_scale: log_scale,
        constant_value: value,
    }
}

fn scaled_ln(count: f64, share: f64) -> f64 {
    if count == 0.0 {
        0.0
    } else {
        count * share.ln()
    }
}

struct Problem<'a> {
    cells: &'a [Cell],
    counts: &'a [Counts],
    centre: f64,
}

impl Problem<'_> {
    fn value(&self, point: Point) -> f64 {
        log_likelihood(self.cells, self.counts, self.centre, point)
    }

    /// The best of a row of levels around `start`, where a climb from it alone might end on a plateau.
    fn best_of_row(&self, start: Point, concave: bool) -> Point {
        if concave {
            return start;
        }
        let mut best = start;
        let mut best_value = self.value(start);
        for step in -16..=16 {
            let point = Point {
                at: start.at + 0.5 * f64::from(step),
                ..start
            };
            let value = self.value(point);
            if value > best_value {
                (best, best_value) = (point, value);
            }
        }
        best
    }

    /// Newton's method with Fisher's information where the second derivatives do not point uphill, steps no longer than
    /// [`LONGEST`], halved until the value rises, the shape held within [`SHAPES`].
    fn climb(&self, mut point: Point, free: bool) -> Point {
        let mut polished = 0;
        for _ in 0..MOST_STEPS {
            let here = local(self.cells, self.counts, self.centre, point);
            let (mut step, mut promise) = uphill(&here, free);
            let outward = (point.slope <= SHAPES[0] && step[1] < 0.0)
                || (point.slope >= SHAPES[1] && step[1] > 0.0);
            if free && outward {
                (step, promise) = uphill(&here, false);
            }
            if !promise.is_finite() || promise <= 0.0 {
                break;
            }
            let mut share = (LONGEST[0] / step[0].abs())
                .min(LONGEST[1] / step[1].abs())
                .min(1.0);
            let end = point.slope + share * step[1];
            let bound = end.clamp(SHAPES[0], SHAPES[1]);
            #[allow(clippy::float_cmp)] // clamped or not
            let reaches_bound = bound != end;
            if reaches_bound {
                share *= (bound - point.slope) / (end - point.slope);
            }
            // A whole step to the bound ends on it, and not a rounding error before it.
            let whole = share;
            #[allow(clippy::float_cmp)] // the same number or a smaller one
            let moved = |share: f64| Point {
                at: point.at + share * step[0],
                slope: if reaches_bound && share == whole {
                    bound
                } else {
                    (point.slope + share * step[1]).clamp(SHAPES[0], SHAPES[1])
                },
            };
            if promise < POLISH && here.value.is_finite() {
                point = moved(share);
                polished += 1;
                if polished == 3 {
                    break;
                }
                continue;
            }
            let mut next = moved(share);
            let mut halvings = 0;
            while self.value(next) <= here.value && halvings < 60 {
                share *= 0.5;
                next = moved(share);
                halvings += 1;
            }
            if halvings == 60 {
                break;
            }
            point = next;
        }
        point
    }

    /// The scale a point stands for, infinite where survival is flat at 0 or 1, and the likelihood there.
    fn scale_and_value(&self, point: Point) -> (f64, f64) {
        let value = self.value(point);
        let (least, greatest) = survival_range(self.cells, self.counts, self.centre, point);
        let log_scale = if greatest < FLAT {
            f64::NEG_INFINITY
        } else if 1.0 - least < FLAT {
            f64::INFINITY
        } else {
            self.centre - point.at / point.slope
        };
        (log_scale, value)
    }
}

/// The step to the summit of a parabola, and the rise of the likelihood (times two) that it promises.
fn uphill(here: &Local, free: bool) -> ([f64; 2], f64) {
    let g = here.gradient;
    for m in [here.observed, here.expected] {
        let determinant = m[0] * m[2] - m[1] * m[1];
        let step = if !free && m[0] > 0.0 {
            [g[0] / m[0], 0.0]
        } else if free && m[0] > 0.0 && determinant > 1e-12 * m[0] * m[2] {
            [
                (m[2] * g[0] - m[1] * g[1]) / determinant,
                (m[0] * g[1] - m[1] * g[0]) / determinant,
            ]
        } else {
            continue;
        };
        let promise = step[0] * g[0] + step[1] * g[1];
        if promise.is_finite() && promise >= 0.0 {
            return (step, promise);
        }
    }
    // No curvature left: along the gradient, as far as a step may go.
    let step = [g[0], if free { g[1] } else { 0.0 }];
    let promise = step[0] * g[0] + step[1] * g[1];
    let size = step[0].abs().max(step[1].abs());
    if size > 1e-12 {
        ([step[0] / size, step[1] / size], promise / size)
    } else {
        ([0.0; 2], 0.0)
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // infinities and the same computation twice
mod tests {
    use super::*;

    fn cells(depths: &[f64], low: f64) -> Vec<Cell> {
        let cell = |depth: &f64| Cell {
            log_depth: depth.ln(),
            low,
            high: 1.0,
        };
        depths.iter().map(cell).collect()
    }

    fn counts(pairs: &[(f64, f64)]) -> Vec<Counts> {
        pairs
            .iter()
            .map(|&(right, wrong)| Counts { right, wrong })
            .collect()
    }

    #[test]
    fn expected_counts_give_back_the_law() {
        let depths = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
        for (scale, shape, low) in [
            (20.0_f64, 1.0_f64, 0.0),
            (7.0, 1.7, 0.25),
            (40.0, 0.6, 0.01),
        ] {
            let pairs: Vec<(f64, f64)> = depths
                .iter()
                .map(|d| {
                    let share = low + (1.0 - low) * (-(d / scale).powf(shape)).exp();
                    (100.0 * share, 100.0 * (1.0 - share))
                })
                .collect();
            let fit = fit(&cells(&depths, low), &counts(&pairs));
            assert!((fit.log_scale - scale.ln()).abs() < 1e-7, "{fit:?}");
            assert!((fit.log_shape - shape.ln()).abs() < 1e-7, "{fit:?}");
            assert!(fit.value >= fit.constant_value - 1e-9);
        }
    }

    #[test]
    fn counts_without_a_law() {
        let three = cells(&[1.0, 2.0, 3.0], 0.0);
        let scale = |pairs: &[(f64, f64)]| fit(&three, &counts(pairs)).log_scale;
        assert!(scale(&[(0.0, 0.0); 3]).is_nan());
        assert_eq!(scale(&[(5.0, 0.0); 3]), f64::INFINITY);
        assert_eq!(scale(&[(0.0, 5.0); 3]), f64::NEG_INFINITY);
        let one = fit(&three, &counts(&[(0.0, 0.0), (3.0, 1.0), (0.0, 0.0)]));
        assert!(one.log_shape.is_nan() && one.log_scale == one.constant_log_scale);
        assert!((one.log_scale - (2.0 / -0.75_f64.ln()).ln()).abs() < 1e-9);
        // Below the floor at every depth: nothing survives.
        let guesses = fit(
            &cells(&[1.0, 2.0], 0.25),
            &counts(&[(1.0, 9.0), (2.0, 9.0)]),
        );
        assert_eq!(guesses.log_scale, f64::NEG_INFINITY);
    }

    #[test]
    fn shapes_stay_in_range() {
        let four = cells(&[1.0, 2.0, 4.0, 8.0], 0.0);
        let step = fit(
            &four,
            &counts(&[(9.0, 0.0), (9.0, 0.0), (0.0, 9.0), (0.0, 9.0)]),
        );
        assert_eq!(step.log_shape, SHAPES[1].ln());
        assert!(step.log_scale > 2.0_f64.ln() && step.log_scale < 4.0_f64.ln());
        let rising = fit(
            &four,
            &counts(&[(1.0, 9.0), (3.0, 9.0), (6.0, 9.0), (9.0, 1.0)]),
        );
        assert_eq!(rising.log_shape, SHAPES[0].ln());
    }
}
