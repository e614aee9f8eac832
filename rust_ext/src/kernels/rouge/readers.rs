//! Texts read one after the other as numbers of words: from their bytes, or numbered beforehand.

use std::cell::RefCell;

use crate::kernels::rouge::unicode_words;
use crate::kernels::rouge::vocabulary::RougeVocabulary;
use crate::kernels::rouge::words::{Event, scan};

/// How texts are cut into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RougeTokenization {
    /// rouge-score's: runs of a-z and 0-9.
    RougeScore,
    /// Runs of letters, digits and marks of any script; Chinese and Japanese characters one by one.
    Unicode,
}

/// The words of one text as numbers from 1 on, and where its sentences end; none is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberedText {
    /// The words.
    pub words: Vec<u32>,
    /// For each sentence the number of words up to its end.
    pub sentence_ends: Vec<usize>,
}

impl NumberedText {
    /// Forgets the text, and keeps the room it took.
    pub fn clear(&mut self) {
        self.words.clear();
        self.sentence_ends.clear();
    }

    /// Ends a sentence after `n_words` words in all, unless it has none of its own.
    pub fn end_sentence(&mut self, n_words: usize) {
        if n_words > self.sentence_ends.last().copied().unwrap_or(0) {
            self.sentence_ends.push(n_words);
        }
    }
}

/// Turns texts into numbers that are the same for the same words from one `begin` to the next.
pub trait Reader<T> {
    /// Begins with a prediction and its targets: numbers of texts read before are of no use any more.
    fn begin(&mut self);
    /// Reads a text.
    fn read(&mut self, text: &T, into: &mut NumberedText);
    /// One more than the highest number so far.
    fn limit(&self) -> usize;
}

thread_local! {
    /// The vocabularies of this thread, without and with stems, while nobody uses them: a word is stemmed once for all
    /// calls, and a call for one pair sets up no tables.
    static KEPT: RefCell<[Option<RougeVocabulary>; 2]> = const { RefCell::new([None, None]) };
}

/// Reads texts in UTF-8.
pub struct TextReader {
    tokenization: RougeTokenization,
    use_stemmer: bool,
    vocabulary: RougeVocabulary,
    lowered: Vec<u8>,
    spans: Vec<(u32, u32)>,
}

impl TextReader {
    /// A reader with this thread's vocabulary, which is given back when the reader is dropped.
    #[must_use]
    pub fn new(tokenization: RougeTokenization, use_stemmer: bool) -> Self {
        let kept = KEPT.with_borrow_mut(|kept| kept[usize::from(use_stemmer)].take());
        Self {
            tokenization,
            use_stemmer,
            vocabulary: kept.unwrap_or_else(|| RougeVocabulary::new(use_stemmer)),
            lowered: Vec::new(),
            spans: Vec::new(),
        }
    }
}

impl Drop for TextReader {
    fn drop(&mut self) {
        let used = std::mem::take(&mut self.vocabulary);
        KEPT.with_borrow_mut(|kept| kept[usize::from(self.use_stemmer)] = Some(used));
    }
}

impl<T: AsRef<[u8]>> Reader<T> for TextReader {
    fn begin(&mut self) {
        self.vocabulary.make_room();
    }

    fn read(&mut self, text: &T, into: &mut NumberedText) {
        into.clear();
        self.spans.clear();
        let spans = &mut self.spans;
        let note = |_: &[u8], event: Event| match event {
            Event::Word(start, end) => spans.push((start as u32, end as u32)),
            Event::LineEnd => into.end_sentence(spans.len()),
        };
        match self.tokenization {
            RougeTokenization::RougeScore => scan(text.as_ref(), &mut self.lowered, note),
            RougeTokenization::Unicode => {
                unicode_words::scan(text.as_ref(), &mut self.lowered, note);
            }
        }
        into.end_sentence(self.spans.len());
        self.vocabulary
            .number_all(&self.lowered, &self.spans, &mut into.words);
    }

    fn limit(&self) -> usize {
        self.vocabulary.limit()
    }
}

/// Reads texts that are numbered already.
pub struct NumberReader {
    /// One more than the highest number.
    pub limit: usize,
}

impl Reader<NumberedText> for NumberReader {
    fn begin(&mut self) {}

    fn read(&mut self, text: &NumberedText, into: &mut NumberedText) {
        into.clone_from(text);
    }

    fn limit(&self) -> usize {
        self.limit
    }
}
