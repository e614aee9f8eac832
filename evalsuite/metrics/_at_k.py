"""What metrics share that say what k samples of a model would do."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.figures import Curve, Figure, FigureInput
from evalsuite.metrics._answers import gold_answers
from evalsuite.metrics._options import check_integer
from evalsuite.metrics._votes import VoteMetric, Votes, collect_votes, repeated_outputs
from evalsuite.metrics.base import Example
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MOST_K", "AtKMetric"]

MOST_K = 10_000
_FIGURE_RESAMPLES = 2_000


@dataclass(frozen=True)
class AtKMetric(VoteMetric):
    """Mean over samples of what is expected of k outputs; a sample with fewer has no value."""

    value_range = (0.0, 1.0)
    least_k = 1

    k: int = 1

    def __post_init__(self) -> None:
        check_integer(self.name, "k", self.k, self.least_k, MOST_K)

    @classmethod
    def repeats_needed(cls, signature: str) -> int:
        """Return k, as the signature says it."""
        found = re.search(r"\|k:([0-9]+)(?:\||$)", signature)
        return int(found[1]) if found else cls.least_k

    @abstractmethod
    def _expected(self, votes: Votes, k: int) -> float:
        """Return what is expected of k of the outputs, k at most their number."""

    def _number(self, votes: Votes) -> float | None:
        return self._expected(votes, self.k) if votes.n >= self.k else None

    def figures(self, data: FigureInput) -> Sequence[Figure]:
        """Return the usual curves, and the value by k, as far as all samples have as many outputs.

        Bands are percentile intervals, point by point, over clusters of samples.
        """
        found = [
            (collect_votes(outputs, gold_answers(self.name, sample))[0], sample)
            for sample, outputs in zip(data.samples, data.outputs, strict=True)
        ]
        voted = [(votes, sample) for votes, sample in found if votes is not None]
        most = min((votes.n for votes, _ in voted), default=0)
        ks = sorted({k for k in (*(2**i for i in range(14)), self.k, most) if self.least_k <= k <= most})
        figures = list(super().figures(data))
        if len(ks) < 2:
            return figures
        labels = stats.cluster_labels([sample.cluster or f"\x00{sample.id}" for _, sample in voted])
        y, low, high = [], [], []
        for k in ks:
            known = {votes: self._expected(votes, k) for votes, _ in voted}
            rows = np.array([[known[votes], 1.0] for votes, _ in voted])
            band = stats.row_interval(rows, labels, self.value, seed=data.seed, n_resamples=_FIGURE_RESAMPLES)
            y.append(float(rows[:, 0].mean()))
            low.append(band.low if band else None)
            high.append(band.high if band else None)
        curve = Curve(
            x=tuple(ks),
            y=tuple(y),
            low=tuple(low),
            high=tuple(high),
            n=(len(voted),) * len(ks),
            x_label="k (outputs for each sample)",
            y_label=self.name,
            share=True,
        )
        caption = f"{self.name} of k outputs, estimated from all there are; bands are 95 % intervals, point by point."
        return [*figures, Figure(title=f"{self.name} by k", caption=caption, content=curve)]

    def example(self) -> Example:
        """Return outputs that are all right, half of them, and none."""
        samples = tuple(Sample(id=str(i), input={}, references=("answer: 12",)) for i in range(2))
        n = max(4, 2 * ((self.k + 1) // 2))
        right, wrong = ["answer: 12"] * n, [f"answer: {i + 20}" for i in range(n)]
        half = right[: n // 2] + wrong[n // 2 :]
        return Example(
            samples=samples,
            best=repeated_outputs(samples, [right, right]),
            worse=repeated_outputs(samples, [right, half]),
            worst=repeated_outputs(samples, [wrong, wrong]),
        )
