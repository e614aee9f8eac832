"""What moves a Fréchet distance: each member's influence, and the sizes of the sets."""

from __future__ import annotations

import numpy as np
import pytest

from evalsuite.distances import frechet_distance, frechet_floor, frechet_infinity, frechet_influence, moments


def test_influence_is_what_leaving_out_shows() -> None:
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(4000, 3)), 1.3 * draw.normal(size=(3000, 3)) + 0.2
    x[:5] *= 3
    whole = frechet_distance(x, y)
    without = np.array([whole - frechet_distance(np.delete(x, i, axis=0), y) for i in range(60)])
    found = frechet_influence(x, y)
    np.testing.assert_allclose(found[:60] / (len(x) - 1), without, rtol=0.05, atol=2e-6)
    assert abs(found.mean()) < 1e-3 * np.abs(found).mean()
    np.testing.assert_array_equal(frechet_influence(x, moments(y)), found)


def test_influence_of_a_shift_is_known() -> None:
    """Of equal covariances the map is the identity: what is left is the slope of the squared shift."""
    draw = np.random.default_rng(1)
    x = draw.normal(size=(200, 4))
    found = frechet_influence(x, x + np.array([1.0, 0.0, 0.0, 0.0]))
    np.testing.assert_allclose(found, -2 * (x[:, 0] - x[:, 0].mean()), atol=1e-9)


def test_the_extrapolated_distance_is_that_of_the_populations() -> None:
    """40 pairs of samples of 600: the mean is within 4 standard errors, and most intervals of 2 errors hold the value.

    The distance of N(0, I) and N(0, 1.21 I) in 16 dimensions is 16 * 0.01.
    """
    draw = np.random.default_rng(2)
    found = [
        frechet_infinity(draw.normal(size=(600, 16)), 1.1 * draw.normal(size=(700, 16)), seed=seed)
        for seed in range(40)
    ]
    values, errors = np.array([one.value for one in found]), np.array([one.error for one in found])
    assert abs(values.mean() - 0.16) < 4 * values.std() / np.sqrt(40)
    assert np.mean([one.at_size for one in found]) > 0.16 + 10 * values.std() / np.sqrt(40)
    assert (np.abs(values - 0.16) < 2 * errors).sum() >= 34
    assert all(one.from_features > 0 and one.from_reference > 0 for one in found)


def test_the_cut_goes_by_features_not_by_places() -> None:
    draw = np.random.default_rng(3)
    x, y = draw.normal(size=(90, 3)), draw.normal(size=(80, 3))
    clusters = np.arange(90) // 2
    order, other = draw.permutation(90), draw.permutation(80)
    found = frechet_infinity(x, y, clusters=clusters)
    again = frechet_infinity(x[order], y[other], clusters=clusters[order])
    assert again.value == pytest.approx(found.value, rel=1e-9)
    assert again.error == pytest.approx(found.error, rel=1e-9)
    assert frechet_infinity(x, y, seed=1).value != frechet_infinity(x, y, seed=2).value
    assert np.isnan(frechet_infinity(x, y, jackknife=False).error)


@pytest.mark.parametrize(("n", "m", "d"), [(200, 1500, 6), (900, 1000, 6), (3000, 1000, 6), (60, 400, 100)])
def test_the_floor_is_what_more_of_the_population_would_have(n: int, m: int, d: int) -> None:
    """Means over 40 references and fresh samples: within 4 standard errors, and 5 % for what 1 / n leaves out."""
    draw = np.random.default_rng(4)
    scale = np.linspace(0.5, 2, d)
    floors, truths = [], []
    for _ in range(40):
        reference = draw.normal(size=(m, d)) * scale
        floors.append(frechet_floor(reference, n, n_cuts=8))
        truths.append(frechet_distance(draw.normal(size=(n, d)) * scale, reference))
    error = np.sqrt((np.var(floors) + np.var(truths)) / 40)
    assert np.mean(floors) == pytest.approx(np.mean(truths), abs=4 * error + 0.05 * np.mean(truths))


def test_the_floor_goes_by_features_not_by_places() -> None:
    reference = np.random.default_rng(5).normal(size=(300, 4))
    found = frechet_floor(reference, 50)
    assert frechet_floor(reference[::-1], 50) == pytest.approx(found, rel=1e-9)
    assert frechet_floor(reference, 50, seed=1) != found
    assert frechet_floor(reference, 25) > found > frechet_floor(reference, 100)


def test_the_floor_hardly_moves_with_last_bits() -> None:
    """They change every hash, and so every cut: what is left of that is a tenth, for 150 members of 8 dimensions."""
    reference = np.random.default_rng(6).normal(size=(150, 8))
    found = [frechet_floor(reference * (1 + 1e-9 * i), 150) for i in range(8)]
    assert np.std(found) < 0.1 * np.mean(found)


def test_the_smallest_reference_has_a_floor() -> None:
    assert frechet_floor(np.arange(8.0).reshape(4, 2), 100) > 0
    assert frechet_floor(np.ones((4, 2)), 2) == pytest.approx(0.0, abs=1e-12)
    with pytest.raises(ValueError, match="at least 4 rows; found 3"):
        frechet_floor(np.ones((3, 2)), 2)
    with pytest.raises(ValueError, match="`n` must be at least 2; found 1"):
        frechet_floor(np.ones((4, 2)), 1)
    with pytest.raises(ValueError, match="`n_cuts` must be at least 1; found 0"):
        frechet_floor(np.ones((4, 2)), 2, n_cuts=0)


def test_bad_sets_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 40 independent feature vectors, got 39"):
        frechet_infinity(np.zeros((39, 2)), np.zeros((40, 2)))
    with pytest.raises(ValueError, match="at least 4; found 3"):
        frechet_infinity(np.zeros((40, 2)), np.zeros((40, 2)), n_blocks=3)
    with pytest.raises(ValueError, match="one dimension"):
        frechet_infinity(np.zeros((40, 2)), np.zeros((40, 3)))
    with pytest.raises(ValueError, match="at least 2"):
        frechet_influence(np.zeros((1, 2)), np.zeros((5, 2)))
    with pytest.raises(ValueError, match="one dimension"):
        frechet_influence(np.zeros((3, 2)), np.zeros((5, 3)))
