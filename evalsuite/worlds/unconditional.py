"""Unconditional generation: nothing is asked but another output, so samples are numbers and no more."""

from __future__ import annotations

from evalsuite.errors import TaskError
from evalsuite.types import Sample
from evalsuite.worlds.arguments import check_integers

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
    check_integers("unconditional", seed=seed, n=n, depths=None)
    del seed
    if depths is not None:
        raise TaskError(f'world "unconditional": samples have no depth; leave out `depths`, got {depths}')
    if not 1 <= n <= MAX_SAMPLES:
        raise TaskError(f'world "unconditional": `n` must be in [1, {MAX_SAMPLES}], got {n}')
    return [Sample(id=f"image-{i:05d}", input={}) for i in range(n)]
