"""Self-BLEU of 1,000 texts, with fast-bleu and nltk beside it, and distinct-1 to 4 beside plain sets.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_diversity.py --benchmark-enable`` for one thread.
"""

from __future__ import annotations

from typing import Any

import pytest

from evalsuite.kernels.diversity import distinct_counts
from evalsuite.kernels.token_ids import token_ids
from evalsuite.text.selfbleu import self_bleu_scores
from tests.benchmarks.race import time_in_group
from tests.reference import diversity as twin
from tests.reference.texts import plain_segments

TEXTS = plain_segments(1000, seed=1)[0]
WORDS = [text.split() for text in TEXTS]
SMALL = WORDS[:60]
WEIGHTS = (0.25,) * 4
GROUP = "self-BLEU-4, 1,000 texts"
SMALL_GROUP = "self-BLEU-4, 60 texts"


def fast_bleu_scores() -> list[float]:
    from fast_bleu import SelfBLEU

    scores: list[float] = SelfBLEU(WORDS, {4: WEIGHTS}).get_score()[4]
    return scores


def plain_distinct() -> list[list[int]]:
    return [list(twin.distinct(WORDS, n)) for n in (1, 2, 3, 4)]


def test_self_bleu_of_lists(benchmark: Any) -> None:
    pytest.importorskip("fast_bleu")
    assert self_bleu_scores(WORDS) == pytest.approx(fast_bleu_scores(), abs=1e-12)
    time_in_group(benchmark, GROUP, "evalsuite", lambda: self_bleu_scores(WORDS), rounds=15)


def test_fast_bleu(benchmark: Any) -> None:
    pytest.importorskip("fast_bleu")
    time_in_group(benchmark, GROUP, "fast-bleu", fast_bleu_scores, rounds=5, target=40)


def test_self_bleu_of_few(benchmark: Any) -> None:
    assert self_bleu_scores(SMALL).tolist() == twin.nltk_self_bleu(SMALL, WEIGHTS, 1)
    time_in_group(benchmark, SMALL_GROUP, "evalsuite", lambda: self_bleu_scores(SMALL), rounds=50)


def test_nltk(benchmark: Any) -> None:
    time_in_group(benchmark, SMALL_GROUP, "nltk", lambda: twin.nltk_self_bleu(SMALL, WEIGHTS, 1), rounds=3)


def test_distinct(benchmark: Any) -> None:
    assert distinct_counts(token_ids(WORDS))[0].tolist() == plain_distinct()
    benchmark.group = "distinct-1 to 4, 1,000 texts"
    benchmark.pedantic(lambda: distinct_counts(token_ids(WORDS)), rounds=15, warmup_rounds=1)


def test_distinct_by_plain_sets(benchmark: Any) -> None:
    benchmark.group = "distinct-1 to 4, 1,000 texts"
    benchmark.pedantic(plain_distinct, rounds=5, warmup_rounds=1)
