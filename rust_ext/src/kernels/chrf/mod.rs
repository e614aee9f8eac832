//! chrF: statistics of segments, and scores of statistics.

pub mod common_ngrams;
pub mod score;
pub mod statistics;
pub mod wide_common_ngrams;
