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
pub mod porter;
pub mod python_whitespace;
pub mod rouge_lcs;
pub mod rouge_ngrams;
pub mod rouge_score;
pub mod rouge_statistics;
pub mod rouge_union_lcs;
pub mod rouge_vocabulary;
pub mod rouge_words;
pub mod segments;
pub mod text_units;
pub mod tokenize_13a;
mod unicode_word_tables;
pub mod unicode_words;
pub mod wide_ngram_counts;
pub mod word_ids;
