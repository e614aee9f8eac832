"""Seeds as numpy's generators take them."""

from __future__ import annotations

import numpy as np

__all__ = ["check_seed", "seed_words"]


def check_seed(seed: int) -> int:
    """Return a seed of any size from 0 on; TypeError or ValueError if it is none."""
    if isinstance(seed, bool | np.bool_) or not isinstance(seed, int | np.integer):
        raise TypeError(f"`seed` must be an int; found {type(seed).__name__}")
    rest = int(seed)
    if rest < 0:
        raise ValueError(f"`seed` must be at least 0; found {rest}")
    return rest


def seed_words(seed: int) -> list[int]:
    """Return the seed's 32-bit words, the lowest first, as numpy's ``SeedSequence`` takes it apart."""
    rest = check_seed(seed)
    words = []
    while rest:
        words.append(rest & 0xFFFFFFFF)
        rest >>= 32
    return words
