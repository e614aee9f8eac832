"""Divergences against scipy, MAUVE against mauve-text, BERTScore's matching against bert-score."""

from __future__ import annotations

import contextlib
import io
import random
from typing import Any

import numpy as np

from evalsuite.text.mauve import compute_mauve
from evalsuite.text.ngram_divergence import js_ngram, kl_ngram
from evalsuite.text.token_matching import greedy_matching
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference.ngram_divergence import joint_counts
from tests.reference.texts import nasty_text

__all__ = ["COMPARISONS"]


def divergences(n: int, seed: int) -> Difference:
    """Both divergences of two sets of three texts, by words and by characters, smoothed and not, as scipy has them."""
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import entropy

    rng = random.Random(seed)
    ours, theirs = [], []
    while len(ours) < n:
        first, second = ([nasty_text(rng) for _ in range(3)] for _ in range(2))
        order, unit = rng.choice((1, 2, 3)), rng.choice(("words", "characters"))
        p, q = joint_counts(first, second, unit, order)
        if not p.sum() or not q.sum():
            continue
        k, base = rng.choice((0.5, 1.0)), rng.choice((None, 2))
        options: Any = {
            "order": order,
            "tokenize": "none" if unit == "words" else "char",
            "units": "nats" if base is None else "bits",
        }
        if rng.random() < 0.5:
            ours.append(kl_ngram(first, second, smoothing=k, **options))
            theirs.append(float(entropy(p + k, q + k, base=base)))
        else:
            ours.append(js_ngram(first, second, **options))
            theirs.append(float(jensenshannon(p, q, base=base)) ** 2)
    return differences(ours, theirs)


def mauve(n: int, seed: int) -> Difference:
    """All numbers of mauve-text on random features; curves with ties, which it sorts arbitrarily, are left out."""
    from mauve import compute_mauve as peer

    draw = np.random.default_rng(seed)
    ours: list[float] = []
    theirs: list[float] = []
    n_pairs = 0
    while n_pairs < n:
        size, other, d = (int(draw.integers(low, high)) for low, high in ((10, 150), (10, 150), (1, 30)))
        p = draw.normal(size=(size, d))
        q = draw.normal(size=(other, d)) * draw.uniform(0.5, 1.5) + draw.normal(size=d) * draw.choice((0, 0.3, 2))
        if draw.random() < 0.5:
            p, q = p.astype(np.float32), q.astype(np.float32)
        options: Any = {
            "seed": int(draw.integers(0, 1000)),
            "num_buckets": "auto" if draw.random() < 0.5 else int(draw.integers(1, 12)),
            "mauve_scaling_factor": float(draw.choice((1, 5))),
            "kmeans_explained_var": float(draw.choice((0.5, 0.9))),
            "kmeans_num_redo": 2,
            "pca_max_data": int(draw.choice((-1, 12))),
        }
        mine = compute_mauve(p, q, **options)
        curve = mine.divergence_curve
        if len(set(curve[:, 0])) < len(curve) or len(set(curve[:, 1])) < len(curve):
            continue
        found: Any = peer(p_features=p, q_features=q, **options)
        n_pairs += 1
        for name in ("mauve", "frontier_integral", "mauve_star", "frontier_integral_star"):
            ours.append(getattr(mine, name))
            theirs.append(float(getattr(found, name)))
        for name in ("p_hist", "q_hist", "divergence_curve"):
            ours += getattr(mine, name).ravel().tolist()
            theirs += getattr(found, name).ravel().tolist()
    return differences(ours, theirs, n_pairs=n_pairs)


def matching(n: int, seed: int) -> Difference:
    """Precision, recall and F of random tokens, one pair at a time, as bert-score has them in float32."""
    import torch
    from bert_score.utils import greedy_cos_idf

    draw = np.random.default_rng(seed)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(n):
        d = int(draw.choice((4, 64, 768)))
        # One pair has no tokens but the two that are special, which is how bert-score knows an empty text.
        lengths = [2 if draw.random() < 0.02 else int(draw.integers(3, 20)) for _ in range(2)]
        vectors = [(draw.normal(size=(k, d)) + draw.choice((0, 0.5))).astype(np.float32) for k in lengths]
        weights = [np.concatenate([[0.0], draw.uniform(0.1, 3, k - 2), [0.0]]) for k in lengths]
        tensors = []
        for side in (1, 0):
            tensors += [
                torch.tensor(vectors[side])[None].clone(),
                torch.ones(1, lengths[side], dtype=torch.long),
                torch.tensor(weights[side], dtype=torch.float32)[None],
            ]
        with contextlib.redirect_stderr(io.StringIO()):
            theirs += [float(value) for value in greedy_cos_idf(*tensors)]
        empty = np.zeros((0, d), dtype=np.float32)
        parts = [
            (empty, None) if k == 2 else (vector, weight)
            for k, vector, weight in zip(lengths, vectors, weights, strict=True)
        ]
        ours += greedy_matching(parts[0][0], parts[1][0], parts[0][1], parts[1][1])
    return differences(ours, theirs, n_pairs=n)


COMPARISONS = [
    Comparison("KL and JS divergence of n-grams", "scipy", divergences, 3000, tolerance=1e-12),
    Comparison("MAUVE", "mauve-text", mauve, 30),
    # bert-score's arithmetic is float32, whose cosines of 768 numbers are right to some 1e-7.
    Comparison("BERTScore matching", "bert-score", matching, 2000, tolerance=2e-6),
]
