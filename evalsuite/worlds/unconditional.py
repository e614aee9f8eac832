"""Unconditional generation: nothing is asked but another output, so samples are numbers and no more."""

from __future__ import annotations

from evalsuite.types import Sample
from evalsuite.worlds.arguments import check_arguments

__all__ = ["MAX_SAMPLES", "samples"]

MAX_SAMPLES = 100_000  # beyond it, ids would no longer sort like numbers


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make `n` samples, ``image-00000`` and so on; what differs between them is the seed that a model gets.

    Parameters
    ----------
    seed : int
        There is nothing that it could change.
    n : int
        How many, in [1, 100,000].
    depths : None
        There are none.

    Raises
    ------
    TaskError
        If `n` is out of range or `depths` is given.

    Examples
    --------
    >>> samples(seed=0, n=2)[1].id
    'image-00001'
    """
    check_arguments("unconditional", seed=seed, n=n, depths=depths, most_samples=MAX_SAMPLES)
    del seed
    return [Sample(id=f"image-{i:05d}", input={}) for i in range(n)]
