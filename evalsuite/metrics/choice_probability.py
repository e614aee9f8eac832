"""How much probability the right choice has among all, and the Brier score of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from evalsuite.metrics._likelihoods import choice_outputs, judge_choices
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, FloatArray, Rows, SampleOutputs
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.metrics._likelihoods import RatedChoices
    from evalsuite.metrics._outputs import Judgement
    from evalsuite.types import Ask, Outcome

__all__ = ["BrierScore", "ChoiceProbability"]


@dataclass(frozen=True)
class _MeanOfShares(QuotientMetric):
    """Mean of a number made of the choices' shares of their common probability."""

    asks: ClassVar[tuple[Ask, ...]] = ("choices",)

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            outcome, row = judge_choices(self.name, sample, sample_outputs, self._judge)
            outcomes.append(outcome)
            if row is not None:
                values[i] = row[0] / row[1], 1.0
        return Rows(values=values, outcomes=tuple(outcomes))

    def _judge(self, rated: RatedChoices) -> Judgement:
        return "scored", (self._number(_shares(rated.logprobs), np.asarray(rated.right)), 1.0)

    def _number(self, shares: FloatArray, right: NDArray[np.bool_]) -> float:
        raise NotImplementedError

    def example(self) -> Example:
        """Return all the probability on the right choice, most of it, and none."""
        samples = (
            Sample(id="1", input={}, references=("Paris",), metadata={"choices": ["Paris", "Lyon"]}),
            Sample(id="2", input={}, references=("seven",), metadata={"choices": ["three", "seven"]}),
        )
        impossible = -np.inf
        return Example(
            samples=samples,
            best=choice_outputs(samples, [(-0.5, impossible), (impossible, -1.0)]),
            worse=choice_outputs(samples, [(-0.5, -2.0), (-3.0, -1.0)]),
            worst=choice_outputs(samples, [(impossible, -0.5), (-1.0, impossible)]),
        )


def _shares(logprobs: Sequence[float]) -> FloatArray:
    """Return probabilities that sum to 1: equal ones where the model rules all choices out."""
    values = np.asarray(logprobs, dtype=np.float64)
    most = values.max()
    weights = np.exp(values - most) if np.isfinite(most) else np.ones(len(values))
    return np.asarray(weights / weights.sum(), dtype=np.float64)


@dataclass(frozen=True)
class ChoiceProbability(_MeanOfShares):
    """Choice probability: share of the choices' probability that is on right ones, mean over samples, 0-1.

    Notes
    -----
    ``sum over right i of P(choice_i | prompt) / sum over all i``. Unlike accuracy it tells a sure choice from a narrow
    one, and moves before the likeliest choice does [1]_. Where the model rules all choices out they share alike. Range
    0 to 1; higher is better.

    A row is [share, 1], the share averaged over the repeats of a sample; the outcome is ``scored``, or ``undecided`` of
    an output without a log-probability for each choice.

    References
    ----------
    .. [1] Schaeffer, Miranda and Koyejo, "Are emergent abilities of large language models a mirage?", NeurIPS 2023,
       for scores that are continuous in the model's probabilities.

    Examples
    --------
    >>> import math
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("b",), metadata={"choices": ["a", "b"]})
    >>> output = Output(text="b", logprobs=(math.log(0.1), math.log(0.3)), choice_tokens=(1, 1), greedy=(False, True))
    >>> ChoiceProbability().rows([sample], [[output]]).values.round(6)
    array([[0.75, 1.  ]])
    """

    name = "choice_probability"
    value_range = (0.0, 1.0)

    def _number(self, shares: FloatArray, right: NDArray[np.bool_]) -> float:
        return float(min(1.0, shares[right].sum()))


@dataclass(frozen=True)
class BrierScore(_MeanOfShares):
    """Brier score of choices: squared distance of their probabilities from the truth, mean over samples, 0-2.

    Notes
    -----
    ``sum_i (p_i - o_i)^2`` [1]_, where the ``p_i`` are the probabilities of the choices, made to sum to 1, and ``o_i``
    is 1 for the right one and 0 for others: ``brier_score`` of lm-evaluation-harness. Several right choices count as
    one, whose probability is their sum. Range 0 to 2; lower is better.

    Outcomes and rows are those of `evalsuite.metrics.choice_probability.ChoiceProbability`. Agreement of repeated texts
    is scored by `evalsuite.metrics.calibration.Brier`.

    References
    ----------
    .. [1] Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1950, eq. 2.

    Examples
    --------
    >>> import math
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("b",), metadata={"choices": ["a", "b"]})
    >>> output = Output(text="b", logprobs=(math.log(0.1), math.log(0.3)), choice_tokens=(1, 1), greedy=(False, True))
    >>> BrierScore().rows([sample], [[output]]).values.round(6)
    array([[0.125, 1.   ]])
    """

    name = "brier_score"
    higher_is_better = False
    value_range = (0.0, 2.0)

    def _number(self, shares: FloatArray, right: NDArray[np.bool_]) -> float:
        return float((1.0 - min(1.0, shares[right].sum())) ** 2 + (shares[~right] ** 2).sum())
