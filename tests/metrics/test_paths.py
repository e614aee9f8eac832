"""Outputs of a sample against one another."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from evalsuite.metrics.path_agreement import PathAgreement
from evalsuite.metrics.selfcheck_ngram import SelfCheckNgram
from evalsuite.types import Output, Sample
from tests.reference import edit
from tests.reference import surprise as twin

SAMPLE = Sample(id="1", input={})
TEXTS = ["1: 5 + 3 = 8\n2: 8 x 2 = 16\n\nanswer: 16", "1: 5 + 3 = 8\n2: 16", "1: 5 + 3 = 9\n2: 18\nanswer: 18"]


def outputs_of(texts: list[str]) -> list[Output]:
    return [Output(text=text, repeat=i) for i, text in enumerate(texts)]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("smoothing", [0, 1])
def test_surprise_equals_plain_counts(order: int, smoothing: int) -> None:
    texts = [[line.split() for line in text.split("\n")] for text in TEXTS]
    rows = twin.surprises(texts, order, smoothing, own=True)
    mean = np.mean([sum(a for a, _ in text) / sum(map(len, lines)) for text, lines in zip(rows, texts, strict=True)])
    greatest = np.mean(
        [
            np.mean([b for (_, b), line in zip(text, lines, strict=True) if line])
            for text, lines in zip(rows, texts, strict=True)
        ]
    )
    for summary, expected in (("mean", mean), ("max", greatest)):
        metric = SelfCheckNgram(order=order, smoothing=smoothing, summary=summary, tokenize="none")  # type: ignore[arg-type]
        assert metric.rows([SAMPLE], [outputs_of(TEXTS)]).values[0, 0] == pytest.approx(float(expected), rel=1e-12)


def test_similarity_is_the_mean_over_pairs() -> None:
    words = [text.split() for text in TEXTS]
    expected = np.mean([edit.lcs_f(a, b) for a, b in combinations(words, 2)])
    assert PathAgreement().rows([SAMPLE], [outputs_of(TEXTS)]).values[0, 0] == pytest.approx(float(expected))


@pytest.mark.parametrize("metric", [PathAgreement(), SelfCheckNgram()])
def test_two_outputs_are_needed(metric: Any) -> None:
    rows = metric.rows([SAMPLE] * 2, [outputs_of(TEXTS[:1]), outputs_of(TEXTS)])
    assert rows.outcomes == ("undecided", "scored")
    assert rows.scored().tolist() == [False, True]


def test_pairs_without_a_value_are_left_out() -> None:
    texts = outputs_of(["a b c", "a b c", ""])
    assert PathAgreement(similarity="overlap", order=2).rows([SAMPLE], [texts]).values[0, 0] == 1.0
    metric = PathAgreement(similarity="jaccard", order=2)
    assert metric.rows([SAMPLE], [texts]).values[0, 0] == pytest.approx(1 / 3)  # 1, 0 and 0
    assert metric.rows([SAMPLE], [outputs_of(["", "a"])]).outcomes == ("undecided",)
    assert SelfCheckNgram().rows([SAMPLE], [outputs_of(["", "a"])]).outcomes == ("undecided",)
