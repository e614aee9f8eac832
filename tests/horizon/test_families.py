"""Families combined: the geometric mean, and what is said where one lies outside its depths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.horizon import combine_horizons, count_records, fit_horizon
from evalsuite.horizon.families import geometric_mean
from evalsuite.horizon.remarks import described
from tests.horizon.simulated import verdicts

if TYPE_CHECKING:
    from evalsuite.horizon import DepthTable

DEPTHS = (1, 2, 4, 8, 16, 32)


def test_the_mean_is_geometric_and_its_interval_is_wider_than_within_families() -> None:
    rng = np.random.default_rng(1)
    tables = [verdicts(rng, DEPTHS, e=e, per_cell=4) for e in (0.03, 0.06, 0.12, 0.05, 0.09)]
    found = combine_horizons(tables, seed=0)
    values = [part.h50.value or math.nan for part in found.parts]
    assert found.h50.value == pytest.approx(math.prod(values) ** 0.2)
    assert found.h50.interval is not None
    low, high = found.h50.interval.low, found.h50.interval.high
    assert low < (found.h50.value or 0.0) < high
    one = found.parts[0].h50.interval
    assert one is not None
    assert math.log(high / low) > math.log(one.high / one.low)
    assert combine_horizons(tables, seed=0).h50 == found.h50


def test_intervals_over_families_hold_the_mean_of_all_families() -> None:
    """120 runs of 6 families drawn log-normally; of a coverage of 0.95, 106 or more of 120 with a chance of 0.998."""
    rng = np.random.default_rng(2)
    held = 0
    for run in range(120):
        errors = 0.05 * np.exp(0.4 * rng.standard_normal(6))
        tables = [verdicts(rng, (*DEPTHS, 64), e=float(e)) for e in errors]
        interval = combine_horizons(tables, seed=run, n_resamples=400).h50.interval
        # The mean of log(ln 2 / -ln(1 - e)) over log-normal e, to the second order of a small e.
        expected = math.exp(math.log(math.log(2) / 0.05) - 0.05 * math.exp(0.08) / 2)
        held += interval is not None and interval.low <= expected <= interval.high
    assert held >= 106


def test_a_family_beyond_its_depths_makes_a_bound() -> None:
    rng = np.random.default_rng(3)
    middle, deep, shallow = (
        verdicts(rng, depths, e=e) for depths, e in ((DEPTHS, 0.05), ((1, 2, 4), 0.005), ((8, 16), 0.4))
    )
    least = combine_horizons([middle, deep], seed=0)
    assert least.h50.value is not None
    assert least.h50.reach is not None
    assert least.h50.value == least.h50.reach[1]
    assert any("the mean is at least this" in text for text in least.warnings)
    most = combine_horizons([middle, shallow], seed=0)
    assert most.h50.reach is not None
    assert most.h50.value == most.h50.reach[0]
    both = combine_horizons([deep, shallow], seed=0)
    assert both.h50.value is None
    assert "no mean is known" in both.warnings[0]


def test_one_depth_of_a_family_limits_the_mean_on_one_side() -> None:
    middle = verdicts(np.random.default_rng(3), DEPTHS, e=0.05)
    right, wrong, half = (count_records([4] * 40, [i < n for i in range(40)]) for n in (40, 0, 20))
    assert described(combine_horizons([middle, right], seed=0).h50).startswith("> ")
    assert described(combine_horizons([middle, wrong], seed=0).h50).startswith("< ")
    assert combine_horizons([middle, half], seed=0).warnings == ("a family has no horizon, so there is no mean",)


def test_depths_that_are_alike_have_the_mean_that_they_have() -> None:
    deep = [verdicts(np.random.default_rng(i), (1, 2, 16), e=0.005) for i in range(3)]
    found = combine_horizons(deep, seed=0).h50
    assert (found.value, found.reach) == (16.0, (1.0, 16.0))
    assert described(found) == "> 16 [> 16, > 16]"
    assert geometric_mean([0.1] * 3) == 0.1


def one_template(*right: int, templates: int = 1) -> DepthTable:
    """So many of 10 right at each of some depths."""
    depths = np.repeat([2**i for i in range(len(right))], 10)
    clusters = np.arange(len(depths)) % templates
    return count_records(depths, [i < n for n in right for i in range(10)], clusters=clusters)


def test_families_of_one_template_have_no_interval() -> None:
    alone = combine_horizons([one_template(8, 5, 3)] * 6, seed=0)
    assert alone.h50.value == pytest.approx(2.33, abs=0.01)
    assert alone.h50.interval is None
    assert alone.warnings == ("no interval: 6 of 6 families have none",)
    several = one_template(8, 5, 3, templates=5)
    assert combine_horizons([several] * 6, seed=0).h50.interval is not None
    found = combine_horizons([several] * 5 + [one_template(8, 5, 3)], seed=0)
    assert (found.h50.interval, found.warnings) == (None, ("no interval: 1 of 6 families have none",))
    # Of several templates that are all right nothing is seen to vary; of one alone nothing is known.
    assert combine_horizons([several] * 5 + [one_template(10, 10, templates=5)], seed=0).h50.interval is not None
    assert combine_horizons([several] * 5 + [one_template(10, 10)], seed=0).h50.interval is None


def test_a_family_whose_side_is_not_sure_leaves_no_interval() -> None:
    """Of 40 items of one depth 22 are right: above, but perhaps below."""
    unsure = count_records([4] * 40, [i < 22 for i in range(40)])
    found = combine_horizons([one_template(8, 5, 3, templates=5), unsure], seed=0)
    assert described(found.h50).startswith("> ")
    assert found.h50.interval is None


def test_one_family_is_itself() -> None:
    table = verdicts(np.random.default_rng(4), DEPTHS)
    assert combine_horizons([table], seed=5).h50 == fit_horizon(table, seed=5).h50
    with pytest.raises(ValueError, match="`tables` must not be empty"):
        combine_horizons([], seed=0)
