"""Simulated solvers: step by step they err, recover, and guess, at rates that are known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Solver", "draws"]

_NODES = 64


def draws(*key: int) -> np.random.Generator:
    """Return a generator of its own for each key."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(key)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """Who carries a state through dependent steps, and with what luck.

    Parameters
    ----------
    error : float
        Chance that the first step goes wrong, in (0, 1).
    rise : float, default 0
        By what share of `error` each step is likelier to go wrong than the one before.
    spread : float, default 0
        Standard deviation of the log of an item's own factor of `error`.
    template_spread : float, default 0
        The same of a template's.
    recovery : float, default 0
        Chance that a step after a wrong state gives the true one again.
    """

    error: float
    rise: float = 0.0
    spread: float = 0.0
    template_spread: float = 0.0
    recovery: float = 0.0

    def paths(
        self, depths: NDArray[np.int64], templates: NDArray[np.int64], random: np.random.Generator
    ) -> NDArray[np.bool_]:
        """Walk through items.

        Parameters
        ----------
        depths, templates : int64, shape (n,)
            Steps of each item, and its template, 0..t-1.
        random : numpy.random.Generator

        Returns
        -------
        bool, shape (n, deepest)
            Whether the state after each step is the true one; beyond an item's depth it means nothing.
        """
        n, deepest = len(depths), int(depths.max(initial=0))
        factors = np.exp(self.template_spread * random.standard_normal(int(templates.max(initial=-1)) + 1))[templates]
        factors = factors * np.exp(self.spread * random.standard_normal(n))
        hazards = self.hazards(factors[:, None], np.arange(deepest))
        errs = random.random((n, deepest)) < hazards
        recovers = random.random((n, deepest)) < self.recovery
        found = np.empty((n, deepest), dtype=np.bool_)
        if not self.recovery:
            return np.logical_and.accumulate(~errs, axis=1, out=found)
        on_path = np.ones(n, dtype=np.bool_)
        for step in range(deepest):
            on_path = np.where(on_path, ~errs[:, step], recovers[:, step])
            found[:, step] = on_path
        return found

    def survival(self, deepest: int) -> NDArray[np.float64]:
        """Return the share of items whose every step up to each depth is right: float64, shape (deepest,)."""
        return _survival(self, deepest)

    def horizon(self, share: float = 0.5, *, deepest: int = 4096) -> float:
        """Return the depth that a share of items survives, between whole depths by the log of what survives."""
        logs = np.concatenate([[0.0], np.log(np.maximum(self.survival(deepest), 1e-300))])
        return float(np.interp(-np.log(share), -logs, np.arange(deepest + 1)))

    def hazards(self, factors: NDArray[np.float64], steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the chance that each step, from 0, goes wrong, given factors of items; the two are broadcast."""
        return np.minimum(self.error * factors * (1.0 + self.rise * steps), 1.0)


@cache
def _survival(solver: Solver, deepest: int) -> NDArray[np.float64]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    total = float(np.hypot(solver.spread, solver.template_spread))
    kept = np.cumprod(1.0 - solver.hazards(np.exp(total * nodes)[:, None], np.arange(deepest)), axis=1)
    survival = np.asarray(weights @ kept / weights.sum(), dtype=np.float64)
    survival.flags.writeable = False
    return survival
