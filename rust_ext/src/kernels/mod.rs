//! Pure Rust kernels: bytes and numbers in, numbers out; nothing here knows Python.

#![forbid(unsafe_code)]

pub mod answers;
pub mod bleu;
pub mod characters;
pub mod chrf;
pub mod contamination;
pub mod decoding;
pub mod divergence;
pub mod diversity;
pub mod edit;
pub mod horizon;
pub mod meteor;
pub mod neighbours;
pub mod numbering;
pub mod parallel;
pub mod resampling;
pub mod resizing;
pub mod rouge;
pub mod segments;
pub mod ter;
pub mod tokenizers;
pub mod traces;
