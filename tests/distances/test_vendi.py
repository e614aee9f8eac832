"""Vendi score: vendi-score's, closed forms, either form of the decomposition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.distances import leave_out_vendi, vendi_score


@pytest.mark.parametrize(("n", "d"), [(50, 7), (7, 50), (40, 40)])
def test_equal_to_vendi_score(n: int, d: int) -> None:
    peer = pytest.importorskip("vendi_score.vendi")
    x = np.random.default_rng(n).normal(size=(n, d)) + 0.3
    assert vendi_score(x) == pytest.approx(peer.score_dual(x), rel=1e-10)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 3), st.floats(1e-200, 1e200))
def test_orthogonal_vectors_count_once_however_often_and_long(kinds: int, d: int, copies: int, length: float) -> None:
    kinds = min(kinds, d)
    x = length * np.tile(np.eye(d)[:kinds], (copies, 1))
    assert vendi_score(x) == pytest.approx(kinds, rel=1e-9)


def test_without_blocks() -> None:
    draw = np.random.default_rng(0)
    for shape in ((60, 5), (20, 40)):
        x: Any = draw.normal(size=shape)
        blocks = draw.integers(0, 4, len(x))
        expected = [vendi_score(x[blocks != block]) for block in range(4)]
        np.testing.assert_allclose(leave_out_vendi(x, blocks), expected, rtol=1e-9)
    assert np.isnan(leave_out_vendi(np.ones((3, 2)), np.zeros(3, dtype=np.int64))).all()


def test_zeros_have_no_score_and_nothing_is_refused() -> None:
    assert np.isnan(vendi_score(np.zeros((3, 2))))
    with pytest.raises(ValueError, match="at least 1"):
        vendi_score(np.zeros((0, 2)))
    with pytest.raises(ValueError, match="finite"):
        vendi_score(np.array([[np.inf]]))
