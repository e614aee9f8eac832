//! The search for n-grams of items in a corpus, against windows of words.
#![no_main]

use std::collections::HashMap;

use evalsuite_rust_ext::kernels::contamination::corpus_scan::CorpusScan;
use evalsuite_rust_ext::kernels::contamination::corpus_words::normalize;
use evalsuite_rust_ext::kernels::contamination::item_ngrams::ItemNgrams;
use libfuzzer_sys::fuzz_target;

fn words(text: &str) -> Vec<String> {
    let mut line = Vec::new();
    normalize(text.as_bytes(), &mut Vec::new(), &mut line);
    let line = String::from_utf8(line).unwrap();
    line.split(' ')
        .filter(|word| !word.is_empty())
        .map(String::from)
        .collect()
}

fuzz_target!(|input: (&str, u8, u8)| {
    let (text, n, min_words) = input;
    let (n, min_words) = (usize::from(n % 20) + 1, usize::from(min_words % 20) + 1);
    if text.len() > 4096 {
        return;
    }
    let (items, corpus) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let items: Vec<&str> = items.split('\x01').collect();
    let scan = CorpusScan::new(ItemNgrams::new(&items, n, min_words, 1));
    scan.scan_lines(corpus.as_bytes()).unwrap();

    let mut expected: HashMap<Vec<String>, (i64, i64)> = HashMap::new();
    let mut places = Vec::new();
    for item in &items {
        let item = words(item);
        let length = if item.len() < n && item.len() >= min_words {
            item.len()
        } else {
            n
        };
        places.extend(item.windows(length).map(<[String]>::to_vec));
    }
    let lines = corpus.strip_suffix('\n').unwrap_or(corpus).split('\n');
    let documents: Vec<Vec<String>> = lines.map(words).collect();
    for gram in &places {
        expected.entry(gram.clone()).or_insert_with(|| {
            let holds = |document: &&(usize, &Vec<String>)| {
                document.1.windows(gram.len()).any(|own| own == gram)
            };
            let holding: Vec<_> = documents.iter().enumerate().collect();
            let holding: Vec<_> = holding.iter().filter(holds).collect();
            (
                holding.len() as i64,
                holding.first().map_or(-1, |first| first.0 as i64),
            )
        });
    }
    let (counts, first) = scan.found();
    let found: Vec<_> = scan
        .items()
        .places()
        .iter()
        .map(|&at| (counts[at as usize], first[at as usize]))
        .collect();
    let expected: Vec<_> = places.iter().map(|gram| expected[gram]).collect();
    assert_eq!(found, expected, "{n} {min_words}");
});
