"""Sketches: no distance greater than it was, but for what is stated; and bounds on the right side of distances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.distances import sketch as sketches
from evalsuite.distances.sketch import Sketch, sketch_of
from evalsuite.distances.tiles import SketchedSet, own_tiles, tiles

if TYPE_CHECKING:
    import pytest

SETTINGS = settings(max_examples=60, deadline=None)


@st.composite
def sets(draw: Any) -> Any:
    """Vectors with a spectrum that decays or not, off the origin or not, of any size, some of them copies."""
    n, d = draw(st.integers(2, 40)), draw(st.integers(1, 150))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    x = rng.normal(size=(n, d)) * np.arange(1, d + 1) ** -draw(st.sampled_from([0.0, 0.7, 3.0]))
    x = (x + draw(st.sampled_from([0.0, 1.0, 1e4]))) * draw(st.sampled_from([1e-30, 1.0, 1e12]))
    x[rng.random(n) < 0.2] = x[0]
    return x.astype(draw(st.sampled_from([np.float32, np.float64])))


def with_basis(x: Any, rank: int) -> Sketch:
    """A sketch with so many directions of the set itself, found as for large ones."""
    plain = sketch_of(x, n_pairs=0)
    directions = sketches._directions(sketches.scaled_rows(x, plain.centre, plain.scale), rank)
    return Sketch(plain.centre, plain.scale, sketches.shortened(directions))


def distances(x: Any, y: Any) -> Any:
    return np.sqrt(((x[:, None].astype(np.float64) - y[None].astype(np.float64)) ** 2).sum(axis=2))


@SETTINGS
@given(sets(), st.integers(1, 20))
def test_sketches_bring_nothing_farther_apart(x: Any, rank: int) -> None:
    sketch = with_basis(x, min(rank, x.shape[1]))
    found, moved = sketch.rows(x)
    assert found.shape == (len(x), sketch.width)
    exact = distances(x, x) * sketch.scale
    assert (distances(found, found) <= exact * (1 + 1e-12) + moved[:, None] + moved + 1e-300).all()


@SETTINGS
@given(sets(), st.integers(0, 20))
def test_bounds_are_below_distances_and_with_what_they_do_not_see_above_them(x: Any, rank: int) -> None:
    sketch = with_basis(x, min(rank, x.shape[1])) if rank else sketch_of(x, n_pairs=0)
    part = SketchedSet(x, sketch)
    whole = slice(0, len(x))
    exact = distances(x, x) * sketch.scale
    (_, _, tile), *more = tiles(part, part)
    assert not more
    side = part.side(whole, part)
    for error, slack in ((side.error[:, None], side.slack[:, None]), (side.error, side.slack)):
        assert (tile <= (exact + slack) ** 2 + error).all()
        most = tile + 4 * np.outer(side.rest, side.rest)
        assert (most >= np.maximum(exact - slack, 0) ** 2 - error).all()


def test_tiles_hold_each_pair_once_whatever_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).normal(size=(50, 6))
    for rank in (0, 3):
        sketch = with_basis(x, rank) if rank else sketch_of(x, n_pairs=0)
        monkeypatch.setattr("evalsuite.distances.tiles._ROWS", 12)
        monkeypatch.setattr("evalsuite.distances.tiles._KEPT_ROWS", 9)
        monkeypatch.setattr("evalsuite.distances.tiles._KEPT_COLUMNS", 20)
        seen = np.zeros((50, 50), dtype=int)
        for rows, columns, tile in own_tiles(SketchedSet(x, sketch)):
            assert tile.shape == seen[rows, columns].shape
            seen[rows, columns] += 1
            if rows != columns:
                seen[columns, rows] += 1
        assert (seen == 1).all()


def test_directions_are_those_of_most_variance() -> None:
    draw = np.random.default_rng(1)
    turn = np.linalg.qr(draw.normal(size=(80, 80)))[0]
    x = ((draw.normal(size=(4000, 80)) * 2.0 ** -np.arange(80.0)) @ turn).astype(np.float32)
    found = sketches._directions(x, 8)
    # For each number of directions, nearly all of the variance that so many can have.
    best, held = (np.cumsum((x @ some) ** 2, axis=1).sum(axis=0) for some in (turn[:8].T, found))
    assert (held >= 0.9 * best).all()
    assert held[-1] >= 0.999 * best[-1]


def test_few_pairs_and_features_alike_in_all_directions_have_no_directions() -> None:
    draw = np.random.default_rng(2)
    x = draw.normal(size=(4096, 256)).astype(np.float32)
    decaying = x * (np.arange(1, 257, dtype=np.float32) ** -1.0)
    assert sketch_of(x, n_pairs=10**9).basis is None
    assert sketch_of(decaying, n_pairs=1000).basis is None
    assert sketch_of(decaying[:, :100], n_pairs=10**9).basis is None
    assert sketch_of(np.ones_like(x), n_pairs=10**9).basis is None
    basis = sketch_of(decaying, n_pairs=10**9).basis
    assert basis is not None
    assert np.linalg.norm(basis.astype(np.float64), 2) <= 1.0
    assert basis.shape[1] <= 80
