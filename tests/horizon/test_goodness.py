"""The tests of fit, against scipy and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.horizon import count_records
from evalsuite.horizon.chi_square import chi_square_tail
from evalsuite.horizon.goodness import likelihood_ratio, mean_design_effect, pearson_test
from evalsuite.horizon.law import fit_laws
from tests.horizon.simulated import verdicts


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.floats(0, 1200), st.integers(1, 300))
def test_the_tail_equals_scipys(statistic: float, degrees: int) -> None:
    from scipy.stats import chi2

    assert chi_square_tail(statistic, degrees) == pytest.approx(
        float(chi2.sf(statistic, degrees)), rel=1e-9, abs=1e-290
    )


def test_the_tail_refuses_what_is_no_statistic() -> None:
    assert chi_square_tail(0.0, 3) == 1.0
    with pytest.raises(ValueError, match="`degrees` must be 1 to 300, got 0"):
        chi_square_tail(1.0, 0)
    with pytest.raises(ValueError, match="`statistic` must be at least 0, got nan"):
        chi_square_tail(float("nan"), 1)


def test_pearson_is_the_textbooks_sum() -> None:
    table = count_records(
        [1] * 40 + [2] * 40 + [4] * 40, [1] * 30 + [0] * 10 + [1] * 25 + [0] * 15 + [1] * 9 + [0] * 31
    )
    laws = fit_laws(table, table.totals[None])
    share = laws.survival([1.0, 2.0, 4.0])[0]
    right = np.array([30, 25, 9])
    expected = np.column_stack([40 * share, 40 * (1 - share)])
    seen = np.column_stack([right, 40 - right])
    found = pearson_test(table, laws)
    assert found.statistic == pytest.approx(((seen - expected) ** 2 / expected).sum())
    assert (found.degrees, found.design_effect) == (1, 1.0)


def test_rejections_are_as_many_as_they_should_be() -> None:
    """300 runs of the law: 5 % and 3.3 standard errors of it are at most 27, and it is not idle: at least 4."""
    rng = np.random.default_rng(1)
    small = {"fit": 0, "constant": 0, "ratio": 0}
    for _ in range(300):
        table = verdicts(rng, (1, 2, 4, 8, 16, 32), e=0.08, templates=60)
        laws = fit_laws(table, table.totals[None])
        tests = {
            "fit": pearson_test(table, laws),
            "constant": pearson_test(table, laws, constant=True),
            "ratio": likelihood_ratio(table, laws),
        }
        for name, test in tests.items():
            small[name] += test.p is not None and test.p < 0.05
    assert all(4 <= count <= 27 for count in small.values()), small


def test_clusters_with_several_items_of_a_depth_are_allowed_for() -> None:
    """Each of 40 templates at one depth only, ten items alike: one verdict counted ten times is ten times too sure."""
    rng = np.random.default_rng(2)
    depth = np.repeat(np.tile([1, 2, 4, 8], 40), 10)
    cluster = np.repeat(np.arange(160), 10)
    rejected = 0
    for _ in range(60):
        alive = np.repeat(rng.exponential(8.0, 160), 10) > depth
        table = count_records(depth, alive.astype(float), clusters=cluster)
        assert mean_design_effect(table) == pytest.approx(10.0)
        test = pearson_test(table, fit_laws(table, table.totals[None]))
        rejected += test.p is not None and test.p < 0.05
    assert rejected <= 9  # 5 % of 60, and 3.5 standard errors
    single = count_records([1, 2, 1, 2], [1, 0, 1, 1], clusters=[0, 0, 1, 1])
    assert mean_design_effect(single) == 1.0


def test_too_few_depths_cannot_be_tested() -> None:
    table = count_records([1] * 20 + [2] * 20, [1] * 15 + [0] * 5 + [1] * 8 + [0] * 12)
    laws = fit_laws(table, table.totals[None])
    assert pearson_test(table, laws).p is None
    assert pearson_test(table, laws, constant=True).p is not None
