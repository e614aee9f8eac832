//! METEOR: alignment and statistics.

pub mod alignment;
