"""First error: against a slow Kaplan-Meier, and on answers made by known error rates."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.errors import UsageError
from evalsuite.metrics.first_error import FirstError
from evalsuite.types import FinishReason, Output, Sample

SAMPLE = Sample(id="1", input={}, depth=4, metadata={"states": [5, 8, 16, 47]})
NAN = float("nan")


def slow_value(rows: list[tuple[int, int]], horizon: int) -> Fraction | None:
    """Product-limit estimate in exact fractions, step by step, and the area under it."""
    area, survival = Fraction(0), Fraction(1)
    for step in range(1, horizon + 1):
        reached = [row for row in rows if row[0] >= step]
        if not reached:
            break
        failed = sum(1 for t, event in reached if event and t == step)
        survival *= 1 - Fraction(failed, len(reached))
        area += survival
    return area if rows else None


@settings(max_examples=400, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(1, 30), st.integers(0, 1)), min_size=1, max_size=40), horizon=st.integers(1, 32)
)
def test_equals_a_slow_kaplan_meier(rows: list[tuple[int, int]], horizon: int) -> None:
    expected = slow_value(rows, horizon)
    assert expected is not None
    value = FirstError(horizon=horizon).value(np.array(rows, dtype=np.float64))
    assert value == pytest.approx(float(expected), rel=1e-12, abs=1e-12)
    assert 0 <= value <= horizon * (1 + 1e-12)
    shuffled = np.random.default_rng(0).permutation(np.array(rows, dtype=np.float64))
    assert FirstError(horizon=horizon).value(shuffled) == value


def test_published_curve() -> None:
    # Remission times of the 21 patients on 6-MP (Freireich et al. 1963, as in Cox 1972, table 1), with + censored:
    # 6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+. The Kaplan-Meier estimate in textbooks is
    # .857 from 6, .807 from 7, .753 from 10, .690 from 13, .627 from 16, .538 from 22, .448 from 23.
    events = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    rows = np.array([(t, 1) for t in events] + [(t, 0) for t in censored], dtype=np.float64)
    curve = [FirstError(horizon=h).value(rows) for h in range(1, 25)]
    survival = np.diff([0.0, *curve])
    steps = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for step, expected in steps.items():
        assert survival[step - 1] == pytest.approx(expected, abs=5e-4)
    assert survival[:5].tolist() == [1.0] * 5


@pytest.mark.parametrize("error", [0.02, 0.1, 0.4])
def test_recovers_a_constant_error_rate_despite_censoring(error: float) -> None:
    # Geometric times, depths spread evenly over 1..24: the mean of right steps up to 24 is the sum of (1 - e)^k.
    draw = np.random.default_rng(11)
    depths = np.tile(np.arange(1, 25), 2000)
    first = draw.geometric(error, len(depths))
    rows = np.stack([np.minimum(first, depths), first <= depths], axis=1).astype(np.float64)
    expected = sum((1 - error) ** k for k in range(1, 25))
    assert FirstError().value(rows) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(
    ("text", "finish", "row", "outcome"),
    [
        ("1: 5\n2: 8\n3: 16\n4: 47\nanswer: 47", "stop", [4, 0], "scored"),
        ("1: 5\n2: 8\n3: 16\n4: 48\nanswer: 48", "stop", [4, 1], "scored"),
        ("1: 6\n2: 8\n3: 16\n4: 47", "stop", [1, 1], "scored"),
        ("1: 5\n2: 9\n3: 0\n4: 0", "stop", [2, 1], "scored"),
        # ends early without being cut off, or passes over a step: an error there
        ("1: 5\n2: 8\nanswer: 8", "stop", [3, 1], "scored"),
        ("1: 5\n3: 16\n4: 47", "stop", [2, 1], "scored"),
        # cut off: censored at the last step stated in full
        ("1: 5\n2: 8\n3: 1", "length", [2, 0], "truncated"),
        ("1: 5\n2: 9\n3: 1", "length", [2, 1], "truncated"),
        ("1: 5\n3: 16\n4", "length", [2, 1], "truncated"),
        ("1: 5", "length", [NAN, NAN], "truncated"),
        ("answer: 47", "stop", [NAN, NAN], "unextracted"),
        (None, "refused", [NAN, NAN], "refused"),
        (None, "error", [NAN, NAN], "error"),
    ],
)
def test_row(text: str | None, finish: FinishReason, row: list[float], outcome: str) -> None:
    rows = FirstError().rows([SAMPLE], [[Output(text=text, finish_reason=finish)]])
    np.testing.assert_array_equal(rows.values, [row])
    assert rows.outcomes == (outcome,)


def test_first_repeat_that_states_a_step_is_read() -> None:
    outputs = [
        Output(text=None, error="x", finish_reason="error"),
        Output(text="47", repeat=1),
        Output(text="1: 5\n2: 0\n", repeat=2),
        Output(text="1: 0\n", repeat=3),
    ]
    rows = FirstError().rows([SAMPLE], [outputs])
    assert rows.values.tolist() == [[2, 1]]
    assert FirstError().rows([SAMPLE], [outputs[:2]]).outcomes == ("unextracted",)


def test_value_goes_no_further_than_the_items() -> None:
    assert FirstError(horizon=24).value(np.array([[3.0, 0.0], [2.0, 0.0]])) == 3.0
    assert FirstError(horizon=2).value(np.array([[3.0, 0.0], [3.0, 1.0]])) == 2.0
    assert FirstError(horizon=24).value(np.array([[1.0, 1.0]] * 5)) == 0.0


def test_range_follows_the_horizon() -> None:
    assert FirstError(horizon=7).value_range == (0.0, 7.0)
    assert FirstError().value_range == FirstError.value_range == (0.0, 24.0)
    assert FirstError(horizon=7).signature() == "first_error|horizon:7|version:2"
    with pytest.raises(UsageError, match=r"first_error: `horizon` must be an integer in \[1, 10000\], got 0"):
        FirstError(horizon=0)


def test_two_thousand_resamples_take_seconds_at_most() -> None:
    draw = np.random.default_rng(0)
    rows = np.stack([draw.integers(1, 25, 1152), draw.integers(0, 2, 1152)], axis=1).astype(np.float64)
    metric = FirstError()
    start = time.process_time()
    for _ in range(2000):
        metric.value(rows)
    assert time.process_time() - start < 3.0  # about 0.1 s here; a loop over rows takes minutes
