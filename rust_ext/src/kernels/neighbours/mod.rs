//! Nearest neighbours: what bounds on distances, computed a tile of pairs at a time, cannot decide is computed exactly.

pub mod nearest;
pub mod side;
pub mod squared;
pub mod within;
