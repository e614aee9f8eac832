"""Simulated solvers: what they do is what their parameters say."""

from __future__ import annotations

import numpy as np
import pytest

from evalsuite.answers import parse_steps
from evalsuite.honesty.design import Design, doubling
from evalsuite.honesty.solver import Solver, draws
from evalsuite.honesty.writer import write_trace
from evalsuite.types import Sample


def simulated(solver: Solver, depth: int, n: int = 100_000) -> float:
    paths = solver.paths(np.full(n, depth), np.arange(n), draws(1))
    return float(paths[:, depth - 1].mean())


@pytest.mark.parametrize(
    "solver",
    [
        Solver(error=0.03),
        Solver(error=0.03, rise=0.1),
        Solver(error=0.02, spread=1.0),
        Solver(error=0.05, template_spread=0.5),
    ],
)
def test_survival_is_that_of_simulated_paths(solver: Solver) -> None:
    survival = solver.survival(32)
    for depth in (1, 8, 32):  # 4.5 standard errors of 100,000 draws
        assert simulated(solver, depth) == pytest.approx(survival[depth - 1], abs=4.5 * 0.5 / np.sqrt(100_000))


def test_recovery_reaches_its_balance() -> None:
    # In the long run P(right) = P(right) (1 - e) + P(wrong) r.
    assert simulated(Solver(error=0.05, recovery=0.2), 64) == pytest.approx(0.2 / 0.25, abs=0.007)


def test_horizons_by_hand() -> None:
    assert Solver(error=0.01).horizon() == pytest.approx(np.log(0.5) / np.log(0.99))
    assert Solver(error=0.1).horizon(0.8) == pytest.approx(np.log(0.8) / np.log(0.9), rel=1e-2)
    assert Solver(error=0.5).horizon() == pytest.approx(1.0)


def test_a_design_has_each_template_alike() -> None:
    depths, templates = Design(depths=doubling(8), templates=5, per_template=2).items()
    assert doubling(8) == (1, 2, 4, 8)
    assert doubling(9) == (1, 2, 4, 8)
    for depth in (1, 2, 4, 8):
        assert np.bincount(templates[depths == depth]).tolist() == [2] * 5


def test_what_a_budget_cuts_counts_as_far_as_it_went() -> None:
    table = Design(depths=(2, 8), templates=5, per_template=2).table(Solver(error=1e-9), draws(3), cap=4)
    assert table.depths.tolist() == [2.0, 4.0]
    assert table.answered.tolist() == [True, False]
    assert table.totals.tolist() == [[10.0, 0.0], [10.0, 0.0]]


@pytest.mark.parametrize("states", [[5, 8, 16, 99], ["north gate", "mill", "north gate", "pond"], ["alone"]])
def test_traces_state_what_the_path_says(states: list[int | str]) -> None:
    sample = Sample(id="x", input={}, metadata={"states": [*states]})
    for seed in range(20):
        right = [bool(step) for step in draws(seed).integers(2, size=len(states))]
        output = write_trace(sample, right, draws(seed, 1))
        assert output.text is not None
        *lines, last = output.text.split("\n")
        shown = [line.partition(": ")[2] for line in lines]
        assert [one == str(state) for one, state in zip(shown, states, strict=True)] == right
        assert last == f"answer: {shown[-1]}"
        if isinstance(states[0], int):
            assert [*parse_steps(output.text).values()] == shown
    cut = write_trace(sample, [True] * len(states), draws(0), cap=1)
    assert (cut.finish_reason == "length") is (len(states) > 1)


def test_an_item_without_states_is_named() -> None:
    with pytest.raises(ValueError, match=r'^sample "x" has no states to write'):
        write_trace(Sample(id="x", input={}), [], draws(0))
