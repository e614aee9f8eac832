"""Scores of images with their prompts: quotients of sums, with intervals by prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.rng import derive_seed
from evalsuite.types import Interval, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["make_score", "quotient_score"]


def quotient_score(
    name: str, signature: str, rows: NDArray[np.float64], prompts: Sequence[str], *, scale: float = 1.0
) -> Score:
    """Return the sum of the first column over that of the second, times `scale`.

    Of rows that are successes and trials, each 0 or 1, the interval is Wilson's for a proportion with the prompts'
    design effect; else a bootstrap over prompts.
    """
    labels = stats.cluster_labels(prompts)
    if scale == 1.0 and bool(np.isin(rows, (0.0, 1.0)).all()):
        sums = rows.sum(axis=0)
        value = float(sums[0] / sums[1]) if sums[1] else float("nan")
        return _score(name, signature, value, stats.proportion_interval(rows, labels), len(rows), labels)
    return make_score(name, signature, rows, prompts, lambda sums: scale * sums[..., 0] / sums[..., 1])


def make_score(
    name: str,
    signature: str,
    rows: NDArray[np.float64],
    prompts: Sequence[str],
    value: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    primary: bool = False,
    notes: Sequence[str] = (),
) -> Score:
    """Return a score of sums of rows, with a bootstrap over prompts for its interval.

    Parameters
    ----------
    rows : float64, shape (n, k)
        Of each image.
    prompts : sequence of str, length n
        Images of one prompt are resampled together.
    value : callable
        Sums of shape (..., k) to scores of shape (...).
    """
    labels = stats.cluster_labels(prompts)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = float(value(stats.sum_in_blocks(rows)))
        interval = stats.row_interval(rows, labels, value, seed=derive_seed("bootstrap", signature))
    return _score(name, signature, found, interval, len(rows), labels, primary=primary, notes=notes)


def _score(
    name: str,
    signature: str,
    value: float,
    interval: Interval | None,
    n: int,
    labels: NDArray[np.int64],
    *,
    primary: bool = False,
    notes: Sequence[str] = (),
) -> Score:
    known = not np.isnan(value)
    return Score(
        metric=name,
        signature=signature,
        value=value if known else None,
        interval=interval if known else None,
        higher_is_better=True,
        primary=primary,
        n=n,
        n_unscored=0,
        n_clusters=len(np.unique(labels)),
        outcomes={"scored": n},
        notes=tuple(notes),
    )
