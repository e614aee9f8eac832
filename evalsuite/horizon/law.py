"""The depth law: what share survives so many dependent steps, and how many a given share survives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels.horizon import SHAPES, fit_depth_laws

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from evalsuite.horizon.records import DepthTable

__all__ = ["DepthLaws", "accuracy_at", "fit_laws"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthLaws:
    """Laws fitted to one or many sets of counts; every array has shape (b,).

    Parameters
    ----------
    log_scale, log_shape, log_likelihood : float64
        ``log s``, ``log k`` and the log-likelihood of the Weibull law. ``log s`` is infinite where all survived, minus
        infinity where nothing did; ``log k`` is NaN there and where only one depth was seen.
    constant_log_scale, constant_log_likelihood : float64
        Of the law with k = 1.
    """

    log_scale: NDArray[np.float64]
    log_shape: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    constant_log_scale: NDArray[np.float64]
    constant_log_likelihood: NDArray[np.float64]

    @property
    def shape(self) -> NDArray[np.float64]:
        """k, exactly at a bound of `SHAPES` where the fit ended there."""
        shape = np.exp(self.log_shape)
        for bound in SHAPES:
            shape = np.where(np.abs(shape / bound - 1.0) < 1e-9, bound, shape)
        return np.asarray(shape, dtype=np.float64)

    def horizon(self, share: float) -> NDArray[np.float64]:
        """Return the depth that a share survives: ``s (-ln share)**(1 / k)``; 0 or infinite where s is."""
        shape = np.exp(np.where(np.isnan(self.log_shape), 0.0, self.log_shape))
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(self.log_scale + np.log(-np.log(share)) / shape), dtype=np.float64)

    def step_error(self) -> NDArray[np.float64]:
        """Return the chance of an error in one step where all steps are alike: ``1 - exp(-1 / s)`` at k = 1."""
        with np.errstate(over="ignore"):
            return np.asarray(-np.expm1(-np.exp(-self.constant_log_scale)), dtype=np.float64)

    def survival(self, depths: ArrayLike, *, constant: bool = False) -> NDArray[np.float64]:
        """Return the share that survives: float64, shape (b, number of depths)."""
        scale = (self.constant_log_scale if constant else self.log_scale)[:, None]
        shape = np.exp(np.where(np.isnan(self.log_shape) | constant, 0.0, self.log_shape))[:, None]
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(-np.exp(shape * (np.log(depths)[None, :] - scale))), dtype=np.float64)


def accuracy_at(survival: ArrayLike, floor: float) -> NDArray[np.float64]:
    """Return the share of right answers, ``c + (1 - c) R``: those that survive, and guesses of the others."""
    return floor + (1.0 - floor) * np.asarray(survival, dtype=np.float64)


def fit_laws(
    table: DepthTable,
    counts: NDArray[np.float64],
    *,
    floor: float = 0.0,
    false_negatives: float = 0.0,
    false_positives: float = 0.0,
) -> DepthLaws:
    """Fit the law to sets of counts of a table's columns by maximum likelihood.

    Parameters
    ----------
    table : DepthTable
        Says what the columns are.
    counts : float64, shape (b, m, 2)
        Right and wrong.
    floor : float, default 0
        Share of right answers among guesses, in [0, 1).
    false_negatives, false_positives : float, default 0
        Shares of right answers that the grader is thought to fail, and of wrong ones that it is thought to pass.

    Returns
    -------
    DepthLaws

    Raises
    ------
    ValueError
        If a share is not in [0, 1), or the grader is no better than a coin.
    """
    shares = {"floor": floor, "false_negatives": false_negatives, "false_positives": false_positives}
    for name, share in shares.items():
        if not 0.0 <= share < 1.0:
            raise ValueError(f"`{name}` must be a share of at least 0 and below 1, got {share}")
    kept = 1.0 - false_negatives - false_positives
    if kept <= 0.0:
        raise ValueError("`false_negatives` and `false_positives` must add up to less than 1")
    n_columns = len(table.depths)
    if n_columns == 0:
        nothing = np.full(len(counts), np.nan)
        return DepthLaws(
            log_scale=nothing,
            log_shape=nothing,
            log_likelihood=nothing,
            constant_log_scale=nothing,
            constant_log_likelihood=nothing,
        )
    # The path of an output that was cut is read from its steps: no guess and no grader of answers has part in it.
    low = np.where(table.answered, false_positives + kept * floor, 0.0)
    high = np.where(table.answered, 1.0 - false_negatives, 1.0)
    fits = fit_depth_laws(table.depths, low, high, np.ascontiguousarray(counts, dtype=np.float64))
    scale, shape, value, constant_scale, constant_value = (np.ascontiguousarray(column) for column in fits.T)
    return DepthLaws(
        log_scale=scale,
        log_shape=shape,
        log_likelihood=value,
        constant_log_scale=constant_scale,
        constant_log_likelihood=constant_value,
    )
