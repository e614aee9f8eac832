//! Edit distances, alignments, and similarities of all pairs.

pub mod alignment;
pub mod batch;
pub mod lcs_length;
pub mod levenshtein;
pub mod match_bits;
pub mod ngram_sets;
pub mod packed_ngrams;
pub mod pairwise;
