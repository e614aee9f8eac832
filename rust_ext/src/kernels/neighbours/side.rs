//! The vectors that a tile's rows or columns stand for, and how far their distances can be from the tile's bounds.

use crate::kernels::neighbours::squared::Coordinate;

/// Covers the roundings of a reach itself.
const ROUNDING: f64 = 1e-6;
/// Bounds compared at a time.
const LANES: usize = 16;
/// Columns of a tile that are gone through together: their vectors stay in the cache.
const PART: usize = 1024;

/// The rows or the columns of a tile.
///
/// For the distance D of a pair, times the tiles' scale, and its bound B, `sqrt(B - error) - slack <= D`, with `error`
/// and `slack` of either side; and `D <= sqrt(B + 4 rest rest' + error) + slack` with the `rest` of both.
#[derive(Clone, Copy)]
pub struct Side<'a, T> {
    /// The vectors of the whole set, one after the other.
    pub features: &'a [T],
    /// Length of a vector.
    pub width: usize,
    /// For each row or column of the tile, which vector it is.
    pub members: &'a [i64],
    /// For each, by how much scaled distances may exceed those of the vectors.
    pub slack: &'a [f64],
    /// For each, by how much bounds may be wrong.
    pub error: &'a [f64],
    /// For each, the length of what a bound does not see.
    pub rest: &'a [f64],
}

impl<'a, T: Coordinate> Side<'a, T> {
    /// The side in parts, with the first place of each.
    pub fn parts(self) -> impl Iterator<Item = (usize, Side<'a, T>)> {
        (0..self.members.len()).step_by(PART).map(move |start| {
            let places = start..self.members.len().min(start + PART);
            let part = Side {
                members: &self.members[places.clone()],
                slack: &self.slack[places.clone()],
                error: &self.error[places.clone()],
                rest: &self.rest[places],
                ..self
            };
            (start, part)
        })
    }

    /// The vector of a row or column.
    #[must_use]
    pub fn vector(&self, place: usize) -> &[T] {
        self.member(self.members[place])
    }

    /// The vector of this number in the set.
    #[must_use]
    #[allow(clippy::cast_sign_loss)] // numbers are checked where they come in
    pub fn member(&self, member: i64) -> &[T] {
        let start = member as usize * self.width;
        &self.features[start..start + self.width]
    }

    /// The greatest bound that a pair of this squared distance can have.
    #[must_use]
    pub fn reach(&self, place: usize, squared: f64, scale: f64) -> f32 {
        let longest = squared.sqrt() * scale + self.slack[place];
        ((longest * longest + self.error[place]) * (1.0 + ROUNDING)) as f32
    }

    /// Pairs of which `bound + 4 rest rest'` is no greater than this are no farther apart than this squared distance.
    #[must_use]
    pub fn sure(&self, place: usize, squared: f64, scale: f64) -> f32 {
        let shortest = squared.sqrt() * scale - self.slack[place];
        if shortest <= 0.0 {
            return f32::NEG_INFINITY;
        }
        (shortest * shortest * (1.0 - ROUNDING) - self.error[place] * (1.0 + ROUNDING)) as f32
    }
}

/// Puts the columns whose bounds are within their own reach, or where they are `open` (infinite) within the row's, into
/// `found`, in order.
#[allow(clippy::needless_bitwise_bool)] // without branches several bounds are compared at a time
pub fn within_reach(
    bounds: &[f32],
    row_reach: f32,
    open: &[f32],
    column_reach: &[f32],
    found: &mut Vec<u32>,
) {
    found.clear();
    let near = |bound: f32, open: f32, reach: f32| {
        (bound <= if row_reach < open { row_reach } else { open }) | (bound <= reach)
    };
    let columns = bounds.chunks(LANES).zip(open.chunks(LANES));
    for (part, ((bounds, open), reach)) in columns.zip(column_reach.chunks(LANES)).enumerate() {
        let mut any = false;
        for ((&bound, &open), &reach) in bounds.iter().zip(open).zip(reach) {
            any |= near(bound, open, reach);
        }
        if any {
            for (lane, ((&bound, &open), &reach)) in bounds.iter().zip(open).zip(reach).enumerate()
            {
                if near(bound, open, reach) {
                    found.push((part * LANES + lane) as u32);
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // infinity
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_either_reach() {
        let (infinite, mut found) = (f32::INFINITY, Vec::new());
        let bounds: Vec<f32> = (0..40).map(|j| j as f32).collect();
        let mut open = vec![infinite; 40];
        open[1] = -infinite;
        let mut reach = vec![-infinite; 40];
        reach[37] = 37.0;
        within_reach(&bounds, 2.0, &open, &reach, &mut found);
        assert_eq!(found, [0, 2, 37]);
    }

    #[test]
    fn reaches_are_on_the_safe_side_of_radii() {
        let (slack, error) = ([0.0, 0.5], [0.0, 0.25]);
        let side = Side {
            features: &[0.0_f32; 2],
            width: 1,
            members: &[0, 1],
            slack: &slack,
            error: &error,
            rest: &slack,
        };
        for squared in [0.0, 1e-30, 0.3, 1.0, 1e30] {
            let exact = (squared * 4.0) as f32;
            assert!(side.reach(0, squared, 2.0) >= exact && side.sure(0, squared, 2.0) <= exact);
        }
        assert!(side.reach(1, 1.0, 1.0) >= 2.5 && side.sure(1, 1.0, 1.0) <= 0.0);
        assert_eq!(side.reach(1, f64::INFINITY, 1.0), f32::INFINITY);
    }
}
