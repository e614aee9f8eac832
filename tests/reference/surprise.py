"""SelfCheckGPT's n-gram model, counted plainly."""

from __future__ import annotations

import math
from collections import Counter

__all__ = ["surprises"]


def ngrams(words: list[str], order: int) -> list[tuple[str, ...]]:
    padded = ["<s>"] * (order - 1) + words
    return [tuple(padded[i : i + order]) for i in range(len(words))]


def surprises(
    texts: list[list[list[str]]], order: int, smoothing: float, *, own: bool
) -> list[list[tuple[float, float]]]:
    """Sum and greatest of -log p in each segment of each text, all of them one group."""
    counted = [Counter(gram for segment in text for gram in ngrams(segment, order)) for text in texts]
    found = []
    for i, text in enumerate(texts):
        model: Counter[tuple[str, ...]] = Counter()
        for j, counts in enumerate(counted):
            if own or j != i:
                model.update(counts)
        total = model.total() + smoothing * (len(model) + 1)
        rows = []
        for segment in text:
            chances = [(model[gram] + smoothing) / total for gram in ngrams(segment, order)]
            each = [-math.log(chance) if chance else math.inf for chance in chances]
            rows.append((sum(each), max(each, default=0.0)))
        found.append(rows)
    return found
