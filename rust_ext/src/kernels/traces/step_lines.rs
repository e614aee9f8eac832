//! Lines of a worked solution that state a step.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::kernels::characters::code_point::decode;
use crate::kernels::parallel::threads_available;
use crate::kernels::traces::numbers::{is_word_before, last_number};

/// Texts a thread takes at a time, at least.
const MIN_TEXTS: usize = 8;

/// A line that states a step. Places count code points from the start of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepLine {
    /// The step's number, as written.
    pub index: u32,
    /// Where what is stated starts, behind the number and space.
    pub start: usize,
    /// Where it ends, before space at the line's end.
    pub end: usize,
    /// The last number on the line.
    pub number: Option<(usize, usize)>,
}

/// The lines of each text that state a step: of each step the first, and the first with a number.
///
/// Of each text the first `most_read` code points are read.
#[must_use]
pub fn step_lines<T: AsRef<[u8]> + Sync>(texts: &[T], most_read: usize) -> Vec<Vec<StepLine>> {
    let read = |text: &T| lines_of(text.as_ref(), most_read);
    if texts.len() > MIN_TEXTS && threads_available() {
        texts.par_iter().with_min_len(MIN_TEXTS).map(read).collect()
    } else {
        texts.iter().map(read).collect()
    }
}

fn lines_of(text: &[u8], most_read: usize) -> Vec<StepLine> {
    let text = first_points(text, most_read);
    let mut found = Vec::new();
    let mut has_number: HashMap<u32, bool> = HashMap::new();
    let (mut points, mut counted) = (0, 0); // code points before the byte `counted`
    let mut start = 0;
    for line in text.split(|&byte| byte == b'\n') {
        if let Some((index, behind)) = index_of(line).filter(|_| !has_marker(line)) {
            let rest = &line[behind..];
            let trimmed = trim(rest);
            let number = last_number(rest);
            let known = has_number.get(&index).copied();
            if !trimmed.is_empty()
                && (known.is_none() || (known == Some(false) && number.is_some()))
            {
                has_number.insert(index, number.is_some());
                points += n_points(&text[counted..start + behind]);
                counted = start + behind;
                let place = |offset: usize| points + n_points(&rest[..offset]);
                let lead = rest.len() - trim_start(rest).len();
                found.push(StepLine {
                    index,
                    start: place(lead),
                    end: place(lead + trimmed.len()),
                    number: number.map(|(first, end)| (place(first), place(end))),
                });
            }
        }
        start += line.len() + 1;
    }
    found
}

/// What is no part of a statement at its ends.
const SPACE: &[u8] = b" \t\r";

fn trim_start(text: &[u8]) -> &[u8] {
    let first = text.iter().position(|byte| !SPACE.contains(byte));
    &text[first.unwrap_or(text.len())..]
}

fn trim(text: &[u8]) -> &[u8] {
    let text = trim_start(text);
    let last = text.iter().rposition(|byte| !SPACE.contains(byte));
    &text[..last.map_or(0, |place| place + 1)]
}

fn first_points(text: &[u8], most: usize) -> &[u8] {
    if text.len() <= most {
        return text;
    }
    let starts = text
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte & 0xc0 != 0x80);
    let end = starts.map(|(at, _)| at).nth(most);
    &text[..end.unwrap_or(text.len())]
}

fn n_points(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// The step a line begins with, and where what it states begins.
fn index_of(line: &[u8]) -> Option<(u32, usize)> {
    let skip = |at: usize, most: usize, kinds: &[u8]| {
        let rest = line.get(at..).unwrap_or_default();
        at + rest
            .iter()
            .take(most)
            .take_while(|byte| kinds.contains(byte))
            .count()
    };
    let mut at = skip(0, 20, b" \t");
    at = skip(at, 6, b"-*_>#");
    at = skip(at, 4, b" \t");
    if let Some(end) = after_folded(line, at, "step") {
        at = skip(end, 4, b" \t");
        if at == end {
            return None;
        }
    }
    let end = skip(at, 6, b"0123456789");
    let index = std::str::from_utf8(&line[at..end]).ok()?.parse().ok()?;
    at = skip(end, 2, b"*_");
    match line.get(at)? {
        b':' => Some((index, at + 1)),
        b'.' | b')' if matches!(line.get(at + 1), Some(b' ' | b'\t')) => Some((index, at + 1)),
        _ => None,
    }
}

/// Whether a line announces an answer: `answer:`, `answer =`, or four number signs.
#[must_use]
pub fn has_marker(line: &[u8]) -> bool {
    (0..line.len()).any(|at| match line[at] {
        b'#' => {
            (at == 0 || line[at - 1] != b'#')
                && line[at..].starts_with(b"####")
                && line.get(at + 4) != Some(&b'#')
        }
        b'a' | b'A' => announces(line, at),
        _ => false,
    })
}

fn announces(line: &[u8], at: usize) -> bool {
    let Some(mut end) = after_folded(line, at, "answer") else {
        return false;
    };
    for _ in 0..4 {
        end += usize::from(matches!(line.get(end), Some(b'*' | b'_' | b' ' | b'\t')));
    }
    let rest = line.get(end..).unwrap_or_default();
    [":", "\u{ff1a}", "="]
        .iter()
        .any(|mark| rest.starts_with(mark.as_bytes()))
        && !is_word_before(line, at)
}

/// The end of a word that stands at `at`, in any case: for Python's, the long s is one, too.
fn after_folded(line: &[u8], mut at: usize, word: &str) -> Option<usize> {
    for letter in word.bytes() {
        if at >= line.len() {
            return None;
        }
        let (code, width) = decode(line, at);
        let matches = code == u32::from(letter)
            || code == u32::from(letter.to_ascii_uppercase())
            || (letter == b's' && code == 0x17f);
        if !matches {
            return None;
        }
        at += width;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, &str, Option<&str>)> {
        let lines = lines_of(text.as_bytes(), 1_000_000);
        assert!(text.is_ascii());
        lines
            .into_iter()
            .map(|line| {
                let number = line.number.map(|(start, end)| &text[start..end]);
                (line.index, &text[line.start..line.end], number)
            })
            .collect()
    }

    #[test]
    fn first_statements_count() {
        assert_eq!(
            read("1: north gate\nStep 2: 5 + 7 = 12\n1: 6\n2: 9\n3:\nanswer: 9"),
            [
                (1, "north gate", None),
                (2, "5 + 7 = 12", Some("12")),
                (1, "6", Some("6")),
            ]
        );
    }

    #[test]
    fn places_count_code_points() {
        let text = "é\n**1**: naïve \u{2212}3 ";
        let lines = lines_of(text.as_bytes(), 1_000_000);
        assert_eq!(
            lines,
            [StepLine {
                index: 1,
                start: 9,
                end: 17,
                number: Some((15, 17)),
            }]
        );
        assert!(lines_of(text.as_bytes(), 7).is_empty());
    }

    #[test]
    fn announcements_are_no_steps() {
        for line in [
            "1: Answer: 5",
            "2: answer** = 4",
            "3. #### 5",
            "4: AN\u{17f}WER: 1",
        ] {
            assert!(has_marker(line.as_bytes()), "{line}");
        }
        for line in [
            "1: unanswer: 5",
            "2: answers: 4",
            "3: ##### 5",
            "4: answer 1",
        ] {
            assert!(!has_marker(line.as_bytes()), "{line}");
        }
    }
}
