"""Random numbers of image models: each request's own, a hash of (seed, counter)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.zoo.sampling import counter_uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["bytes_of", "classes_of", "normals_of"]


def normals_of(seeds: Sequence[int], n: int) -> NDArray[np.float32]:
    """Return `n` standard normal numbers of each seed: float32, shape (seeds, n).

    Notes
    -----
    Box and Muller's transform [1]_ in float64 of the seed's draws 1 to 2n; draw 0 is kept for the class.

    References
    ----------
    .. [1] Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
    """
    uniform = counter_uniform(np.array(seeds, dtype=np.uint64), 1, 2 * n)
    return np.asarray(np.sqrt(-2 * np.log(uniform[:, :n])) * np.cos(2 * np.pi * uniform[:, n:]), dtype=np.float32)


def classes_of(seeds: Sequence[int], n: int) -> NDArray[np.int64]:
    """Return a class of each seed, all of the `n` alike likely: int64, shape (seeds,)."""
    return np.asarray(counter_uniform(np.array(seeds, dtype=np.uint64), 0, 1)[:, 0] * n, dtype=np.int64)


def bytes_of(seeds: Sequence[int], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return uniform bytes of each seed: uint8, of the given shape each."""
    n = int(np.prod(shape))
    uniform = counter_uniform(np.array(seeds, dtype=np.uint64), 0, n)
    return np.asarray(uniform * 256, dtype=np.uint8).reshape(-1, *shape)
