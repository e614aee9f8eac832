//! chrF: counts equal those of maps of whole n-grams, whatever the text, the orders and the references.
#![no_main]

use std::collections::HashMap;

use evalsuite_rust_ext::kernels::chrf::score::{FScoreOptions, f_score};
use evalsuite_rust_ext::kernels::chrf::statistics::{ChrfOptions, chrf_statistics};
use libfuzzer_sys::fuzz_target;

type Counts<'a, T> = HashMap<&'a [T], i64>;

fn ngrams<T: Eq + std::hash::Hash>(members: &[T], order: usize) -> Counts<'_, T> {
    let mut counts = Counts::new();
    for ngram in members.windows(order) {
        *counts.entry(ngram).or_default() += 1;
    }
    counts
}

fn count<T: Eq + std::hash::Hash>(hypothesis: &[T], reference: &[T], max_order: usize) -> Vec<i64> {
    let mut row = Vec::new();
    for order in 1..=max_order {
        let (h, r) = (ngrams(hypothesis, order), ngrams(reference, order));
        let common = h
            .iter()
            .map(|(ngram, &n)| n.min(r.get(ngram).copied().unwrap_or(0)));
        row.extend([
            if r.is_empty() { 0 } else { h.values().sum() },
            r.values().sum(),
            common.sum(),
        ]);
    }
    row
}

fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\x1c'..='\x1f').contains(&character)
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in text.split(is_space).filter(|word| !word.is_empty()) {
        let characters: Vec<char> = word.chars().collect();
        let n = characters.len();
        let cut = match n {
            1 => 0,
            _ if characters[n - 1].is_ascii_punctuation() => n - 1,
            _ => usize::from(characters[0].is_ascii_punctuation()),
        };
        words.extend([&characters[..cut], &characters[cut..]].map(|part| part.iter().collect()));
    }
    words.retain(|word: &String| !word.is_empty());
    words
}

fuzz_target!(|input: (&str, Vec<&str>, u8, u8, bool)| {
    let (hypothesis, references, char_order, word_order, keep_whitespace) = input;
    let options = ChrfOptions {
        char_order: usize::from(char_order % 10),
        word_order: usize::from(word_order % 4),
        keep_whitespace,
        score: FScoreOptions {
            beta_squared: 4.0,
            eps_smoothing: char_order >= 128,
        },
    };
    if references.is_empty() {
        assert!(chrf_statistics(&[hypothesis], &references, &[0], options).is_err());
        return;
    }
    let n_references = i64::try_from(references.len()).unwrap();
    let found = chrf_statistics(&[hypothesis], &references, &[n_references], options).unwrap();
    let characters = |text: &str| -> Vec<char> {
        text.chars()
            .filter(|&character| keep_whitespace || !is_space(character))
            .collect()
    };
    let mut best = (-1.0, Vec::new());
    for reference in references {
        let mut row = count(
            &characters(hypothesis),
            &characters(reference),
            options.char_order,
        );
        row.extend(count(
            &words(hypothesis),
            &words(reference),
            options.word_order,
        ));
        #[allow(clippy::cast_precision_loss)]
        let statistics: Vec<f64> = row.iter().map(|&n| n as f64).collect();
        let score = f_score(&statistics, options.score);
        if score > best.0 {
            best = (score, row);
        }
    }
    if options.width() > 0 {
        assert_eq!(found, best.1);
    }
});
