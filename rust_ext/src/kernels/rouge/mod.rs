//! ROUGE: words, stems, n-grams, longest common subsequences.

pub mod lcs;
pub mod ngrams;
pub mod porter;
pub mod score;
pub mod statistics;
mod unicode_word_tables;
pub mod unicode_words;
pub mod union_lcs;
pub mod vocabulary;
pub mod words;
