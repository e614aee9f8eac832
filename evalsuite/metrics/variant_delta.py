"""Variant delta: by how much accuracy changes when one thing of an item is changed, pair by pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.errors import UsageError
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._variant_sets import SetTable, VariantSetMetric, check_name, tabulate
from evalsuite.metrics.base import Details, Example, FloatArray
from evalsuite.types import Estimate, Interval, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["VariantDelta"]

_ALL = "all"
_LOW = 0.2  # share of right bases below which a difference says little


@dataclass(frozen=True)
class VariantDelta(VariantSetMetric):
    r"""Variant delta: accuracy on variants less that on their bases, paired by item, -1 to 1; below 0: fragile.

    Parameters
    ----------
    key : str, default "variant"
        The key of the metadata that names a sample's variant.
    undecided : {"apart", "wrong"}, default "apart"
        Answers that cannot be settled: no verdict, or wrong; see `evalsuite.metrics.accuracy.Accuracy`.
    variant : str, default "all"
        Which variant; "all" takes the mean, item by item, of all that are of matched difficulty.
    base : str, default "base"
        What it is compared with.

    Notes
    -----
    A set is all samples of one ``metadata["variant_of"]``. The value is the mean over sets that have both of
    ``right(variant) - right(base)``, each the share of a sample's outputs that are right. Range -1 to 1; higher is
    better, and 0 is what a model reaches to which the change is nothing.

    Answers are judged as by `evalsuite.metrics.accuracy.Accuracy`; a set in which one of the two has no verdict is left
    out. The interval is Agresti and Min's for matched proportions [1]_, with sets as pairs and their number divided by
    the design effect of clusters, as for paired differences in [2]_.

    In `details`: the difference of every variant by its name, those of other difficulty among them; the accuracy on the
    ``base``; ``right to wrong`` and ``wrong to right``, the shares of sets that go either way (with repeats, of pairs
    of outputs).

    A row is [set, four parts of the variant's name, matched, size of the set, depth, right, counted].

    References
    ----------
    .. [1] Agresti and Min, "Simple improved confidence intervals for comparing matched proportions", Statistics in
       Medicine 24, 2005.
    .. [2] Miller, "Adding error bars to evals", 2024, arXiv:2411.00640.

    Examples
    --------
    Both bases are right, one of the variants is not.

    >>> from evalsuite.types import Output, Sample
    >>> samples = [
    ...     Sample(id=f"{i}/{name}", input={}, references=("answer: 7",), metadata={"variant_of": i, "variant": name})
    ...     for i in "ab"
    ...     for name in ("base", "rename")
    ... ]
    >>> outputs = [[Output(text=f"answer: {x}")] for x in (7, 7, 7, 8)]
    >>> VariantDelta().value(VariantDelta().rows(samples, outputs).values)
    -0.5
    """

    name = "variant_delta"
    value_range = (-1.0, 1.0)

    variant: str = _ALL
    base: str = "base"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_name(self.name, "variant", self.variant)
        check_name(self.name, "base", self.base)
        if self.variant == self.base:
            raise UsageError(f"{self.name}: `variant` must be another than `base`, got {self.base!r} for both")

    def _value(self, rows: FloatArray) -> float:
        table = tabulate(rows)
        base, other = self._pairs(table)
        return table.mean(other - base)

    def interval(self, rows: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int) -> Interval | None:
        """Return Agresti and Min's interval of the mean difference over sets; nothing is drawn."""
        del seed
        table = tabulate(rows, clusters)
        base, other = self._pairs(table)
        return _difference(other - base, table.clusters).interval

    def details(self, rows: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int) -> Details:
        """Return the difference of each variant, and how many sets went which way."""
        del seed
        table = tabulate(rows, clusters)
        base, other = self._pairs(table)
        n = int((~np.isnan(base - other)).sum())
        if n == 0:
            there = f"there are {', '.join(table.names)}" if table.names else "there are none"
            return Details(notes=(f"no set has both {self.base} and {self.variant}: of variants {there}",))
        estimates = {
            name: _difference(table.share_of(name) - base, table.clusters) for name in table.names if name != self.base
        }
        estimates |= {
            self.base: _share(np.where(np.isnan(other), np.nan, base), table.clusters),
            "right to wrong": _share(base * (1.0 - other), table.clusters),
            "wrong to right": _share((1.0 - base) * other, table.clusters),
        }
        share = estimates[self.base].value
        notes = []
        if share is not None and share < _LOW:
            notes.append(f"warning: {self.base} is right in {share:.0%}: where little is right, little can be lost")
        notes += [f"{self.variant} against {self.base}: {n} pairs of {len(base)} sets"]
        notes += [
            f"{name} is of another difficulty: its difference says nothing of robustness"
            for name, matched in zip(table.names, table.matched, strict=True)
            if not matched
        ]
        return Details(estimates=estimates, notes=tuple(notes))

    def _pairs(self, table: SetTable) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the shares of the base and of what is compared with it, set by set."""
        base = table.share_of(self.base)
        if self.variant != _ALL:
            return base, table.share_of(self.variant)
        chosen = [i for i, name in enumerate(table.names) if table.matched[i] and name != self.base]
        shares = table.shares[:, chosen]
        known = ~np.isnan(shares)
        count = known.sum(axis=1)
        total = np.where(known, shares, 0.0).sum(axis=1)
        return base, np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def example(self) -> Example:
        """Return only variants right, all right, and only bases right."""
        samples = tuple(
            Sample(
                id=f"{i}/{name}",
                input={},
                references=("answer: 7",),
                cluster=str(i),
                depth=2,
                metadata={"variant_of": str(i), "variant": name},
            )
            for i in range(2)
            for name in ("base", "rename")
        )
        right, wrong = "answer: 7", "answer: 8"
        return Example(
            samples=samples,
            best=example_outputs(samples, [wrong, right] * 2),
            worse=example_outputs(samples, [right] * 4),
            worst=example_outputs(samples, [right, wrong] * 2),
        )


def _difference(values: FloatArray, clusters: NDArray[np.int64]) -> Estimate:
    """Return the mean of differences over the sets that have one."""
    kept, labels = _kept(values, clusters)
    if not len(kept):
        return Estimate(value=None)
    return Estimate(value=float(kept.mean()), interval=stats.paired_proportion_interval(kept, labels))


def _share(values: FloatArray, clusters: NDArray[np.int64]) -> Estimate:
    """Return the mean of shares over the sets that have one."""
    kept, labels = _kept(values, clusters)
    if not len(kept):
        return Estimate(value=None)
    trials = np.column_stack([kept, np.ones(len(kept))])
    return Estimate(value=float(kept.mean()), interval=stats.proportion_interval(trials, labels))


def _kept(values: FloatArray, clusters: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    known = ~np.isnan(values)
    return np.asarray(values[known], dtype=np.float64), stats.dense_labels(clusters[known])
