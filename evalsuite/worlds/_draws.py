"""Many small random numbers at little cost: all of an item's come from one call of a hash."""

from __future__ import annotations

import hashlib
import struct
from itertools import chain, count, islice, repeat
from typing import TYPE_CHECKING, Final, TypeVar

from evalsuite.rng import derive_seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["HALF", "QUARTER", "Draws", "world_seed"]

T = TypeVar("T")
HALF: Final = 1 << 31
QUARTER: Final = 1 << 30
_UNPACK = struct.Struct("<32I").unpack


def world_seed(family: str, seed: int) -> int:
    """Return the seed of a world, from which that of each item follows by its index."""
    return derive_seed(family, seed)


class Draws:
    """Draws of one item.

    Parameters
    ----------
    seed : int
        Of the world, from `world_seed`.
    index : int
        Of the item.

    Notes
    -----
    The bits are SHAKE-128 [1]_ of (seed, index, block) in blocks of 32 words of 32 bits, little-endian. A draw below n
    is the high half of word times n: no value's chance is further from 1/n than 2**-32. One call of a hash for 32
    draws is several times faster than a generator written in Python, such as `evalsuite.rng.CounterRng`.

    `word` returns the next word itself, for the innermost loops: ``word() < HALF`` is ``below(2) == 0``, and
    ``word() < QUARTER`` is ``below(4) == 0``.

    References
    ----------
    .. [1] NIST, "SHA-3 standard: permutation-based hash and extendable-output functions", FIPS 202, 2015.
    """

    __slots__ = ("_words", "word")

    def __init__(self, seed: int, index: int) -> None:
        # Iterators of the standard library only: none of a draw's own time is spent in Python.
        self._words: Iterator[int] = chain.from_iterable(map(_block, repeat(b"%d:%d:" % (seed, index)), count()))
        self.word: Callable[[], int] = self._words.__next__

    def below(self, n: int) -> int:
        """Return an integer in [0, n), for n in [1, 2**32]."""
        return self.word() * n >> 32

    def many(self, n: int, count: int) -> list[int]:
        """Return `count` integers in [0, n), for n in [1, 2**32]."""
        return [word * n >> 32 for word in islice(self._words, count)]

    def choice(self, items: Sequence[T]) -> T:
        """Return one of `items`, all alike likely."""
        return items[self.word() * len(items) >> 32]

    def shuffle(self, items: list[T]) -> None:
        """Put `items` in random order (Fisher and Yates)."""
        for i, word in zip(range(len(items), 1, -1), self._words, strict=False):
            j = word * i >> 32
            items[i - 1], items[j] = items[j], items[i - 1]


def _block(key: bytes, block: int) -> tuple[int, ...]:
    return _UNPACK(hashlib.shake_128(b"%b%d" % (key, block)).digest(128))
