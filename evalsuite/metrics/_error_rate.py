"""What word and character error rates share: counts of edits against the reference that is nearest."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from evalsuite.kernels.edit import Unit, edit_counts, edit_distances
from evalsuite.metrics._options import check_flag
from evalsuite.metrics._outputs import collect_texts, example_outputs, pair_with_references
from evalsuite.metrics.base import Example, FloatArray, RowMetric, Rows, SampleOutputs
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AlignedErrorRate", "EditErrorRate"]


@dataclass(frozen=True)
class _ErrorRate(RowMetric):
    """An error rate from counts, which a sample's row adds up over its repeats; the first column counts texts."""

    higher_is_better = False
    unit: ClassVar[Unit] = "spaced_words"

    lowercase: bool = False

    def __post_init__(self) -> None:
        check_flag(self.name, "lowercase", self.lowercase)

    @abstractmethod
    def _count(self, references: list[str], texts: list[str]) -> FloatArray:
        """Return the counts of each pair, without the first column: float64, shape (n, n_columns - 1)."""

    @abstractmethod
    def _order(self, counts: FloatArray) -> FloatArray:
        """Return what the nearest of several references has least of: shape (n,)."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        found = collect_texts(self.name, samples, outputs)
        values = np.full((len(samples), self.n_columns), np.nan)
        values[found.owners] = 0.0
        references, texts, pairs_of_text = pair_with_references(found.hypotheses, found.references)
        if self.lowercase:
            references, texts = [text.lower() for text in references], [text.lower() for text in texts]
        counts = self._count(references, texts)
        rates = self._order(counts)
        for owner, pairs in zip(found.owners, pairs_of_text, strict=True):
            values[owner, 0] += 1
            values[owner, 1:] += counts[pairs][np.argmin(rates[pairs])]
        return Rows(values=values, outcomes=tuple(found.outcomes))

    def example(self) -> Example:
        """Return a match, one with errors, and nothing in common."""
        samples = (
            Sample(id="1", input={}, references=("the path leads to the lake",)),
            Sample(id="2", input={}, references=("dogs are welcome", "dogs may come along")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["the path leads to the lake", "dogs may come along"]),
            worse=example_outputs(samples, ["the path led to a lake", "dogs may come"]),
            worst=example_outputs(samples, ["0123 4567 8901 2345 6789 0123", "4567 8901 2345"]),
        )


@dataclass(frozen=True)
class EditErrorRate(_ErrorRate):
    """Edits over units of the reference. A row is [texts, edits, units of the reference]."""

    value_range = (0.0, float("inf"))

    @property
    def n_columns(self) -> int:
        """Texts, edits, units of the reference."""
        return 3

    def _count(self, references: list[str], texts: list[str]) -> FloatArray:
        return edit_distances(references, texts, unit=self.unit)[:, :2].astype(np.float64)

    def _order(self, counts: FloatArray) -> FloatArray:
        return _divide_edits(counts[:, 0], counts[:, 1])

    def _value(self, sums: FloatArray) -> FloatArray:
        return np.where(sums[..., 0] > 0, _divide_edits(sums[..., 1], sums[..., 2]), np.nan)


@dataclass(frozen=True)
class AlignedErrorRate(_ErrorRate):
    """A rate from an alignment. A row is [texts, hits, substitutions, deletions, insertions]."""

    value_range = (0.0, 1.0)

    @property
    def n_columns(self) -> int:
        """Texts, hits, substitutions, deletions, insertions."""
        return 5

    def _count(self, references: list[str], texts: list[str]) -> FloatArray:
        return edit_counts(references, texts, unit=self.unit).astype(np.float64)

    def _order(self, counts: FloatArray) -> FloatArray:
        return self._rate(counts[:, 0], counts[:, 1], counts[:, 2], counts[:, 3])

    @abstractmethod
    def _rate(
        self, hits: FloatArray, substitutions: FloatArray, deletions: FloatArray, insertions: FloatArray
    ) -> FloatArray:
        """Return the rate of counts of any shape."""

    def _value(self, sums: FloatArray) -> FloatArray:
        rate = self._rate(sums[..., 1], sums[..., 2], sums[..., 3], sums[..., 4])
        return np.where(sums[..., 0] > 0, rate, np.nan)


def _divide_edits(edits: FloatArray, units: FloatArray) -> FloatArray:
    """Edits over units; edits where there is no unit, as jiwer has it."""
    return edits / np.maximum(units, 1.0)
