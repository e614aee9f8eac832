//! The tokenizers of BLEU, and one batch of texts tokenized by any of them.

pub mod clean_13a;
pub mod tokenization;
pub mod tokenize_13a;
pub mod tokenize_intl;
pub mod tokenize_zh;
