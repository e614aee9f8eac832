//! What can go wrong in a kernel, and the one place where it becomes a Python exception.

use std::fmt;

use pyo3::PyErr;
use pyo3::exceptions::PyValueError;

/// An input that a kernel refuses; `Display` names the Python argument in backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KernelError {
    /// Two lengths that belong together differ.
    Lengths {
        /// The argument that is too long or too short.
        what: &'static str,
        /// Elements it should have.
        expected: usize,
        /// Elements it has.
        found: usize,
    },
    /// Lengths of parts that do not add up to the whole.
    LengthsSum {
        /// The argument with the lengths.
        what: &'static str,
        /// Elements there are.
        expected: usize,
        /// Elements the lengths add up to.
        found: usize,
    },
    /// A segment has no reference to be compared with.
    NoReference {
        /// Index of the segment.
        segment: usize,
    },
    /// A text whose positions do not fit 32 bits.
    TextTooLong {
        /// Its length in UTF-8.
        bytes: usize,
    },
    /// A text that ends before the one before it.
    Ends {
        /// Where it ends.
        found: i64,
        /// Where the text before it ends.
        last: i64,
    },
    /// A token number far beyond the count of tokens.
    TokenNumber {
        /// The number found.
        found: u32,
        /// Highest number allowed.
        most: usize,
    },
    /// A text that would grow too long when normalised.
    NormalizedTooLong {
        /// Its length in UTF-8.
        bytes: usize,
        /// The greatest length allowed.
        most: usize,
    },
    /// A cluster label that cannot be one of 0 to G - 1.
    ClusterLabel {
        /// Index of the row.
        row: usize,
        /// The label found there.
        label: i64,
        /// Number of rows, which no number of clusters exceeds.
        n_rows: usize,
    },
    /// A cluster without rows.
    ClusterMissing {
        /// The label nobody has.
        label: usize,
        /// Highest label plus one.
        n_clusters: usize,
    },
    /// Bytes that should be UTF-8.
    NotUtf8 {
        /// The first byte that is not.
        at: usize,
    },
    /// An image file that is damaged, or other than was said.
    Png {
        /// What is wrong with it.
        reason: String,
    },
    /// An option with a name nobody knows.
    UnknownName {
        /// The argument.
        what: &'static str,
        /// The name found.
        found: String,
    },
}

impl fmt::Display for KernelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lengths {
                what,
                expected,
                found,
            } => {
                write!(
                    f,
                    "`{what}` must have {expected} elements to fit the other arguments; found {found}"
                )
            }
            Self::LengthsSum {
                what,
                expected,
                found,
            } => write!(
                f,
                "`{what}` must add up to {expected} elements; found {found}"
            ),
            Self::NoReference { segment } => {
                write!(
                    f,
                    "`references[{segment}]` has no reference: each segment needs at least one that is not None"
                )
            }
            Self::TextTooLong { bytes } => {
                write!(
                    f,
                    "a text must be shorter than {} bytes in UTF-8; found one of {bytes}: split it",
                    u32::MAX
                )
            }
            Self::Ends { found, last } => write!(
                f,
                "`ends` must not fall and be at least 0; found {found} after {last}"
            ),
            Self::TokenNumber { found, most } => write!(
                f,
                "`ids` must number tokens densely, at most {most} here; found {found}"
            ),
            Self::NormalizedTooLong { bytes, most } => write!(
                f,
                "with `normalized`, a text must have at most {most} bytes in UTF-8; found one of {bytes}: split it"
            ),
            Self::ClusterLabel { row, label, n_rows } => write!(
                f,
                "`clusters` must hold labels 0 to G-1, G at most the number of rows {n_rows}; \
                 found {label} at index {row}"
            ),
            Self::ClusterMissing { label, n_clusters } => write!(
                f,
                "`clusters` must use every label 0 to {}; label {label} is missing: renumber the clusters",
                n_clusters - 1
            ),
            Self::NotUtf8 { at } => write!(f, "`block` must be UTF-8; byte {at} is not"),
            Self::Png { reason } => write!(f, "`data`: {reason}"),
            Self::UnknownName { what, found } => write!(f, "`{what}`: unknown name {found:?}"),
        }
    }
}

impl std::error::Error for KernelError {}

impl From<KernelError> for PyErr {
    fn from(error: KernelError) -> Self {
        PyValueError::new_err(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_argument_and_the_place() {
        let message = KernelError::NoReference { segment: 3 }.to_string();
        assert!(message.starts_with("`references[3]` has no reference"));
        let message = KernelError::ClusterMissing {
            label: 1,
            n_clusters: 3,
        }
        .to_string();
        assert_eq!(
            message,
            "`clusters` must use every label 0 to 2; label 1 is missing: renumber the clusters"
        );
    }
}
