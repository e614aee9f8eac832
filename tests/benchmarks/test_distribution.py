"""METEOR, MAUVE's curve and BERTScore's matching: ours and the peers' on the same input.

Run with ``RAYON_NUM_THREADS=1 OMP_NUM_THREADS=1 pytest tests/benchmarks/test_distribution.py --benchmark-enable``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalsuite.text.mauve_score import mauve_from_counts
from evalsuite.text.meteor import meteor_scores
from evalsuite.text.token_matching import greedy_matching
from tests.benchmarks.race import time_in_group
from tests.reference.texts import plain_segments
from tests.reference.wordnet import NO_SYNONYMS

N_METEOR, N_PAIRS, N_TOKENS, DIMENSION, N_CLUSTERS = 2000, 64, 30, 768, 500
METEOR = f"METEOR, {N_METEOR:,} segments"
CURVE = f"MAUVE of counts, {N_CLUSTERS} clusters"
MATCHING = f"BERTScore matching, {N_PAIRS} pairs of {N_TOKENS} x {DIMENSION}"


@pytest.fixture(scope="module")
def words() -> tuple[list[list[list[str]]], list[list[str]]]:
    texts, references = plain_segments(N_METEOR, seed=1)
    return [[text.split()] for text in references], [text.split() for text in texts]


def peer_meteor(references: Any, hypotheses: Any) -> list[float]:
    from nltk.translate.meteor_score import meteor_score

    pairs = zip(references, hypotheses, strict=True)
    return [meteor_score(group, text, wordnet=NO_SYNONYMS) for group, text in pairs]


def test_meteor(benchmark: Any, words: Any) -> None:
    assert meteor_scores(*words, wordnet=None).tolist() == peer_meteor(*words)
    time_in_group(benchmark, METEOR, "evalsuite", lambda: meteor_scores(*words, wordnet=None), rounds=7)


def test_meteor_nltk(benchmark: Any, words: Any) -> None:
    time_in_group(benchmark, METEOR, "nltk", lambda: peer_meteor(*words), rounds=3)


@pytest.fixture(scope="module")
def counts() -> tuple[Any, Any]:
    draw = np.random.default_rng(0)
    return draw.poisson(5, N_CLUSTERS), draw.poisson(5, N_CLUSTERS)


def peer_curve(p_counts: Any, q_counts: Any) -> tuple[float, float, float, float]:
    """MAUVE, its frontier integral and both of smoothed counts, in the steps of mauve-text after its clustering."""
    from mauve.compute_mauve import get_divergence_curve_for_multinomials, get_fronter_integral
    from sklearn.metrics import auc

    weights = np.linspace(1e-6, 1 - 1e-6, 25)
    found = []
    for added in (0, 0.5):
        p, q = ((counts + added) / (counts + added).sum() for counts in (p_counts, q_counts))
        x, y = get_divergence_curve_for_multinomials(p, q, weights, 5).T
        by_x, by_y = np.argsort(x), np.argsort(y)
        found += [0.5 * (auc(x[by_x], y[by_x]) + auc(y[by_y], x[by_y])), get_fronter_integral(p, q)]
    return tuple(found)  # type: ignore[return-value]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_curve(benchmark: Any, counts: Any) -> None:
    score = mauve_from_counts(*counts)
    ours = (score.mauve, score.frontier_integral, score.mauve_star, score.frontier_integral_star)
    assert ours == peer_curve(*counts)
    time_in_group(benchmark, CURVE, "evalsuite", lambda: mauve_from_counts(*counts), rounds=30)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_curve_mauve_text(benchmark: Any, counts: Any) -> None:
    time_in_group(benchmark, CURVE, "mauve-text", lambda: peer_curve(*counts), rounds=30)


@pytest.fixture(scope="module")
def vectors() -> tuple[Any, Any]:
    draw = np.random.default_rng(0)
    shape = (N_PAIRS, N_TOKENS, DIMENSION)
    return draw.normal(size=shape).astype(np.float32), draw.normal(size=shape).astype(np.float32)


def peer_matching(candidates: Any, references: Any) -> Any:
    import torch
    from bert_score.utils import greedy_cos_idf

    sides = []
    for side in (references, candidates):
        # It overwrites what it is given.
        sides += [torch.tensor(side), torch.ones(side.shape[:2], dtype=torch.long), torch.ones(side.shape[:2])]
    return torch.stack(greedy_cos_idf(*sides)).numpy().T


def our_matching(candidates: Any, references: Any) -> Any:
    return np.array([greedy_matching(*pair) for pair in zip(candidates, references, strict=True)])


def test_matching(benchmark: Any, vectors: Any) -> None:
    np.testing.assert_allclose(our_matching(*vectors), peer_matching(*vectors), rtol=0, atol=2e-6)
    time_in_group(benchmark, MATCHING, "evalsuite", lambda: our_matching(*vectors), rounds=10)


def test_matching_bert_score(benchmark: Any, vectors: Any) -> None:
    import torch

    torch.set_num_threads(1)
    time_in_group(benchmark, MATCHING, "bert-score", lambda: peer_matching(*vectors), rounds=10)
