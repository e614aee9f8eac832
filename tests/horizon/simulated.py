"""Solvers with a known law, and their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.horizon import DepthTable, count_records

if TYPE_CHECKING:
    from collections.abc import Sequence


def verdicts(
    rng: np.random.Generator,
    depths: Sequence[int],
    *,
    templates: int = 40,
    per_cell: int = 1,
    e: float = 0.05,
    shape: float = 1.0,
    floor: float = 0.0,
    spread: float = 0.0,
    cap: int | None = None,
    false_negatives: float = 0.0,
    false_positives: float = 0.0,
) -> DepthTable:
    """Verdicts of a solver with hazard e a step at k = 1; templates' scales are log-normal around it by `spread`.

    With a cap, deeper items are cut after so many steps, all of which were stated.
    """
    depth = np.tile(np.repeat(np.asarray(depths, dtype=np.float64), per_cell), templates)
    cluster = np.repeat(np.arange(templates), len(depths) * per_cell)
    scale = -1.0 / np.log1p(-e) * np.exp(spread * rng.standard_normal(templates))[cluster]
    lifetime = scale * rng.exponential(size=len(depth)) ** (1.0 / shape)
    cut = depth > (np.inf if cap is None else cap)
    seen = np.where(cut, depth if cap is None else cap, depth)
    alive = lifetime > seen
    right = alive | (~cut & (rng.random(len(depth)) < floor))
    graded = np.where(right, rng.random(len(depth)) >= false_negatives, rng.random(len(depth)) < false_positives)
    return count_records(seen, np.where(cut, alive, graded).astype(float), clusters=cluster, cut=cut)
