"""The quality at which a JPEG was saved, as its quantisation tables show it."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["estimate_quality"]

# ITU-T T.81, table K.1, in rows.
_LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)


def estimate_quality(tables: Mapping[int, Sequence[int]]) -> int | None:
    """Estimate the quality, 1 to 100, from the table of the first component.

    Parameters
    ----------
    tables : mapping of int to sequence of 64 int
        Quantisation tables by number, in rows.

    Returns
    -------
    int or None
        Of libjpeg's scale [1]_, the one whose table is nearest by the sum of absolute differences, which are none
        where libjpeg wrote the file with its own tables. None without a table.

    References
    ----------
    .. [1] ``jpeg_quality_scaling`` of the Independent JPEG Group's library: table K.1 of ITU-T T.81 times ``s`` %, ``s
       = 5000 / q`` below 50 and ``200 - 2 q`` from there on, from 1 to 255.
    """
    table = tables.get(0)
    if table is None or len(table) != len(_LUMINANCE):
        return None
    return _nearest(tuple(table))


@lru_cache(maxsize=256)
def _nearest(table: tuple[int, ...]) -> int:
    def distance(quality: int) -> int:
        return sum(abs(a - b) for a, b in zip(table, _scaled(quality), strict=True))

    return min(range(100, 0, -1), key=distance)


@cache
def _scaled(quality: int) -> tuple[int, ...]:
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(max((entry * scale + 50) // 100, 1), 255) for entry in _LUMINANCE)
