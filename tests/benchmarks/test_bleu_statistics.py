"""BLEU statistics of a corpus: the kernel and sacrebleu on the same 10,000 segments.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_bleu_statistics.py --benchmark-enable`` for one thread.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU

from evalsuite import kernels
from tests.reference.texts import plain_segments

N_SEGMENTS = 10_000
Corpus = tuple[list[str], list[list[str]]]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    hypotheses, references = plain_segments(N_SEGMENTS, seed=1)
    return hypotheses, [[text] for text in references]


def peer_statistics(corpus: Corpus, tokenize: str) -> list[list[int]]:
    hypotheses, references = corpus
    # A new metric each time, since its tokenizer remembers the lines it has seen.
    metric = BLEU(tokenize=tokenize, force=True)
    counted: list[list[int]] = metric._extract_corpus_statistics(hypotheses, [[group[0] for group in references]])
    return counted


@pytest.mark.parametrize("tokenize", ["13a", "none"])
def test_kernel(benchmark: Any, corpus: Corpus, tokenize: Any) -> None:
    statistics = kernels.bleu_statistics(*corpus, tokenize=tokenize)
    assert np.array_equal(statistics, peer_statistics(corpus, tokenize))
    benchmark.group = f"BLEU statistics, {tokenize}, {N_SEGMENTS} segments"
    benchmark.pedantic(kernels.bleu_statistics, corpus, {"tokenize": tokenize}, rounds=15, warmup_rounds=1)


@pytest.mark.parametrize("tokenize", ["13a", "none"])
def test_sacrebleu(benchmark: Any, corpus: Corpus, tokenize: str) -> None:
    benchmark.group = f"BLEU statistics, {tokenize}, {N_SEGMENTS} segments"
    benchmark.pedantic(peer_statistics, (corpus, tokenize), rounds=3)
