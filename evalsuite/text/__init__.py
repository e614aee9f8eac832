"""Text metrics as plain functions and classes: the APIs of sacrebleu, rouge-score, jiwer and others, over the kernels.

Nothing here knows tasks, models or run logs; `evalsuite.metrics` composes these into registered metrics. A name is
imported when it is first used. No module of this package may be called like a public name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalsuite.text.alignment_view import collect_error_counts, visualize_alignment, visualize_error_counts
    from evalsuite.text.base import Metric
    from evalsuite.text.bertscore import BertScorer, BertScores, greedy_matching, read_baseline
    from evalsuite.text.bleu import BLEU, BLEUScore, corpus_bleu, raw_corpus_bleu, sentence_bleu
    from evalsuite.text.chrf import CHRF, CHRFScore, corpus_chrf, sentence_chrf
    from evalsuite.text.contamination import ContaminationReport, ItemContamination, find_contamination
    from evalsuite.text.corpus import CorpusFiles
    from evalsuite.text.degeneration import (
        Loop,
        RepeatedSpan,
        find_loops,
        longest_repeats,
        loop_rate,
        rep_n,
        rep_n_scores,
        seq_rep_n,
    )
    from evalsuite.text.diversity import distinct_n, distinct_n_scores, ngram_entropy, zipf_coefficient
    from evalsuite.text.edit_distances import (
        levenshtein,
        levenshtein_batch,
        levenshtein_opcodes,
        normalized_similarity,
        normalized_similarity_batch,
    )
    from evalsuite.text.encoders import (
        HashedNgrams,
        HashedSubwords,
        TextEncoder,
        TokenEmbeddings,
        TokenEncoder,
        open_text_encoder,
        open_token_encoder,
    )
    from evalsuite.text.error_rates import (
        AlignmentChunk,
        CharacterOutput,
        WordOutput,
        cer,
        mer,
        process_characters,
        process_words,
        wer,
        wil,
        wip,
    )
    from evalsuite.text.mauve import MauveRuns, MauveScore, compute_mauve, mauve_from_counts, mauve_over_seeds
    from evalsuite.text.meteor import meteor_score, meteor_scores, single_meteor_score
    from evalsuite.text.ngram_divergence import js_divergence, js_ngram, kl_divergence, kl_ngram, ngram_counts
    from evalsuite.text.ngram_index import NgramIndex, build_ngram_index
    from evalsuite.text.originality import CopiedSpan, OriginalityReport, OutputOriginality, score_originality
    from evalsuite.text.pairwise import pairwise_similarity, pairwise_similarity_batch
    from evalsuite.text.result import Score
    from evalsuite.text.rouge import RougeScorer
    from evalsuite.text.rouge_aggregation import AggregateScore, BootstrapAggregator
    from evalsuite.text.rouge_tokenizers import DefaultTokenizer, UnicodeTokenizer
    from evalsuite.text.selfbleu import self_bleu, self_bleu_scores
    from evalsuite.text.signature import SACREBLEU_VERSION, Signature
    from evalsuite.text.significance import PairedTest, Result, estimate_ci
    from evalsuite.text.ter import TER, TERScore, corpus_ter, sentence_ter
    from evalsuite.text.tokenizers import TOKENIZERS, load_tokenizer

__all__ = [
    "BLEU",
    "CHRF",
    "SACREBLEU_VERSION",
    "TER",
    "TOKENIZERS",
    "AggregateScore",
    "AlignmentChunk",
    "BLEUScore",
    "BertScorer",
    "BertScores",
    "BootstrapAggregator",
    "CHRFScore",
    "CharacterOutput",
    "ContaminationReport",
    "CopiedSpan",
    "CorpusFiles",
    "DefaultTokenizer",
    "HashedNgrams",
    "HashedSubwords",
    "ItemContamination",
    "Loop",
    "MauveRuns",
    "MauveScore",
    "Metric",
    "NgramIndex",
    "OriginalityReport",
    "OutputOriginality",
    "PairedTest",
    "RepeatedSpan",
    "Result",
    "RougeScorer",
    "Score",
    "Signature",
    "TERScore",
    "TextEncoder",
    "TokenEmbeddings",
    "TokenEncoder",
    "UnicodeTokenizer",
    "WordOutput",
    "build_ngram_index",
    "cer",
    "collect_error_counts",
    "compute_mauve",
    "corpus_bleu",
    "corpus_chrf",
    "corpus_ter",
    "distinct_n",
    "distinct_n_scores",
    "estimate_ci",
    "find_contamination",
    "find_loops",
    "greedy_matching",
    "js_divergence",
    "js_ngram",
    "kl_divergence",
    "kl_ngram",
    "levenshtein",
    "levenshtein_batch",
    "levenshtein_opcodes",
    "load_tokenizer",
    "longest_repeats",
    "loop_rate",
    "mauve_from_counts",
    "mauve_over_seeds",
    "mer",
    "meteor_score",
    "meteor_scores",
    "ngram_counts",
    "ngram_entropy",
    "normalized_similarity",
    "normalized_similarity_batch",
    "open_text_encoder",
    "open_token_encoder",
    "pairwise_similarity",
    "pairwise_similarity_batch",
    "process_characters",
    "process_words",
    "raw_corpus_bleu",
    "read_baseline",
    "rep_n",
    "rep_n_scores",
    "score_originality",
    "self_bleu",
    "self_bleu_scores",
    "sentence_bleu",
    "sentence_chrf",
    "sentence_ter",
    "seq_rep_n",
    "single_meteor_score",
    "visualize_alignment",
    "visualize_error_counts",
    "wer",
    "wil",
    "wip",
    "zipf_coefficient",
]

_NAMES = {
    "alignment_view": (
        "collect_error_counts",
        "visualize_alignment",
        "visualize_error_counts",
    ),
    "base": ("Metric",),
    "bertscore": (
        "BertScorer",
        "BertScores",
        "greedy_matching",
        "read_baseline",
    ),
    "bleu": (
        "BLEU",
        "BLEUScore",
        "corpus_bleu",
        "raw_corpus_bleu",
        "sentence_bleu",
    ),
    "chrf": (
        "CHRF",
        "CHRFScore",
        "corpus_chrf",
        "sentence_chrf",
    ),
    "contamination": (
        "ContaminationReport",
        "ItemContamination",
        "find_contamination",
    ),
    "corpus": ("CorpusFiles",),
    "degeneration": (
        "Loop",
        "RepeatedSpan",
        "find_loops",
        "longest_repeats",
        "loop_rate",
        "rep_n",
        "rep_n_scores",
        "seq_rep_n",
    ),
    "diversity": (
        "distinct_n",
        "distinct_n_scores",
        "ngram_entropy",
        "zipf_coefficient",
    ),
    "edit_distances": (
        "levenshtein",
        "levenshtein_batch",
        "levenshtein_opcodes",
        "normalized_similarity",
        "normalized_similarity_batch",
    ),
    "encoders": (
        "HashedNgrams",
        "HashedSubwords",
        "TextEncoder",
        "TokenEmbeddings",
        "TokenEncoder",
        "open_text_encoder",
        "open_token_encoder",
    ),
    "error_rates": (
        "AlignmentChunk",
        "CharacterOutput",
        "WordOutput",
        "cer",
        "mer",
        "process_characters",
        "process_words",
        "wer",
        "wil",
        "wip",
    ),
    "mauve": (
        "MauveRuns",
        "MauveScore",
        "compute_mauve",
        "mauve_from_counts",
        "mauve_over_seeds",
    ),
    "meteor": (
        "meteor_score",
        "meteor_scores",
        "single_meteor_score",
    ),
    "ngram_divergence": (
        "js_divergence",
        "js_ngram",
        "kl_divergence",
        "kl_ngram",
        "ngram_counts",
    ),
    "ngram_index": (
        "NgramIndex",
        "build_ngram_index",
    ),
    "originality": (
        "CopiedSpan",
        "OriginalityReport",
        "OutputOriginality",
        "score_originality",
    ),
    "pairwise": (
        "pairwise_similarity",
        "pairwise_similarity_batch",
    ),
    "result": ("Score",),
    "rouge": ("RougeScorer",),
    "rouge_aggregation": (
        "AggregateScore",
        "BootstrapAggregator",
    ),
    "rouge_tokenizers": (
        "DefaultTokenizer",
        "UnicodeTokenizer",
    ),
    "selfbleu": (
        "self_bleu",
        "self_bleu_scores",
    ),
    "signature": (
        "SACREBLEU_VERSION",
        "Signature",
    ),
    "significance": (
        "PairedTest",
        "Result",
        "estimate_ci",
    ),
    "ter": (
        "TER",
        "TERScore",
        "corpus_ter",
        "sentence_ter",
    ),
    "tokenizers": (
        "TOKENIZERS",
        "load_tokenizer",
    ),
}
_WHERE = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that none pays for the others."""
    if name in _WHERE:
        return getattr(import_module(f"evalsuite.text.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'evalsuite.text' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
