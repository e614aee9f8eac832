"""What every registered metric makes of outputs that are missing, refused or odd."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from evalsuite.metrics.base import CurveMetric, RowMetric
from evalsuite.types import OUTCOMES, Output
from tests.contracts.metric_examples import ERROR, NAMES, compute, example, larger, make, value

pytestmark = pytest.mark.usefixtures("inception_without_weights")
HOSTILE_TEXTS = {
    "empty": "",
    "blank": " \t\n ",
    "lone surrogate": "1: \ud800 2\nanswer: \udfff",
    "one megabyte": "1: 12 + 5 = 17, then on.\n" * 42_000,
    "one long word": "a" * 1_000_000,
    "control characters": "".join(map(chr, range(32))) + "\x7f\x85\u2028",
    "NUL": "\0" * 50 + "answer: 7\0",
    "right to left": "\u202eتصل إلى البحيرة\u202c בית 12",
    "combining": "a" + "\u0301" * 1000,
    "emoji": "👩‍👩‍👧‍👦 \U0001f3fd\ufe0f 1️⃣",
    "format strings": "{0} %s ${x} \\boxed{",
}
DRAW = np.random.default_rng(0)
HOSTILE_IMAGES = {
    "black": np.zeros((28, 28, 1), dtype=np.uint8),
    "white": np.full((28, 28, 3), 255, dtype=np.uint8),
    "colours": DRAW.integers(0, 256, (28, 28, 3), dtype=np.uint8),
    "one pixel": np.zeros((1, 1, 1), dtype=np.uint8),
    "one row": np.zeros((1, 5000, 3), dtype=np.uint8),
    "large": DRAW.integers(0, 256, (700, 900, 3), dtype=np.uint8),
    "not contiguous": DRAW.integers(0, 256, (1, 56, 56), dtype=np.uint8)[:, ::-2, ::2].transpose(1, 2, 0),
    "read only": np.frombuffer(bytes(range(196)) * 4, dtype=np.uint8).reshape(28, 28, 1),
}
HOSTILE = {
    **{kind: Output(text=text) for kind, text in HOSTILE_TEXTS.items()},
    **{kind: Output(image=image) for kind, image in HOSTILE_IMAGES.items()},
}


@pytest.mark.parametrize("name", NAMES)
def test_lengths_that_differ_are_refused(name: str) -> None:
    made = example(name)
    message = rf"^{re.escape(name)}: `outputs` must hold one sequence for each sample, expected"
    with pytest.raises(ValueError, match=message):
        compute(make(name), made.samples, made.best[1:])


@pytest.mark.parametrize("name", NAMES)
def test_wrong_shapes_are_refused(name: str) -> None:
    metric = make(name)
    with pytest.raises(ValueError, match=rf"^{re.escape(name)}: `(sums|rows|features)` must have shape"):
        metric.value(np.zeros(0))  # type: ignore[attr-defined]
    if isinstance(metric, (RowMetric, CurveMetric)):
        with pytest.raises(ValueError, match=rf"^{re.escape(name)}: `(sums|rows)` must have shape"):
            metric.value(np.zeros((2, metric.n_columns + 1)))


@pytest.mark.parametrize("name", NAMES)
def test_error_is_a_missing_value_not_zero(name: str) -> None:
    metric, made = make(name), example(name)
    partial = (replace(made.best[0][0], finish_reason="error", error="connection reset"),)
    for failed in (ERROR, (), (Output(text=None),), partial):
        rows = compute(metric, made.samples, [failed, *made.best[1:]])
        assert np.isnan(rows.values[0]).all()
        assert rows.outcomes[0] == "error"
        assert rows.scored().tolist() == [False] + [True] * (len(made.samples) - 1)
    rows = compute(metric, made.samples, [ERROR] * len(made.samples))
    assert not rows.scored().any()
    assert np.isnan(value(metric, rows))


@pytest.mark.parametrize("name", NAMES)
def test_failed_repeat_is_left_out(name: str) -> None:
    metric, made = make(name), example(name)
    rows = compute(metric, made.samples, [(*outputs, replace(ERROR[0], repeat=len(outputs))) for outputs in made.best])
    assert value(metric, rows) == value(metric, compute(metric, made.samples, made.best))


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", NAMES)
def test_hostile_output_does_not_raise(name: str, kind: str) -> None:
    metric, made = make(name), example(name)
    hostile = HOSTILE[kind]
    for reason in ("stop", "length", "refused"):
        if hostile.text is not None and len(hostile.text) > 1000 and reason != "stop":
            continue
        outputs = [(replace(hostile, finish_reason=reason),), *made.best[1:]]  # type: ignore[arg-type]
        rows = compute(metric, made.samples, outputs)
        assert set(rows.outcomes) <= set(OUTCOMES)
        assert rows.scored()[1:].all()
        low, high = metric.value_range
        assert low <= value(metric, rows) <= high * (1 + 1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_an_output_of_another_kind_has_no_value(name: str) -> None:
    metric, made = make(name), example(name)
    other = Output(image=HOSTILE_IMAGES["black"]) if metric.modality == "text" else Output(text="answer: 7")
    rows = compute(metric, made.samples, [(other,), *made.best[1:]])
    assert rows.outcomes[0] == "error"
    assert not rows.scored()[0]


@pytest.mark.parametrize("name", NAMES)
def test_outcomes_are_known_ones(name: str) -> None:
    samples, outputs = larger(name)
    rows = compute(make(name), samples, outputs)
    assert set(rows.outcomes) <= set(OUTCOMES)
    for scored, outcome in zip(rows.scored(), rows.outcomes, strict=True):
        assert scored or outcome in ("error", "undecided", "unextracted", "truncated", "refused")


@pytest.mark.parametrize("name", NAMES)
def test_refusal_is_counted_as_such(name: str) -> None:
    metric, made = make(name), example(name)
    for text in (None, "", "I cannot help with that."):
        refused = (Output(text=text, finish_reason="refused"),)
        rows = compute(metric, made.samples, [refused, *made.best[1:]])
        assert rows.outcomes[0] == "refused"
