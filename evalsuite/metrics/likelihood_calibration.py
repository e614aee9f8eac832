"""How good a confidence the likelihood of what a model wrote is: ECE, area under risk and coverage."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._answers import gold_answers, judge_answer
from evalsuite.metrics._outputs import text_of
from evalsuite.metrics.base import Example, FloatArray, Rows, SampleOutputs, final_outputs
from evalsuite.metrics.calibration import AreaUnderRisk, ExpectedCalibrationError
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Outcome

__all__ = ["LikelihoodAreaUnderRisk", "LikelihoodCalibrationError"]

_NO_VALUE = (
    "no value: no output that could be judged has the log-probabilities of its tokens; they are there with the option "
    "logprobs=true of hf: and openai:, where the server sends them"
)


@dataclass(frozen=True)
class LikelihoodCalibrationError(ExpectedCalibrationError):
    """ECE of likelihood: how far the probability of an output is from its being right, 0-1; lower is better.

    Parameters
    ----------
    bins : int, default 10
        Bins of equal width, in [1, 1000].

    Notes
    -----
    The confidence of an output is the geometric mean of the probabilities of its tokens, ``exp(mean log p)``: the
    likelihood, normalised by length [1]_. It is right as `evalsuite.metrics.accuracy.Accuracy` says; of several outputs
    of a sample the first counts. The rest is as in `evalsuite.metrics.calibration.ExpectedCalibrationError`.

    It takes models that tell the probabilities of their tokens, such as ``hf:PATH,logprobs=true`` and
    ``openai:MODEL,logprobs=true``: an output without is ``undecided``, but for a refusal. A row is [confidence, right].

    References
    ----------
    .. [1] Malinin and Gales, "Uncertainty estimation in autoregressive structured prediction", ICLR 2021,
       arXiv:2002.07650, section 3.

    Examples
    --------
    >>> LikelihoodCalibrationError().value(np.array([[0.75, 1.0], [0.75, 1.0], [0.75, 0.0], [0.75, 1.0]]))
    0.0
    """

    name = "likelihood_ece"
    least_repeats = 1

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say why there is no value, where there is none."""
        del reference
        return () if len(features) else (_NO_VALUE,)

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        return _rows(self.name, samples, outputs)

    def example(self) -> Example:
        """Return sure and right, unsure and wrong, sure and wrong."""
        return _example()


@dataclass(frozen=True)
class LikelihoodAreaUnderRisk(AreaUnderRisk):
    """AURC of likelihood: errors left where the least likely outputs are passed over, 0-1; lower is better.

    Notes
    -----
    As `evalsuite.metrics.calibration.AreaUnderRisk`, with the confidence of
    `evalsuite.metrics.likelihood_calibration.LikelihoodCalibrationError`: the geometric mean of the probabilities of an
    output's tokens. Range 0 to 1; lower is better.

    It takes models that tell the probabilities of their tokens, such as ``hf:PATH,logprobs=true`` and
    ``openai:MODEL,logprobs=true``: an output without is ``undecided``. A row is [confidence, right].

    References
    ----------
    .. [1] Geifman and El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017, arXiv:1705.08500.

    Examples
    --------
    >>> round(LikelihoodAreaUnderRisk().value(np.array([[0.9, 1.0], [0.8, 1.0], [0.1, 0.0]])), 3)
    0.111
    """

    name = "likelihood_aurc"
    least_repeats = 1

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say why there is no value, where there is none."""
        del reference
        return () if len(features) else (_NO_VALUE,)

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        return _rows(self.name, samples, outputs)

    def example(self) -> Example:
        """Return sure and right, unsure and wrong, sure and wrong."""
        return _example()


def _rows(metric: str, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
    values = np.full((len(samples), 2), np.nan)
    outcomes: list[Outcome] = []
    for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
        output = next(iter(final_outputs(sample_outputs)), None)
        text = None if output is None else text_of(output)
        if output is None or text is None:
            outcomes.append("error")
            continue
        outcome = judge_answer(output, text, gold_answers(metric, sample)).outcome
        if output.token_logprobs and outcome != "undecided":
            values[i] = math.exp(math.fsum(output.token_logprobs) / len(output.token_logprobs)), outcome == "right"
        elif outcome != "refused":
            outcome = "undecided"
        outcomes.append(outcome)
    return Rows(values=values, outcomes=tuple(outcomes))


def _example() -> Example:
    samples = tuple(Sample(id=str(i), input={}, references=("answer: 12",)) for i in range(2))
    sure, unsure = (0.0, 0.0), (-1.0, -1.2)

    def said(*each: tuple[str, tuple[float, ...]]) -> tuple[SampleOutputs, ...]:
        made = (Output(text=text, token_logprobs=logprobs) for text, logprobs in each)
        return tuple((replace(output, sample_id=sample.id),) for sample, output in zip(samples, made, strict=True))

    return Example(
        samples=samples,
        best=said(("answer: 12", sure), ("answer: 12", sure)),
        worse=said(("answer: 12", sure), ("answer: 13", unsure)),
        worst=said(("answer: 13", sure), ("answer: 13", sure)),
    )
