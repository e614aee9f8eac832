"""All variants right: how many items a model gets right however they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._variant_sets import SetTable, VariantSetMetric, tabulate
from evalsuite.metrics.base import Details, Example, FloatArray
from evalsuite.types import Estimate, Interval, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AllVariantsRight"]


@dataclass(frozen=True)
class AllVariantsRight(VariantSetMetric):
    r"""All variants right: share of sets whose every variant of matched difficulty is right, 0-1.

    Parameters
    ----------
    key : str, default "variant"
        The key of the metadata that names a sample's variant.
    undecided : {"apart", "wrong"}, default "apart"
        Answers that cannot be settled: no verdict, or wrong; see `evalsuite.metrics.accuracy.Accuracy`.

    Notes
    -----
    A set is all samples of one ``metadata["variant_of"]``. The value is the mean over sets of
    ``prod_v (right outputs of variant v / outputs of v)``: with one output each, 1 where all are right and else 0; with
    several repeats, the chance that one drawn of each variant is right. Variants whose ``matched_difficulty`` is false
    are left out. Range 0 to 1; higher is better.

    Answers are judged as by `evalsuite.metrics.accuracy.Accuracy`. A set has a value only where all its variants have a
    verdict: as many as ``metadata["set_size"]`` says or, where it does not, as the largest set has.

    The interval is Wilson's, with sets as trials and their number divided by the design effect of clusters.

    In `details`: ``accuracy``, the mean over variants; ``independent``, what the value would be if the variants of an
    item went wrong independently of one another, at the rates at which each variant does at that depth,
    ``sum_d n_d prod_v p_dv / sum_d n_d``; and ``consistency``, the value over that. At 1 it is chance which wording of
    an item goes wrong; above 1 the same items go wrong however they are told.

    A row is [set, four parts of the variant's name, matched, size of the set, depth, right, counted].

    References
    ----------
    .. [1] Li et al., "GSM-Plus: a comprehensive benchmark for evaluating the robustness of LLMs as mathematical problem
       solvers", ACL 2024, arXiv:2402.19255, for questions solved together with a variant of theirs.

    Examples
    --------
    Of two sets of two, one has both right.

    >>> from evalsuite.types import Output, Sample
    >>> samples = [
    ...     Sample(id=f"{i}/{name}", input={}, references=("answer: 7",), metadata={"variant_of": i, "variant": name})
    ...     for i in "ab"
    ...     for name in ("base", "rename")
    ... ]
    >>> outputs = [[Output(text=f"answer: {x}")] for x in (7, 7, 7, 8)]
    >>> AllVariantsRight().value(AllVariantsRight().rows(samples, outputs).values)
    0.5
    """

    name = "all_variants_right"
    value_range = (0.0, 1.0)

    def _value(self, rows: FloatArray) -> float:
        table = tabulate(rows)
        return table.mean(_products(table))

    def interval(self, rows: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int) -> Interval | None:
        """Return Wilson's interval over sets, with their number divided by the design effect."""
        del seed
        table = tabulate(rows, clusters)
        products = _products(table)
        whole = ~np.isnan(products)
        return stats.proportion_interval(_with_ones(products[whole]), stats.dense_labels(table.clusters[whole]))

    def details(self, rows: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int) -> Details:
        """Return the mean accuracy, and how far the value is from that of independent errors."""
        table = tabulate(rows, clusters)
        products = _products(table)
        whole = ~np.isnan(products)
        if not whole.any():
            return Details(notes=_notes(table, whole))
        labels = stats.dense_labels(table.clusters[whole])
        shares = table.shares[np.ix_(whole, table.matched)]
        _, depth = np.unique(table.depths[whole], return_inverse=True)
        joined = np.column_stack([depth.reshape(-1), products[whole], shares])
        expected, ratio = _independent(joined), _consistency(joined)
        means = np.nanmean(shares, axis=1)
        accuracy = Estimate(
            value=float(means.mean()),
            interval=stats.share_interval(_with_ones(means), labels, _quotient, seed=seed),
        )
        told = None if np.isnan(ratio) else ratio
        band = stats.curve_interval(joined, labels, _consistency, seed=seed) if told is not None else None
        return Details(
            estimates={
                "accuracy": accuracy,
                "independent": Estimate(value=expected),
                "consistency": Estimate(value=told, interval=band),
            },
            notes=_notes(table, whole),
        )

    def example(self) -> Example:
        """Return all right, one of two sets with a variant wrong, and nothing right."""
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
            best=example_outputs(samples, [right] * 4),
            worse=example_outputs(samples, [right, right, right, wrong]),
            worst=example_outputs(samples, [wrong] * 4),
        )


def _products(table: SetTable) -> NDArray[np.float64]:
    """Return each set's product of shares; NaN where a variant has no verdict."""
    shares = table.shares[:, table.matched]
    known = ~np.isnan(shares)
    present = known.sum(axis=1)
    sizes = np.where(table.sizes > 0, table.sizes, present.max(initial=0))
    whole = (present > 0) & (present >= sizes)
    return np.where(whole, np.where(known, shares, 1.0).prod(axis=1), np.nan)


def _independent(joined: FloatArray) -> float:
    """Return the mean product of each variant's mean share among sets of one depth."""
    depth, shares = joined[:, 0].astype(np.int64), joined[:, 2:]
    known = ~np.isnan(shares)
    same = (depth[None, :] == np.arange(depth.max() + 1)[:, None]).astype(np.float64)
    counts = same @ known
    means = (same @ np.where(known, shares, 0.0)) / np.where(counts > 0, counts, 1.0)
    return float(np.where(known, means[depth], 1.0).prod(axis=1).mean())


def _consistency(joined: FloatArray) -> float:
    expected = _independent(joined)
    return float(joined[:, 1].mean() / expected) if expected > 0 else float("nan")


def _notes(table: SetTable, whole: NDArray[np.bool_]) -> tuple[str, ...]:
    missing = int((~whole).sum())
    if not missing:
        return ()
    return (f"warning: {missing} of {len(whole)} sets have no value: an output in them is missing or has no verdict",)


def _with_ones(values: FloatArray) -> NDArray[np.float64]:
    return np.column_stack([values, np.ones(len(values))])


def _quotient(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[..., 0] / sums[..., 1])
