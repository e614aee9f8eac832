//! Pure Rust kernels: bytes and numbers in, numbers out; nothing here knows Python.

#![forbid(unsafe_code)]

pub mod bleu_score;
pub mod bleu_statistics;
pub mod bootstrap;
pub mod clean_13a;
pub mod counter_rng;
pub mod edit_alignment;
pub mod edit_batch;
pub mod lcs_length;
pub mod levenshtein;
pub mod match_bits;
pub mod ngram_counts;
pub mod ngram_sets;
pub mod pairwise;
pub mod ending_loop;
pub mod exact_sum;
pub mod ngram_counts;
pub mod ngram_diversity;
pub mod nltk_bleu;
pub mod parallel;
pub mod python_whitespace;
pub mod repeated_span;
pub mod segments;
pub mod symbols;
pub mod self_bleu;
pub mod set_ngrams;
pub mod token_ids;
pub mod token_sequences;
pub mod tokenize_13a;
pub mod wide_ngram_counts;
pub mod word_ids;
