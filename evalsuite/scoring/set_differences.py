"""Differences between the scores of two sets of outputs beside one reference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray, Rows, SetMetric
    from evalsuite.types import Interval, Score

__all__ = ["ScoredRows", "SetDifference", "difference_of_scores", "difference_of_sets"]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredRows:
    """A score, the features it is of, and the names of their samples."""

    score: Score
    rows: Rows
    names: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDifference:
    """A score less that of the first set.

    Parameters
    ----------
    value : float
    interval : Interval, optional
        None where the scores have none.
    is_paired : bool
        Whether outputs for samples of one name were held together.
    """

    value: float
    interval: Interval | None
    is_paired: bool


def difference_of_sets(
    metric: SetMetric, first: ScoredRows, second: ScoredRows, reference: FloatArray | None
) -> SetDifference | None:
    """Return by how much the second set's score is above the first's, and how sure that is, with the reference fixed.

    Parameters
    ----------
    metric : SetMetric
    first, second : ScoredRows
    reference : float, shape (m, d), optional
        The metric's own.

    Returns
    -------
    SetDifference, optional
        None where a score is missing.

    Notes
    -----
    Where both sets have samples of the same names (endings such as .png aside), as of the same prompts or seeds, and
    the metric says what it would be without a block of them, blocks are left out of both together: what the two have in
    common then cancels. Blocks go by the order of names. Otherwise the sets are taken as independent: see
    `evalsuite.stats.difference_interval`.
    """
    if first.score.value is None or second.score.value is None:
        return None
    difference = second.score.value - first.score.value
    names = [_stems(side.names) for side in (first, second)]
    if len(names[0]) == len(names[1]) and set(names[0]) == set(names[1]):
        one, other = (
            _left_out(metric, side, stems, reference) for side, stems in zip((first, second), names, strict=True)
        )
        if one is not None and other is not None and one.shape == other.shape:
            interval = stats.difference_of_left_out(difference, one, other)
            if interval is not None:
                return SetDifference(value=difference, interval=interval, is_paired=True)
    return difference_of_scores(first.score, second.score)


def difference_of_scores(first: Score, second: Score) -> SetDifference | None:
    """Return the difference of scores of independent sets; see `difference_of_sets`."""
    if first.value is None or second.value is None:
        return None
    interval = None
    if first.interval is not None and second.interval is not None:
        interval = stats.difference_interval(first.value, first.interval, second.value, second.interval)
    return SetDifference(value=second.value - first.value, interval=interval, is_paired=False)


def _stems(names: Sequence[str]) -> list[str]:
    """Return names without the endings that say how an image is stored, unless two would then be one."""
    stems = [str(PurePath(name).with_suffix("")) if PurePath(name).name else name for name in names]
    return stems if len(set(stems)) == len(stems) else list(names)


def _left_out(
    metric: SetMetric, side: ScoredRows, names: Sequence[str], reference: FloatArray | None
) -> NDArray[np.float64] | None:
    """Return the score without one block of samples at a time; blocks are the same for sets of the same names."""
    scored = side.rows.scored()
    return metric.left_out(side.rows.values[scored], _places(names)[scored], reference)


def _places(names: Sequence[str]) -> NDArray[np.int64]:
    """Return the place of each name among all in order."""
    _, places = np.unique(np.array(names, dtype=object), return_inverse=True)
    return np.asarray(places, dtype=np.int64)
