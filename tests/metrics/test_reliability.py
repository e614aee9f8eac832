"""Votes of several outputs, and the metrics made of them."""

from __future__ import annotations

import math
from itertools import combinations
from statistics import mean
from typing import Any

import numpy as np
import pytest

from evalsuite.errors import UsageError
from evalsuite.figures import Curve, FigureInput
from evalsuite.metrics import METRICS
from evalsuite.metrics._votes import Votes, collect_votes
from evalsuite.metrics.accuracy import Accuracy
from evalsuite.metrics.agreement import AnswerAgreement, AnswerEntropy
from evalsuite.metrics.calibration import AreaUnderRisk, Brier, ExpectedCalibrationError
from evalsuite.metrics.maj_at_k import MajAtK
from evalsuite.metrics.pass_at_k import GPassAtK, MeanGPassAtK, PassAtK, PassHatK
from evalsuite.types import Output, Sample, Score

SAMPLE = Sample(id="1", input={}, references=("answer: 18",))
TEXTS = ["answer: 18", "answer: 17", "So it is 18.0", "answer: 18%", "no idea", "answer: 17.00", "answer: $18", None]


def outputs_of(texts: list[str | None]) -> list[Output]:
    return [
        Output(text=text, repeat=i, finish_reason="error" if text is None else "stop") for i, text in enumerate(texts)
    ]


def value(metric: Any, texts: list[str | None]) -> float:
    return float(metric.rows([SAMPLE], [outputs_of(texts)]).values[0, 0])


def test_votes_are_counted_by_key() -> None:
    votes, outcome = collect_votes(outputs_of(TEXTS), ["18"])
    assert votes == Votes(right=(3,), wrong=(2,), abstained=1)  # 18 % is undecided, None an error
    assert (votes.n, votes.n_right, votes.agreement, votes.majority_right) == (6, 3, 0.5, 1.0)
    assert votes.entropy == pytest.approx(-(0.6 * math.log(0.6) + 0.4 * math.log(0.4)))
    assert outcome == "scored"
    cut = Output(text="16 + 2 = 18", finish_reason="length")
    assert collect_votes([cut], ["18"]) == (Votes(right=(), wrong=(), abstained=1), "truncated")
    assert collect_votes(outputs_of(["18%"]), ["18"]) == (None, "undecided")
    assert collect_votes(outputs_of([None, "18%"]), ["18"]) == (None, "undecided")
    assert collect_votes([], ["18"]) == (None, "error")


@pytest.mark.parametrize("k", range(1, 7))
def test_values_are_means_over_subsets(k: int) -> None:
    """Six outputs with a verdict: three right, two of one wrong answer, one without an answer."""
    kept = [text for text in TEXTS if text is not None and "%" not in text]
    right = [text in ("answer: 18", "So it is 18.0", "answer: $18") for text in kept]
    subsets = list(combinations(range(6), k))
    n_right = [sum(right[i] for i in subset) for subset in subsets]
    assert value(PassAtK(k=k), TEXTS) == pytest.approx(mean(n > 0 for n in n_right))
    assert value(PassHatK(k=k), TEXTS) == pytest.approx(mean(n == k for n in n_right))
    for tau in (0.25, 0.5, 1.0):
        expected = mean(n >= tau * k for n in n_right)
        assert value(GPassAtK(k=k, tau=tau), TEXTS) == pytest.approx(expected)
    wins = []
    for subset in subsets:
        votes = {"18": sum(right[i] for i in subset), "17": sum("17" in kept[i] for i in subset)}
        best = max(votes.values())
        wins.append((votes["18"] == best) / sum(count == best for count in votes.values()) if best else 0.0)
    assert value(MajAtK(k=k), TEXTS) == pytest.approx(mean(wins))


def test_at_one_all_are_the_accuracy() -> None:
    samples = [SAMPLE] * 3
    outputs = [
        outputs_of(["answer: 18", "answer: 1"]),
        outputs_of(["18", "no"]),
        outputs_of(["answer: 2", "answer: 2"]),
    ]
    sums = Accuracy().rows(samples, outputs).values.sum(axis=0)
    for metric in (PassAtK(), PassHatK(), GPassAtK(), MajAtK()):
        assert float(metric.value(metric.rows(samples, outputs).values.sum(axis=0))) == sums[0] / sums[1]


def test_too_few_outputs_have_no_value() -> None:
    for metric in (PassAtK(k=3), MeanGPassAtK(), AnswerAgreement(), AnswerEntropy(), Brier()):
        rows = metric.rows([SAMPLE], [outputs_of(["answer: 18"])])
        assert np.isnan(rows.values).all()
        assert rows.outcomes == ("undecided",)
    rows = AreaUnderRisk().rows([SAMPLE], [outputs_of(["answer: 18"])])
    assert np.isnan(rows.values).all()
    assert np.isnan(value(AnswerEntropy(), ["no", "idea"]))
    assert value(AnswerAgreement(), ["no", "idea"]) == 0.0


def test_calibration_of_agreement() -> None:
    sure, unsure, tie = ["answer: 18"] * 4, ["answer: 17"] * 2 + ["answer: 5", "no"], ["answer: 18", "answer: 17"] * 2
    samples, outputs = [SAMPLE] * 3, [outputs_of([*texts]) for texts in (sure, unsure, tie)]
    for metric in (ExpectedCalibrationError(), AreaUnderRisk()):
        assert metric.rows(samples, outputs).values.tolist() == [[1.0, 1.0], [0.5, 0.0], [0.5, 0.5]]
    assert Brier().rows(samples, outputs).values[:, 0].tolist() == [0.0, 0.25, 0.25]


def test_options_are_checked() -> None:
    with pytest.raises(UsageError, match=r"g_pass_at_k: `tau` must be a number in \(0, 1\], got 1.5"):
        GPassAtK(tau=1.5)
    with pytest.raises(UsageError, match=r"mg_pass_at_k: `k` must be an integer in \[2, 10000\], got 1"):
        MeanGPassAtK(k=1)


def test_curve_by_k() -> None:
    samples = [Sample(id=str(i), input={}, references=("answer: 18",), cluster=f"t{i % 6}") for i in range(12)]
    outputs = [outputs_of([f"answer: {18 if j <= i % 6 else j}" for j in range(5)]) for i in range(12)]
    metric = PassAtK()
    score = Score(
        metric="pass_at_k",
        signature=metric.signature(),
        value=0.5,
        interval=None,
        higher_is_better=True,
        primary=True,
        n=12,
        n_unscored=0,
        n_clusters=6,
        outcomes={},
    )
    (figure,) = metric.figures(FigureInput(task_name="t", score=score, samples=samples, outputs=outputs))
    assert isinstance(figure.content, Curve)
    assert figure.content.x == (1, 2, 4, 5)
    assert figure.content.y[-1] == 1.0
    assert all(
        low <= y <= high
        for low, y, high in zip(*[getattr(figure.content, a) for a in ("low", "y", "high")], strict=True)
    )


def test_a_signature_says_how_many_outputs_it_takes() -> None:
    for name in ("pass_at_k", "pass_hat_k", "g_pass_at_k", "mg_pass_at_k", "maj_at_k"):
        metric = METRICS.get(name)
        assert metric.repeats_needed(metric(k=8).signature()) == 8
    assert METRICS.get("answer_agreement").repeats_needed("answer_agreement|version:1") == 2
    assert METRICS.get("accuracy").repeats_needed("accuracy|k:8|version:1") == 1
