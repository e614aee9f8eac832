//! Lines of a worked solution that state a step.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::kernels::answers::last_number::last_in_line;
use crate::kernels::answers::units::{is_word, wide};
use crate::kernels::characters::code_point::decode;
use crate::kernels::parallel::threads_available;

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
    for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
        if let Some((index, behind)) = index_of(line).filter(|_| !has_marker(line)) {
            let rest = &line[behind..];
            let trimmed = trim(rest);
            let number = last_number(line, behind);
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
                    number: number.map(|(first, end)| (points + first, points + end)),
                });
            }
        }
        start += line.len() + 1;
    }
    found
}

/// The last number behind the byte `behind` of a line, in code points from there.
fn last_number(line: &[u8], behind: usize) -> Option<(usize, usize)> {
    let (found, behind) = if line.is_ascii() {
        (last_in_line(line, behind), behind)
    } else {
        let behind = n_points(&line[..behind]);
        (last_in_line(&wide(line), behind), behind)
    };
    found.map(|range| (range.start - behind, range.end - behind))
}

/// What is no part of a statement at its ends.
const SPACE: &[u8] = b" \t";

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
    let mut at = skip(line, 0, 20, b" \t");
    at = skip(line, at, 6, b"-*_>#");
    at = skip(line, at, 4, b" \t");
    if let Some(end) = after_folded(line, at, "step") {
        at = skip(line, end, 4, b" \t");
        if at == end {
            return None;
        }
    }
    let is_open = line.get(at) == Some(&b'(');
    at += usize::from(is_open);
    let end = skip(line, at, 6, b"0123456789");
    let index = std::str::from_utf8(&line[at..end]).ok()?.parse().ok()?;
    at = end;
    if is_open {
        if line.get(at) != Some(&b')') {
            return None;
        }
        at += 1;
    }
    at = skip(line, at, 2, b"*_");
    if let Some(behind) = after_colon(line, skip(line, at, 4, b" \t")) {
        return Some((index, behind));
    }
    let is_point = !is_open && matches!(line.get(at), Some(b'.' | b')'));
    at += usize::from(is_point);
    let is_set_off = matches!(line.get(at), Some(b' ' | b'\t'));
    (is_set_off && (is_point || is_open)).then_some((index, at))
}

/// Behind at most `most` bytes that are among `kinds`.
fn skip(line: &[u8], at: usize, most: usize, kinds: &[u8]) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    let bytes = rest.iter().take(most);
    at + bytes.take_while(|byte| kinds.contains(byte)).count()
}

/// Behind a colon, which may be a wide one.
fn after_colon(line: &[u8], at: usize) -> Option<usize> {
    let rest = line.get(at..).unwrap_or_default();
    let colon = [":", "\u{ff1a}"]
        .into_iter()
        .find(|colon| rest.starts_with(colon.as_bytes()))?;
    Some(at + colon.len())
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
    let is_mark = after_colon(line, end).is_some() || line.get(end) == Some(&b'=');
    is_mark && !is_word_before(line, at)
}

/// Whether the code point that ends at `at` is one of a word.
fn is_word_before(text: &[u8], at: usize) -> bool {
    let start = (0..at).rev().find(|&place| text[place] & 0xc0 != 0x80);
    start.is_some_and(|start| is_word(decode(text, start).0))
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
    fn ways_to_number() {
        assert_eq!(
            read("(1) 6\r(2): 7\r\n3 : 8\n**(4)** - 9\n(5 10\n7 ) 12"),
            [
                (1, "6", Some("6")),
                (2, "7", Some("7")),
                (3, "8", Some("8")),
                (4, "- 9", Some("9")),
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
