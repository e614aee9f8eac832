//! Diversity and degeneration: self-BLEU, distinct n-grams, repeated spans, loops.

pub mod ending_loop;
pub mod ngram_diversity;
pub mod nltk_bleu;
pub mod repeated_span;
pub mod self_bleu;
pub mod set_ngrams;
