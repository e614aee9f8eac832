"""Which items a simulated solver is tried on, and the verdicts that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.horizon import count_records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.honesty.solver import Solver
    from evalsuite.horizon import DepthTable

__all__ = ["Design", "doubling"]


def doubling(deepest: int) -> tuple[int, ...]:
    """Return 1, 2, 4 and so on, up to a depth."""
    return tuple(1 << i for i in range(deepest.bit_length()) if 1 << i <= deepest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Items at several depths, as many of each template at each.

    Parameters
    ----------
    depths : tuple of int
    templates : int, default 50
    per_template : int, default 4
        Items of a template at a depth.
    """

    depths: tuple[int, ...]
    templates: int = 50
    per_template: int = 4

    def items(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the depth and the template of each item: int64, shape (n,) each."""
        per_depth = self.templates * self.per_template
        depths = np.repeat(np.array(self.depths, dtype=np.int64), per_depth)
        templates = np.tile(np.arange(per_depth, dtype=np.int64) % self.templates, len(self.depths))
        return depths, templates

    def table(
        self,
        solver: Solver,
        random: np.random.Generator,
        *,
        cap: int | None = None,
        floor: float = 0.0,
        false_negatives: float = 0.0,
        false_positives: float = 0.0,
        clustered: bool = True,
    ) -> DepthTable:
        """Let a solver try all items, and count its verdicts.

        Parameters
        ----------
        solver : Solver
        random : numpy.random.Generator
        cap : int, optional
            Steps after which the token budget cuts an output off.
        floor : float, default 0
            Chance that who has lost the path guesses right.
        false_negatives, false_positives : float, default 0
            Share of right answers that the grader fails, and of wrong ones that it passes.
        clustered : bool, default True
            Whether templates are told; else each item counts as independent of all others.
        """
        depths, templates = self.items()
        paths = solver.paths(depths, templates, random)
        last = depths if cap is None else np.minimum(depths, cap)
        on_path = paths[np.arange(len(depths)), last - 1]
        cut = last < depths
        right = on_path | (random.random(len(depths)) < floor)
        noise = random.random(len(depths))
        right = np.where(right, noise >= false_negatives, noise < false_positives)
        right = np.where(cut, on_path, right)
        return count_records(last, right, clusters=templates if clustered else None, cut=cut)

    def counted(self, right: NDArray[np.bool_]) -> DepthTable:
        """Count verdicts of all items, in their order."""
        depths, templates = self.items()
        return count_records(depths, right, clusters=templates)
