"""sacrebleu's bootstrap: the same indices, and sums in the same 32-bit floats."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.text.base import Statistics

__all__ = ["bootstrap_sums", "seed_from_environment"]


def seed_from_environment() -> tuple[str, int | None]:
    """Seed of resampling: ``SACREBLEU_SEED``, as signatures print it and as a number; None for one of chance.

    Raises
    ------
    ValueError
        If the variable is neither a number nor "none".
    """
    found = os.environ.get("SACREBLEU_SEED", "12345")
    if found.lower() == "none":
        return "none", None
    try:
        return found.lower(), int(found)
    except ValueError:
        raise ValueError(f'SACREBLEU_SEED must be an integer or "none"; found {found!r}') from None


def bootstrap_sums(statistics: Statistics, n_resamples: int, seed: int | None) -> NDArray[np.float32]:
    """Sum the rows of each of sacrebleu's resamples.

    Parameters
    ----------
    statistics : int64 or float64, shape (n, k)
        One row a segment, n at least 1.
    n_resamples : int
        Number of resamples, B.
    seed : int or None
        Seed of numpy's default generator; None for one of chance.

    Returns
    -------
    float32, shape (B, k)
        sacrebleu rounds rows to 32 bits before it sums them, which moves scores in the eighth digit.
    """
    n, width = statistics.shape
    indices = np.random.default_rng(seed).choice(n, size=(n_resamples, n), replace=True)
    rows = statistics.astype(np.float32)
    sums = np.empty((n_resamples, width), dtype=np.float32)
    for resample, chosen in zip(sums, indices, strict=True):
        # One resample at a time: numpy adds row by row along this axis, whatever the number of resamples.
        resample[:] = rows[chosen].sum(axis=0)
    return sums
