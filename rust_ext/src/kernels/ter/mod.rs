//! TER: tokens, edit distance on a beam, shifts.

pub mod distance;
pub mod matches;
pub mod shifts;
pub mod statistics;
pub mod tercom_tokens;
pub mod wide_distance;
