//! Numbered tokens, self-BLEU, distinct n-grams and their frequencies against plain counts of slices of words.
#![no_main]

use std::collections::HashMap;

use evalsuite_rust_ext::kernels::characters::python_whitespace::split;
use evalsuite_rust_ext::kernels::diversity::ngram_diversity::{distinct_counts, ngram_frequencies};
use evalsuite_rust_ext::kernels::diversity::self_bleu::self_bleu_statistics;
use evalsuite_rust_ext::kernels::numbering::token_ids::{Units, token_ids};
use evalsuite_rust_ext::kernels::numbering::token_sequences::TokenSequences;
use libfuzzer_sys::fuzz_target;

const ORDERS: usize = 5;

fn count<'a, 'b>(words: &'b [&'a [u8]], order: usize) -> HashMap<&'b [&'a [u8]], i64> {
    let mut counts = HashMap::new();
    for window in words.windows(order) {
        *counts.entry(window).or_default() += 1;
    }
    counts
}

fuzz_target!(|texts: Vec<&[u8]>| {
    for units in [Units::Mteval13a, Units::Characters] {
        let found = token_ids(&texts, units).unwrap();
        TokenSequences::new(&found.ids, &found.ends).unwrap();
    }
    let found = token_ids(&texts, Units::Words).unwrap();
    let sequences = TokenSequences::new(&found.ids, &found.ends).unwrap();
    let words: Vec<Vec<&[u8]>> = texts
        .iter()
        .map(|text| {
            let mut words = Vec::new();
            split(text, |start, end| words.push(&text[start..end]));
            words
        })
        .collect();
    let rows = self_bleu_statistics(sequences, ORDERS).unwrap();
    let distinct = distinct_counts(sequences, ORDERS);
    for (index, text) in words.iter().enumerate() {
        let row = &rows[index * (2 + 2 * ORDERS)..][..2 + 2 * ORDERS];
        let lengths = words
            .iter()
            .enumerate()
            .filter(|&(other, _)| other != index);
        let closest = lengths
            .map(|(_, other)| (other.len().abs_diff(text.len()), other.len()))
            .min();
        assert_eq!(row[0], text.len() as i64);
        assert_eq!(row[1], closest.map_or(0, |(_, length)| length) as i64);
        for order in 1..=ORDERS {
            let here = count(text, order);
            let mut clipped = 0;
            for (ngram, &n) in &here {
                let others = words
                    .iter()
                    .enumerate()
                    .filter(|&(other, _)| other != index);
                let most = others.map(|(_, other)| {
                    other
                        .windows(order)
                        .filter(|window| window == ngram)
                        .count() as i64
                });
                clipped += n.min(most.max().unwrap_or(0));
            }
            assert_eq!(row[1 + order], clipped);
            assert_eq!(row[1 + ORDERS + order], here.values().sum::<i64>());
            let texts = &distinct.texts[index * 2 * ORDERS..][..2 * ORDERS];
            assert_eq!(texts[order - 1], here.len() as i64);
        }
    }
    for order in 1..=ORDERS {
        let mut all: HashMap<&[&[u8]], i64> = HashMap::new();
        for text in &words {
            for (ngram, n) in count(text, order) {
                *all.entry(ngram).or_default() += n;
            }
        }
        let mut counts: Vec<i64> = all.values().copied().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(
            distinct.set[2 * order - 2..2 * order],
            [counts.len() as i64, counts.iter().sum()]
        );
        assert_eq!(ngram_frequencies(sequences, order), counts);
    }
});
