"""Ranks as intervals: which models' scores cannot be told apart."""

from __future__ import annotations

from itertools import combinations
from math import inf, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.metrics.base import RowMetric
from evalsuite.scoring import StoredRows, bootstrap_seed, load_stored_rows, make_metric
from evalsuite.task import MetricSpec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalsuite.report.report import Report
    from evalsuite.types import Score

__all__ = ["rank_models"]

_LEVEL = 0.95


def rank_models(task_name: str, runs: Sequence[tuple[Report, Path]]) -> dict[str, tuple[int, int]]:
    """Find the places each model may take on the primary metric.

    Parameters
    ----------
    task_name : str
    runs : sequence of (Report, Path)
        Runs of one task with one signature, and their folders.

    Returns
    -------
    dict of run id to tuple of int
        A model's best place is 1 plus the number of models that are surely better, its worst the number of models
        minus those that are surely worse.

    Notes
    -----
    Sure means that the interval of the difference leaves out 0, at a level of 1 - 0.05 / pairs, so that all the
    statements of a table hold together 95 % of the time (Bonferroni). The difference is paired, by cluster bootstrap of
    both models' rows with the same resamples, where the metric is made of sums and both runs' rows are there; otherwise
    the longer halves of the two intervals are added in squares.
    """
    scored = [(report, folder) for report, folder in runs if report.primary.value is not None]
    n_pairs = max(1, len(scored) * (len(scored) - 1) // 2)
    level = 1 - (1 - _LEVEL) / n_pairs
    above = {str(report.record["id"]): 0 for report, _ in scored}
    below = dict(above)
    for (a, folder_a), (b, folder_b) in combinations(scored, 2):
        sign = _sure_sign(task_name, (a, folder_a), (b, folder_b), level)
        if sign == 0:
            continue
        better, worse = (a, b) if (sign > 0) == a.primary.higher_is_better else (b, a)
        below[str(better.record["id"])] += 1
        above[str(worse.record["id"])] += 1
    return {run_id: (1 + above[run_id], len(scored) - below[run_id]) for run_id in above}


def _sure_sign(task_name: str, a: tuple[Report, Path], b: tuple[Report, Path], level: float) -> int:
    """Return 1 or -1 where score a - score b is surely positive or negative, else 0."""
    interval = _paired(task_name, a, b, level) or _unpaired(a[0].primary, b[0].primary, level)
    if interval is None:
        return 0
    return int(interval[0] > 0) - int(interval[1] < 0)


def _paired(task_name: str, a: tuple[Report, Path], b: tuple[Report, Path], level: float) -> tuple[float, float] | None:
    score = a[0].primary
    rows_a, rows_b = _stored(*a), _stored(*b)
    if rows_a is None or rows_b is None or rows_a.samples != rows_b.samples:
        return None
    metric = make_metric(MetricSpec(name=score.metric, options=rows_a.options), task_name)
    if not isinstance(metric, RowMetric) or metric.signature() != score.signature:
        return None
    both = rows_a.rows.scored() & rows_b.rows.scored()
    if not both.any():
        return None
    interval = stats.paired_interval(
        np.asarray(rows_a.rows.values[both], dtype=np.float64),
        np.asarray(rows_b.rows.values[both], dtype=np.float64),
        stats.dense_labels(rows_a.clusters[both]),
        metric.value,
        seed=bootstrap_seed(task_name, score.signature),
        level=level,
    )
    return (-inf, inf) if interval is None else (interval.low, interval.high)  # too few clusters to tell


def _stored(report: Report, folder: Path) -> StoredRows | None:
    return load_stored_rows(folder / "statistics", report.primary.signature, str(report.record["inputs"]["outputs"]))


def _unpaired(a: Score, b: Score, level: float) -> tuple[float, float] | None:
    if a.interval is None or b.interval is None or a.value is None or b.value is None:
        return None
    widths = [
        # The longer half: the other may be cut off where the metric's range ends.
        max(score.interval.high - score.value, score.value - score.interval.low)
        for score in (a, b)
        if score.interval is not None and score.value is not None
    ]
    scale = NormalDist().inv_cdf(0.5 + level / 2) / NormalDist().inv_cdf(0.5 + a.interval.level / 2)
    half = scale * sqrt(sum(width**2 for width in widths))
    return a.value - b.value - half, a.value - b.value + half
