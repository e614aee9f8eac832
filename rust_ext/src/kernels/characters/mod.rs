//! Characters: decoding, and what Unicode, Python and the tokenizers call space, letter, punctuation.

pub mod code_point;
pub mod point_scan;
pub mod python_whitespace;
pub mod replace;
pub mod special_bytes;
pub mod unicode_properties;
pub mod unicode_ranges;
pub mod word_characters;
