"""sacrebleu's resampling: the same indices and coins, sums in the same floats, the same rounding of scores."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite.kernels.numpy_bootstrap import numpy_bootstrap_sums
from evalsuite.kernels.paired_trials import numpy_coins, numpy_trial_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.kernels.resampled_scores import Held
    from evalsuite.text.base import Statistics

__all__ = ["HELD_BY_BOOTSTRAP", "bootstrap_sums", "seed_from_environment", "seed_of_chance", "trial_sums"]

HELD_BY_BOOTSTRAP: Final[Held] = (
    "float32, numpy 1" if int(np.__version__.split(".", maxsplit=1)[0]) < 2 else "float32, numpy 2"
)
"""What sacrebleu holds the sums of resamples in, with the numpy that runs."""
# Half, quarter ... of a word: the reference length of TER is a mean over references.
_BINARY_PLACES: Final = 20


def seed_from_environment() -> tuple[str, int | None]:
    """Seed of resampling: ``SACREBLEU_SEED``, as signatures print it and as a number; None for one of chance.

    Raises
    ------
    ValueError
        If the variable is neither a number from 0 on nor "none".
    """
    found = os.environ.get("SACREBLEU_SEED", "12345")
    if found.lower() == "none":
        return "none", None
    try:
        seed = int(found)
    except ValueError:
        seed = -1
    if seed < 0:
        raise ValueError(f'SACREBLEU_SEED must be an integer from 0 on, or "none"; found {found!r}')
    return found.lower(), seed


def seed_of_chance() -> int:
    """Return a seed that nobody can guess, of as many bits as numpy takes where none is given."""
    return secrets.randbits(128)


def bootstrap_sums(
    statistics: Statistics, n_resamples: int, seed: int | None, *, n_flips: int = 0
) -> NDArray[np.float32]:
    """Sum the rows of each of sacrebleu's resamples.

    Parameters
    ----------
    statistics : int64 or float64, shape (n, k)
        One row a segment, n at least 1.
    n_resamples : int
        Number of resamples, B.
    seed : int or None
        Seed of numpy's default generator; None for one of chance.
    n_flips : int, default 0
        Coins that the generator has flipped before.

    Returns
    -------
    float32, shape (B, k)
        sacrebleu rounds rows to 32 bits before it sums them, which moves scores in the eighth digit.
    """
    return numpy_bootstrap_sums(
        np.ascontiguousarray(statistics, dtype=np.float32),
        n_resamples=n_resamples,
        seed=seed_of_chance() if seed is None else seed,
        n_flips=n_flips,
    )


def trial_sums(baseline: Statistics, system: Statistics, n_trials: int, seed: int) -> tuple[Statistics, Statistics]:
    """Sum the statistics of the two systems that each trial of approximate randomisation shuffles.

    Parameters
    ----------
    baseline, system : int64 or float64, shape (n, k)
        One row a segment.
    n_trials : int
        Number of trials, B.
    seed : int
        Seed of numpy's default generator.

    Returns
    -------
    tuple of int64 or float64, shape (B, k)
        Where a coin shows heads, the first takes the baseline's row and the second the system's; else the other way.
    """
    if baseline.dtype == system.dtype == np.int64:
        return _shuffled(baseline.astype(np.int64, copy=False), system.astype(np.int64, copy=False), n_trials, seed)
    scale = _common_denominator(baseline, system)
    if scale is not None:
        whole, other = (np.rint(rows * scale).astype(np.int64) for rows in (baseline, system))
        first, second = _shuffled(whole, other, n_trials, seed)
        return first / scale, second / scale
    # Thirds and the like: their sums depend on the order, which is numpy's affair.
    heads = numpy_coins(len(baseline), n_trials, seed=seed)
    return heads @ baseline + ~heads @ system, ~heads @ baseline + heads @ system


def _shuffled(
    baseline: NDArray[np.int64], system: NDArray[np.int64], n_trials: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    moved = numpy_trial_sums(np.ascontiguousarray(baseline - system), n_trials=n_trials, seed=seed)
    return system.sum(axis=0) + moved, baseline.sum(axis=0) - moved


def _common_denominator(*matrices: Statistics) -> float | None:
    """Return the power of two that makes all numbers whole and no sum too large to be exact; None if there is none."""
    largest = sum(float(np.abs(rows).sum()) for rows in matrices)
    for places in range(_BINARY_PLACES + 1):
        scale = float(2**places)
        if not largest * scale < 2**53:
            return None
        if all((rows * scale == np.rint(rows * scale)).all() for rows in matrices):
            return scale
    return None
