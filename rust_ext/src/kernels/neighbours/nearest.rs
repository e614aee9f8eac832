//! Running lists of nearest neighbours, which each tile of pairs makes better.

use crate::kernels::neighbours::side::{Side, within_reach};
use crate::kernels::neighbours::squared::{Coordinate, squared_distance, surely_above};
use crate::kernels::parallel::fill_rows;

const MIN_ROWS: usize = 32;
/// Bounds compared at a time.
const LANES: usize = 16;

/// A member of the other side, and how far it is; ordered by distance, then by number.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Neighbour {
    /// Squared distance, infinite where there is none yet.
    pub squared: f64,
    /// Its number in its set.
    pub member: i64,
}

struct Row<'a> {
    list: &'a mut [Neighbour],
    for_columns: Vec<(u32, f64)>,
}

/// Enters a tile's pairs into the lists of its rows' nearest columns and, where given, of its columns' nearest rows.
///
/// `tile` holds a bound for each pair (see [`Side`]), and each list `k` neighbours in order. Where `same`, the two sides
/// are of one set, and nobody is his own neighbour. Which pairs are computed depends on what the lists hold; what they
/// hold after all tiles does not depend on the tiles' order, but for which of more than k copies of itself a member of
/// one set has for neighbours: once a list holds k of them, no further pair is computed for its sake.
///
/// # Panics
///
/// If lengths do not fit.
#[allow(clippy::too_many_arguments)] // two sides, their lists, and the tile between them
pub fn keep_nearest<R: Coordinate, C: Coordinate>(
    tile: &[f32],
    scale: f64,
    k: usize,
    rows: &Side<R>,
    row_lists: &mut [Neighbour],
    columns: &Side<C>,
    mut column_lists: Option<&mut [Neighbour]>,
    same: bool,
) {
    let n_columns = columns.members.len();
    for (start, part) in columns.parts() {
        let end = start + part.members.len();
        let bounds = |i: usize| &tile[i * n_columns + start..i * n_columns + end];
        let lists = column_lists
            .as_deref_mut()
            .map(|lists| &mut lists[start * k..end * k]);
        keep_nearest_of_part(&bounds, scale, k, rows, row_lists, &part, lists, same);
    }
}

#[allow(clippy::too_many_arguments)] // as above
fn keep_nearest_of_part<'a, R: Coordinate, C: Coordinate>(
    bounds_of: &(impl Fn(usize) -> &'a [f32] + Send + Sync),
    scale: f64,
    k: usize,
    rows: &Side<R>,
    row_lists: &mut [Neighbour],
    columns: &Side<C>,
    column_lists: Option<&mut [Neighbour]>,
    same: bool,
) {
    let n_columns = columns.members.len();
    let worst: Vec<f64> = match &column_lists {
        Some(lists) => lists
            .chunks_exact(k)
            .map(|list| list[k - 1].squared)
            .collect(),
        None => vec![f64::NEG_INFINITY; n_columns],
    };
    let complete = |squared: f64| squared < 0.0 || same && squared == 0.0;
    let column_reach: Vec<f32> = worst
        .iter()
        .enumerate()
        .map(|(j, &squared)| {
            if complete(squared) {
                f32::NEG_INFINITY
            } else {
                columns.reach(j, squared, scale)
            }
        })
        .collect();
    let mut found: Vec<Row> = row_lists
        .chunks_exact_mut(k)
        .map(|list| Row {
            list,
            for_columns: Vec::new(),
        })
        .collect();
    let open = vec![f32::INFINITY; n_columns];
    fill_rows(&mut found, 1, MIN_ROWS, Vec::new, |order, i, row| {
        let row = &mut row[0];
        let bounds = bounds_of(i);
        let vector = rows.vector(i);
        let mut enter = |j: u32, list: &mut [Neighbour]| {
            let member = columns.members[j as usize];
            if same && member == rows.members[i] {
                return;
            }
            let other = columns.vector(j as usize);
            if surely_above(vector, other, list[k - 1].squared.max(worst[j as usize])) {
                return;
            }
            let squared = squared_distance(vector, other);
            insert(list, Neighbour { squared, member });
            if squared <= worst[j as usize] {
                row.for_columns.push((j, squared));
            }
        };
        // A list with room reaches everywhere: what looks nearest goes first.
        if row.list[k - 1].squared == f64::INFINITY {
            order.clear();
            order.extend(0..n_columns as u32);
            let taken = (k + usize::from(same)).min(n_columns);
            order.select_nth_unstable_by(taken - 1, |&a, &b| {
                bounds[a as usize].total_cmp(&bounds[b as usize])
            });
            for &j in &order[..taken] {
                enter(j, row.list);
            }
        }
        let reach_of = |squared: f64| {
            if complete(squared) {
                f32::NEG_INFINITY
            } else {
                rows.reach(i, squared, scale)
            }
        };
        let mut reach = reach_of(row.list[k - 1].squared);
        within_reach(bounds, reach, &open, &column_reach, order);
        order.sort_unstable_by(|&a, &b| bounds[a as usize].total_cmp(&bounds[b as usize]));
        for &j in &*order {
            let bound = bounds[j as usize];
            if bound <= reach || bound <= column_reach[j as usize] {
                enter(j, row.list);
                reach = reach_of(row.list[k - 1].squared);
            }
        }
    });
    let Some(lists) = column_lists else { return };
    let for_columns: Vec<Vec<(u32, f64)>> = found.into_iter().map(|row| row.for_columns).collect();
    for (pairs, &member) in for_columns.iter().zip(rows.members) {
        for &(j, squared) in pairs {
            let start = j as usize * k;
            insert(&mut lists[start..start + k], Neighbour { squared, member });
        }
    }
}

/// Puts a neighbour into its place in a list in order, whose last one falls out; unless it is there already.
fn insert(list: &mut [Neighbour], new: Neighbour) {
    let place = list.partition_point(|near| *near < new);
    if place < list.len() && list[place] != new {
        list[place..].rotate_right(1);
        list[place] = new;
    }
}

/// Enters a tile's columns into lists of those with each row's smallest bounds, in order, which says where to look first.
///
/// # Panics
///
/// If lengths do not fit.
#[allow(clippy::needless_bitwise_bool)] // without branches several bounds are compared at a time
pub fn keep_smallest(tile: &[f32], k: usize, lists: &mut [Neighbour], members: &[i64]) {
    let n_columns = members.len();
    if n_columns == 0 || lists.is_empty() {
        return;
    }
    fill_rows(
        lists,
        k,
        MIN_ROWS,
        || (),
        |(), i, list| {
            let bounds = &tile[i * n_columns..(i + 1) * n_columns];
            for (part, members) in bounds.chunks(LANES).zip(members.chunks(LANES)) {
                let mut most = list[k - 1].squared as f32;
                if part.iter().fold(false, |any, bound| any | (*bound < most)) {
                    for (&bound, &member) in part.iter().zip(members) {
                        if bound < most {
                            let squared = f64::from(bound);
                            insert(list, Neighbour { squared, member });
                            most = list[k - 1].squared as f32;
                        }
                    }
                }
            }
        },
    );
}

/// Enters pairs of rows and members, `candidates` of shape (rows, c), into the lists of the rows.
///
/// # Panics
///
/// If lengths do not fit.
pub fn enter_pairs<R: Coordinate, C: Coordinate>(
    k: usize,
    rows: &Side<R>,
    lists: &mut [Neighbour],
    others: &Side<C>,
    candidates: &[i64],
    same: bool,
) {
    if lists.is_empty() {
        return;
    }
    let per_row = candidates.len() / rows.members.len();
    fill_rows(
        lists,
        k,
        MIN_ROWS,
        || (),
        |(), i, list| {
            for &member in &candidates[i * per_row..(i + 1) * per_row] {
                if !(same && member == rows.members[i]) {
                    let squared = squared_distance(rows.vector(i), others.member(member));
                    insert(list, Neighbour { squared, member });
                }
            }
        },
    );
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // whole numbers
mod tests {
    use super::*;

    #[test]
    fn lists_stay_in_order_and_ties_go_by_number() {
        let mut list = [Neighbour {
            squared: f64::INFINITY,
            member: i64::MAX,
        }; 3];
        for (squared, member) in [
            (4.0, 9),
            (1.0, 8),
            (4.0, 2),
            (1.0, 8),
            (4.0, 1),
            (f64::INFINITY, 0),
        ] {
            insert(&mut list, Neighbour { squared, member });
        }
        assert_eq!(
            list.map(|n| (n.squared, n.member)),
            [(1.0, 8), (4.0, 1), (4.0, 2)]
        );
    }

    #[test]
    fn the_smallest_bounds_are_kept() {
        let bounds: Vec<f32> = (0..50).map(|j| (j * 17 % 50) as f32).collect();
        let mut list = [Neighbour {
            squared: f64::INFINITY,
            member: i64::MAX,
        }; 3];
        let members: Vec<i64> = (100..150).collect();
        keep_smallest(&bounds[..30], 3, &mut list, &members[..30]);
        keep_smallest(&bounds[30..], 3, &mut list, &members[30..]);
        assert_eq!(list.map(|near| near.member), [100, 103, 106]);
    }

    #[test]
    fn both_halves_are_found_from_one() {
        let features: Vec<f64> = (0..40).map(|i| f64::from(i * 37 % 101)).collect();
        let members: Vec<i64> = (0..40).collect();
        let (slack, error) = (vec![0.0; 40], vec![1e-3; 40]);
        let side = |part: std::ops::Range<usize>| Side {
            features: &features,
            width: 1,
            members: &members[part.clone()],
            slack: &slack[part.clone()],
            error: &error[part.clone()],
            rest: &slack[part],
        };
        let mut lists = vec![
            Neighbour {
                squared: f64::INFINITY,
                member: i64::MAX
            };
            80
        ];
        let halves = [0..25, 25..40];
        for (a, b) in [(0, 0), (1, 1), (0, 1)] {
            let (rows, columns) = (side(halves[a].clone()), side(halves[b].clone()));
            let tile: Vec<f32> = halves[a]
                .clone()
                .flat_map(|i| halves[b].clone().map(move |j| (i, j)))
                .map(|(i, j)| (features[i] - features[j]).powi(2) as f32)
                .collect();
            let (first, second) = lists.split_at_mut(50);
            match (a, b) {
                (0, 0) => keep_nearest(&tile, 1.0, 2, &rows, first, &columns, None, true),
                (1, 1) => keep_nearest(&tile, 1.0, 2, &rows, second, &columns, None, true),
                _ => keep_nearest(&tile, 1.0, 2, &rows, first, &columns, Some(second), true),
            }
        }
        for i in 0..40 {
            let mut expected: Vec<(f64, i64)> = (0..40)
                .filter(|&j| j != i)
                .map(|j| ((features[i] - features[j]).powi(2), j as i64))
                .collect();
            expected.sort_by(|a, b| a.partial_cmp(b).unwrap());
            let found: Vec<(f64, i64)> = lists[2 * i..2 * i + 2]
                .iter()
                .map(|n| (n.squared, n.member))
                .collect();
            assert_eq!(found, expected[..2]);
        }
    }
}
