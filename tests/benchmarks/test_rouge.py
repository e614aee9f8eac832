"""ROUGE on one thread: ours beside rouge-score and rouge-rs, on texts of 20 words and of ten lines of 20.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_rouge.py --benchmark-enable
--benchmark-timer=time.process_time``.
"""

from __future__ import annotations

from typing import Any

import pytest
from rouge_score.rouge_scorer import RougeScorer as Peer

from evalsuite.text.rouge import RougeScorer
from tests.benchmarks.race import time_in_group
from tests.reference.texts import plain_segments

TYPES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
# Lines a text, pairs, and the ratio to reach against rouge-score.
SIZES = {"20 words": (1, 1000, 150.0), "200 words in 10 lines": (10, 60, 400.0)}
Pairs = tuple[list[str], list[str]]


@pytest.fixture(scope="module", params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def pairs(size: str) -> Pairs:
    n_lines, n_pairs, _ = SIZES[size]
    sides = plain_segments(n_lines * n_pairs, seed=5)
    lines = [[" ".join(text.split()[:20]) for text in side] for side in sides]
    predictions, targets = (
        ["\n".join(side[at : at + n_lines]) for at in range(0, len(side), n_lines)] for side in lines
    )
    return targets, predictions


def peer_scores(types: list[str], use_stemmer: bool, pairs: Pairs) -> list[dict[str, Any]]:
    scorer = Peer(types, use_stemmer=use_stemmer)
    return [scorer.score(target, prediction) for target, prediction in zip(*pairs, strict=True)]


def race(benchmark: Any, group: str, types: list[str], use_stemmer: bool, pairs: Pairs) -> None:
    scorer = RougeScorer(types, use_stemmer=use_stemmer)
    found = scorer.score_batch(*pairs)
    theirs = peer_scores(types, use_stemmer, pairs)
    for name in types:
        assert found[name].tolist() == [list(scores[name]) for scores in theirs]
    time_in_group(benchmark, group, "evalsuite", lambda: scorer.score_batch(*pairs), rounds=15)


def test_all_types_evalsuite(benchmark: Any, size: str, pairs: Pairs) -> None:
    race(benchmark, f"ROUGE-1, 2, L, Lsum with stems, {size}", TYPES, True, pairs)


def test_all_types_rouge_score(benchmark: Any, size: str, pairs: Pairs) -> None:
    group = f"ROUGE-1, 2, L, Lsum with stems, {size}"
    time_in_group(
        benchmark, group, "rouge-score", lambda: peer_scores(TYPES, True, pairs), rounds=3, target=SIZES[size][2]
    )


def test_rouge_l_evalsuite(benchmark: Any, size: str, pairs: Pairs) -> None:
    race(benchmark, f"ROUGE-L, {size}", ["rougeL"], False, pairs)


def test_rouge_l_rouge_score(benchmark: Any, size: str, pairs: Pairs) -> None:
    call = lambda: peer_scores(["rougeL"], False, pairs)  # noqa: E731
    time_in_group(benchmark, f"ROUGE-L, {size}", "rouge-score", call, rounds=3)


def test_rouge_l_rouge_rs(benchmark: Any, size: str, pairs: Pairs) -> None:
    rouge_rs = pytest.importorskip("rouge_rs")
    scorer = rouge_rs.RougeLScorer()

    def call() -> list[Any]:
        return [scorer.score(target, prediction) for target, prediction in zip(*pairs, strict=True)]

    time_in_group(benchmark, f"ROUGE-L, {size}", "rouge-rs", call, rounds=5, target=10.0)
