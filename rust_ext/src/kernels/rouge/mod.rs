//! ROUGE: words, stems, n-grams, longest common subsequences.

pub mod lcs;
pub mod ngrams;
pub mod pair_counter;
pub mod porter;
pub mod readers;
pub mod score;
pub mod statistics;
mod unicode_word_tables;
pub mod unicode_words;
pub mod union_lcs;
pub mod vocabulary;
pub mod words;
