//! Pure Rust kernels: bytes and numbers in, numbers out; nothing here knows Python.

#![forbid(unsafe_code)]

pub mod bleu_score;
pub mod bleu_statistics;
pub mod bootstrap;
pub mod clean_13a;
pub mod counter_rng;
pub mod joint_ngrams;
pub mod meteor_alignment;
pub mod ngram_counts;
pub mod ngram_hashes;
pub mod parallel;
pub mod python_whitespace;
pub mod segments;
pub mod text_units;
pub mod tokenize_13a;
pub mod wide_ngram_counts;
pub mod word_ids;
