//! Words, characters and other tokens as small numbers.

pub mod char_numbers;
pub mod symbols;
pub mod token_ids;
pub mod token_sequences;
pub mod word_ids;
