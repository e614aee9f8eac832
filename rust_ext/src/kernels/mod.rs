//! Pure Rust kernels: bytes and numbers in, numbers out; nothing here knows Python.

#![forbid(unsafe_code)]

pub mod bleu_score;
pub mod bleu_statistics;
pub mod bootstrap;
pub mod char_numbers;
pub mod chrf_score;
pub mod chrf_statistics;
pub mod clean_13a;
pub mod common_ngrams;
pub mod counter_rng;
pub mod jackknife;
pub mod ngram_counts;
pub mod numpy_bootstrap;
pub mod numpy_draws;
pub mod numpy_scalar;
pub mod paired_trials;
pub mod parallel;
pub mod pcg64;
pub mod point_scan;
pub mod python_whitespace;
pub mod resampled_scores;
pub mod segments;
pub mod special_bytes;
pub mod ter_distance;
pub mod ter_matches;
pub mod ter_shifts;
pub mod ter_statistics;
pub mod ter_wide_distance;
pub mod tercom_tokens;
pub mod tiles;
pub mod tokenization;
pub mod tokenize_13a;
pub mod tokenize_intl;
pub mod tokenize_zh;
pub mod unicode_properties;
pub mod unicode_ranges;
pub mod wide_common_ngrams;
pub mod wide_ngram_counts;
pub mod word_ids;
