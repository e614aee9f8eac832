//! The statistics of BLEU equal those of plain maps from n-grams to counts.
#![no_main]

use std::collections::HashMap;

use evalsuite_rust_ext::kernels::bleu::statistics::bleu_statistics;
use evalsuite_rust_ext::kernels::tokenizers::tokenization::Tokenization;
use libfuzzer_sys::fuzz_target;

mod naive_tokenizers;

fn counts(words: &[String], order: usize) -> HashMap<&[String], i64> {
    let mut found = HashMap::new();
    for ngram in words.windows(order) {
        *found.entry(ngram).or_insert(0) += 1;
    }
    found
}

fuzz_target!(|input: (u8, u8, String, Vec<String>)| {
    let (kind, order, hypothesis, references) = input;
    let name = ["13a", "intl", "zh", "char", "none"][kind as usize % 5];
    let (tokenization, order) = (
        Tokenization::from_name(name).unwrap(),
        1 + order as usize % 6,
    );
    if references.is_empty() || references.len() > 4 {
        return;
    }
    let n_references = [i64::try_from(references.len()).unwrap()];
    let row = bleu_statistics(
        std::slice::from_ref(&hypothesis),
        &references,
        &n_references,
        tokenization,
        order,
    )
    .unwrap();

    // Python strips the end of a text before it is tokenized.
    let is_space = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    let cut = |text: &str| naive_tokenizers::words(text.trim_end_matches(is_space), tokenization);
    let hypothesis = cut(&hypothesis);
    let references: Vec<Vec<String>> = references.iter().map(|text| cut(text)).collect();
    let closest = references
        .iter()
        .map(|words| (words.len().abs_diff(hypothesis.len()), words.len()))
        .min();
    let mut expected = vec![hypothesis.len() as i64, closest.unwrap().1 as i64];
    let mut totals = Vec::new();
    for n in 1..=order {
        let mine = counts(&hypothesis, n);
        totals.push(mine.values().sum::<i64>());
        expected.push(
            mine.iter()
                .map(|(ngram, &count)| {
                    let most = references
                        .iter()
                        .map(|words| counts(words, n).get(ngram).copied().unwrap_or(0));
                    count.min(most.max().unwrap_or(0))
                })
                .sum(),
        );
    }
    expected.extend(totals);
    assert_eq!(row, expected);
});
