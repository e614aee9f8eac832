//! A corpus streams by once, and the items' n-grams that it holds are counted, by documents.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::error::KernelError;
use crate::kernels::contamination::corpus_words;
use crate::kernels::contamination::item_ngrams::ItemNgrams;
use crate::kernels::contamination::ngram_finder::{NgramFinder, RecentWords};
use crate::kernels::parallel::threads_available;

/// Documents a thread takes at a time, at least.
const MIN_DOCUMENTS: usize = 16;
/// Bytes of lines a thread takes at a time, at least.
const MIN_BYTES: usize = 1 << 18;
const NEVER: u64 = u64::MAX;

/// In how many documents each n-gram of the items was found so far, and in which first.
pub struct CorpusScan {
    items: ItemNgrams,
    n_documents: AtomicU64,
    documents: Vec<AtomicU64>,
    first: Vec<AtomicU64>,
}

impl CorpusScan {
    /// Begins a scan.
    #[must_use]
    pub fn new(items: ItemNgrams) -> Self {
        let zeros = |value: u64| (0..items.len()).map(|_| AtomicU64::new(value)).collect();
        Self {
            n_documents: AtomicU64::new(0),
            documents: zeros(0),
            first: zeros(NEVER),
            items,
        }
    }

    /// What is looked for.
    #[must_use]
    pub fn items(&self) -> &ItemNgrams {
        &self.items
    }

    /// Documents so far.
    pub fn n_documents(&self) -> u64 {
        self.n_documents.load(Ordering::Relaxed)
    }

    /// For each n-gram, the documents that hold it, and the first of them; -1 where there is none.
    pub fn found(&self) -> (Vec<i64>, Vec<i64>) {
        let load = |values: &[AtomicU64]| {
            let load = |value: &AtomicU64| i64::try_from(value.load(Ordering::Relaxed));
            values
                .iter()
                .map(|value| load(value).unwrap_or(-1))
                .collect()
        };
        (load(&self.documents), load(&self.first))
    }

    /// Looks through documents.
    pub fn scan_texts<T: AsRef<[u8]> + Sync>(&self, texts: &[T]) {
        let number = self.take_numbers(texts.len() as u64);
        let look = |part: &[T], number: u64| {
            let mut scanner = Scanner::new(self);
            for (text, number) in part.iter().zip(number..) {
                scanner.document(text.as_ref(), number);
            }
        };
        if texts.len() > MIN_DOCUMENTS && threads_available() {
            let size = texts
                .len()
                .div_ceil(8 * rayon::current_num_threads())
                .max(MIN_DOCUMENTS);
            texts
                .par_chunks(size)
                .enumerate()
                .for_each(|(index, part)| look(part, number + (index * size) as u64));
        } else {
            look(texts, number);
        }
    }

    /// Looks through lines, each a document; an empty one is a document too. A final newline starts no further line.
    ///
    /// # Errors
    ///
    /// Bytes that are not UTF-8; nothing was counted then.
    pub fn scan_lines(&self, block: &[u8]) -> Result<(), KernelError> {
        let text = std::str::from_utf8(block).map_err(|error| KernelError::NotUtf8 {
            at: error.valid_up_to(),
        })?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        if block.is_empty() {
            return Ok(());
        }
        let mut parts = Vec::new();
        let size = text
            .len()
            .div_ceil(4 * rayon::current_num_threads())
            .max(MIN_BYTES);
        let mut rest = text;
        while rest.len() > size {
            // A newline is one byte, so that a cut at one never splits a code point.
            let Some(end) = rest.as_bytes()[size..]
                .iter()
                .position(|&byte| byte == b'\n')
            else {
                break;
            };
            parts.push((&rest[..size + end], 0));
            rest = &rest[size + end + 1..];
        }
        parts.push((rest, 0));
        let mut n_lines = 0;
        for (part, number) in &mut parts {
            *number = n_lines;
            n_lines += 1 + part.matches('\n').count() as u64;
        }
        let first = self.take_numbers(n_lines);
        let look = |&(part, number): &(&str, u64)| {
            let mut scanner = Scanner::new(self);
            for (line, number) in part.split('\n').zip(first + number..) {
                scanner.document(line.as_bytes(), number);
            }
        };
        if parts.len() > 1 && threads_available() {
            parts.par_iter().for_each(look);
        } else {
            parts.iter().for_each(look);
        }
        Ok(())
    }

    fn take_numbers(&self, n: u64) -> u64 {
        self.n_documents.fetch_add(n, Ordering::Relaxed)
    }
}

/// Looks through one document after another with the same buffers.
struct Scanner<'a> {
    scan: &'a CorpusScan,
    scratch: Vec<u8>,
    words: RecentWords,
    finder: NgramFinder<'a>,
}

impl<'a> Scanner<'a> {
    fn new(scan: &'a CorpusScan) -> Self {
        Self {
            scan,
            scratch: Vec::new(),
            words: RecentWords::default(),
            finder: NgramFinder::new(&scan.items),
        }
    }

    fn document(&mut self, text: &[u8], number: u64) {
        let Self {
            scan,
            scratch,
            words,
            finder,
        } = self;
        words.reset();
        finder.reset();
        corpus_words::scan(text, scan.items.hasher(), scratch, |word, start, end| {
            words.push(word, start, end);
            if words.is_full() {
                finder.look_through(text, words);
                words.forget();
            }
        });
        finder.look_through(text, words);
        for &ngram in finder.take_found() {
            scan.documents[ngram as usize].fetch_add(1, Ordering::Relaxed);
            scan.first[ngram as usize].fetch_min(number, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(items: &[&str], corpus: &[&str], n: usize) -> (Vec<i64>, Vec<i64>) {
        let lines = CorpusScan::new(ItemNgrams::new(items, n, 1, 0));
        lines.scan_lines(corpus.join("\n").as_bytes()).unwrap();
        let texts = CorpusScan::new(ItemNgrams::new(items, n, 1, 0));
        texts.scan_texts(corpus);
        assert_eq!(lines.found(), texts.found());
        assert_eq!(texts.n_documents(), corpus.len() as u64);
        texts.found()
    }

    #[test]
    fn documents_are_counted_once_each() {
        let (documents, first) = scanned(
            &["a b c d", "x y"],
            &["c d", "A, b c; a b c", "x y z x y", "b. c a b", "X-Y"],
            3,
        );
        assert_eq!(documents, [1, 0, 1]);
        assert_eq!(first, [1, -1, 2]);
        let (documents, first) = scanned(&["a b a"], &["a b a b a b", "b a"], 2);
        assert_eq!(documents, [1, 2]);
        assert_eq!(first, [0, 0]);
    }

    #[test]
    fn runs_are_verified_word_by_word() {
        let item = "one two three four five six seven eight nine ten";
        let (documents, _) = scanned(&[item], &["zero One two, three-- four FIVE six seven x"], 3);
        assert_eq!(documents, [1, 1, 1, 1, 1, 0, 0, 0]);
    }

    #[test]
    fn blocks_of_lines_are_cut_between_lines() {
        let line = format!("{} needle in hay\n", "filler words go on ".repeat(200));
        let block = line.repeat(500);
        let scan = CorpusScan::new(ItemNgrams::new(&["needle in hay"], 3, 1, 0));
        scan.scan_lines(block.as_bytes()).unwrap();
        scan.scan_lines(block.trim_end().as_bytes()).unwrap();
        scan.scan_lines(b"").unwrap();
        scan.scan_lines(b"\n\nneedle in hay").unwrap();
        assert_eq!(scan.n_documents(), 1003);
        assert_eq!(scan.found(), (vec![1001], vec![0]));
    }

    #[test]
    fn bytes_that_are_no_utf8_are_refused() {
        let scan = CorpusScan::new(ItemNgrams::new(&["a"], 1, 1, 0));
        let error = scan.scan_lines(b"a\xff").unwrap_err();
        assert_eq!(error, KernelError::NotUtf8 { at: 1 });
        assert_eq!(scan.n_documents(), 0);
    }
}
