"""Errors, recovery, propagation and self-conditioning: single traces, and simulated solvers that must be given back."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.metrics.error_propagation import ErrorPropagation
from evalsuite.metrics.recovery import Recovery
from evalsuite.metrics.self_conditioning import SelfConditioning
from evalsuite.metrics.step_error import StepError
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIN = Sample(id="c", input={}, depth=4, metadata={"states": [5, 8, 16, 47]})
GRAPH = Sample(
    id="g", input={}, depth=3, metadata={"states": ["A", "B", 3, "D"], "parents": [[], [1], [], [2, 3]], "width": 2}
)
NAN = float("nan")


@pytest.mark.parametrize(
    ("sample", "text", "error", "recovery", "conditioning"),
    [
        (CHAIN, "1: 5\n2: 8\n3: 16\n4: 47", [0, 4], [0, 0], [0, 0, 0, 4]),
        (CHAIN, "1: 6\n2: 9\n3: 17\n4: 48", [1, 1], [0, 3], [0, 0, 1, 1]),
        (CHAIN, "1: 6\n2: 8\n3: 17\n4: 47", [2, 2], [2, 2], [1, 1, 1, 1]),
        # a step passed over is an error; what builds on it is unknown
        (CHAIN, "1: 5\n3: 16\n4: 47", [1, 3], [0, 0], [0, 0, 1, 3]),
        (CHAIN, "1: 5\n2: 8\nanswer: 47", [1, 3], [0, 0], [0, 0, 1, 3]),
        (CHAIN, "4: 47", [1, 1], [0, 0], [0, 0, 1, 1]),
        (CHAIN, "4: 48", [1, 1], [0, 0], [0, 0, 1, 1]),
        (CHAIN, "1: 6", [1, 1], [0, 1], [0, 0, 1, 1]),
        (GRAPH, "1: A\n2: B\n3: 3\n4: D", [0, 4], [0, 0], [0, 0, 0, 4]),
        (GRAPH, "1: a\n2: so it is C\n3: 3\n4: d", [1, 3], [1, 1], [0, 1, 1, 2]),
        (GRAPH, "1: A\n2: B\n3: 4\n4: E", [1, 3], [0, 1], [0, 0, 1, 3]),
        (GRAPH, "1: B\n3: 4\n4: D", [2, 2], [1, 2], [1, 1, 1, 1]),
        (GRAPH, "1: A\n2: B\n3: three\n4: D", [1, 3], [0, 0], [0, 0, 1, 3]),  # no number: not stated
    ],
)
def test_rows(sample: Sample, text: str, error: list[int], recovery: list[int], conditioning: list[int]) -> None:
    outputs = [[Output(text=text)]]
    assert StepError().rows([sample], outputs).values.tolist() == [error]
    assert Recovery().rows([sample], outputs).values.tolist() == [recovery]
    assert SelfConditioning().rows([sample], outputs).values.tolist() == [conditioning]
    wrong = recovery[1] - recovery[0]
    assert ErrorPropagation().rows([sample], outputs).values.tolist() == [[wrong, recovery[1], *error]]


def test_a_cut_off_output_is_due_up_to_its_last_whole_line() -> None:
    outputs = [[Output(text="1: 5\n2: 9\n3: 18\n4: 4", finish_reason="length")]]
    rows = StepError().rows([CHAIN], outputs)
    assert (rows.values.tolist(), rows.outcomes) == ([[1, 2]], ("truncated",))
    assert Recovery().rows([CHAIN], outputs).values.tolist() == [[0, 1]]


def test_values_without_data_are_missing() -> None:
    assert np.isnan(Recovery().value(np.array([0.0, 0.0])))
    assert np.isnan(ErrorPropagation().value(np.array([0.0, 0.0, 1.0, 9.0])))
    assert np.isnan(SelfConditioning().value(np.array([1.0, 4.0, 0.0, 9.0])))
    assert np.isnan(SelfConditioning().value(np.array([0.0, 0.0, 2.0, 9.0])))


@pytest.mark.parametrize(
    ("parents", "message"),
    [
        ([[], [1]], 'step_error: sample "x": metadata\\["parents"\\] must list the parents of each step, expected 3 '),
        ("chain", "expected 3 lists, got str"),
        ([[], [1], [3]], "step 3 must list numbers of steps before it, from 1, got \\[3\\]"),
        ([[], [0], [2]], "step 2 must list numbers"),
        ([[], [True], [2]], "step 2 must list numbers"),
        ([None, [1], [2]], "step 1 must list numbers of steps before it, from 1, got None"),
    ],
)
def test_graphs_that_are_none_are_named(parents: Any, message: str) -> None:
    sample = Sample(id="x", input={}, metadata={"states": [1, 2, 3], "parents": parents})
    with pytest.raises(ValueError, match=message):
        StepError().rows([sample], [[Output(text="1: 1")]])


def simulate(
    parents: list[list[int]], n: int, is_wrong: Callable[[random.Random, bool, bool], bool], seed: int
) -> tuple[list[Sample], list[list[Output]]]:
    """Solvers' traces: `is_wrong` is asked at each step, with whether a parent is wrong and whether any step was."""
    draw = random.Random(seed)
    samples, outputs = [], []
    for i in range(n):
        states = [draw.randrange(100) for _ in parents]
        wrong: list[bool] = []
        for read in parents:
            wrong.append(is_wrong(draw, any(wrong[parent - 1] for parent in read), any(wrong)))
        said = [(state + bad) % 100 for state, bad in zip(states, wrong, strict=True)]
        trace = "".join(f"{k}: {state}\n" for k, state in enumerate(said, 1))
        samples.append(Sample(id=str(i), input={}, metadata={"states": [*states], "parents": [*map(list, parents)]}))
        outputs.append([Output(text=f"{trace}answer: {said[-1]}")])
    return samples, outputs


def totals(metric: Any, simulated: tuple[list[Sample], list[list[Output]]]) -> Any:
    return metric.rows(*simulated).values.sum(axis=0)


STEPS = 16
CHAIN_OF_16 = [[k] if k else [] for k in range(STEPS)]
TREES = [[] if k < 4 else [k - 3] for k in range(STEPS)]  # four chains side by side


@pytest.mark.parametrize("parents", [CHAIN_OF_16, TREES], ids=["chain", "four chains"])
@pytest.mark.parametrize("r", [0.0, 0.05, 0.20])
def test_a_solvers_error_and_recovery_are_given_back(parents: list[list[int]], r: float) -> None:
    e = 0.05
    simulated = simulate(parents, 1500, lambda draw, misled, _: draw.random() < (1 - r if misled else e), seed=1)
    wrong, steps = totals(StepError(), simulated)
    assert abs(wrong / steps - e) < 4 * np.sqrt(e * (1 - e) / steps)
    right, misled = totals(Recovery(), simulated)
    assert abs(right / misled - r) <= 4 * np.sqrt(r * (1 - r) / misled)
    assert ErrorPropagation().value(totals(ErrorPropagation(), simulated)) == pytest.approx(1 - r - e, abs=0.03)


def test_an_answer_hides_both() -> None:
    """With e = 5 % and r = 20 % the answers alone would give less than 2 % a step: no error rate."""
    _, outputs = simulated = simulate(
        CHAIN_OF_16, 1500, lambda draw, misled, _: draw.random() < (0.8 if misled else 0.05), seed=2
    )
    samples = simulated[0]
    right = np.mean(
        [
            (out[0].text or "").endswith(f"answer: {sample.metadata['states'][-1]}")  # type: ignore[index,call-overload]
            for sample, out in zip(samples, outputs, strict=True)
        ]
    )
    assert 1 - right ** (1 / STEPS) < 0.02


@pytest.mark.parametrize("ratio", [1.0, 3.0])
def test_self_conditioning_is_given_back(ratio: float) -> None:
    simulated = simulate(
        TREES, 3000, lambda draw, misled, erred: misled or draw.random() < 0.04 * (ratio if erred else 1.0), seed=3
    )
    assert SelfConditioning().value(totals(SelfConditioning(), simulated)) == pytest.approx(ratio, rel=0.15)


def test_states_off_by_one_are_errors_throughout() -> None:
    samples, outputs = simulate(CHAIN_OF_16, 20, lambda *_: False, seed=4)
    shifted = [[Output(text="\n".join((out[0].text or "").split("\n")[1:]))] for out in outputs]
    assert totals(StepError(), (samples, outputs))[0] == 0
    assert (StepError().rows(samples, shifted).values[:, 0] >= 1).all()
