//! Resizing of images.

pub mod bicubic;
pub mod narrowing;
pub mod products;
pub mod weights;
