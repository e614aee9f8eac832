"""C_T equals its definition over pairs, scipy's U and the authors' program; a partition is that of its centres."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalsuite.distances import CellDistances, cell_centres, cells_of, data_copying, mann_whitney_z

DRAW = np.random.default_rng(0)


def slow_z(generated: Any, unseen: Any, half: float = 0.0) -> float:
    """Count pairs one by one."""
    m, n = len(generated), len(unseen)
    u = sum((q > p) + 0.5 * (q == p) for q in generated for p in unseen)
    return float((u + half - m * n / 2) / (m * n * (m + n + 1) / 12) ** 0.5)


def slow_c_t(q: Any, p: Any, t: Any, labels: Any, tau: float) -> float:
    """C_T of features, as the paper defines it: each cell by its own nearest neighbours."""
    of_q, of_p, of_t = labels
    total = weight = 0.0
    for cell in np.unique(of_t):
        if (of_q == cell).mean() <= tau or not (of_p == cell).any():
            continue
        inside = t[of_t == cell]
        q_distances, p_distances = (
            [min(((x - y) ** 2).sum() for y in inside) for x in part] for part in (q[of_q == cell], p[of_p == cell])
        )
        share = (of_p == cell).mean()
        total += share * slow_z(q_distances, p_distances)
        weight += share
    return total / weight


def distances(x: Any, t: Any, of_x: Any, of_t: Any) -> CellDistances:
    squared = [((t[of_t == cell] - one) ** 2).sum(axis=1).min() for one, cell in zip(x, of_x, strict=True)]
    return CellDistances(distances=np.array(squared), cells=of_x)


@pytest.mark.parametrize("ties", [False, True])
def test_u_is_scipys_and_that_of_all_pairs(ties: bool) -> None:
    stats = pytest.importorskip("scipy.stats")
    for m, n in ((1, 1), (1, 9), (30, 17), (120, 200)):
        q, p = DRAW.exponential(size=m), DRAW.exponential(size=n) * 1.3
        if ties:
            q, p = np.round(q, 1), np.round(p, 1)
        u = stats.mannwhitneyu(q, p, alternative="less").statistic
        expected = (u - m * n / 2) / (m * n * (m + n + 1) / 12) ** 0.5
        assert mann_whitney_z(q, p) == pytest.approx(expected, abs=1e-12)
        assert mann_whitney_z(q, p) == pytest.approx(slow_z(q, p), abs=1e-12)
        # The authors' program: mean m n / 2 - 0.5.
        authors = (u - (m * n / 2 - 0.5)) / (m * n * (m + n + 1) / 12) ** 0.5
        assert mann_whitney_z(q, p, continuity=True) == pytest.approx(authors, abs=1e-12)


@pytest.mark.parametrize("tau", [0.0, 0.1, 0.3])
def test_it_is_the_definition(tau: float) -> None:
    t, p, q = (DRAW.normal(size=(size, 3)) for size in (80, 60, 70))
    centres = cell_centres(t, 5)
    labels = tuple(cells_of(part, centres) for part in (q, p, t))
    expected = slow_c_t(q, p, t, labels, tau)
    found = data_copying(
        distances(q, t, labels[0], labels[2]), distances(p, t, labels[1], labels[2]), len(centres), least_share=tau
    )
    assert found.value == pytest.approx(expected, rel=1e-12)
    assert found.weights.sum() == pytest.approx(1)
    assert np.nansum(found.cells * found.weights) == pytest.approx(found.value, rel=1e-12)
    assert np.array_equal(np.isnan(found.cells), found.weights == 0)


def test_it_tells_copies_and_poor_samples_from_real_ones() -> None:
    t, p = DRAW.normal(size=(500, 4)), DRAW.normal(size=(400, 4))
    centres = cell_centres(t, 4)

    def score(q: Any) -> float:
        labels = [cells_of(part, centres) for part in (q, p, t)]
        near, unseen = distances(q, t, labels[0], labels[2]), distances(p, t, labels[1], labels[2])
        return data_copying(near, unseen, len(centres)).value

    copied = t[DRAW.integers(0, 500, 300)] + 0.01 * DRAW.normal(size=(300, 4))
    assert score(copied) < -6
    assert score(3 * DRAW.normal(size=(300, 4))) > 4
    assert score(t[:100]) < -5


def test_its_standard_deviation_where_nothing_is_copied() -> None:
    """Of 400 draws from one distribution: mean 0, and the deviation that is stated."""
    values, stated = [], []
    cells = 3
    for _ in range(400):
        parts = [
            CellDistances(distances=DRAW.exponential(size=size), cells=DRAW.integers(0, cells, size))
            for size in (90, 150)
        ]
        found = data_copying(parts[0], parts[1], cells)
        values.append(found.value)
        stated.append(found.deviation)
    assert np.mean(values) == pytest.approx(0, abs=3.5 * np.mean(stated) / 20)
    assert np.std(values) == pytest.approx(np.mean(stated), rel=0.12)


def test_cells_without_members() -> None:
    q = CellDistances(distances=np.array([1.0, 2.0]), cells=np.array([0, 1]))
    p = CellDistances(distances=np.array([1.5, 2.5, 3.0]), cells=np.array([0, 2, 2]))
    found = data_copying(q, p, 4)
    assert found.weights.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert np.isnan(found.cells[1:]).all()
    apart = data_copying(q, CellDistances(distances=p.distances, cells=np.array([2, 2, 3])), 4)
    assert np.isnan(apart.value)
    nothing = CellDistances(distances=np.zeros(0), cells=np.zeros(0, dtype=np.int64))
    assert np.isnan(data_copying(nothing, p, 4).value)


def test_wrong_arguments_are_refused() -> None:
    fine = CellDistances(distances=np.ones(2), cells=np.zeros(2, dtype=np.int64))
    cases = {
        "`generated` must have one distance and one cell a member": CellDistances(
            distances=np.ones(3), cells=np.zeros(2, dtype=np.int64)
        ),
        r"`generated` must have cells in \[0, 1\)": CellDistances(distances=np.ones(2), cells=np.array([0, 1])),
        "`generated` must have distances of at least 0, and no NaN": CellDistances(
            distances=np.array([1.0, np.nan]), cells=np.zeros(2, dtype=np.int64)
        ),
    }
    for message, given in cases.items():
        with pytest.raises(ValueError, match=message):
            data_copying(given, fine, 1)
    with pytest.raises(ValueError, match="`least_share` must be in"):
        data_copying(fine, fine, 1, least_share=1.0)


def test_centres_are_means_of_their_cells() -> None:
    x = np.concatenate([DRAW.normal(size=(50, 2)) + at for at in ((0, 0), (20, 0), (0, 20))])
    before = x.copy()
    centres = cell_centres(x, 3)
    np.testing.assert_array_equal(x, before)
    labels = cells_of(x, centres)
    assert sorted(np.bincount(labels).tolist()) == [50, 50, 50]
    for cell in range(3):
        np.testing.assert_allclose(centres[cell], x[labels == cell].mean(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(cell_centres(x, 3), centres)
    assert len(cell_centres(np.ones((9, 2)), 4)) == 1
    assert cells_of(x[:0], centres).shape == (0,)
    np.testing.assert_allclose(cell_centres(x, 1)[0], x.mean(axis=0), rtol=1e-12)
    with pytest.raises(ValueError, match="at least 1"):
        cell_centres(x, 0)
    with pytest.raises(ValueError, match="at least 1 feature vector"):
        cell_centres(x[:0], 2)
