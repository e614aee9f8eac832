//! BLEU: statistics of segments, and scores of statistics.

pub mod ngram_counts;
pub mod score;
pub mod statistics;
pub mod wide_ngram_counts;
