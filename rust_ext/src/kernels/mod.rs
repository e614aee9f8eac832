//! Pure Rust kernels: bytes and numbers in, numbers out; nothing here knows Python.

#![forbid(unsafe_code)]

pub mod bleu_score;
pub mod bleu_statistics;
pub mod bootstrap;
mod character_classes;
pub mod clean_13a;
pub mod corpus_ngrams;
pub mod corpus_scan;
pub mod corpus_words;
pub mod counter_rng;
pub mod item_ngrams;
pub mod ngram_counts;
pub mod parallel;
pub mod python_whitespace;
pub mod rolling_ngrams;
pub mod segments;
pub mod tokenize_13a;
pub mod wide_ngram_counts;
pub mod word_characters;
pub mod word_ids;
