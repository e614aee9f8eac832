//! Decoding of image files.

pub mod png;
