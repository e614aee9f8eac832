//! n-grams that items share with a corpus, which is read once.

mod character_classes;
pub mod corpus_ngrams;
pub mod corpus_scan;
pub mod corpus_words;
pub mod item_ngrams;
pub mod ngram_finder;
pub mod rolling_ngrams;
