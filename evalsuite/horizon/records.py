"""What a horizon is made of: outputs counted by template, depth and verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["DepthTable", "count_records"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthTable:
    """Counts by cluster and depth.

    Parameters
    ----------
    depths : float64, shape (m,)
        Dependent steps of each column, in rising order; a depth may come twice, answered and cut.
    answered : bool, shape (m,)
        Whether the column counts answers. Otherwise it counts outputs that the token budget cut after so many steps.
    counts : float64, shape (n_clusters, m, 2)
        Right and wrong; of outputs that were cut, those that were still on the right path, and those that were not.
    """

    depths: NDArray[np.float64]
    answered: NDArray[np.bool_]
    counts: NDArray[np.float64]

    @property
    def n_clusters(self) -> int:
        """Templates, or items where none share one."""
        return len(self.counts)

    @property
    def totals(self) -> NDArray[np.float64]:
        """Counts over all clusters, float64 of shape (m, 2)."""
        return np.asarray(self.counts.sum(axis=0), dtype=np.float64)

    @property
    def reach(self) -> tuple[float, float] | None:
        """Shallowest and deepest depth that was tested; None where nothing was."""
        return (float(self.depths[0]), float(self.depths[-1])) if len(self.depths) else None


def count_records(
    depths: ArrayLike,
    right: ArrayLike,
    wrong: ArrayLike | None = None,
    *,
    clusters: ArrayLike | None = None,
    cut: ArrayLike | None = None,
    cut_counts_as: str = "censored",
) -> DepthTable:
    """Count one record an item, or one an item and verdict.

    Parameters
    ----------
    depths : array-like, shape (n,)
        Dependent steps of the item, above 0. Of an output that was cut, the steps it had stated by then, 0 where none:
        such a record says nothing, and is left out.
    right, wrong : array-like, shape (n,)
        How many outputs of the item were right and wrong; ``wrong`` is ``1 - right`` by default. Of outputs that were
        cut: how many were on the right path at the last step they stated, and how many were not.
    clusters : array-like of int, shape (n,), optional
        Labels 0..G-1 of items that depend on one another; by default each is a cluster of its own.
    cut : array-like of bool, shape (n,), optional
        Which records are of outputs that the token budget cut before they answered; none by default.
    cut_counts_as : str, default "censored"
        There is no other way; the argument is there to say so.

    Returns
    -------
    DepthTable

    Raises
    ------
    UsageError
        If outputs that were cut shall count as wrong.
    ValueError
        If lengths differ, or a number is not as above.

    Notes
    -----
    An output that was cut after j steps, all right, is known to have survived j steps and nothing more: its factor of
    the likelihood is ``R(j) = exp(-(j / s)**k)``, and that of one which had gone wrong by then ``1 - R(j)``. The
    guessing floor has no part in it, since nothing was answered: no guess had a chance to count as right.
    """
    if cut_counts_as != "censored":
        raise UsageError(
            f'horizon: outputs that the token budget cut can only be "censored", got "{cut_counts_as}": counted as '
            "wrong, they make the horizon that of the budget and not of the model (a cap at 40 steps turns a horizon "
            "of 69 into 36). Raise max_new_tokens if there are many"
        )
    depth, n_right = (np.asarray(array, dtype=np.float64).reshape(-1) for array in (depths, right))
    n_wrong = 1.0 - n_right if wrong is None else np.asarray(wrong, dtype=np.float64).reshape(-1)
    n = len(depth)
    labels = np.arange(n) if clusters is None else np.asarray(clusters, dtype=np.int64).reshape(-1)
    is_cut = np.zeros(n, dtype=np.bool_) if cut is None else np.asarray(cut, dtype=np.bool_).reshape(-1)
    for name, array in (("right", n_right), ("wrong", n_wrong), ("clusters", labels), ("cut", is_cut)):
        if len(array) != n:
            raise ValueError(f"`{name}` must have one entry for each of the {n} `depths`, got {len(array)}")
    if not (np.isfinite(depth) & ((depth > 0) | (is_cut & (depth == 0)))).all():
        raise ValueError("`depths` must be finite and above 0; 0 only where an output was cut before its first step")
    if not all((np.isfinite(array) & (array >= 0)).all() for array in (n_right, n_wrong)):
        raise ValueError("`right` and `wrong` must be counts, finite and at least 0")
    if n and labels.min() < 0:
        raise ValueError(f"`clusters` must be labels 0 to G - 1, got {labels.min()}")
    n_clusters = int(labels.max()) + 1 if n else 0
    told = (depth > 0) & (n_right + n_wrong > 0)
    cells, places = np.unique(np.column_stack([depth, is_cut])[told], axis=0, return_inverse=True)
    counts = np.zeros((n_clusters, len(cells), 2))
    np.add.at(counts, (labels[told], places.reshape(-1)), np.column_stack([n_right, n_wrong])[told])
    return DepthTable(depths=cells[:, 0].copy(), answered=cells[:, 1] == 0.0, counts=counts)
