//! Jackknife: sums of all rows but those of one block.

use crate::error::KernelError;
use crate::kernels::resampling::bootstrap::cluster_sums;

/// For each block the sum of the rows of all others: `n_blocks * width` numbers.
///
/// Blocks before it are added from the first on and blocks behind it from the last on, then the two: nothing is
/// subtracted, so nothing cancels.
///
/// # Errors
///
/// Lengths that do not fit, a label outside 0 to n - 1, or a label that is missing below the highest.
///
/// # Panics
///
/// If `width` is 0.
pub fn jackknife_sums(rows: &[f64], width: usize, blocks: &[i64]) -> Result<Vec<f64>, KernelError> {
    let sums = cluster_sums(rows, width, blocks)?;
    let mut left_out = vec![0.0; sums.len()];
    let mut before = vec![0.0; width];
    for (row, block) in left_out
        .chunks_exact_mut(width)
        .zip(sums.chunks_exact(width))
    {
        row.copy_from_slice(&before);
        add(&mut before, block);
    }
    let mut behind = vec![0.0; width];
    for (row, block) in left_out
        .chunks_exact_mut(width)
        .zip(sums.chunks_exact(width))
        .rev()
    {
        add(row, &behind);
        add(&mut behind, block);
    }
    Ok(left_out)
}

fn add(total: &mut [f64], row: &[f64]) {
    for (sum, value) in total.iter_mut().zip(row) {
        *sum += value;
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // sums of small integers are exact
mod tests {
    use super::*;

    #[test]
    fn one_block_is_missing_from_each_sum() {
        let rows = [1.0, 10.0, 2.0, 20.0, 3.0, 30.0, 4.0, 40.0];
        let sums = jackknife_sums(&rows, 2, &[0, 1, 0, 2]).unwrap();
        assert_eq!(sums, [6.0, 60.0, 8.0, 80.0, 6.0, 60.0]);
        assert_eq!(jackknife_sums(&[5.0], 1, &[0]).unwrap(), [0.0]);
    }

    #[test]
    fn a_large_block_leaves_no_trace_in_the_sum_without_it() {
        let sums = jackknife_sums(&[0.1, 1e300, 0.2], 1, &[0, 1, 2]).unwrap();
        assert_eq!(sums[1], 0.1 + 0.2);
    }

    #[test]
    fn labels_must_be_dense() {
        assert!(jackknife_sums(&[1.0, 2.0], 1, &[0, 2]).is_err());
        assert!(jackknife_sums(&[1.0], 1, &[0, 0]).is_err());
    }
}
