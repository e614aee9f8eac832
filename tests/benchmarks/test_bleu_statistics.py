"""BLEU of a corpus: ours, sacrebleu and bleuscore on the same segments.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_bleu_statistics.py --benchmark-enable`` for one thread.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest
from sacrebleu.metrics.bleu import BLEU as PEER

from evalsuite.text.bleu import BLEU
from tests.benchmarks.race import time_in_group
from tests.reference.texts import plain_segments

N_SEGMENTS = 10_000
TARGETS = {"13a": 100.0, "intl": 60.0, "zh": 60.0, "char": 60.0, "none": 45.0}
Corpus = tuple[list[str], list[str]]


def chinese_segments(n: int, *, seed: int) -> Corpus:
    """Sentences of 15 to 60 characters and their references."""
    rng = random.Random(seed)
    characters = [chr(0x4E00 + 7 * k) for k in range(1500)]
    weights = [1 / (rank + 2) for rank in range(len(characters))]
    references = ["".join(rng.choices(characters, weights, k=rng.randint(15, 60))) + "。" for _ in range(n)]
    hypotheses = ["".join(old if rng.random() < 0.8 else rng.choice(characters) for old in text) for text in references]
    return hypotheses, references


@cache
def corpus(tokenize: str) -> Corpus:
    return chinese_segments(N_SEGMENTS, seed=1) if tokenize == "zh" else plain_segments(N_SEGMENTS, seed=1)


def group(tokenize: str) -> str:
    return f"BLEU {tokenize}, {N_SEGMENTS:,} segments"


def ours(tokenize: str) -> float:
    hypotheses, references = corpus(tokenize)
    return BLEU(tokenize=tokenize, force=True).corpus_score(hypotheses, [references]).score


def sacrebleus(tokenize: str) -> float:
    hypotheses, references = corpus(tokenize)
    # A new metric each time, since its tokenizer remembers the lines it has seen.
    score: float = PEER(tokenize=tokenize, force=True).corpus_score(hypotheses, [references]).score
    return score


def bleuscores() -> float:
    from bleuscore import compute  # type: ignore[import-not-found]

    hypotheses, references = corpus("13a")
    score: float = compute([[text] for text in references], hypotheses, smooth=False, ref_len_method="closest")["bleu"]
    return score


@pytest.mark.parametrize("tokenize", TARGETS)
def test_ours(benchmark: Any, tokenize: str) -> None:
    assert ours(tokenize) == sacrebleus(tokenize)
    time_in_group(benchmark, group(tokenize), "evalsuite", lambda: ours(tokenize), rounds=15)


@pytest.mark.parametrize("tokenize", TARGETS)
def test_sacrebleu(benchmark: Any, tokenize: str) -> None:
    time_in_group(
        benchmark, group(tokenize), "sacrebleu", lambda: sacrebleus(tokenize), rounds=3, target=TARGETS[tokenize]
    )


def test_bleuscore(benchmark: Any) -> None:
    pytest.importorskip("bleuscore")
    assert 100 * bleuscores() == pytest.approx(ours("13a"), rel=1e-9)
    time_in_group(benchmark, group("13a"), "bleuscore", bleuscores, rounds=5, target=12.0)
