//! One file a family of kernels: unpack arguments, release the interpreter's lock, call one kernel, hand back what it
//! found. Dtypes, shapes and options are checked in `evalsuite.kernels`, which documents the functions.

#![allow(clippy::needless_pass_by_value)] // PyO3 hands arguments over as owned values

pub(crate) mod answers;
pub(crate) mod arrays;
pub(crate) mod bleu;
pub(crate) mod bootstrap;
pub(crate) mod chrf;
pub(crate) mod contamination;
pub(crate) mod decoding;
pub(crate) mod diversity;
pub(crate) mod edit;
pub(crate) mod horizon;
pub(crate) mod meteor;
pub(crate) mod neighbours;
pub(crate) mod ngrams;
pub(crate) mod resizing;
pub(crate) mod rouge;
pub(crate) mod significance;
pub(crate) mod ter;
pub(crate) mod traces;
