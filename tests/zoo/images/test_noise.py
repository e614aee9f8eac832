"""Noise of image models: right in distribution, and each seed's own."""

from __future__ import annotations

import numpy as np

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.zoo.images.noise import bytes_of, classes_of, normals_of

SEEDS = [derive_seed("test", i) for i in range(300)]


def test_normals_are_standard_normal():
    drawn = normals_of(SEEDS, 400)
    assert (drawn.shape, drawn.dtype) == ((300, 400), np.float32)
    assert np.isfinite(drawn).all()
    n = drawn.size
    assert abs(drawn.mean()) < 5 / n**0.5
    assert abs(drawn.var() - 1) < 5 * (2 / n) ** 0.5
    assert abs((drawn.astype(float) ** 4).mean() - 3) < 5 * (96 / n) ** 0.5
    between = np.corrcoef(drawn[:20])
    np.fill_diagonal(between, 0)
    assert abs(between).max() < 5 / 400**0.5


def test_a_seed_has_its_own_numbers():
    assert np.array_equal(normals_of(SEEDS[5:8], 30), normals_of(SEEDS, 30)[5:8])
    assert np.array_equal(bytes_of(SEEDS[5:8], (2, 3)), bytes_of(SEEDS, (2, 3))[5:8])
    assert normals_of([], 5).shape == (0, 5)


def test_classes_are_alike_likely_and_apart_from_the_normals():
    kinds = classes_of([derive_seed("kinds", i) for i in range(5000)], 10)
    counts = np.bincount(kinds, minlength=10)
    assert counts.shape == (10,)
    assert 400 < counts.min() <= counts.max() < 600
    # Draw 0 is the class's, so that no normal number goes with it.
    rng = CounterRng(SEEDS[0])
    assert classes_of(SEEDS[:1], 10)[0] == rng.below(10)


def test_bytes_cover_their_range():
    drawn = bytes_of(SEEDS, (40, 1))
    assert drawn.shape == (300, 40, 1)
    assert (drawn.min(), drawn.max()) == (0, 255)
