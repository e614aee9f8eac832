"""What k of n samples do, by enumerating subsets, by exact integers, and by scipy."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from evalsuite.stats import g_pass_at_k, majority, majority_at_k, mg_pass_at_k, pass_at_k, pass_hat_k, right_in_k


@st.composite
def counts(draw: st.DrawFn, most: int = 10_000) -> tuple[int, int, int]:
    n = draw(st.integers(1, most))
    return n, draw(st.integers(0, n)), draw(st.integers(1, n))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(counts(400))
def test_chances_equal_exact_integers(found: tuple[int, int, int]) -> None:
    n, c, k = found
    total = math.comb(n, k)
    assert pass_at_k(n, c, k) == pytest.approx(float(1 - Fraction(math.comb(n - c, k), total)), rel=1e-11, abs=0)
    assert pass_hat_k(n, c, k) == pytest.approx(float(Fraction(math.comb(c, k), total)), rel=1e-11, abs=0)
    exact = [float(Fraction(math.comb(c, j) * math.comb(n - c, k - j), total)) for j in range(k + 1)]
    np.testing.assert_allclose(right_in_k(n, c, k), exact, rtol=1e-10, atol=1e-300)
    expected = 2 / k * math.fsum(math.fsum(exact[i:]) for i in range(math.ceil(k / 2) + 1, k + 1))
    if k > 1:
        assert mg_pass_at_k(n, c, k) == pytest.approx(expected, rel=1e-10, abs=1e-300)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(counts(), st.sampled_from([0.01, 0.25, 0.5, 0.6, 0.75, 1.0]))
def test_chances_of_many_equal_scipys(found: tuple[int, int, int], tau: float) -> None:
    n, c, k = found
    least = math.ceil(Fraction(str(tau)) * k)
    assert g_pass_at_k(n, c, k, tau) == pytest.approx(hypergeom.sf(least - 1, n, c, k), rel=1e-7, abs=1e-12)
    assert pass_at_k(n, c, k) == pytest.approx(hypergeom.sf(0, n, c, k), rel=1e-7, abs=1e-12)
    assert pass_hat_k(n, c, k) == pytest.approx(hypergeom.pmf(k, n, c, k), rel=1e-7, abs=1e-12)
    assert g_pass_at_k(n, c, k, 1.0) == pytest.approx(pass_hat_k(n, c, k), rel=1e-9, abs=1e-15)


def test_ends() -> None:
    assert pass_at_k(10_000, 0, 100) == pass_hat_k(10_000, 9_999, 10_000) == 0.0
    assert pass_at_k(10_000, 10_000, 1) == pass_hat_k(10_000, 10_000, 10_000) == 1.0
    assert pass_at_k(10_000, 1, 1) == pytest.approx(1e-4, rel=1e-14)
    assert mg_pass_at_k(8, 8, 8) == g_pass_at_k(8, 8, 8, 1.0) == 1.0
    assert mg_pass_at_k(5, 5, 5) == pytest.approx(0.8)


@pytest.mark.parametrize("numbers", [(0, 0, 1), (3, 4, 1), (3, -1, 1), (3, 1, 4), (3, 1, 0)])
def test_wrong_numbers_are_refused(numbers: tuple[int, int, int]) -> None:
    for function in (pass_at_k, pass_hat_k, right_in_k):
        with pytest.raises(ValueError, match="expected 1 <= `k` <= `n` and 0 <= `c` <= `n`, got n = "):
            function(*numbers)
    for tau in (0.0, 1.1, math.nan):
        with pytest.raises(ValueError, match=r"`tau` must be in \(0, 1\]"):
            g_pass_at_k(3, 1, 1, tau)
    with pytest.raises(ValueError, match="`k` must be at least 2, got 1"):
        mg_pass_at_k(3, 1, 1)


def enumerate_majority(right: list[int], wrong: list[int], abstained: int, k: int) -> Fraction:
    """Vote in every subset."""
    keys = [("right", i) for i, votes in enumerate(right) for _ in range(votes)]
    keys += [("wrong", i) for i, votes in enumerate(wrong) for _ in range(votes)] + [("none", 0)] * abstained
    total, n_subsets = Fraction(0), 0
    for subset in combinations(keys, k):
        n_subsets += 1
        votes = {key: subset.count(key) for key in subset if key[0] != "none"}
        best = [key for key, count in votes.items() if count == max(votes.values())]
        total += Fraction(sum(key[0] == "right" for key in best), len(best) or 1)
    return total / n_subsets


VOTES = st.lists(st.integers(1, 4), max_size=3)


@settings(derandomize=True, deadline=None, max_examples=250)
@given(VOTES, VOTES, st.integers(0, 3), st.data())
def test_majority_equals_every_subset(right: list[int], wrong: list[int], abstained: int, data: st.DataObject) -> None:
    while sum(right) + sum(wrong) + abstained > 12:
        (right or wrong).pop()
    n = sum(right) + sum(wrong) + abstained
    if n == 0:
        return
    k = data.draw(st.integers(1, n))
    expected = enumerate_majority(right, wrong, abstained, k)
    assert majority_at_k(right, wrong, abstained, k) == pytest.approx(float(expected), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("right", "wrong", "abstained", "k"),
    [([40], [30, 20, 5, 1, 1, 1], 2, 32), ([20, 5], [25, 3], 11, 7), ([300], [290, 10], 0, 99)],
)
def test_draws_agree_with_the_exact_chance(
    right: list[int], wrong: list[int], abstained: int, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = majority_at_k(right, wrong, abstained, k)
    monkeypatch.setattr(majority, "MOST_WORK", 0)
    drawn = majority_at_k(right, wrong, abstained, k, seed=1)
    assert drawn != exact
    assert drawn == pytest.approx(exact, abs=0.025)  # five standard errors at most
    assert drawn == majority_at_k(right, wrong, abstained, k, seed=1)


def test_majority_of_two_answers_is_a_tail() -> None:
    """Of an odd number of votes between two answers, the chance is scipy's tail, for many samples too."""
    for n_right, n_wrong, k in [(5_100, 4_900, 51), (600, 400, 301), (3, 4, 3)]:
        expected = hypergeom.sf(k // 2, n_right + n_wrong, n_right, k)
        assert majority_at_k([n_right], [n_wrong], 0, k) == pytest.approx(expected, rel=1e-9)


def test_majority_refuses_wrong_numbers() -> None:
    with pytest.raises(ValueError, match="votes must be 1 or more"):
        majority_at_k([0], [1], 0, 1)
    with pytest.raises(ValueError, match=r"`k` must be in \[1, 3\], the number of samples, got 4"):
        majority_at_k([2], [1], 0, 4)
