from __future__ import annotations

import numpy as np
import pytest

from evalsuite.metrics.error_location_f1 import ErrorLocationF1
from evalsuite.types import Output, Sample


def samples(labels: list[int]) -> list[Sample]:
    return [Sample(id=str(i), input={}, metadata={"first_error": label}) for i, label in enumerate(labels)]


def test_equals_the_two_accuracies_worked_out_one_by_one() -> None:
    draw = np.random.default_rng(0)
    for _ in range(50):
        labels = [int(label) for label in draw.integers(-1, 3, size=20)] + [-1, 1]
        said = [int(label) for label in draw.integers(-1, 3, size=22)]
        metric = ErrorLocationF1()
        rows = metric.rows(samples(labels), [[Output(text=f"answer: {k}")] for k in said])
        right = {
            kind: np.mean([a == b for a, b in zip(labels, said, strict=True) if (a != -1) is kind])
            for kind in (True, False)
        }
        a, b = right[True], right[False]
        expected = 2 * a * b / (a + b) if a + b else 0.0
        assert metric.value(rows.values.sum(axis=0)) == pytest.approx(expected, abs=1e-15)


def test_outcomes() -> None:
    said = [
        Output(text="answer: 1"),
        Output(text="No idea."),
        Output(text="answer: 2x"),
        Output(text="so 1", finish_reason="length"),
        Output(text=None, finish_reason="refused"),
        Output(text=None, finish_reason="error"),
    ]
    rows = ErrorLocationF1().rows(samples([1] * 6), [[one] for one in said])
    assert rows.outcomes == ("right", "unextracted", "undecided", "truncated", "refused", "error")
    assert rows.scored().tolist() == [True, True, False, True, True, False]


def test_one_kind_alone_has_no_value() -> None:
    metric = ErrorLocationF1()
    rows = metric.rows(samples([-1, -1]), [[Output(text="answer: -1")]] * 2)
    assert np.isnan(metric.value(rows.values.sum(axis=0)))


def test_a_sample_without_a_label() -> None:
    with pytest.raises(ValueError, match=r'sample "0": metadata\["first_error"\] must be the index of a step, or -1'):
        ErrorLocationF1().rows([Sample(id="0", input={})], [[Output(text="1")]])
