//! Cluster bootstrap: sums of rows over clusters drawn with replacement.

use rayon::prelude::*;

use crate::error::KernelError;
use crate::kernels::parallel::threads_available;
use crate::kernels::resampling::counter_rng::Stream;

/// Draws below which a thread is not worth waking.
const MIN_DRAWS: usize = 1 << 14;

/// Which resamples to draw: numbers `first` to `first + count - 1` of the stream of `seed`.
#[derive(Clone, Copy, Debug)]
pub struct Resamples {
    /// Key of the random stream.
    pub seed: u64,
    /// Number of the first resample.
    pub first: u64,
    /// How many.
    pub count: usize,
}

/// Sums of the rows of each cluster, in the order of the rows: `n_clusters * width` numbers.
///
/// # Errors
///
/// Lengths that do not fit, a label outside 0 to n - 1, or a label that is missing below the highest.
///
/// # Panics
///
/// If `width` is 0.
pub fn cluster_sums(rows: &[f64], width: usize, clusters: &[i64]) -> Result<Vec<f64>, KernelError> {
    if rows.len() != clusters.len() * width {
        return Err(KernelError::Lengths {
            what: "rows",
            expected: clusters.len() * width,
            found: rows.len(),
        });
    }
    let mut labels = Vec::with_capacity(clusters.len());
    for (row, &label) in clusters.iter().enumerate() {
        let valid = usize::try_from(label)
            .ok()
            .filter(|&label| label < clusters.len());
        labels.push(valid.ok_or(KernelError::ClusterLabel {
            row,
            label,
            n_rows: clusters.len(),
        })?);
    }
    let n_clusters = labels.iter().max().map_or(0, |highest| highest + 1);
    let mut present = vec![false; n_clusters];
    let mut sums = vec![0.0; n_clusters * width];
    for (&label, row) in labels.iter().zip(rows.chunks_exact(width)) {
        present[label] = true;
        for (sum, value) in sums[label * width..].iter_mut().zip(row) {
            *sum += value;
        }
    }
    match present.iter().position(|found| !found) {
        Some(label) => Err(KernelError::ClusterMissing { label, n_clusters }),
        None => Ok(sums),
    }
}

/// For each resample the sum of as many drawn clusters as there are, added in draw order: `count * width` numbers.
///
/// # Errors
///
/// As for [`cluster_sums`].
///
/// # Panics
///
/// If `width` is 0.
pub fn bootstrap_sums(
    rows: &[f64],
    width: usize,
    clusters: &[i64],
    resamples: Resamples,
) -> Result<Vec<f64>, KernelError> {
    let sums = cluster_sums(rows, width, clusters)?;
    let n_clusters = sums.len() / width;
    let add = ADD_FIXED.get(width - 1).copied().unwrap_or(add_any);
    let mut totals = vec![0.0; resamples.count * width];
    fill_rows(&mut totals, width, n_clusters, resamples, |stream, row| {
        add(&sums, n_clusters, stream, row);
    });
    Ok(totals)
}

/// The clusters that each resample draws: `count * n_clusters` labels.
#[must_use]
pub fn bootstrap_draws(n_clusters: usize, resamples: Resamples) -> Vec<i64> {
    let mut draws = vec![0; resamples.count * n_clusters];
    fill_rows(
        &mut draws,
        n_clusters,
        n_clusters,
        resamples,
        |stream, row| {
            for (index, place) in (0..).zip(row) {
                *place = i64::try_from(stream.draw(index, n_clusters as u64)).unwrap_or(i64::MAX);
            }
        },
    );
    draws
}

/// Calls `fill` with the stream and the row of each resample, on as many threads as there are.
fn fill_rows<T: Send>(
    rows: &mut [T],
    width: usize,
    n_draws: usize,
    resamples: Resamples,
    fill: impl Fn(Stream, &mut [T]) + Sync,
) {
    let stream =
        |offset: usize| Stream::new(resamples.seed, resamples.first.wrapping_add(offset as u64));
    if resamples.count.saturating_mul(n_draws) > MIN_DRAWS && threads_available() {
        rows.par_chunks_mut(width)
            .enumerate()
            .with_min_len(1 + MIN_DRAWS / n_draws.max(1))
            .for_each(|(offset, row)| fill(stream(offset), row));
    } else {
        rows.chunks_mut(width)
            .enumerate()
            .for_each(|(offset, row)| fill(stream(offset), row));
    }
}

type Add = fn(&[f64], usize, Stream, &mut [f64]);

/// Widths known to the compiler keep the running sums in registers; the additions are the same.
const ADD_FIXED: [Add; 16] = [
    add_fixed::<1>,
    add_fixed::<2>,
    add_fixed::<3>,
    add_fixed::<4>,
    add_fixed::<5>,
    add_fixed::<6>,
    add_fixed::<7>,
    add_fixed::<8>,
    add_fixed::<9>,
    add_fixed::<10>,
    add_fixed::<11>,
    add_fixed::<12>,
    add_fixed::<13>,
    add_fixed::<14>,
    add_fixed::<15>,
    add_fixed::<16>,
];

fn add_fixed<const WIDTH: usize>(sums: &[f64], n_clusters: usize, stream: Stream, row: &mut [f64]) {
    let mut total = [0.0; WIDTH];
    for index in 0..n_clusters as u64 {
        let at = stream.draw(index, n_clusters as u64) as usize * WIDTH;
        for (total, value) in total.iter_mut().zip(&sums[at..at + WIDTH]) {
            *total += value;
        }
    }
    row.copy_from_slice(&total);
}

fn add_any(sums: &[f64], n_clusters: usize, stream: Stream, row: &mut [f64]) {
    let width = row.len();
    for index in 0..n_clusters as u64 {
        let at = stream.draw(index, n_clusters as u64) as usize * width;
        for (total, value) in row.iter_mut().zip(&sums[at..at + width]) {
            *total += value;
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, clippy::cast_sign_loss)] // same additions, same bits; labels are not negative
mod tests {
    use super::*;

    const RESAMPLES: Resamples = Resamples {
        seed: 11,
        first: 0,
        count: 40,
    };

    #[test]
    fn adds_the_drawn_clusters() {
        for width in [1, 3, 16, 17] {
            let rows: Vec<f64> = (0..30 * width).map(|n| (n as f64).sqrt()).collect();
            let clusters: Vec<i64> = (0..30).map(|n| n % 12).collect();
            let sums = cluster_sums(&rows, width, &clusters).unwrap();
            let resampled = bootstrap_sums(&rows, width, &clusters, RESAMPLES).unwrap();
            let draws = bootstrap_draws(12, RESAMPLES);
            for (row, drawn) in resampled.chunks(width).zip(draws.chunks(12)) {
                for column in 0..width {
                    let sum = drawn.iter().fold(0.0, |sum, &label| {
                        sum + sums[label as usize * width + column]
                    });
                    assert_eq!(sum, row[column]);
                }
            }
        }
    }

    #[test]
    fn a_part_of_the_resamples_is_a_part_of_the_result() {
        let rows: Vec<f64> = (0..2000).map(f64::from).collect();
        let clusters: Vec<i64> = (0..1000).collect();
        let whole = bootstrap_sums(&rows, 2, &clusters, RESAMPLES).unwrap();
        let part = Resamples {
            first: 30,
            count: 10,
            ..RESAMPLES
        };
        assert_eq!(
            bootstrap_sums(&rows, 2, &clusters, part).unwrap(),
            whole[60..]
        );
        assert_eq!(
            bootstrap_draws(1000, part),
            bootstrap_draws(1000, RESAMPLES)[30_000..]
        );
    }

    #[test]
    fn labels_must_be_dense() {
        let run = |clusters: &[i64]| cluster_sums(&[1.0, 2.0, 3.0], 1, clusters);
        assert!(matches!(
            run(&[0, -1, 1]),
            Err(KernelError::ClusterLabel {
                row: 1,
                label: -1,
                ..
            })
        ));
        assert!(matches!(
            run(&[0, 1, 3]),
            Err(KernelError::ClusterLabel {
                row: 2,
                label: 3,
                ..
            })
        ));
        assert!(matches!(
            run(&[0, 2, 2]),
            Err(KernelError::ClusterMissing {
                label: 1,
                n_clusters: 3
            })
        ));
        assert!(matches!(
            run(&[0, 1]),
            Err(KernelError::Lengths {
                expected: 2,
                found: 3,
                ..
            })
        ));
        assert_eq!(run(&[1, 0, 1]).unwrap(), [2.0, 4.0]);
    }
}
