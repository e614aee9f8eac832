"""Adaptive depth: where it asks, when it stops, and what it saves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.errors import UsageError
from evalsuite.horizon import count_records
from evalsuite.horizon.adaptive import DepthChoice, choose_depths
from evalsuite.horizon.law import fit_laws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.horizon import DepthTable

GRID = (1, 2, 4, 8, 16, 32, 64)
AVAILABLE = tuple(sorted({round(2 ** (i / 4)) for i in range(45)}))
NOTHING = count_records([], [])


class Solver:
    """Constant step error; keeps what it was asked."""

    def __init__(self, e: float, seed: int) -> None:
        self.e, self.rng = e, np.random.default_rng(seed)
        self.depths: list[int] = []
        self.right: list[bool] = []

    @property
    def table(self) -> DepthTable:
        return count_records(self.depths, self.right)

    def answer(self, depths: Sequence[int]) -> None:
        self.depths += depths
        self.right += [bool(self.rng.random() < (1 - self.e) ** depth) for depth in depths]

    def run(self, **options: object) -> DepthChoice:
        while True:
            choice = choose_depths(self.table, AVAILABLE, **options)  # type: ignore[arg-type]
            if choice.is_done:
                return choice
            self.answer(choice.depths)


def information(e: float, depths: Sequence[int]) -> float:
    """Fisher's information of an item on log H where k = 1, on average: z**2 / (exp(z) - 1) with z = d / s."""
    z = -np.log1p(-e) * np.asarray(depths, dtype=np.float64)
    return float(np.mean(z**2 / np.expm1(z)))


@pytest.mark.parametrize("e", [0.003, 0.01, 0.03, 0.1])
def test_it_needs_fewer_items_than_a_fixed_grid(e: float) -> None:
    """140 items in batches of 10, the first over the whole range; 10 runs.

    The variance of log H is one over the information, of which an item of the grid has at most 0.325 (e = 0.1) and an
    item anywhere at most 0.648: 1.99 is the most that can be saved there.
    """
    chosen: list[int] = []
    for seed in range(10):
        solver = Solver(e, seed)
        assert solver.run(batch=10, law="constant", most_items=140).reason == "most items"
        assert len(solver.depths) == 140
        chosen += solver.depths
    assert information(e, chosen) / information(e, GRID) >= 1.8


def test_the_estimate_is_as_sure_as_the_information_says() -> None:
    """40 runs: the standard deviation's own relative error is 1 / sqrt(80), 11 %; three of them are allowed."""
    logs = []
    for seed in range(40):
        solver = Solver(0.03, 1000 + seed)
        solver.run(batch=10, law="constant", most_items=140)
        logs.append(float(fit_laws(solver.table, solver.table.totals[None]).constant_log_scale[0]))
    assert np.std(logs) < 1.34 / math.sqrt(140 * 0.6)
    assert abs(np.mean(logs) - math.log(-1 / math.log1p(-0.03))) < 4 * np.std(logs) / math.sqrt(40) + 0.01


@pytest.mark.parametrize("law", ["weibull", "constant"])
def test_it_stops_at_the_width_asked_for(law: str) -> None:
    """Plus or minus 20 % takes 208 items at the horizon itself where the shape is unknown, and 154 where it is 1."""
    solver = Solver(0.05, 1)
    choice = solver.run(batch=16, law=law, relative_width=0.4)
    assert choice.reason == "precise"
    assert choice.relative_width is not None
    assert choice.relative_width <= 0.4
    assert choice.h50 == pytest.approx(math.log(2) / -math.log1p(-0.05), rel=0.4)
    assert 120 <= len(solver.depths) <= 500


def test_it_stops_where_the_horizon_cannot_be_reached() -> None:
    deep = count_records([1] * 30 + [4] * 30 + [8] * 60, [1] * 120)
    assert choose_depths(deep, range(1, 9)).reason == "above"
    shallow = count_records([8] * 60 + [16] * 30, [0] * 90)
    assert choose_depths(shallow, range(8, 17)).reason == "below"


def test_the_first_batch_is_spread_in_equal_ratios() -> None:
    first = choose_depths(NOTHING, range(1, 65), batch=16)
    assert first.reason == "start"
    assert len(first.depths) == 16
    assert first.depths[0] == 1
    assert first.depths[-1] == 64
    assert choose_depths(NOTHING, [3], batch=4).depths == (3, 3, 3, 3)
    assert choose_depths(NOTHING, [5, 9], batch=1).depths in ((5,), (9,))


@pytest.mark.parametrize(("most", "asked"), [(1, 1), (5, 5), (16, 16), (40, 16), (None, 16)])
def test_the_first_batch_is_no_larger_than_all_that_may_be_asked(most: int | None, asked: int) -> None:
    first = choose_depths(NOTHING, [1, 2, 4, 8], batch=16, most_items=most)
    assert (first.reason, len(first.depths)) == ("start", asked)


def test_it_asks_what_can_be_asked_and_is_repeatable() -> None:
    solver = Solver(0.1, 3)
    solver.answer(choose_depths(NOTHING, (2, 3, 5, 90), batch=12).depths)
    choice = choose_depths(solver.table, (2, 3, 5, 90), batch=12, most_items=20, floor=0.1)
    assert set(choice.depths) <= {2, 3, 5, 90}
    assert len(choice.depths) == 8
    assert choice == choose_depths(solver.table, (2, 3, 5, 90), batch=12, most_items=20, floor=0.1)


def test_what_was_cut_is_learned_from() -> None:
    answered = count_records([4] * 20, [1] * 20)
    with_cut = count_records([4] * 20 + [40] * 20, [1] * 40, cut=[False] * 20 + [True] * 20)
    before, after = (choose_depths(table, AVAILABLE).h50 or 0.0 for table in (answered, with_cut))
    assert after > 1.5 * before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"available": []}, "`available` must hold at least one depth, whole numbers above 0"),
        ({"available": [0, 1]}, "`available` must hold"),
        ({"batch": 0}, "`batch` must be at least 1, got 0"),
        ({"floor": 1.0}, "`floor` must be a share"),
        ({"level": 1.0}, "`level` must be between 0 and 1"),
        ({"relative_width": 0.0}, "`relative_width` must be above 0"),
        ({"most_items": 0}, "`most_items` must be at least 1, or None for no limit, got 0"),
        ({"most_items": -3}, "`most_items` must be at least 1, or None for no limit, got -3"),
    ],
)
def test_wrong_arguments_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        choose_depths(NOTHING, **{"available": [1, 2], **options})  # type: ignore[arg-type]


def test_it_asks_no_more_of_a_depth_than_there_is() -> None:
    assert choose_depths(NOTHING, [1, 4, 16], batch=8, remaining={1: 2, 16: 3}).depths == (1, 1, 16, 16, 16)
    solver = Solver(0.1, 5)
    solver.answer([1, 2, 4, 8, 16, 32] * 8)
    free = choose_depths(solver.table, range(1, 33), batch=6)
    best = max(set(free.depths), key=free.depths.count)
    left = dict.fromkeys(range(1, 33), 1) | {best: 0}
    held = choose_depths(solver.table, range(1, 33), batch=6, remaining=left)
    assert len(held.depths) == len(set(held.depths)) == 6
    assert best not in held.depths
    assert len(choose_depths(solver.table, range(1, 33), batch=6, remaining={best: 4}).depths) == 4


def test_it_ends_where_what_is_left_tells_nothing() -> None:
    solver = Solver(0.3, 5)  # half survive two steps
    solver.answer([1, 2, 3, 4] * 12 + [8, 16] * 6)
    assert choose_depths(solver.table, range(1, 33), remaining={2: 1, 32: 9}).reason == "information"
    for left in ({31: 20, 32: 20}, {}):
        choice = choose_depths(solver.table, range(1, 33), remaining=left)
        assert (choice.reason, choice.depths) == ("used up", ())
