"""Draws of the worlds: the same everywhere, even, and independent of how they are asked for."""

from __future__ import annotations

from collections import Counter

import pytest

from evalsuite.worlds._draws import Draws, world_seed


def test_values_are_pinned():
    draws = Draws(world_seed("tracking", 7), 3)
    assert draws.many(100, 8) == [42, 85, 34, 2, 90, 7, 62, 73]


def test_many_draws_are_the_single_draws():
    one, other = Draws(5, 9), Draws(5, 9)
    assert one.many(105, 100) == [other.below(105) for _ in range(100)]
    assert one.below(10) == other.below(10)


@pytest.mark.parametrize("n", [2, 3, 7, 100, 512])
def test_draws_are_even(n):
    found: Counter[int] = Counter()
    for index in range(200):
        found.update(Draws(1, index).many(n, 100))
    expected = 20_000 / n
    assert set(found) == set(range(n))
    chi_square = sum((found[v] - expected) ** 2 / expected for v in range(n))
    assert chi_square < n - 1 + 5 * (2 * (n - 1)) ** 0.5


def test_greatest_bound():
    assert all(0 <= draw < 1 << 32 for draw in Draws(0, 0).many(1 << 32, 50))
    assert Draws(0, 0).many(1, 5) == [0] * 5


def test_all_orders_come_alike_often():
    found: Counter[tuple[int, ...]] = Counter()
    for index in range(2400):
        items = [0, 1, 2, 3]
        Draws(2, index).shuffle(items)
        found[tuple(items)] += 1
    assert len(found) == 24
    assert sum((count - 100) ** 2 / 100 for count in found.values()) < 23 + 5 * 46**0.5
