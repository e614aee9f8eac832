//! The law by which accuracy falls with depth: `S(d) = low + (high - low) exp(-(d / s)^k)`.
//!
//! With `x = ln d`, `z = (d / s)^k` is `exp(k (x - ln s))`: a binary regression on x with the complementary log-log
//! link, whose likelihood has one summit where `low` is 0 and `high` is 1.

pub mod fit;
pub mod law;
