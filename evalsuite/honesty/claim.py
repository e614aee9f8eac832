"""A claim of the instrument: what must hold, one trial of it, and the verdict over many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Claim", "Figures", "Verdict", "column", "is_covered"]

Figures: TypeAlias = "dict[str, float | None]"

_FULL = 1000
_Z = 2.576  # two-sided, 1 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a claim held, and the figures that say so, in a sentence."""

    passed: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the instrument says of itself.

    Parameters
    ----------
    name : str
        Such as ``"V1"``.
    text : str
        What must hold, a sentence.
    settings : tuple of str
        Each is tried, and judged, by itself.
    trial : callable
        ``(setting, seed) -> figures`` of one trial; None is "nothing", as where there is no interval.
    judge : callable
        ``(setting, figures of all trials) -> Verdict``.
    whole : tuple of str
        Those of the settings whose trials go through the whole pipeline, from requests to a report: fewer are tried.
    is_random : bool, default True
        Whether a trial depends on its seed; else one is enough.
    """

    name: str
    text: str
    settings: tuple[str, ...]
    trial: Callable[[str, int], Figures]
    judge: Callable[[str, Sequence[Mapping[str, float | None]]], Verdict]
    whole: tuple[str, ...] = ()
    is_random: bool = True


def column(trials: Sequence[Mapping[str, float | None]], name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return a figure of all trials: float64, NaN for nothing."""
    return np.array([np.nan if (value := trial[name]) is None else value for trial in trials], dtype=np.float64)


def is_covered(share: float, n: int, low: float = 0.93, high: float = 0.97) -> bool:
    """Say whether a share of trials lies between two bounds, which fewer than 1,000 trials widen by their own noise."""
    noise = _Z * np.sqrt(0.95 * 0.05) * max(1 / np.sqrt(n) - 1 / np.sqrt(_FULL), 0.0)
    return bool(low - noise <= share <= high + noise)
