"""What the kernels of neighbours refuse, and lists that hold a pair once however often it is entered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.kernels.neighbours import TileSide, enter_pairs, keep_nearest, keep_smallest, pairs_within

LAST = np.iinfo(np.int64).max


def side(x: Any, members: Any = None) -> TileSide:
    rows = np.arange(len(x)) if members is None else np.asarray(members)
    return TileSide(x, rows, np.zeros(len(rows)), np.full(len(rows), 1e-3), np.zeros(len(rows)))


def lists(n: int, k: int) -> Any:
    return np.full((n, k), np.inf), np.full((n, k), LAST)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=30), st.integers(1, 6), st.integers(0, 9))
def test_lists_hold_each_pair_once(values: list[int], k: int, seed: int) -> None:
    y = np.array(values, dtype=np.float64)[:, None]
    x = np.array([[0.0], [3.0]])
    tile = ((x - y.T) ** 2).astype(np.float32)
    found = lists(2, k)
    candidates = np.random.default_rng(seed).integers(0, len(y), (2, 4))
    enter_pairs(side(x), found, side(y), candidates)
    for _ in range(2):
        keep_nearest(tile, 1.0, side(x), found, side(y))
    for i in range(2):
        expected = sorted((float(d), j) for j, d in enumerate(tile[i]))[:k]
        there = [(d, j) for d, j in zip(found[0][i].tolist(), found[1][i].tolist(), strict=True) if j != LAST]
        assert there == expected
    smallest = lists(2, k)
    keep_smallest(tile, smallest, np.arange(len(y)))
    assert (smallest[0] == found[0]).all()


def test_what_is_refused() -> None:
    x = np.zeros((3, 2))
    tile = np.zeros((3, 3), dtype=np.float32)
    with pytest.raises(ValueError, match=r"must number 3 vectors, 0 to n - 1; found 3"):
        keep_nearest(tile, 1.0, side(x, [0, 1, 3]), lists(3, 1), side(x))
    with pytest.raises(ValueError, match=r"found -1"):
        enter_pairs(side(x), lists(3, 1), side(x), np.array([[0], [-1], [2]]))
    with pytest.raises(ValueError, match="`tile` must have 9 elements"):
        pairs_within(tile[:2], 1.0, side(x), None, side(x), np.zeros(3))
    with pytest.raises(ValueError, match="`column_radii` must have 3 elements"):
        pairs_within(tile, 1.0, side(x), None, side(x), np.zeros(2))
    with pytest.raises(ValueError, match="`lists` must have 3 elements"):
        keep_nearest(tile, 1.0, side(x), lists(2, 1), side(x))
    with pytest.raises(TypeError, match="features"):
        keep_nearest(tile, 1.0, side(x.astype(np.float16)), lists(3, 1), side(x))
    with pytest.raises(ValueError, match="one length; found 2 and 1"):
        keep_nearest(tile, 1.0, side(x), lists(3, 1), side(np.zeros((3, 1))))
