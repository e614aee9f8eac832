"""Means of scores with bootstrap intervals, as rouge-score gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from evalsuite.kernels.arguments import MAX_RESAMPLES, check_finite, check_integer

__all__ = ["AggregateScore", "BootstrapAggregator"]


class AggregateScore(NamedTuple):
    """The lower end, the middle and the upper end of an interval, each a score like those added."""

    low: Any
    mid: Any
    high: Any


class BootstrapAggregator:
    """Bootstrap intervals of mean scores, equal to ``rouge_score.scoring.BootstrapAggregator`` of rouge-score 0.1.2.

    Parameters
    ----------
    confidence_interval : float, default 0.95
        How much of the distribution lies between `low` and `high`, 0 to 1.
    n_samples : int, default 1000
        Resamples, at most 2**24.

    Raises
    ------
    TypeError
        If an argument is not a number.
    ValueError
        If `confidence_interval` is not 0 to 1, or `n_samples` not 1 to 2**24.

    Notes
    -----
    Each resample draws as many scores as there are, with replacement, by numpy's *global* generator: call
    ``numpy.random.seed`` first for the same result again. The types are resampled one after the other, each by draws
    of its own. `mid` is the median of the resampled means. Intervals of evalsuite's registered metrics are made
    otherwise, see ``docs/intervals.md``.

    Examples
    --------
    >>> from evalsuite.text.rouge import Score
    >>> np.random.seed(0)
    >>> aggregator = BootstrapAggregator()
    >>> aggregator.add_scores({"rouge1": Score(0.5, 0.5, 0.5)})
    >>> aggregator.add_scores({"rouge1": Score(1.0, 1.0, 1.0)})
    >>> [float(bound.fmeasure) for bound in aggregator.aggregate()["rouge1"]]
    [0.5, 0.75, 1.0]
    """

    def __init__(self, confidence_interval: float = 0.95, n_samples: int = 1000) -> None:
        self._confidence_interval = check_finite(confidence_interval, "confidence_interval")
        if self._confidence_interval > 1:
            raise ValueError(f"`confidence_interval` must be 0 to 1; found {confidence_interval}")
        self._n_samples = check_integer(n_samples, "n_samples", 1, MAX_RESAMPLES)
        self._scores: dict[str, list[tuple[float, ...]]] = {}

    def add_scores(self, scores: Mapping[str, tuple[float, ...]]) -> None:
        """Add the scores of one prediction.

        Parameters
        ----------
        scores : mapping of str to named tuple
            A score for each type, as ``RougeScorer.score`` returns them.
        """
        if not isinstance(scores, Mapping):
            raise TypeError(f"`scores` must be a mapping of types to scores; found {type(scores).__name__}")
        for name, score in scores.items():
            self._scores.setdefault(name, []).append(score)

    def aggregate(self) -> dict[str, AggregateScore]:
        """Return the interval of each type; its bounds are of the class of the first score added."""
        tail = (1 - self._confidence_interval) / 2
        percents = 100 * np.array([tail, 0.5, 1 - tail])
        aggregated = {}
        for name, scores in self._scores.items():
            matrix = np.vstack(scores)
            n = len(matrix)
            means = np.empty((self._n_samples, matrix.shape[1]))
            # One draw after the other: this is the order that the global generator's state depends on.
            for row in means:
                row[:] = matrix[np.random.choice(n, size=n)].mean(axis=0)
            bounds = np.percentile(means, percents, axis=0)
            low, mid, high = (type(scores[0])(*bound) for bound in bounds)
            aggregated[name] = AggregateScore(low, mid, high)
        return aggregated
