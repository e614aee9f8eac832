//! Traces: what a worked solution states, step by step, and how alike several are.

pub mod ngram_surprise;
pub mod step_lines;
