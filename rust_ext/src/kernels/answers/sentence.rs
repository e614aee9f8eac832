//! Statements of an answer, and the answer's own part of a line.

use std::ops::Range;

use crate::kernels::answers::MAX_ANSWER;
use crate::kernels::answers::boxed::{Boxed, last_boxed};
use crate::kernels::answers::units::{
    Unit, is_digit, is_space, is_word, lower, starts_with_folded,
};
use crate::kernels::answers::unwrap::{strip_of, unwrap};
use crate::kernels::answers::words::{
    is_denial, is_letter, is_no_unit, is_retraction, letter_runs,
};

const SAID: [&[u8]; 3] = [b"is", b"was", b"equals"];
const ADVERBS: [&[u8]; 7] = [
    b"therefore",
    b"thus",
    b"then",
    b"hence",
    b"simply",
    b"just",
    b"indeed",
];
const TITLES: [&[u8]; 9] = [
    b"mr", b"mrs", b"ms", b"dr", b"st", b"mt", b"no", b"vs", b"prof",
];

/// Whether `text[at]` is there and part of a word.
pub(super) fn is_word_at<U: Unit>(text: &[U], at: usize) -> bool {
    text.get(at).is_some_and(|unit| is_word(unit.code()))
}

/// Where the last `answer` before `end` starts that no word character precedes.
pub(super) fn last_answer<U: Unit>(text: &[U], end: usize) -> Option<usize> {
    // `at` is where a word would start; what stands there says how far back the next may be.
    let mut at = end.checked_sub(6)?;
    loop {
        let back = match lower(text[at].code()) {
            b'a' if starts_with_folded(text, at, b"answer") => {
                if at == 0 || !is_word(text[at - 1].code()) {
                    return Some(at);
                }
                6
            }
            b'n' => 1,
            b's' => 2,
            b'w' => 3,
            b'e' => 4,
            b'r' => 5,
            _ => 6,
        };
        at = at.checked_sub(back)?;
    }
}

/// Where the statement ends that starts with the `answer` at `at`: "answer is", "answer was, therefore," and the like.
pub(super) fn statement_end<U: Unit>(text: &[U], at: usize) -> Option<usize> {
    let mut said = at + 6;
    let mut n_spaces = 0;
    while n_spaces < 4 && text.get(said).is_some_and(|unit| is_space(unit.code())) {
        said += 1;
        n_spaces += 1;
    }
    if n_spaces == 0 {
        return None;
    }
    let word = SAID.iter().find(|word| {
        starts_with_folded(text, said, word) && !is_word_at(text, said + word.len())
    })?;
    let mut end = said + word.len();
    // Up to four characters before an adverb; fewer are tried, since only one number of them can fit.
    let mut adverb = end;
    for _ in 0..=4 {
        let found = ADVERBS.iter().find(|word| {
            starts_with_folded(text, adverb, word) && !is_word_at(text, adverb + word.len())
        });
        if let Some(word) = found {
            end = adverb + word.len();
            break;
        }
        match text.get(adverb).map(|unit| unit.code()) {
            Some(code) if is_space(code) || code == 0x2c || code == 0x3a => adverb += 1,
            _ => break,
        }
    }
    if matches!(text.get(end).map(|unit| unit.code()), Some(0x2c | 0x3a)) {
        end += 1;
    }
    Some(end)
}

/// The answer's part of a line: its first sentence without a remark, and if that is a box, what it holds.
pub(super) fn trim_line<U: Unit>(line: &[U]) -> &[U] {
    let line = match first_statement(line) {
        Some(end) => &line[end..],
        None => line,
    };
    let line = strip_of(line, b" \t*_");
    let found = last_boxed(line);
    let end = sentence_end(line, found.as_ref().map_or(0, |found| found.whole.end));
    if let Some(Boxed { whole, content }) = found {
        let is_layout = |text: &[U], among: &[u8]| strip_of(text, among).is_empty();
        if is_layout(&line[..whole.start], b" \t$*_`\"'\\()[]:,")
            && is_layout(&line[whole.end..end], b" \t$*_`\"'\\()[]:,.;")
        {
            return &line[content];
        }
    }
    let answer = unwrap(&line[..end]);
    &answer[..answer.len().min(MAX_ANSWER + 1)]
}

fn first_statement<U: Unit>(line: &[U]) -> Option<usize> {
    let (mut end, mut first) = (line.len(), None);
    while let Some(at) = last_answer(line, end) {
        first = statement_end(line, at).or(first);
        // The next one ends before this one starts.
        end = at;
    }
    first
}

/// Where the first sentence, without a remark in parentheses, ends behind `from`.
fn sentence_end<U: Unit>(line: &[U], from: usize) -> usize {
    let mut end = line.len();
    for at in from.max(1)..line.len() {
        let mark = line[at].code();
        if matches!(mark, 0x2e | 0x21 | 0x3f)
            && line[at - 1].code() != 0x2e
            && ends_sentence(line, at + 1)
            && !has_title(&line[at.saturating_sub(6)..at])
            && !goes_on(line, at)
        {
            end = at + usize::from(mark == 0x21 && may_be_factorial(line, at));
            break;
        }
    }
    remark_start(&line[..end], from).unwrap_or(end)
}

/// Whether a sentence is not over at the mark at `at`, or the next one takes it back.
fn goes_on<U: Unit>(line: &[U], at: usize) -> bool {
    let behind = &line[at + 1..];
    let is_closing = |code: u32| is_space(code) || is_closing(code);
    let Some(start) = behind.iter().position(|unit| !is_closing(unit.code())) else {
        return false;
    };
    let first = behind[start].code();
    if line[at].code() == 0x3f {
        return true;
    }
    // "B. blue" is B.
    let is_label = at == 1 && line[at].code() == 0x2e && is_letter(line[0].code());
    if !is_letter(first) {
        return first < 0x80 && !is_label;
    }
    let word = letter_runs(&behind[start..]).next().unwrap_or_default();
    ((first as u8).is_ascii_lowercase() && !is_label) || is_retraction(word)
}

/// Whether an exclamation mark at `at` stands behind a number, a bracket or a single letter.
fn may_be_factorial<U: Unit>(line: &[U], at: usize) -> bool {
    let before = line[at - 1].code();
    is_digit(before)
        || matches!(before, 0x29 | 0x5d | 0x7d)
        || (is_letter(before) && !(at > 1 && is_word_at(line, at - 2)))
}

/// Where parentheses start that end the line behind `from` and leave the answer before them as it is.
fn remark_start<U: Unit>(line: &[U], from: usize) -> Option<usize> {
    let code = |at: usize| line[at].code();
    let start = (from..line.len().saturating_sub(1))
        .find(|&at| code(at) == 0x20 && code(at + 1) == 0x28)
        .filter(|&at| at > 0)?;
    let close = (start..line.len()).find(|&at| code(at) == 0x29);
    let inner = &line[start + 2..close.unwrap_or(line.len())];
    let behind = close.map_or(&line[..0], |close| &line[close + 1..]);
    let is_end =
        |code: u32| is_space(code) || (code < 0x80 && b"*_.,;:!?\"'$)".contains(&(code as u8)));
    (is_remark(inner) && behind.iter().all(|unit| is_end(unit.code()))).then_some(start)
}

/// Whether words in parentheses leave the answer before them as it is.
fn is_remark<U: Unit>(aside: &[U]) -> bool {
    if letter_runs(aside).count() > 3 {
        return !letter_runs(aside).any(is_denial);
    }
    let is_plain =
        |code: u32| is_letter(code) || (code < 0x80 && b" '\".,!?:;-".contains(&(code as u8)));
    aside.iter().all(|unit| is_plain(unit.code()))
        && letter_runs(aside).any(|word| word.len() > 2)
        && !letter_runs(aside).any(is_no_unit)
}

/// Whether the text ends at `at`, or what stands there may follow a sentence.
fn ends_sentence<U: Unit>(line: &[U], at: usize) -> bool {
    line.get(at).is_none_or(|unit| {
        let code = unit.code();
        is_space(code) || is_closing(code)
    })
}

/// Whether a character may stand between the mark that ends a sentence and the next one.
fn is_closing(code: u32) -> bool {
    code == 0x201d || (code < 0x80 && b"*_\"')]".contains(&(code as u8)))
}

/// Whether the text before a full stop is an abbreviation.
fn has_title<U: Unit>(before: &[U]) -> bool {
    TITLES.iter().any(|title| {
        let Some(start) = before.len().checked_sub(title.len()) else {
            return false;
        };
        starts_with_folded(before, start, title)
            && (start == 0 || is_space(before[start - 1].code()))
    })
}

/// The rest of the line from `start` or, if it is empty but for markup, the next line that is not.
pub(super) fn line_from<U: Unit>(text: &[U], start: usize) -> Range<usize> {
    let stop = text.len().min(start + 2 * MAX_ANSWER);
    let mut from = start;
    for _ in 0..4 {
        let end = text[from..stop]
            .iter()
            .position(|unit| unit.code() == 0x0a)
            .map_or(stop, |length| from + length);
        if !unwrap(strip_of(&text[from..end], b" \t*_$")).is_empty() {
            return from..end;
        }
        if end == stop {
            break;
        }
        from = end + 1;
    }
    start..start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements() {
        let text = b"The answer is, therefore: 5";
        assert_eq!(last_answer(text.as_slice(), text.len()), Some(4));
        assert_eq!(statement_end(text.as_slice(), 4), Some(25));
        assert_eq!(statement_end(b"answer island".as_slice(), 0), None);
        assert_eq!(last_answer(b"myanswer".as_slice(), 8), None);
        assert_eq!(last_answer(b"answer".as_slice(), 6), Some(0));
    }

    #[test]
    fn lines() {
        assert_eq!(
            trim_line(b" Dr. Smith (as said). Yes".as_slice()),
            b"Dr. Smith"
        );
        assert_eq!(
            trim_line(b"18 (thousand). Yes".as_slice()),
            b"18 (thousand)"
        );
        assert_eq!(trim_line(b"B. blue".as_slice()), b"B");
        assert_eq!(trim_line(b"18? No: 19".as_slice()), b"18? No: 19");
        assert_eq!(trim_line(br"**\boxed{18}**. Yes".as_slice()), b"18");
        assert_eq!(trim_line(br"-\boxed{18}".as_slice()), br"-\boxed{18}");
        assert_eq!(line_from(b"a **\n\n5\n6".as_slice(), 1), 6..7);
    }
}
