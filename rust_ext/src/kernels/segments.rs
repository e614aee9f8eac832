//! Flat lists and the parts they are cut into, such as the references of each segment.

use crate::error::KernelError;

/// Cuts the flat list of references into those of each of `n_segments` segments.
///
/// # Errors
///
/// A segment without references, or counts that do not add up.
pub fn group_references<'a, T>(
    references: &'a [T],
    counts: &[i64],
    n_segments: usize,
) -> Result<Vec<&'a [T]>, KernelError> {
    let mut rest = references;
    let mut groups = Vec::with_capacity(counts.len());
    for (segment, &count) in counts.iter().enumerate() {
        let count = usize::try_from(count).unwrap_or(0);
        if count == 0 {
            return Err(KernelError::NoReference { segment });
        }
        let (group, others) = rest.split_at_checked(count).ok_or(KernelError::Lengths {
            what: "references",
            expected: references.len() - rest.len() + count,
            found: references.len(),
        })?;
        groups.push(group);
        rest = others;
    }
    if groups.len() != n_segments {
        return Err(KernelError::Lengths {
            what: "references",
            expected: n_segments,
            found: groups.len(),
        });
    }
    Ok(groups)
}

/// Cuts a flat list into parts of the given lengths; `what` names the argument that has them.
///
/// # Errors
///
/// Lengths that do not add up to the whole list.
pub fn cut_at_lengths<'a, T>(
    flat: &'a [T],
    lengths: &[i64],
    what: &'static str,
) -> Result<Vec<&'a [T]>, KernelError> {
    let lengths = || {
        lengths
            .iter()
            .map(|&length| usize::try_from(length).unwrap_or(usize::MAX))
    };
    let total = lengths().fold(0, usize::saturating_add);
    if total != flat.len() {
        return Err(KernelError::LengthsSum {
            what,
            expected: flat.len(),
            found: total,
        });
    }
    let mut rest = flat;
    Ok(lengths()
        .map(|length| {
            let (part, others) = rest.split_at(length);
            rest = others;
            part
        })
        .collect())
}

/// Refuses texts whose positions do not fit 32 bits.
///
/// # Errors
///
/// A text of 4 GiB or more.
pub fn check_sizes<T: AsRef<[u8]>>(texts: &[T]) -> Result<(), KernelError> {
    let too_long = texts.iter().map(|text| text.as_ref().len());
    match too_long
        .max()
        .filter(|&bytes| u32::try_from(bytes).is_err())
    {
        Some(bytes) => Err(KernelError::TextTooLong { bytes }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_must_add_up_to_the_list() {
        let cut = |lengths: &[i64]| cut_at_lengths(&[1, 2, 3], lengths, "lengths");
        assert_eq!(cut(&[2, 0, 1]).unwrap(), [&[1, 2][..], &[], &[3]]);
        for misfit in [&[2][..], &[2, 2], &[4, -1], &[i64::MAX, i64::MAX], &[]] {
            let message = cut(misfit).unwrap_err().to_string();
            assert!(message.starts_with("`lengths` must add up to 3 elements; found "));
        }
    }
}
