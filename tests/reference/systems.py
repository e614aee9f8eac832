"""Systems to compare: a text, and the same with words changed, dropped and doubled."""

from __future__ import annotations

import random

from tests.reference.texts import nasty_segments, plain_segments

__all__ = ["make_systems"]


def make_systems(
    n: int, n_systems: int, seed: int, *, nasty: bool = False
) -> tuple[list[tuple[str, list[str]]], list[list[str | None]]]:
    """Named systems, the baseline first, and reference streams; None where a segment has no k-th reference."""
    rng = random.Random(seed)
    hypotheses, groups = (nasty_segments if nasty else plain_segments)(n, seed=seed)
    width = max(map(len, groups))
    streams = [[group[k] if k < len(group) else None for group in groups] for k in range(width)]
    systems = [("baseline", list(hypotheses))]
    for index in range(1, n_systems):
        changed = []
        for text in hypotheses:
            words = text.split(" ")
            if rng.random() < 0.4:
                words[rng.randrange(len(words))] = rng.choice(["a", "the", ".", "2,5", "größer"])
            if rng.random() < 0.2 * index:
                words.pop(rng.randrange(len(words)))
            changed.append(" ".join(words))
        systems.append((f"system {index}", changed))
    return systems, streams
