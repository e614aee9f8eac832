//! Final answers: found in a text, compared exactly, or written as a key.
//!
//! What is settled here is settled as `tests/reference/answers.py` settles it. Answers with letters beyond ASCII and
//! numbers of more than 18 digits are left to Python, whose tables fold case and whose integers have no bound: the
//! functions say so. Every loop is bounded by the length of its text, and texts are cut before they are read.

pub mod batch;
mod boxed;
pub mod comparison;
mod equation;
pub mod extraction;
pub mod keys;
pub mod last_number;
mod measures;
mod neighbours;
pub mod normalisation;
mod number;
pub mod quantity;
mod sentence;
pub mod units;
mod unwrap;
mod words;
mod written_number;

/// Characters of the longest answer that is compared.
pub const MAX_ANSWER: usize = 1000;

/// How a final answer was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Rule {
    /// Behind `answer:` or `####`.
    Marker,
    /// In `\boxed{}`.
    Boxed,
    /// Behind "the answer is".
    Sentence,
    /// The last number of the text.
    LastNumber,
    /// Not at all.
    None,
}

/// What a comparison found; the order is that of `evalsuite.kernels.answers.REASONS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Finding {
    /// Right: spelled alike.
    SameText,
    /// Right: equal numbers.
    SameNumber,
    /// Right: the same words.
    SameWords,
    /// Wrong: another number.
    OtherNumber,
    /// Wrong: plain words where a number is due.
    NotANumber,
    /// Wrong: other words.
    OtherWords,
    /// Undecided: there is no answer.
    NoAnswer,
    /// Undecided: more than [`MAX_ANSWER`] characters.
    TooLong,
    /// Undecided: nothing is left of the answer or of the right one.
    Empty,
    /// Undecided: one side is a percentage.
    Percent,
    /// Undecided: the units differ.
    Units,
    /// Undecided: a rounded fraction.
    Rounding,
    /// Undecided: an expression.
    Expression,
    /// Undecided: the right words, and more.
    Wording,
    /// Undecided: equal numbers, said of different names.
    Names,
    /// Not for this kernel: Python compares these.
    Beyond,
}

/// What a percent sign means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Percent {
    /// A percentage is comparable with percentages only.
    #[default]
    Apart,
    /// 10% is 10.
    Ignored,
    /// 10% is 0.1.
    Hundredths,
}

/// When units are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Units {
    /// Unless both sides have one and they differ.
    #[default]
    Lenient,
    /// Always.
    Ignored,
    /// If both sides have the same, or none.
    Same,
}

/// How numbers are read where customs differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What a percent sign means.
    pub percent: Percent,
    /// When units are the same.
    pub units: Units,
    /// Whether `2 1/2` is read as 2.5.
    pub mixed: bool,
    /// Whether `1e3` is read as 1000.
    pub scientific: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            percent: Percent::Apart,
            units: Units::Lenient,
            mixed: false,
            scientific: true,
        }
    }
}
