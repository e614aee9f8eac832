//! Matrices cut into tiles of a few columns, so that a row of running sums stays in registers.

/// Columns are counted in fours, what a 128-bit register holds of 32-bit numbers.
const UNIT: usize = 4;

/// Most columns of a tile.
pub const MAX_LANES: usize = 24;

/// The first column of each tile, and the lanes of all of them: the fewest tiles, of equal width.
#[must_use]
pub fn cut(width: usize) -> (Vec<usize>, usize) {
    let n_tiles = width.div_ceil(MAX_LANES).max(1);
    let columns = width.div_ceil(n_tiles).max(1);
    let starts = (0..width).step_by(columns).collect();
    (starts, columns.div_ceil(UNIT) * UNIT)
}

/// `LANES` columns of a matrix from column `start` on, or as many as there are, zeros beyond.
#[must_use]
pub fn tile<T: Copy + Default, const LANES: usize>(
    rows: &[T],
    width: usize,
    columns: std::ops::Range<usize>,
) -> Vec<[T; LANES]> {
    rows.chunks_exact(width.max(1))
        .map(|row| {
            let mut lanes = [T::default(); LANES];
            for (lane, &value) in lanes.iter_mut().zip(&row[columns.clone()]) {
                *lane = value;
            }
            lanes
        })
        .collect()
}

/// Calls `$run::<$type..., LANES>($argument...)` for the number of lanes that [`cut`] chose.
macro_rules! with_lanes {
    ($lanes:expr => $run:ident [$($type:ty),*] ($($argument:expr),*)) => {
        match $lanes {
            0..=4 => $run::<$($type,)* 4>($($argument),*),
            5..=8 => $run::<$($type,)* 8>($($argument),*),
            9..=12 => $run::<$($type,)* 12>($($argument),*),
            13..=16 => $run::<$($type,)* 16>($($argument),*),
            17..=20 => $run::<$($type,)* 20>($($argument),*),
            _ => $run::<$($type,)* 24>($($argument),*),
        }
    };
}
pub(crate) use with_lanes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_column_once() {
        for width in 0..200 {
            let (starts, lanes) = cut(width);
            assert!(lanes <= MAX_LANES && lanes % UNIT == 0);
            let mut covered = 0;
            for (index, &start) in starts.iter().enumerate() {
                let end = starts.get(index + 1).copied().unwrap_or(width);
                assert_eq!(start, covered);
                assert!(end > start && end - start <= lanes);
                covered = end;
            }
            assert_eq!(covered, width);
        }
    }

    #[test]
    fn a_tile_is_padded_with_zeros() {
        let tiles = tile::<i32, 4>(&[1, 2, 3, 4, 5, 6], 3, 1..3);
        assert_eq!(tiles, [[2, 3, 0, 0], [5, 6, 0, 0]]);
    }
}
