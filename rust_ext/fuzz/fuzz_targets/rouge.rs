//! ROUGE: counts equal those of a plain twin with tables, for words of text and for numbers; nothing panics.
#![no_main]

use std::collections::HashMap;

use evalsuite_rust_ext::kernels::rouge::pair_counter::RougeType;
use evalsuite_rust_ext::kernels::rouge::porter::stem;
use evalsuite_rust_ext::kernels::rouge::readers::{NumberedText, RougeTokenization};
use evalsuite_rust_ext::kernels::rouge::statistics::{
    rouge_statistics, rouge_statistics_of_numbers,
};
use libfuzzer_sys::fuzz_target;

type Words = Vec<String>;

fn words(text: &str, use_stemmer: bool) -> Words {
    let lower = text.to_lowercase();
    let pieces = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let stemmed = pieces.filter(|word| !word.is_empty()).map(|word| {
        let mut letters: Vec<char> = word.chars().collect();
        if use_stemmer && letters.len() > 3 {
            stem(&mut letters);
        }
        letters.into_iter().collect()
    });
    stemmed.collect()
}

fn table(a: &[String], b: &[String]) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            table[i][j] = if a[i - 1] == b[j - 1] {
                table[i - 1][j - 1] + 1
            } else {
                table[i - 1][j].max(table[i][j - 1])
            };
        }
    }
    table
}

fn counts(words: &[String], n: usize) -> HashMap<&[String], i64> {
    let mut counts = HashMap::new();
    for ngram in words.windows(n) {
        *counts.entry(ngram).or_insert(0) += 1;
    }
    counts
}

fn ngram_hits(target: &[String], prediction: &[String], n: usize) -> i64 {
    let prediction = counts(prediction, n);
    let target = counts(target, n);
    target
        .iter()
        .map(|(ngram, count)| *count.min(prediction.get(ngram).unwrap_or(&0)))
        .sum()
}

fn union_hits(target: &[Words], prediction: &[Words]) -> i64 {
    let (target_words, prediction_words) = (target.concat(), prediction.concat());
    let (mut left_target, mut left) = (counts(&target_words, 1), counts(&prediction_words, 1));
    let mut hits = 0;
    for sentence in target {
        let mut union = vec![false; sentence.len()];
        for other in prediction {
            let table = table(sentence, other);
            let (mut i, mut j) = (sentence.len(), other.len());
            while i > 0 && j > 0 {
                if sentence[i - 1] == other[j - 1] {
                    union[i - 1] = true;
                    (i, j) = (i - 1, j - 1);
                } else if table[i][j - 1] > table[i - 1][j] {
                    j -= 1;
                } else {
                    i -= 1;
                }
            }
        }
        for (word, _) in sentence.chunks(1).zip(union).filter(|(_, hit)| *hit) {
            if let (Some(a), Some(b)) = (left.get_mut(word), left_target.get_mut(word))
                && *a > 0
                && *b > 0
            {
                hits += 1;
                *a -= 1;
                *b -= 1;
            }
        }
    }
    hits
}

fn numbered(sentences: &[Words], numbers: &mut HashMap<String, u32>) -> NumberedText {
    let mut text = NumberedText::default();
    for sentence in sentences {
        for word in sentence {
            let next = numbers.len() as u32 + 1;
            text.words
                .push(*numbers.entry(word.clone()).or_insert(next));
        }
        text.end_sentence(text.words.len());
    }
    text
}

/// Words of few letters, so that they recur, from bytes; every so often a line feed.
fn few_words(bytes: &[u8]) -> String {
    let pieces = bytes.iter().map(|byte| match byte {
        0..=9 => "\n".to_owned(),
        byte => format!("w{} ", byte % 7),
    });
    pieces.collect()
}

fuzz_target!(|input: (bool, bool, &str, &str, Vec<u8>, Vec<u8>)| {
    let (use_stemmer, as_text, target, prediction, target_bytes, prediction_bytes) = input;
    let (target, prediction) = if as_text {
        (target.to_owned(), prediction.to_owned())
    } else {
        (few_words(&target_bytes), few_words(&prediction_bytes))
    };
    if target.len() + prediction.len() > 3000 {
        return;
    }
    let sentences = |text: &str| -> Vec<Words> {
        text.split('\n')
            .map(|line| words(line, use_stemmer))
            .collect()
    };
    let types: Vec<RougeType> = (1..=9)
        .map(RougeType::Ngram)
        .chain([RougeType::Lcs, RougeType::SummaryLcs])
        .collect();
    let run = |unicode: RougeTokenization| {
        rouge_statistics(
            &[&target],
            &[1],
            &[&prediction],
            &types,
            unicode,
            use_stemmer,
        )
        .unwrap()
    };
    let found = run(RougeTokenization::RougeScore);
    if target.is_ascii() && prediction.is_ascii() {
        assert_eq!(found, run(RougeTokenization::Unicode));
    } else {
        run(RougeTokenization::Unicode);
    }
    let (target, prediction) = (sentences(&target), sentences(&prediction));
    let (all_target, all_prediction) = (target.concat(), prediction.concat());
    let size = |words: &Words, n: usize| (words.len() + 1).saturating_sub(n) as i64;
    let mut expected = Vec::new();
    for n in 1..=9 {
        let hits = ngram_hits(&all_target, &all_prediction, n);
        expected.extend([hits, size(&all_prediction, n), size(&all_target, n)]);
    }
    let lcs = table(&all_target, &all_prediction)[all_target.len()][all_prediction.len()] as i64;
    for hits in [lcs, union_hits(&target, &prediction)] {
        expected.extend([hits, size(&all_prediction, 1), size(&all_target, 1)]);
    }
    assert_eq!(found, expected);
    let mut numbers = HashMap::new();
    let texts = [
        numbered(&target, &mut numbers),
        numbered(&prediction, &mut numbers),
    ];
    let of_numbers =
        rouge_statistics_of_numbers(&texts[..1], &[1], &texts[1..], &types, numbers.len() + 1)
            .unwrap();
    assert_eq!(of_numbers, expected);
});
