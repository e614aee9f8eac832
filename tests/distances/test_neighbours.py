"""Neighbours and balls, against exact integers: ties, copies, clusters, sizes that float32 cannot tell apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.distances import leave_out_recall, nearest, neighbour_distances
from evalsuite.distances import sketch as sketches
from evalsuite.distances.balls import hits
from evalsuite.distances.sketch import sketch_of
from evalsuite.distances.tiles import SketchedSet
from tests.reference import distances as reference

Rows = list[list[int]]
# Offsets that are far apart beside the differences of a few units: float32 alone would see ties.
SETS = st.tuples(st.integers(1, 4), st.sampled_from([0, 1000, 1_000_000])).flatmap(
    lambda made: st.tuples(
        *(
            st.lists(
                st.lists(
                    st.integers(made[1] - 2, made[1] + 2) | st.integers(-2, 2), min_size=made[0], max_size=made[0]
                ),
                min_size=5,
                max_size=12,
            ),
        )
        * 2
    )
)


@pytest.fixture(params=["vectors", "sketches"], autouse=True)
def with_or_without_directions(request: Any) -> Any:
    """Every test twice: with what small sets get, and with as few directions as a third of the coordinates."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "sketches":
            for name in ("_LEAST_DIMENSION", "_LEAST_PAIRS", "_SAMPLE"):
                patch.setattr(sketches, name, 1)
            patch.setattr(sketches, "_best_rank", lambda sample, directions, cost: max(sample.shape[1] // 3, 1))
            patch.setattr(sketches, "_MOST_STEPS", sketches._STEPS)
        yield


def covered(points: Any, centres: Any, radii: Any) -> Any:
    """Whether each point lies in any of the balls."""
    sketch = sketch_of(points, centres, n_pairs=len(points) * len(centres))
    found = np.zeros(len(points), dtype=bool)
    for hit in hits(SketchedSet(points, sketch), SketchedSet(centres, sketch), np.asarray(radii, dtype=np.float64)):
        found[hit.inside[0]] = True
    return found


def small_tiles(patch: pytest.MonkeyPatch, rows: int) -> None:
    for name in ("_ROWS", "_KEPT_ROWS", "_KEPT_COLUMNS"):
        patch.setattr(f"evalsuite.distances.tiles.{name}", rows)


def array(rows: Rows, dtype: type = np.float64) -> np.ndarray:
    return np.array(rows, dtype=dtype)


@settings(max_examples=150, deadline=None)
@given(SETS, st.integers(1, 4), st.sampled_from([np.float64, np.float32]))
def test_exact_integers(sets: tuple[Rows, Rows], k: int, dtype: type) -> None:
    x, y = sets
    radii = neighbour_distances(array(y, dtype), k)
    assert radii.tolist() == reference.neighbour_distances(y, k)
    assert covered(array(x, dtype), array(y, dtype), radii).tolist() == reference.covered(
        x, y, reference.neighbour_distances(y, k)
    )
    index, squared = nearest(array(x, dtype), array(y, dtype))
    for i, row in enumerate(x):
        distances = [reference.squared_distance(row, other) for other in y]
        assert (int(index[i]), squared[i]) == (distances.index(min(distances)), min(distances))


def test_many_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    small_tiles(monkeypatch, 64)
    draw = np.random.default_rng(0)
    x, y = draw.integers(-20, 20, (150, 3)), draw.integers(-20, 20, (200, 3))
    radii = neighbour_distances(y.astype(np.float64), 3)
    assert radii.tolist() == reference.neighbour_distances(y.tolist(), 3)
    assert covered(x.astype(np.float64), y.astype(np.float64), radii).tolist() == reference.covered(
        x.tolist(), y.tolist(), radii.tolist()
    )


def test_splitting_the_rows_changes_no_bit() -> None:
    x = np.random.default_rng(1).normal(size=(700, 64)).astype(np.float32)
    y = np.random.default_rng(2).normal(size=(900, 64)).astype(np.float32)
    index, squared = nearest(x, y)
    for start in (0, 1, 333):
        again = nearest(x[start : start + 300], y)
        assert (again[0] == index[start : start + 300]).all()
        assert (again[1] == squared[start : start + 300]).all()


def test_copies_are_at_distance_0() -> None:
    x = (np.random.default_rng(3).normal(size=(400, 64)) * 100 + 1000).astype(np.float16)
    index, squared = nearest(x.astype(np.float32), x)
    assert (squared == 0).all()
    assert (x[index] == x).all()
    collapsed = np.repeat(x[:1], 50, axis=0)
    assert (neighbour_distances(collapsed, 3) == 0).all()
    assert covered(x, collapsed, np.zeros(50)).tolist() == (x == x[:1]).all(axis=1).tolist()


@pytest.mark.parametrize("scale", [1e-150, 1e-20, 1.0, 1e20, 1e100])
def test_scale_does_not_matter(scale: float) -> None:
    x = np.random.default_rng(4).normal(size=(120, 8))
    y = np.random.default_rng(5).normal(size=(150, 8))
    expected = covered(x, y, neighbour_distances(y, 3))
    assert 0.05 < expected.mean() < 0.95
    found = covered(x * scale, y * scale, neighbour_distances(y * scale, 3))
    assert (found == expected).all()


def test_one_far_point_does_not_blur_the_rest() -> None:
    x = np.random.default_rng(6).normal(size=(120, 8))
    y = np.vstack([np.random.default_rng(7).normal(size=(150, 8)), np.full((1, 8), 1e9)])
    slow = np.sort(((y[:, None] - y[None]) ** 2).sum(axis=-1), axis=1)[:, 3]
    np.testing.assert_allclose(neighbour_distances(y, 3), slow, rtol=1e-14)
    inside = (((x[:, None] - y[None]) ** 2).sum(axis=-1) <= slow).any(axis=1)
    assert (covered(x, y, slow) == inside).all()


@pytest.mark.parametrize(("n", "d", "k"), [(300, 200, 1), (300, 65, 7), (140, 1, 139), (90, 3, 80), (2, 5, 1)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_bits_of_sums_of_squares_in_numpy(n: int, d: int, k: int, dtype: type) -> None:
    draw = np.random.default_rng(n + d)
    x, y = draw.normal(size=(n, d)).astype(dtype), draw.normal(size=(77, d)).astype(np.float32)
    x[n // 2 :: 3] = x[0]
    wide = x.astype(np.float64)
    squared = np.array([((wide - row) ** 2).sum(axis=1) for row in wide])
    np.fill_diagonal(squared, np.inf)
    assert (neighbour_distances(x, k) == np.sort(squared, axis=1)[:, k - 1]).all()
    cross = np.array([((y - row) ** 2).sum(axis=1) for row in wide])
    index, found = nearest(x, y)
    assert (index == cross.argmin(axis=1)).all()
    assert (found == cross.min(axis=1)).all()


@pytest.mark.parametrize("rows", [7, 30])
def test_tiles_change_nothing(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(9)
    x = draw.integers(-2, 3, (120, 4)).astype(np.float32)
    y = draw.integers(-2, 3, (95, 4)).astype(np.float32)
    blocks = draw.integers(0, 6, 120)
    expected = neighbour_distances(x, 4), *nearest(x, y), leave_out_recall(y, x, blocks, 4)
    small_tiles(monkeypatch, rows)
    for found, as_before in zip(
        (neighbour_distances(x, 4), *nearest(x, y), leave_out_recall(y, x, blocks, 4)), expected, strict=True
    ):
        np.testing.assert_array_equal(found, as_before)


@settings(max_examples=60, deadline=None)
@given(SETS, st.integers(1, 3), st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_recall_without_blocks_of_exact_integers(sets: tuple[Rows, Rows], k: int, labels: list[int]) -> None:
    points, x = sets
    blocks = np.unique(labels[: len(x)], return_inverse=True)[1]
    found = leave_out_recall(array(points), array(x), blocks, k)
    for block, value in enumerate(found):
        rest = [row for row, label in zip(x, blocks, strict=True) if label != block]
        if min(len(x) - np.bincount(blocks)) <= k:
            assert np.isnan(value)
        else:
            expected = reference.covered(points, rest, reference.neighbour_distances(rest, k))
            assert value == np.mean(expected)


def test_recall_without_a_block_that_holds_whole_neighbourhoods() -> None:
    """The next nearest of another block is far down the list."""
    draw = np.random.default_rng(10)
    x = np.concatenate([draw.normal(size=(60, 3)), draw.normal(size=(40, 3)) + 5])
    points, blocks = draw.normal(size=(500, 3)) * 2, np.repeat([0, 1, 2], [60, 30, 10])
    found = leave_out_recall(points, x, blocks, 3)
    for block in range(3):
        rest = x[blocks != block]
        assert found[block] == covered(points, rest, neighbour_distances(rest, 3)).mean()


@pytest.mark.parametrize("k", [1, 3])
def test_recall_without_blocks(k: int) -> None:
    draw = np.random.default_rng(8)
    points, x = draw.normal(size=(600, 6)).astype(np.float32), draw.normal(size=(90, 6)).astype(np.float32)
    blocks = draw.integers(0, 9, 90)
    found = leave_out_recall(points, x, blocks, k)
    for block in range(9):
        rest = x[blocks != block]
        assert found[block] == covered(points, rest, neighbour_distances(rest, k)).mean()


def test_recall_without_blocks_where_too_few_are_left() -> None:
    x = np.arange(5.0)[:, None]
    assert np.isnan(leave_out_recall(x, x, np.array([0, 0, 1, 1, 1]), 3)).all()


def test_too_few_are_refused() -> None:
    x = np.zeros((3, 2))
    with pytest.raises(ValueError, match=r"the 3\. nearest of the other members needs at least 4 of them, got 3"):
        neighbour_distances(x, 3)
    with pytest.raises(ValueError, match="no nearest member of an empty set"):
        nearest(x, x[:0])
    with pytest.raises(ValueError, match=r"expected 3 radii, got shape \(2,\)"):
        covered(x, x, np.zeros(2))
    with pytest.raises(ValueError, match="must have one dimension, got 2 and 1"):
        nearest(x, np.zeros((3, 1)))
    assert covered(x, x[:0], np.zeros(0)).tolist() == [False] * 3
