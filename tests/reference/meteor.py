"""METEOR's alignment by scanning both texts for every match."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def align(
    hypothesis: Sequence[int], reference: Sequence[int], stems: Sequence[int], synonyms: Sequence[Sequence[int]] | None
) -> tuple[int, int]:
    """Return matches and chunks."""
    matched: dict[int, int] = {}

    def equal(word: int, other: int, rule: int) -> bool:
        if rule == 0:
            return word == other
        stem, other_stem = stems[word], stems[other]
        return stem == other_stem or (rule == 2 and synonyms is not None and other_stem in synonyms[stem])

    for rule in range(3):
        for i in reversed(range(len(hypothesis))):
            if i in matched:
                continue
            for j in reversed(range(len(reference))):
                if j not in matched.values() and equal(hypothesis[i], reference[j], rule):
                    matched[i] = j
                    break
    pairs = sorted(matched.items())
    chunks = 1
    for (i, j), (next_i, next_j) in itertools.pairwise(pairs):
        chunks += (next_i, next_j) != (i + 1, j + 1)
    return len(pairs), chunks
