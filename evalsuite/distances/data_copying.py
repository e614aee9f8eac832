"""The data-copying test: whether generated members are nearer to the training set than unseen real ones are."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CellDistances", "DataCopying", "data_copying", "mann_whitney_z"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CellDistances:
    """How far members of one set are from the nearest training member of their own cell.

    Parameters
    ----------
    distances : float64, shape (n,)
        Or any increasing function of them, such as squares: their order alone counts.
    cells : int64, shape (n,)
        The cell of each, 0..k-1.
    """

    distances: NDArray[np.float64]
    cells: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DataCopying:
    """The statistic C_T and what it is made of.

    Parameters
    ----------
    value : float
        Well below 0: generated members are nearer to the training set than unseen ones, so that it is copied. Well
        above: they are farther. NaN where no cell counts.
    cells : float64, shape (k,)
        The statistic Z_U of each cell; NaN where it is not counted.
    weights : float64, shape (k,)
        Of each cell in the value; they sum to 1.
    deviation : float
        Standard deviation of the value where generated and unseen members are of one distribution.
    """

    value: float
    cells: NDArray[np.float64]
    weights: NDArray[np.float64]
    deviation: float


def data_copying(
    generated: CellDistances, unseen: CellDistances, n_cells: int, *, least_share: float = 0.0, continuity: bool = False
) -> DataCopying:
    """Compute C_T from the distances of generated and of unseen members to the training set.

    Parameters
    ----------
    generated, unseen : CellDistances
    n_cells : int
        Cells of the partition, at least 1.
    least_share : float, default 0
        Share of the generated members that a cell must have more of to count, in [0, 1).
    continuity : bool, default False
        Add a half to U, as the authors' program does and the paper does not; it moves the value by
        ``0.5 / sqrt(m n (m + n + 1) / 12)`` in a cell.

    Returns
    -------
    DataCopying

    Raises
    ------
    ValueError
        If lengths differ, a label is out of range, a distance is NaN or below 0, or the share is out of range.

    Notes
    -----
    ``C_T = sum P(cell) Z_U(cell) / sum P(cell)`` over the cells with enough generated members, P being the share of the
    unseen ones [1]_; see `mann_whitney_z`. A cell without unseen members has no weight. Under the hypothesis that both
    are drawn alike each Z_U has mean 0 and, for large cells, variance 1.

    References
    ----------
    .. [1] Meehan, Chaudhuri and Dasgupta, "A non-parametric test to detect data-copying in generative models", AISTATS
       2020, equations 1 and 2.

    Examples
    --------
    >>> import numpy as np
    >>> near = CellDistances(distances=np.array([0.1, 0.2, 0.3]), cells=np.zeros(3, dtype=np.int64))
    >>> far = CellDistances(distances=np.array([0.9, 0.8, 0.7]), cells=np.zeros(3, dtype=np.int64))
    >>> round(data_copying(near, far, 1).value, 4), round(data_copying(far, near, 1).value, 4)
    (-1.964, 1.964)
    """
    if not 0 <= least_share < 1:
        raise ValueError(f"`least_share` must be in [0, 1), got {least_share}")
    for name, given in (("generated", generated), ("unseen", unseen)):
        _check(name, given, n_cells)
    n_generated = np.bincount(generated.cells, minlength=n_cells)
    n_unseen = np.bincount(unseen.cells, minlength=n_cells)
    counted = (n_generated > least_share * max(len(generated.cells), 1)) & (n_unseen > 0)
    cells = np.full(n_cells, np.nan)
    for cell in np.flatnonzero(counted):
        cells[cell] = mann_whitney_z(
            generated.distances[generated.cells == cell],
            unseen.distances[unseen.cells == cell],
            continuity=continuity,
        )
    total = int(n_unseen[counted].sum())
    weights = np.where(counted, n_unseen / total, 0.0) if total else np.zeros(n_cells)
    value = float(weights[counted] @ cells[counted]) if total else float("nan")
    return DataCopying(value=value, cells=cells, weights=weights, deviation=float(np.sqrt((weights**2).sum())))


def mann_whitney_z(generated: NDArray[np.float64], unseen: NDArray[np.float64], *, continuity: bool = False) -> float:
    """Return the statistic U of Mann and Whitney in units of its standard deviation.

    Parameters
    ----------
    generated, unseen : float64, shapes (m,) and (n,)
        At least one each.
    continuity : bool, default False
        Add a half to U.

    Returns
    -------
    float

    Notes
    -----
    ``(U - m n / 2) / sqrt(m n (m + n + 1) / 12)``, U the number of pairs of which the generated one is the farther;
    ties count a half.
    """
    m, n = len(generated), len(unseen)
    ordered = np.sort(unseen)
    # Twice U, in integers.
    twice = int(np.searchsorted(ordered, generated, "left").sum() + np.searchsorted(ordered, generated, "right").sum())
    return (twice / 2 + 0.5 * continuity - m * n / 2) / sqrt(m * n * (m + n + 1) / 12)


def _check(name: str, given: CellDistances, n_cells: int) -> None:
    if given.distances.ndim != 1 or given.distances.shape != given.cells.shape:
        raise ValueError(
            f"`{name}` must have one distance and one cell a member, got shapes {given.distances.shape} and "
            f"{given.cells.shape}"
        )
    if len(given.cells) and not (given.cells.min() >= 0 and given.cells.max() < n_cells):
        raise ValueError(f"`{name}` must have cells in [0, {n_cells})")
    if not (given.distances >= 0).all():  # which a NaN is not
        raise ValueError(f"`{name}` must have distances of at least 0, and no NaN")
