"""An order of feature vectors that depends on what they are, and not on where they stand."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["hashed_order"]


def hashed_order(features: NDArray[np.floating], seed: int) -> NDArray[np.int64]:
    """Return the rows of ``features``, shape (n, d), in the order of their keyed hashes; `seed` in [0, 2**128).

    A cut of this order is one at random that a shuffled set gives too. Equal rows stay as they stand.

    Examples
    --------
    >>> rows = np.arange(6.0).reshape(3, 2)
    >>> np.array_equal(rows[hashed_order(rows, 0)], rows[::-1][hashed_order(rows[::-1], 0)])
    True
    """
    key = seed.to_bytes(16, "little")
    digests = [blake2b(row.tobytes(), digest_size=16, key=key).digest() for row in features]
    return np.array(sorted(range(len(digests)), key=digests.__getitem__), dtype=np.int64)
