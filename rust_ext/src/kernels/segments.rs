//! Segments: hypotheses, and for each of them some references.

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
