//! Compiled kernels of evalsuite, private to `evalsuite.kernels`.
//!
//! This file only lists what Python sees; `bindings` turns its arguments into those of `kernels`.

mod bindings;
pub mod error;
pub mod kernels;
mod text;

/// Python's `evalsuite._rust`.
#[pyo3::pymodule]
mod _rust {
    #[pymodule_export]
    use crate::bindings::answers::{answer_keys, compare_answers, extract_answers, verify_answers};

    #[pymodule_export]
    use crate::bindings::bleu::{bleu_scores, bleu_statistics, tokenize};

    #[pymodule_export]
    use crate::bindings::bootstrap::{bootstrap_draws, bootstrap_sums};

    #[pymodule_export]
    use crate::bindings::chrf::{chrf_scores, chrf_statistics};

    #[pymodule_export]
    use crate::bindings::contamination::{
        CorpusScan, corpus_unicode_version, normalize_words, text_ngrams, word_spans,
    };

    #[pymodule_export]
    use crate::bindings::decoding::{decode_png, png_decoder};

    #[pymodule_export]
    use crate::bindings::diversity::{
        distinct_counts, ending_loops, ngram_frequencies, nltk_bleu_scores, repeated_spans,
        self_bleu_statistics, token_ids,
    };

    #[pymodule_export]
    use crate::bindings::edit::{
        edit_alignments, edit_alignments_of_numbers, edit_counts, edit_distances,
        edit_distances_of_numbers, pairwise_similarities, pairwise_token_similarities,
    };

    #[pymodule_export]
    use crate::bindings::horizon::fit_depth_laws;

    #[pymodule_export]
    use crate::bindings::meteor::{meteor_scores, meteor_statistics};

    #[pymodule_export]
    use crate::bindings::neighbours::{enter_pairs, keep_nearest, keep_smallest, pairs_within};

    #[pymodule_export]
    use crate::bindings::ngrams::{hashed_features, joint_ngram_counts, ngram_hashes};

    #[pymodule_export]
    use crate::bindings::resizing::resize_bicubic;

    #[pymodule_export]
    use crate::bindings::rouge::{
        porter_stems, rouge_scores, rouge_statistics, rouge_statistics_of_numbers, rouge_words,
    };

    #[pymodule_export]
    use crate::bindings::significance::{
        jackknife_sums, numpy_bootstrap_sums, numpy_choices, numpy_coins, numpy_trial_sums,
        resampled_bleu, resampled_chrf, resampled_ter, trial_coins, trial_sums,
    };

    #[pymodule_export]
    use crate::bindings::ter::ter_statistics;

    #[pymodule_export]
    use crate::bindings::traces::{ngram_surprise, step_lines};
}
