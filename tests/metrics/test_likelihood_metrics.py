"""Metrics of log-probabilities against the formulas of lm-evaluation-harness, written out here."""

from __future__ import annotations

import math
import random
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.metrics.choice_accuracy import ChoiceAccuracy, GreedyAccuracy, Normalise
from evalsuite.metrics.choice_probability import BrierScore, ChoiceProbability
from evalsuite.metrics.perplexity import BitsPerByte, BytePerplexity, Perplexity, WordPerplexity
from evalsuite.scoring import ScoringInput, score_outputs
from evalsuite.task.task import MetricSpec
from evalsuite.types import Output, Sample, Score

if TYPE_CHECKING:
    from evalsuite.metrics.base import RowMetric

TEXTS = ["A lake.", " two  words\n", "Größe 山 \U0001f3d4", "x", "one\ttwo three", "\u00a0nbsp"]


def choice_sample(i: int, choices: list[str], *right: str) -> Sample:
    return Sample(id=f"s{i}", input={}, references=right, metadata={"choices": list(choices)})


def rated(*logprobs: float, tokens: tuple[int, ...] = (), greedy: tuple[bool, ...] = ()) -> tuple[Output, ...]:
    n = len(logprobs)
    return (
        Output(
            text="", logprobs=logprobs, choice_tokens=tokens or (2,) * n, greedy=greedy or (False,) * n, sample_id="s"
        ),
    )


def drawn(n: int = 200) -> tuple[list[Sample], list[tuple[Output, ...]], list[int]]:
    draw = random.Random(5)
    samples, outputs, gold = [], [], []
    for i in range(n):
        choices = draw.sample([*TEXTS, "a long one that says more", "ä", "yes", "no"], draw.randint(2, 5))
        gold.append(draw.randrange(len(choices)))
        samples.append(choice_sample(i, choices, choices[gold[-1]]))
        outputs.append(rated(*(round(-20 * draw.random(), 0) for _ in choices), tokens=(3,) * len(choices)))
    return samples, outputs, gold


def value(metric: RowMetric, samples: list[Sample], outputs: list[tuple[Output, ...]]) -> float:
    rows = metric.rows(samples, outputs)
    return float(metric.value(rows.values[rows.scored()].sum(axis=0)))


def scored(metric: RowMetric, samples: list[Sample], outputs: list[tuple[Output, ...]]) -> Score:
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    return score_outputs(data, MetricSpec(name=metric.name, primary=True), metric)


@pytest.mark.parametrize("normalise", ["none", "characters", "bytes"])
def test_accuracies_are_those_of_lm_eval(normalise: Normalise) -> None:
    samples, outputs, gold = drawn()
    lengths = {"none": lambda text: 1.0, "characters": len, "bytes": lambda text: len(text.encode())}[normalise]
    right = []
    for sample, (output,), index in zip(samples, outputs, gold, strict=True):
        sizes = np.array([float(lengths(str(choice))) for choice in sample.metadata["choices"]])
        right.append(float(np.argmax(np.array(output.logprobs) / sizes) == index))
    assert value(ChoiceAccuracy(normalise=normalise), samples, outputs) == np.mean(right)


def test_tokens_are_the_models_own() -> None:
    sample = choice_sample(0, ["a", "b"], "b")
    assert ChoiceAccuracy().rows([sample], [rated(-3.0, -4.0, tokens=(1, 2))]).outcomes == ("wrong",)
    longer = ChoiceAccuracy(normalise="tokens").rows([sample], [rated(-3.0, -4.0, tokens=(1, 2))])
    assert longer.outcomes == ("right",)


def test_the_first_of_equals_is_taken() -> None:
    samples = [choice_sample(i, ["a", "b"], right) for i, right in enumerate("ab")]
    assert ChoiceAccuracy().rows(samples, [rated(-1.0, -1.0)] * 2).outcomes == ("right", "wrong")
    ruled_out = [rated(-math.inf, -math.inf)] * 2
    assert ChoiceAccuracy().rows(samples, ruled_out).outcomes == ("right", "wrong")


def test_several_choices_may_be_right() -> None:
    sample = choice_sample(0, ["a", "b", "c"], "a", "c")
    assert ChoiceAccuracy().rows([sample], [rated(-3.0, -2.0, -1.0)]).outcomes == ("right",)
    even = [rated(-1.0, -1.0, -1.0)]
    assert ChoiceProbability().rows([sample], even).values.tolist() == pytest.approx(np.array([[2 / 3, 1.0]]))
    assert BrierScore().rows([sample], even).values.tolist() == pytest.approx(np.array([[2 / 9, 1.0]]))


def test_probability_and_brier_score_are_those_of_the_softmax() -> None:
    samples, outputs, gold = drawn()
    shares, brier = [], []
    for (output,), index in zip(outputs, gold, strict=True):
        p = np.exp(output.logprobs) / np.exp(output.logprobs).sum()
        shares.append(p[index])
        brier.append(((p - np.eye(len(p))[index]) ** 2).sum())
    assert value(ChoiceProbability(), samples, outputs) == pytest.approx(np.mean(shares), rel=1e-12)
    assert value(BrierScore(), samples, outputs) == pytest.approx(np.mean(brier), rel=1e-12)


def test_greedy_accuracy_looks_at_right_choices_alone() -> None:
    samples = [choice_sample(i, ["a", "b"], "b") for i in range(3)]
    outputs = [rated(-1.0, -1.0, greedy=one) for one in ((True, False), (False, True), (True, True))]
    assert GreedyAccuracy().rows(samples, outputs).outcomes == ("wrong", "right", "right")


def test_perplexities_are_those_of_lm_eval() -> None:
    draw = random.Random(7)
    samples = [Sample(id=f"s{i}", input={}, references=(text, "another")) for i, text in enumerate(TEXTS)]
    logprobs = [-30 * draw.random() for _ in TEXTS]
    outputs = [rated(one, tokens=(i + 1,)) for i, one in enumerate(logprobs)]
    words = sum(len(re.split(r"\s+", text)) for text in TEXTS)
    n_bytes = sum(len(text.encode("utf-8")) for text in TEXTS)
    total = -sum(logprobs)
    assert value(WordPerplexity(), samples, outputs) == pytest.approx(math.exp(total / words), rel=1e-12)
    assert value(BytePerplexity(), samples, outputs) == pytest.approx(math.exp(total / n_bytes), rel=1e-12)
    assert value(BitsPerByte(), samples, outputs) == pytest.approx(total / n_bytes / math.log(2), rel=1e-12)
    assert value(Perplexity(), samples, outputs) == pytest.approx(math.exp(total / 21), rel=1e-12)
    assert value(Perplexity(per="text"), samples, outputs) == pytest.approx(math.exp(total / 6), rel=1e-12)


def test_perplexity_of_choices_is_that_of_the_right_one() -> None:
    samples = [choice_sample(0, ["a b", "c"], "c"), choice_sample(1, ["a b", "c"], "a b")]
    outputs = [rated(-9.0, -2.0, tokens=(5, 1)), rated(-4.0, -7.0, tokens=(5, 1))]
    assert value(Perplexity(), samples, outputs) == pytest.approx(math.exp(6 / 6))
    assert value(WordPerplexity(), samples, outputs) == pytest.approx(math.exp(6 / 3))


def test_repeats_are_one_sample() -> None:
    sample = Sample(id="s", input={}, references=("abcd",))
    output = rated(-4.0)[0]
    twice = (output, Output(text="", logprobs=(-8.0,), choice_tokens=(2,), greedy=(False,), repeat=1))
    assert value(BitsPerByte(), [sample], [twice]) == pytest.approx(12 / 8 / math.log(2))


def test_a_text_that_is_ruled_out_leaves_no_value_and_a_note() -> None:
    samples = [Sample(id=f"s{i}", input={}, references=("abcd",)) for i in range(3)]
    score = scored(BitsPerByte(), samples, [rated(-1.0), rated(-math.inf), rated(-2.0)])
    assert (score.value, score.interval, score.n_unscored) == (None, None, 0)
    assert score.notes == ("no value: the model gives 1 of the texts a probability of 0, so that it is infinite",)


def test_a_perplexity_that_is_no_number_is_told_by_its_logarithm() -> None:
    samples = [Sample(id=f"s{i}", input={}, references=("abcd",)) for i in range(3)]
    score = scored(Perplexity(per="text"), samples, [rated(-1000.0)] * 3)
    assert score.value is None
    assert score.notes == ("no value: too large for a number, its natural logarithm is 1000",)


def test_an_output_without_log_probabilities_is_undecided() -> None:
    sample, text = choice_sample(0, ["a", "b"], "a"), Sample(id="t", input={}, references=("abcd",))
    for output in (Output(text="a"), rated(-1.0)[0], rated(-1.0, -2.0, -3.0)[0]):
        for metric in (ChoiceAccuracy(), GreedyAccuracy(), ChoiceProbability(), BrierScore()):
            rows = metric.rows([sample], [(output,)])
            assert rows.outcomes == ("undecided",)
            assert np.isnan(rows.values).all()
    assert BitsPerByte().rows([text], [(Output(text="abcd"),)]).outcomes == ("undecided",)


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        (Sample(id="s", input={}, references=("a",)), "metadata.choices must be a list"),
        (choice_sample(0, ["a"], "b"), "none of its references is one of its choices"),
        (choice_sample(0, ["a"]), "has no references"),
    ],
)
def test_a_sample_without_choices_is_refused(sample: Sample, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ChoiceAccuracy().rows([sample], [rated(-1.0)])
