"""The mean distance over pairs is that of the pairs, and its parts are those of what is left."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from evalsuite.distances import diversity, leave_out_pair_diversity, pair_diversity, unit_vectors

DRAW = np.random.default_rng(0)
CASES: dict[str, Any] = {
    "normal": DRAW.normal(size=(37, 5)),
    "far from 0": 1e8 + DRAW.normal(size=(20, 3)),
    "two": np.array([[1.0, 2.0], [4.0, 6.0]]),
    "float32 and long": DRAW.normal(size=(9, 4000)).astype(np.float32),
}


def slow(x: Any) -> float:
    return float(np.mean([((a - b) ** 2).sum() for a, b in combinations(x.astype(float), 2)]))


@pytest.mark.parametrize("kind", CASES)
def test_it_is_the_mean_over_pairs(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = CASES[kind]
    assert pair_diversity(x) == pytest.approx(slow(x), rel=1e-9)
    monkeypatch.setattr(diversity, "_VALUES", 11)  # in several parts
    assert pair_diversity(x) == pytest.approx(slow(x), rel=1e-9)


def test_alike() -> None:
    assert pair_diversity(np.repeat(DRAW.normal(size=(1, 8)), 50, axis=0)) == pytest.approx(0, abs=1e-28)
    assert pair_diversity(np.ones((3, 2))) == 0.0


@pytest.mark.parametrize("n_blocks", [2, 7, 37])
def test_without_a_block(n_blocks: int) -> None:
    x = CASES["normal"] + 100
    blocks = np.arange(37) % n_blocks
    expected = [slow(x[blocks != block]) for block in range(n_blocks)]
    np.testing.assert_allclose(leave_out_pair_diversity(x, blocks), expected, rtol=1e-9)


def test_too_few_are_left() -> None:
    assert np.isnan(leave_out_pair_diversity(CASES["two"], np.array([0, 1]))).all()
    assert leave_out_pair_diversity(np.zeros((0, 3)), np.zeros(0, np.int64)).shape == (0,)
    with pytest.raises(ValueError, match="at least 2 feature vectors, got 1"):
        pair_diversity(np.ones((1, 3)))
    with pytest.raises(ValueError, match="finite; row 1"):
        pair_diversity(np.array([[1.0], [np.nan]]))


def test_of_unit_vectors_it_is_twice_1_less_the_cosine() -> None:
    x = np.concatenate([CASES["normal"], 1e200 * CASES["normal"], 1e-200 * CASES["normal"]])
    unit = unit_vectors(x)
    np.testing.assert_allclose((unit**2).sum(axis=1), 1, rtol=1e-12)
    cosines = [unit[i] @ unit[j] for i, j in combinations(range(len(x)), 2)]
    assert pair_diversity(unit) / 2 == pytest.approx(1 - np.mean(cosines), rel=1e-9)
    np.testing.assert_array_equal(unit_vectors(np.zeros((2, 3))), np.zeros((2, 3)))
