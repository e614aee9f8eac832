"""Step accuracy: what is right, and what is due."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalsuite.metrics.step_accuracy import StepAccuracy
from evalsuite.types import FinishReason, Output, Sample
from evalsuite.worlds import load_world

SAMPLE = Sample(id="1", input={}, depth=4, metadata={"states": [5, 8, 16, 47]})
NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "finish", "row", "outcome"),
    [
        ("1: 5\n2: 8\n3: 16\n4: 47\nanswer: 47", "stop", [4, 4], "scored"),
        ("1: 5\n2: 9\n3: 16\n4: 47", "stop", [3, 4], "scored"),
        ("1: 5\n2: 8\nanswer: 47", "stop", [2, 4], "scored"),
        ("2: 8\n4: 47", "stop", [2, 4], "scored"),
        ("1: 5.0\n2: eight\n3: 16\n4: 47", "stop", [3, 4], "scored"),
        ("1: 5\n2: 8\n3: 16\n4: 47\n5: 50", "stop", [4, 4], "scored"),
        ("1: 5\n2: 8%\n3: 16\n4: 47", "stop", [3, 4], "scored"),  # 8% against 8 is undecided, which is not right
        # the last line of a cut-off text may lack digits: 4 may have been going to be 47
        ("1: 5\n2: 8\n3: 16\n4: 4", "length", [3, 3], "truncated"),
        ("1: 5\n2: 9\n3: 16\n", "length", [2, 3], "truncated"),
        ("1: 5\n3: 16\n4", "length", [2, 3], "truncated"),
        ("1: 5\n2: 8\n3: 16\n4: 47\nanswer: 4", "length", [4, 4], "truncated"),
        ("1: 5", "length", [NAN, NAN], "truncated"),
        ("First I will", "length", [NAN, NAN], "truncated"),
        ("answer: 47", "stop", [NAN, NAN], "unextracted"),
        ("", "stop", [NAN, NAN], "unextracted"),
        ("9: 47", "stop", [NAN, NAN], "unextracted"),
        ("I would rather not", "refused", [NAN, NAN], "refused"),
        (None, "refused", [NAN, NAN], "refused"),
        (None, "error", [NAN, NAN], "error"),
    ],
)
def test_row(text: str | None, finish: FinishReason, row: list[float], outcome: str) -> None:
    rows = StepAccuracy().rows([SAMPLE], [[Output(text=text, finish_reason=finish)]])
    np.testing.assert_array_equal(rows.values, [row])
    assert rows.outcomes == (outcome,)


def test_repeats_with_a_value_are_summed() -> None:
    outputs = [Output(text="1: 5\n2: 8\n3: 0\n4: 0"), Output(text="47", repeat=1), Output(text="1: 5", repeat=2)]
    rows = StepAccuracy().rows([SAMPLE], [outputs])
    assert rows.values.tolist() == [[3, 8]]
    assert rows.outcomes == ("scored",)


def test_value_is_over_steps_not_samples() -> None:
    assert StepAccuracy().value(np.array([4.0, 4.0]) + np.array([0.0, 1.0])) == 0.8


def test_oracle_of_the_ledger_world_is_perfect() -> None:
    samples = load_world("ledger").samples(seed=3, n=96, depths=(1, 24))
    rows = StepAccuracy().rows(samples, [[Output(text=sample.references[0])] for sample in samples])
    assert rows.values.tolist() == [[sample.depth, sample.depth] for sample in samples]
    others = [samples[(i + 48) % 96] for i in range(96)]
    rows = StepAccuracy().rows(samples, [[Output(text=other.references[0])] for other in others])
    assert StepAccuracy().value(rows.values.sum(axis=0)) < 0.05


@pytest.mark.parametrize(
    ("depth", "metadata", "message"),
    [
        (3, {}, 'step_accuracy: sample "x": metadata\\["states"\\] must list the state after each step'),
        (3, {"states": []}, "must list the state after each step"),
        (3, {"states": [1, 2]}, "must hold one state for each step, at least 3 for its depth, got 2"),
    ],
)
def test_samples_without_states_are_named(depth: int, metadata: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StepAccuracy().rows([Sample(id="x", input={}, depth=depth, metadata=metadata)], [[Output(text="1: 1")]])
