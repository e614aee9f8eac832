//! All pairs of a group: symmetric, and what each pair gives by itself.
#![no_main]

use evalsuite_rust_ext::kernels::edit::pairwise::{Similarity, pairwise_similarities};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<String>, u8, u8)| {
    let (mut texts, order, repeats) = input;
    texts.truncate(6);
    for text in &mut texts {
        *text = format!("{text} ").repeat(usize::from(repeats % 32) + 1);
        let end = (0..=text.len().min(2000))
            .rev()
            .find(|&at| text.is_char_boundary(at));
        text.truncate(end.unwrap_or(0));
    }
    let n = texts.len();
    for similarity in [
        Similarity::Jaccard {
            order: usize::from(order) + 1,
        },
        Similarity::Lcs,
        Similarity::Edit,
        Similarity::LcsLength,
        Similarity::Distance,
    ] {
        let whole = pairwise_similarities(&texts, &[n as i64], similarity).unwrap();
        for i in 0..n {
            for j in 0..n {
                let pair = [&texts[j], &texts[i]];
                let alone = pairwise_similarities(&pair, &[2], similarity).unwrap()[1];
                assert_eq!(whole[n * i + j].to_bits(), alone.to_bits());
                assert_eq!(whole[n * i + j].to_bits(), whole[n * j + i].to_bits());
            }
        }
    }
});
