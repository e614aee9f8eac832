"""Error rates, distances and all pairs beside jiwer, rapidfuzz and editdistance.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_edit.py --benchmark-enable`` for one thread.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

import editdistance
import jiwer
import numpy as np
import pytest
from rapidfuzz import process
from rapidfuzz.distance import LCSseq, Levenshtein

from evalsuite.text import error_rates, pairwise
from tests.benchmarks.race import time_in_group
from tests.reference.texts import plain_segments

HYPOTHESES, REFERENCES = plain_segments(5000, seed=1)
HYPOTHESIS_WORDS, REFERENCE_WORDS = ([text.split() for text in texts] for texts in (HYPOTHESES, REFERENCES))


def rate(distance: Any, references: Any, hypotheses: Any) -> float:
    edits = sum(distance(a, b) for a, b in zip(references, hypotheses, strict=True))
    return float(edits / sum(map(len, references)))


def rate_of_texts(distance: Any) -> float:
    return rate(distance, [text.split() for text in REFERENCES], [text.split() for text in HYPOTHESES])


WER = {
    "evalsuite": (lambda: error_rates.wer(REFERENCES, HYPOTHESES), 15, None),
    "jiwer": (lambda: jiwer.wer(REFERENCES, HYPOTHESES), 3, 20.0),
    "rapidfuzz": (lambda: rate_of_texts(Levenshtein.distance), 7, 1.0),
    "editdistance": (lambda: rate_of_texts(editdistance.eval), 5, 1.0),
}
CER = {
    "evalsuite": (lambda: error_rates.cer(REFERENCES, HYPOTHESES), 15, None),
    "jiwer": (lambda: jiwer.cer(REFERENCES, HYPOTHESES), 3, 20.0),
    "rapidfuzz": (lambda: rate(Levenshtein.distance, REFERENCES, HYPOTHESES), 7, 1.0),
    "editdistance": (lambda: rate(editdistance.eval, REFERENCES, HYPOTHESES), 3, 1.0),
}


@pytest.mark.parametrize("tool", WER)
def test_wer(benchmark: Any, tool: str) -> None:
    call, rounds, target = WER[tool]
    assert call() == WER["evalsuite"][0]()
    time_in_group(benchmark, "WER from texts, 5,000 pairs of 25 words", tool, call, rounds=rounds, target=target)


@pytest.mark.parametrize("tool", CER)
def test_cer(benchmark: Any, tool: str) -> None:
    call, rounds, target = CER[tool]
    assert call() == CER["evalsuite"][0]()
    time_in_group(benchmark, "CER, 5,000 pairs of 150 characters", tool, call, rounds=rounds, target=target)


def samples(n_prompts: int, n_samples: int) -> list[list[str]]:
    """Variants of 18-word texts."""
    rng = random.Random(3)
    vocabulary = [word for words in REFERENCE_WORDS[:500] for word in words]
    groups = []
    for words in [words for words in REFERENCE_WORDS if len(words) >= 18][:n_prompts]:
        made = [[old if rng.random() < 0.7 else rng.choice(vocabulary) for old in words[:18]] for _ in range(n_samples)]
        groups.append([" ".join(text) for text in made])
    return groups


GROUPS = samples(50, 64)
WORDS = [[text.split() for text in group] for group in GROUPS]


def cdist(scorer: Any) -> list[Any]:
    return [process.cdist(group, group, scorer=scorer, dtype=np.float64, workers=1) for group in WORDS]


def plain_jaccard() -> list[Any]:
    found = []
    for group in WORDS:
        sets = [set(itertools.pairwise(words)) for words in group]
        found.append(np.array([[len(a & b) / len(a | b) for b in sets] for a in sets]))
    return found


ALL_PAIRS = {
    ("edit", "evalsuite"): (lambda: pairwise.pairwise_similarity_batch(GROUPS, "edit"), 15, None),
    ("edit", "rapidfuzz"): (lambda: cdist(Levenshtein.normalized_similarity), 5, 1.0),
    ("lcs_length", "evalsuite"): (lambda: pairwise.pairwise_similarity_batch(GROUPS, "lcs_length"), 15, None),
    ("lcs_length", "rapidfuzz"): (lambda: cdist(LCSseq.similarity), 5, 1.0),
    ("jaccard", "evalsuite"): (lambda: pairwise.pairwise_similarity_batch(GROUPS, "jaccard"), 15, None),
}


@pytest.mark.parametrize(("similarity", "tool"), ALL_PAIRS)
def test_all_pairs(benchmark: Any, similarity: str, tool: str) -> None:
    call, rounds, target = ALL_PAIRS[similarity, tool]
    expected = plain_jaccard() if similarity == "jaccard" else ALL_PAIRS[similarity, "evalsuite"][0]()
    assert all(np.array_equal(a, b) for a, b in zip(call(), expected, strict=True))
    group = f"all pairs, {similarity}, 50 prompts of 64 samples of 18 words (100,800 pairs)"
    time_in_group(benchmark, group, tool, call, rounds=rounds, target=target)
