//! Pairs of a tile whose distance is within a radius.

use crate::kernels::neighbours::side::{Side, within_reach};
use crate::kernels::neighbours::squared::{Coordinate, squared_distance, surely_above};
use crate::kernels::parallel::fill_rows;

const MIN_ROWS: usize = 32;
/// Covers the roundings of what bounds do not see.
const ROUNDING: f64 = 1e-6;

/// Places in a tile, counted row by row, in no order that matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Within {
    /// Pairs within the column's radius.
    pub of_columns: Vec<i64>,
    /// Their squared distances; 0 of pairs whose bound alone puts them within the lesser radius.
    pub squared: Vec<f64>,
    /// Pairs within the row's radius.
    pub of_rows: Vec<i64>,
}

/// Finds the pairs within the radii around columns, and of the columns not `settled` those within the radii around rows.
///
/// `tile` holds a bound for each pair (see [`Side`]); radii are squared, and a surface belongs to its ball. Pairs surely
/// within `lesser_radii` of columns, none above `column_radii`, are not computed.
///
/// # Panics
///
/// If lengths do not fit.
#[must_use]
#[allow(clippy::too_many_arguments)] // two sides, their radii, and the tile between them
pub fn pairs_within<R: Coordinate, C: Coordinate>(
    tile: &[f32],
    scale: f64,
    rows: &Side<R>,
    row_radii: Option<&[f64]>,
    columns: &Side<C>,
    column_radii: &[f64],
    settled: &[bool],
    lesser_radii: &[f64],
) -> Within {
    let mut all = Within::default();
    for (start, part) in columns.parts() {
        let there = start..start + part.members.len();
        let (radii, settled) = (&column_radii[there.clone()], &settled[there.clone()]);
        let lesser = &lesser_radii[there];
        let place = (columns.members.len(), start);
        find_in_part(
            tile, place, scale, rows, row_radii, &part, radii, settled, lesser, &mut all,
        );
    }
    all
}

#[allow(clippy::too_many_arguments)] // as above
fn find_in_part<R: Coordinate, C: Coordinate>(
    tile: &[f32],
    (width, start): (usize, usize),
    scale: f64,
    rows: &Side<R>,
    row_radii: Option<&[f64]>,
    columns: &Side<C>,
    column_radii: &[f64],
    settled: &[bool],
    lesser_radii: &[f64],
    all: &mut Within,
) {
    let n_columns = columns.members.len();
    let reach: Vec<f32> = (0..n_columns)
        .map(|j| columns.reach(j, column_radii[j], scale))
        .collect();
    let sure: Vec<f32> = (0..n_columns)
        .map(|j| columns.sure(j, lesser_radii[j], scale))
        .collect();
    let open: Vec<f32> = settled
        .iter()
        .map(|&settled| {
            if settled {
                f32::NEG_INFINITY
            } else {
                f32::INFINITY
            }
        })
        .collect();
    let mut found = vec![Within::default(); rows.members.len()];
    fill_rows(&mut found, 1, MIN_ROWS, Vec::new, |order, i, row| {
        let found = &mut row[0];
        let first = i * width + start;
        let bounds = &tile[first..first + n_columns];
        let (row_reach, row_sure) = match row_radii {
            None => (f32::NEG_INFINITY, f32::NEG_INFINITY),
            Some(radii) => (
                rows.reach(i, radii[i], scale),
                rows.sure(i, radii[i], scale),
            ),
        };
        let unseen = 4.0 * rows.rest[i] * (1.0 + ROUNDING);
        within_reach(bounds, row_reach, &open, &reach, order);
        for &j in &*order {
            let (j, place) = (j as usize, (first + j as usize) as i64);
            let bound = bounds[j];
            let most = f64::from(bound) + unseen * columns.rest[j];
            let decided = |reach: f32, sure: f32| match bound {
                bound if bound > reach => Some(false),
                _ if most <= f64::from(sure) => Some(true),
                _ => None,
            };
            let by_column = decided(reach[j], sure[j]);
            let by_row = decided(row_reach.min(open[j]), row_sure);
            let limit = match (by_column, by_row, row_radii) {
                (Some(_), Some(_), _) => f64::NEG_INFINITY,
                (None, None, Some(radii)) => radii[i].max(column_radii[j]),
                (_, None, Some(radii)) => radii[i],
                _ => column_radii[j],
            };
            let squared = if limit < 0.0 || surely_above(rows.vector(i), columns.vector(j), limit) {
                f64::INFINITY
            } else {
                squared_distance(rows.vector(i), columns.vector(j))
            };
            if by_column.unwrap_or(squared <= column_radii[j]) {
                found.of_columns.push(place);
                found.squared.push(by_column.map_or(squared, |_| 0.0));
            }
            if by_row.unwrap_or(row_radii.is_some_and(|radii| squared <= radii[i])) {
                found.of_rows.push(place);
            }
        }
    });
    for row in &found {
        all.of_columns.extend(&row.of_columns);
        all.squared.extend(&row.squared);
        all.of_rows.extend(&row.of_rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surfaces_belong_to_balls_and_bounds_decide_what_they_can() {
        let (points, centres) = ([0.0, 3.0, 10.0], [0.0, 4.0]);
        let (members, zeros, errors) = ([0, 1, 2], [0.0; 3], [0.5; 3]);
        let side = |features, n| Side {
            features,
            width: 1,
            members: &members[..n],
            slack: &zeros[..n],
            error: &errors[..n],
            rest: &zeros[..n],
        };
        let (rows, columns) = (side(&points[..], 3), side(&centres[..], 2));
        let tile = [0.0, 16.0, 9.0, 1.0, 100.0, 36.0];
        for (lesser, last) in [([9.0, 4.0], 0.0), ([9.0, 0.5], 1.0)] {
            let found = pairs_within(
                &tile,
                1.0,
                &rows,
                Some(&[0.0, 8.99, 36.0]),
                &columns,
                &[9.0, 4.0],
                &[false; 2],
                &lesser,
            );
            assert_eq!(found.of_columns, [0, 2, 3]);
            assert_eq!(found.of_rows, [0, 3, 5]);
            assert_eq!(found.squared, [0.0, 9.0, last]);
        }
    }
}
