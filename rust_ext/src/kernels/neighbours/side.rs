//! The vectors that a tile's rows or columns stand for, and how far their distances can be from the tile's bounds.

use crate::kernels::neighbours::squared::Coordinate;

/// Covers the roundings of a reach itself.
const ROUNDING: f64 = 1e-6;
/// Bounds compared at a time.
const LANES: usize = 16;

/// The rows or the columns of a tile.
///
/// For the distance D of a pair, times the tiles' scale, and its bound B, `sqrt(B - error) - slack <= D`, with `error`
/// and `slack` of either side.
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
}

impl<T: Coordinate> Side<'_, T> {
    /// The vector of a row or column.
    #[must_use]
    pub fn vector(&self, place: usize) -> &[T] {
        let start = self.members[place] as usize * self.width;
        &self.features[start..start + self.width]
    }

    /// The greatest bound that a pair of this squared distance can have.
    #[must_use]
    pub fn reach(&self, place: usize, squared: f64, scale: f64) -> f32 {
        let longest = squared.sqrt() * scale + self.slack[place];
        ((longest * longest + self.error[place]) * (1.0 + ROUNDING)) as f32
    }

    /// A bound below which any pair is nearer than this squared distance, where bounds are distances but for errors.
    #[must_use]
    pub fn sure(&self, place: usize, squared: f64, scale: f64) -> f32 {
        let shortest = squared.sqrt() * scale - self.slack[place];
        if shortest <= 0.0 {
            return f32::NEG_INFINITY;
        }
        (shortest * shortest * (1.0 - ROUNDING) - self.error[place] * (1.0 + ROUNDING)) as f32
    }
}

/// Puts the columns whose bounds are within the row's reach or their own into `found`, in order.
pub fn within_reach(bounds: &[f32], row_reach: f32, column_reach: &[f32], found: &mut Vec<u32>) {
    found.clear();
    let mut start = 0;
    for (part, reach) in bounds.chunks(LANES).zip(column_reach.chunks(LANES)) {
        let near = |(bound, reach): (&f32, &f32)| (*bound <= row_reach) | (*bound <= *reach);
        if part
            .iter()
            .zip(reach)
            .fold(false, |any, pair| any | near(pair))
        {
            for (lane, pair) in part.iter().zip(reach).enumerate() {
                if near(pair) {
                    found.push((start + lane) as u32);
                }
            }
        }
        start += LANES;
    }
}
