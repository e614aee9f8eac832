//! n-gram distributions of two sets of texts.

pub mod joint_ngrams;
pub mod ngram_hashes;
pub mod text_units;
