"""Calibration, against loops over bins and over all orders of ties."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.stats import area_under_risk, calibration_error, risk_by_coverage

PAIRS = st.lists(
    st.tuples(st.integers(0, 8).map(lambda votes: votes / 8), st.sampled_from([0.0, 0.5, 1.0])), min_size=1
)


def plain_error(pairs: list[tuple[float, float]], bins: int) -> float:
    total = 0.0
    for i in range(bins):
        inside = [(c, r) for c, r in pairs if i / bins < c <= (i + 1) / bins or (i == 0 and c == 0)]
        if inside:
            gap = np.mean([r for _, r in inside]) - np.mean([c for c, _ in inside])
            total += len(inside) / len(pairs) * abs(float(gap))
    return total


@settings(derandomize=True, deadline=None, max_examples=200)
@given(PAIRS, st.sampled_from([1, 4, 8, 10, 15]))
def test_error_equals_a_loop_over_bins(pairs: list[tuple[float, float]], bins: int) -> None:
    confidence, right = np.array(pairs).T
    assert calibration_error(confidence, right, bins) == pytest.approx(plain_error(pairs, bins), abs=1e-12)


def test_edges_belong_to_the_bin_below() -> None:
    tenths = np.array([0.1 + 0.2, 0.3, 0.7, 0.6 + 0.1])
    assert calibration_error(tenths, np.array([1.0, 0.0, 0.0, 1.0]), 10) == pytest.approx((0.4 + 0.4) / 4)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from([0.25, 0.5, 1.0]), st.sampled_from([0.0, 1.0])), min_size=1, max_size=6))
def test_risk_is_the_mean_over_orders(pairs: list[tuple[float, float]]) -> None:
    orders = [order for order in permutations(pairs) if all(a[0] >= b[0] for a, b in pairwise(order))]
    risks = [[1 - np.mean([right for _, right in order[:i]]) for i in range(1, len(pairs) + 1)] for order in orders]
    confidence, right = np.array(pairs).T
    np.testing.assert_allclose(risk_by_coverage(confidence, right), np.mean(risks, axis=0), atol=1e-12)
    assert area_under_risk(confidence, right) == pytest.approx(float(np.mean(risks)), abs=1e-12)


def test_confidence_that_tells_nothing_has_the_error_of_all() -> None:
    right = np.array([1.0, 0.0, 1.0, 1.0])
    assert area_under_risk(np.full(4, 0.7), right) == 0.25
    assert area_under_risk(right, right) < 0.25 < area_under_risk(1 - right, right)
