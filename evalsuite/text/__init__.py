"""Text metrics as plain functions and classes: the APIs of sacrebleu, rouge-score, jiwer and others, over the kernels.

Nothing here knows tasks, models or run logs; `evalsuite.metrics` composes these into registered metrics. A name is
imported when it is first used. No module of this package may be called like a public name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# What type checkers see of the table below; "as" is how they know a name to be public. A test compares the two.
if TYPE_CHECKING:
    from evalsuite.text.alignment_view import collect_error_counts as collect_error_counts
    from evalsuite.text.alignment_view import visualize_alignment as visualize_alignment
    from evalsuite.text.alignment_view import visualize_error_counts as visualize_error_counts
    from evalsuite.text.base import Metric as Metric
    from evalsuite.text.bertscore import BertScorer as BertScorer
    from evalsuite.text.bertscore import BertScores as BertScores
    from evalsuite.text.bertscore_baseline import read_baseline as read_baseline
    from evalsuite.text.bleu import BLEU as BLEU
    from evalsuite.text.bleu_functions import corpus_bleu as corpus_bleu
    from evalsuite.text.bleu_functions import raw_corpus_bleu as raw_corpus_bleu
    from evalsuite.text.bleu_functions import sentence_bleu as sentence_bleu
    from evalsuite.text.bleu_score import BLEUScore as BLEUScore
    from evalsuite.text.chrf import CHRF as CHRF
    from evalsuite.text.chrf import CHRFScore as CHRFScore
    from evalsuite.text.chrf import corpus_chrf as corpus_chrf
    from evalsuite.text.chrf import sentence_chrf as sentence_chrf
    from evalsuite.text.contamination import ContaminationReport as ContaminationReport
    from evalsuite.text.contamination import ItemContamination as ItemContamination
    from evalsuite.text.contamination import find_contamination as find_contamination
    from evalsuite.text.corpus import CorpusFiles as CorpusFiles
    from evalsuite.text.degeneration import Loop as Loop
    from evalsuite.text.degeneration import RepeatedSpan as RepeatedSpan
    from evalsuite.text.degeneration import find_loops as find_loops
    from evalsuite.text.degeneration import longest_repeats as longest_repeats
    from evalsuite.text.degeneration import loop_rate as loop_rate
    from evalsuite.text.degeneration import rep_n as rep_n
    from evalsuite.text.degeneration import rep_n_scores as rep_n_scores
    from evalsuite.text.degeneration import seq_rep_n as seq_rep_n
    from evalsuite.text.diversity import distinct_n as distinct_n
    from evalsuite.text.diversity import distinct_n_scores as distinct_n_scores
    from evalsuite.text.diversity import ngram_entropy as ngram_entropy
    from evalsuite.text.diversity import zipf_coefficient as zipf_coefficient
    from evalsuite.text.edit_distances import levenshtein as levenshtein
    from evalsuite.text.edit_distances import levenshtein_batch as levenshtein_batch
    from evalsuite.text.edit_distances import levenshtein_opcodes as levenshtein_opcodes
    from evalsuite.text.edit_distances import normalized_similarity as normalized_similarity
    from evalsuite.text.edit_distances import normalized_similarity_batch as normalized_similarity_batch
    from evalsuite.text.encoders import HashedNgrams as HashedNgrams
    from evalsuite.text.encoders import HashedSubwords as HashedSubwords
    from evalsuite.text.encoders import TextEncoder as TextEncoder
    from evalsuite.text.encoders import TokenEmbeddings as TokenEmbeddings
    from evalsuite.text.encoders import TokenEncoder as TokenEncoder
    from evalsuite.text.encoders import open_text_encoder as open_text_encoder
    from evalsuite.text.encoders import open_token_encoder as open_token_encoder
    from evalsuite.text.error_rate_outputs import AlignmentChunk as AlignmentChunk
    from evalsuite.text.error_rate_outputs import CharacterOutput as CharacterOutput
    from evalsuite.text.error_rate_outputs import WordOutput as WordOutput
    from evalsuite.text.error_rate_outputs import process_characters as process_characters
    from evalsuite.text.error_rate_outputs import process_words as process_words
    from evalsuite.text.error_rates import cer as cer
    from evalsuite.text.error_rates import mer as mer
    from evalsuite.text.error_rates import wer as wer
    from evalsuite.text.error_rates import wil as wil
    from evalsuite.text.error_rates import wip as wip
    from evalsuite.text.mauve import MauveRuns as MauveRuns
    from evalsuite.text.mauve import compute_mauve as compute_mauve
    from evalsuite.text.mauve import mauve_over_seeds as mauve_over_seeds
    from evalsuite.text.mauve_score import MauveScore as MauveScore
    from evalsuite.text.mauve_score import mauve_from_counts as mauve_from_counts
    from evalsuite.text.meteor import meteor_score as meteor_score
    from evalsuite.text.meteor import meteor_scores as meteor_scores
    from evalsuite.text.meteor import single_meteor_score as single_meteor_score
    from evalsuite.text.ngram_divergence import js_divergence as js_divergence
    from evalsuite.text.ngram_divergence import js_ngram as js_ngram
    from evalsuite.text.ngram_divergence import kl_divergence as kl_divergence
    from evalsuite.text.ngram_divergence import kl_ngram as kl_ngram
    from evalsuite.text.ngram_divergence import ngram_counts as ngram_counts
    from evalsuite.text.ngram_index import NgramIndex as NgramIndex
    from evalsuite.text.ngram_index_builder import build_ngram_index as build_ngram_index
    from evalsuite.text.originality import CopiedSpan as CopiedSpan
    from evalsuite.text.originality import OriginalityReport as OriginalityReport
    from evalsuite.text.originality import OutputOriginality as OutputOriginality
    from evalsuite.text.originality import score_originality as score_originality
    from evalsuite.text.pairwise import pairwise_similarity as pairwise_similarity
    from evalsuite.text.pairwise import pairwise_similarity_batch as pairwise_similarity_batch
    from evalsuite.text.result import Score as Score
    from evalsuite.text.rouge import RougeScorer as RougeScorer
    from evalsuite.text.rouge_aggregation import AggregateScore as AggregateScore
    from evalsuite.text.rouge_aggregation import BootstrapAggregator as BootstrapAggregator
    from evalsuite.text.rouge_tokenizers import DefaultTokenizer as DefaultTokenizer
    from evalsuite.text.rouge_tokenizers import UnicodeTokenizer as UnicodeTokenizer
    from evalsuite.text.selfbleu import self_bleu as self_bleu
    from evalsuite.text.selfbleu import self_bleu_scores as self_bleu_scores
    from evalsuite.text.signature import SACREBLEU_VERSION as SACREBLEU_VERSION
    from evalsuite.text.signature import Signature as Signature
    from evalsuite.text.significance import PairedTest as PairedTest
    from evalsuite.text.significance import Result as Result
    from evalsuite.text.significance import estimate_ci as estimate_ci
    from evalsuite.text.ter import TER as TER
    from evalsuite.text.ter import TERScore as TERScore
    from evalsuite.text.ter import corpus_ter as corpus_ter
    from evalsuite.text.ter import sentence_ter as sentence_ter
    from evalsuite.text.token_matching import greedy_matching as greedy_matching
    from evalsuite.text.tokenizers import TOKENIZERS as TOKENIZERS
    from evalsuite.text.tokenizers import load_tokenizer as load_tokenizer

_NAMES = {
    "alignment_view": "collect_error_counts visualize_alignment visualize_error_counts",
    "base": "Metric",
    "bertscore": "BertScorer BertScores",
    "bertscore_baseline": "read_baseline",
    "bleu": "BLEU",
    "bleu_functions": "corpus_bleu raw_corpus_bleu sentence_bleu",
    "bleu_score": "BLEUScore",
    "chrf": "CHRF CHRFScore corpus_chrf sentence_chrf",
    "contamination": "ContaminationReport ItemContamination find_contamination",
    "corpus": "CorpusFiles",
    "degeneration": "Loop RepeatedSpan find_loops longest_repeats loop_rate rep_n rep_n_scores seq_rep_n",
    "diversity": "distinct_n distinct_n_scores ngram_entropy zipf_coefficient",
    "edit_distances": (
        "levenshtein levenshtein_batch levenshtein_opcodes normalized_similarity normalized_similarity_batch"
    ),
    "encoders": (
        "HashedNgrams HashedSubwords TextEncoder TokenEmbeddings TokenEncoder open_text_encoder open_token_encoder"
    ),
    "error_rate_outputs": "AlignmentChunk CharacterOutput WordOutput process_characters process_words",
    "error_rates": "cer mer wer wil wip",
    "mauve": "MauveRuns compute_mauve mauve_over_seeds",
    "mauve_score": "MauveScore mauve_from_counts",
    "meteor": "meteor_score meteor_scores single_meteor_score",
    "ngram_divergence": "js_divergence js_ngram kl_divergence kl_ngram ngram_counts",
    "ngram_index": "NgramIndex",
    "ngram_index_builder": "build_ngram_index",
    "originality": "CopiedSpan OriginalityReport OutputOriginality score_originality",
    "pairwise": "pairwise_similarity pairwise_similarity_batch",
    "result": "Score",
    "rouge": "RougeScorer",
    "rouge_aggregation": "AggregateScore BootstrapAggregator",
    "rouge_tokenizers": "DefaultTokenizer UnicodeTokenizer",
    "selfbleu": "self_bleu self_bleu_scores",
    "signature": "SACREBLEU_VERSION Signature",
    "significance": "PairedTest Result estimate_ci",
    "ter": "TER TERScore corpus_ter sentence_ter",
    "token_matching": "greedy_matching",
    "tokenizers": "TOKENIZERS load_tokenizer",
}
_WHERE = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that none pays for the others."""
    if name in _WHERE:
        return getattr(import_module(f"evalsuite.text.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'evalsuite.text' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
