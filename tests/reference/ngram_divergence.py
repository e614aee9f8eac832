"""Counts of n-grams by Python's own containers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def joint_counts(
    first: Sequence[str], second: Sequence[str], unit: str, order: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count each n-gram of both, in order of first appearance."""
    counters = []
    for texts in (first, second):
        counter: Counter[tuple[str, ...]] = Counter()
        for text in texts:
            parts = text.split() if unit == "words" else list(text)
            counter.update(tuple(parts[i : i + order]) for i in range(len(parts) - order + 1))
        counters.append(counter)
    vocabulary = list(dict.fromkeys([*counters[0], *counters[1]]))
    p, q = (np.array([counter[ngram] for ngram in vocabulary], dtype=np.int64) for counter in counters)
    return p, q
