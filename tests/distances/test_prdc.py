"""Precision, recall, density and coverage: prdc's on random features, and exact decisions where float32 cannot tell."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.distances import leave_out_coverage, neighbour_distances, neighbourhoods
from evalsuite.distances.balls import _leaves_much_open as balls_leave_much_open
from evalsuite.distances.sketch import sketch_of

NAMES = ("precision", "recall", "density", "coverage")


def plainly(x: Any, y: Any, k: int) -> dict[str, float]:
    """The definitions, on whole numbers, with ``<=``."""

    def squared(a: Any, b: Any) -> Any:
        return ((a[:, None] - b[None]) ** 2).sum(axis=2)

    def radii(a: Any) -> Any:
        return np.array([np.sort(np.delete(row, i))[k - 1] for i, row in enumerate(squared(a, a))])

    cross, own, real = squared(x, y), radii(x), radii(y)
    return {
        "precision": (cross <= real).any(axis=1).mean(),
        "recall": (cross <= own[:, None]).any(axis=0).mean(),
        "density": (cross <= real).sum(axis=1).mean() / k,
        "coverage": (cross <= real).any(axis=0).mean(),
    }


@pytest.mark.parametrize(("n", "m", "d", "k"), [(300, 400, 3, 3), (257, 190, 64, 5), (60, 700, 300, 1)])
def test_equal_to_prdc(n: int, m: int, d: int, k: int) -> None:
    prdc = pytest.importorskip("prdc")
    draw = np.random.default_rng(n)
    x = draw.normal(size=(n, d)).astype(np.float32)
    y = (1.1 * draw.normal(size=(m, d)) + 0.05).astype(np.float32)
    with contextlib.redirect_stdout(io.StringIO()):
        expected = prdc.compute_prdc(y.astype(np.float64), x.astype(np.float64), k)
    found = neighbourhoods(x, y, k)
    assert {name: getattr(found, name) for name in NAMES} == pytest.approx(expected, rel=1e-12)


points = st.lists(st.tuples(*[st.integers(-2, 2)] * 2), min_size=4, max_size=12)


@settings(max_examples=150, deadline=None)
@given(points, points, st.integers(1, 3))
def test_ties_and_copies_are_decided_exactly(x: list[Any], y: list[Any], k: int) -> None:
    found = neighbourhoods(np.array(x, dtype=np.float32), np.array(y, dtype=np.float32), k)
    expected = plainly(np.array(x), np.array(y), k)
    assert {name: getattr(found, name) for name in NAMES} == expected


def test_where_float32_cannot_tell() -> None:
    """Points a hundred-millionth inside and outside a ball far from 0."""
    y = np.array([[1000.0, 0.0], [1001.0, 0.0]])
    x = np.array([[1001.0 + 1e-9, 0.0], [1001.0 - 1e-9, 0.0], [2000.0, 0.0], [2001.0, 0.0]])
    assert neighbourhoods(x, y, 1).counts.tolist() == [1, 2, 0, 0]


def test_strips_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(3)
    x, y = draw.normal(size=(70, 6)), draw.normal(size=(90, 6))
    whole = neighbourhoods(x, y, 4)
    monkeypatch.setattr("evalsuite.distances.tiles._ROWS", 16)
    monkeypatch.setattr("evalsuite.distances.tiles._KEPT_ROWS", 11)
    monkeypatch.setattr("evalsuite.distances.tiles._KEPT_COLUMNS", 32)
    parts = neighbourhoods(x, y, 4, reference_radii=neighbour_distances(y, 4))
    for name in ("counts", "recalled", "hit"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


@pytest.mark.parametrize(("spread", "leaves_open"), [(1.0, False), (0.3, True), (0.01, False)])
def test_where_leading_directions_decide(spread: float, leaves_open: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many and as long features as get a sketch, and copies: the same as of all distances in float64.

    With less spread they lie in most balls around the reference, and products of whole vectors are cheaper.
    """
    decided = []

    def leaves_much_open(*args: Any) -> bool:
        decided.append(balls_leave_much_open(*args))
        return decided[-1]

    monkeypatch.setattr("evalsuite.distances.balls._leaves_much_open", leaves_much_open)
    if spread < 1.0:
        monkeypatch.setattr("evalsuite.distances.sketch._best_rank", lambda *_: 64)
    draw = np.random.default_rng(7)
    turn = draw.normal(size=(256, 256)) * (np.arange(1, 257) ** -0.8)[:, None]
    x, y = (np.maximum(draw.normal(size=(n, 256)) @ turn + 0.3, 0).astype(np.float32) for n in (1300, 1500))
    x = (y.mean(axis=0) + spread * (x - x.mean(axis=0))).astype(np.float32)
    x[:100] = y[:100]
    x[100:110] = x[110]
    assert sketch_of(x, y, n_pairs=1300 * 1500 + (1300**2 + 1500**2) // 2).basis is not None

    def squared(a: Any, b: Any) -> Any:
        return np.array([((b.astype(np.float64) - row) ** 2).sum(axis=1) for row in a.astype(np.float64)])

    own, real, cross = np.sort(squared(x, x))[:, 5], np.sort(squared(y, y))[:, 5], squared(x, y)
    found = neighbourhoods(x, y, 5)
    np.testing.assert_array_equal(found.counts, (cross <= real).sum(axis=1))
    np.testing.assert_array_equal(found.hit, (cross <= real).any(axis=0))
    np.testing.assert_array_equal(found.recalled, (cross <= own[:, None]).any(axis=0))
    assert 0 < found.recall < 1
    assert 0 < found.precision <= 1
    assert decided == [leaves_open]


def test_coverage_without_blocks() -> None:
    draw = np.random.default_rng(4)
    x, y = draw.normal(size=(40, 2)), draw.normal(size=(80, 2))
    blocks = draw.integers(0, 5, 40)
    found = leave_out_coverage(x, blocks, y, neighbour_distances(y, 2))
    assert found.tolist() == [neighbourhoods(x[blocks != b], y, 2).coverage for b in range(5)]
    assert len(set(found)) > 1


def test_many_copies_cost_no_more_than_few() -> None:
    """A model that returns one image only: its balls have radius 0, and no pair of copies is compared."""
    x = np.ones((20_000, 8), dtype=np.float32)
    assert neighbour_distances(x, 3).max() == 0
    found = neighbourhoods(x, np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32), 3)
    assert found.recall == 0


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((3, 2)), np.zeros((9, 2)), "needs at least 4 of them"),
        (np.zeros((9, 2)), np.zeros((9, 3)), "one dimension"),
        (np.full((9, 2), np.nan), np.zeros((9, 2)), "finite"),
    ],
)
def test_bad_sets_are_refused(x: Any, y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        neighbourhoods(x, y, 3)
