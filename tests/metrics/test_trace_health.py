"""Wrong paths, lost form, cut-off outputs and tokens per step, one output at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.errors import UsageError
from evalsuite.metrics.format_loss import FormatLoss
from evalsuite.metrics.tokens_per_step import TokensPerStep
from evalsuite.metrics.truncation_rate import TruncationRate
from evalsuite.metrics.wrong_path import WrongPath
from evalsuite.scoring.score import ScoringInput, score_outputs
from evalsuite.task import MetricSpec
from evalsuite.types import FinishReason, Output, Sample

SAMPLE = Sample(id="1", input={}, references=("answer: 16",), depth=3, metadata={"states": [5, 8, 16]})
NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "finish", "row", "outcome"),
    [
        ("1: 5\n2: 8\n3: 16\nanswer: 16", "stop", [0, 1], "right"),
        ("1: 5\n2: 9\n3: 16\nanswer: 16", "stop", [1, 1], "right"),
        ("1: 5\n3: 16\nanswer: 16", "stop", [0, 1], "right"),
        ("1: 5\n2: 9\n3: 18\nanswer: 18", "stop", [0, 0], "wrong"),
        ("answer: 16", "stop", [NAN, NAN], "unextracted"),
        ("1: 5\n2: 8\nanswer: 16%", "stop", [NAN, NAN], "undecided"),
        ("1: 5\n2: 9\n3: 16\nanswer: 16", "length", [1, 1], "right"),
        ("1: 5\n2: 9\n3: 16\n", "length", [NAN, NAN], "truncated"),
        ("no", "refused", [NAN, NAN], "refused"),
    ],
)
def test_wrong_path(text: str, finish: FinishReason, row: list[float], outcome: str) -> None:
    rows = WrongPath().rows([SAMPLE], [[Output(text=text, finish_reason=finish)]])
    np.testing.assert_array_equal(rows.values, [row])
    assert rows.outcomes == (outcome,)


@pytest.mark.parametrize(
    ("text", "finish", "lost", "lost_with_steps"),
    [
        ("1: 5\nanswer: 16", "stop", 0, 0),
        ("#### 16", "stop", 0, 1),
        ("\\boxed{16}", "stop", 0, 1),
        ("1: 5\nThe answer is 16.", "stop", 1, 1),
        ("", "stop", 1, 1),
        ("1: 5\n", "length", NAN, NAN),
        ("no", "refused", NAN, NAN),
    ],
)
def test_format_loss(text: str, finish: FinishReason, lost: float, lost_with_steps: float) -> None:
    outputs = [[Output(text=text, finish_reason=finish)]]
    for metric, expected in ((FormatLoss(), lost), (FormatLoss(steps=True), lost_with_steps)):
        np.testing.assert_array_equal(metric.rows([SAMPLE], outputs).values[0, 0], expected)


def test_without_right_answers_there_is_no_share_of_them() -> None:
    outputs = [[Output(text="answer: 3")], [Output(text=None, finish_reason="error", error="lost")]]
    data = ScoringInput(task_name="t", samples=[SAMPLE, replace(SAMPLE, id="2")], outputs=outputs)
    score = score_outputs(data, MetricSpec(name="wrong_path"), WrongPath())
    assert (score.value, score.interval, score.bounds) == (None, None, None)


def test_truncation_rate_counts_every_text() -> None:
    reasons: list[FinishReason] = ["stop", "length", "refused", "error"]
    outputs = [
        Output(text=None if reason == "error" else "x", finish_reason=reason, repeat=i)
        for i, reason in enumerate(reasons)
    ]
    assert TruncationRate().rows([SAMPLE], [outputs]).values.tolist() == [[1, 3]]


def test_tokens_per_step() -> None:
    output = Output(text="1: 5\n2: 3 + 5 = 8\n7: 1\nanswer: 8", tokens_out=30)
    assert TokensPerStep().rows([SAMPLE], [[output]]).values.tolist() == [[16, 2]]
    assert TokensPerStep(tokens="model").rows([SAMPLE], [[output]]).values.tolist() == [[30, 2]]
    uncounted = TokensPerStep(tokens="model").rows([SAMPLE], [[Output(text="1: 5")]])
    assert uncounted.outcomes == ("undecided",)
    assert TokensPerStep().rows([SAMPLE], [[Output(text="16")]]).outcomes == ("unextracted",)
    with pytest.raises(UsageError, match='tokens_per_step: `tokens` must be one of "text", "model", got "words"'):
        TokensPerStep(tokens="words")  # type: ignore[arg-type]
