"""How good a confidence the agreement of a sample's outputs is: ECE, Brier score, area under risk and coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.figures import Curve, Figure, FigureInput
from evalsuite.metrics._answers import gold_answers
from evalsuite.metrics._options import check_integer
from evalsuite.metrics._votes import VoteMetric, Votes, collect_votes, repeated_outputs
from evalsuite.metrics.base import CurveMetric, Example, FloatArray, Rows, SampleOutputs
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Outcome

__all__ = ["AreaUnderRisk", "Brier", "ExpectedCalibrationError"]

_POINTS = 50


class _Calibration(CurveMetric):
    """Rows of agreement and whether the most frequent answer is right."""

    higher_is_better = False
    value_range = (0.0, 1.0)

    @property
    def n_columns(self) -> int:
        """Agreement, and the share of the most frequent answers that is right."""
        return 2

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            votes, outcome = collect_votes(sample_outputs, gold_answers(self.name, sample))
            if votes is not None and votes.n > 1:
                values[i] = votes.agreement, votes.majority_right
            elif outcome in ("right", "wrong", "scored"):
                outcome = "undecided"
            outcomes.append(outcome)
        return Rows(values=values, outcomes=tuple(outcomes))

    def example(self) -> Example:
        """Return sure and right, unsure and wrong, sure and wrong."""
        return _example()


def _example() -> Example:
    samples = tuple(Sample(id=str(i), input={}, references=("answer: 12",)) for i in range(2))
    right, split, wrong = (
        [f"answer: {x}" for x in said] for said in ((12, 12, 12, 12), (13, 13, 14, 15), (13, 13, 13, 13))
    )
    return Example(
        samples=samples,
        best=repeated_outputs(samples, [right, right]),
        worse=repeated_outputs(samples, [right, split]),
        worst=repeated_outputs(samples, [wrong, wrong]),
    )


@dataclass(frozen=True)
class ExpectedCalibrationError(_Calibration):
    """ECE: how far agreement is from how often the majority is right, 0-1; lower is better.

    Parameters
    ----------
    bins : int, default 10
        Bins of equal width, in [1, 1000].

    Notes
    -----
    The confidence of a sample is `evalsuite.metrics.agreement.AnswerAgreement`, and it is right if the most frequent
    answer is; of a tie the share that is right counts. ``ECE = sum over bins of |right - confidence| / n`` [1]_, both
    summed within a bin. Range 0 to 1; lower is better.

    It is too high on average for few samples, the more so with more bins, and low for a model that is right on a share
    p of the samples and always says p: read it beside `AreaUnderRisk`. It takes two outputs a sample (else
    ``undecided``).

    A row is [agreement, right].

    References
    ----------
    .. [1] Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017, equation 3.

    Examples
    --------
    >>> ExpectedCalibrationError().value(np.array([[1.0, 1.0], [0.5, 1.0], [0.5, 0.0]]))
    0.0
    """

    name = "ece"
    least_repeats = 2

    bins: int = 10

    def __post_init__(self) -> None:
        check_integer(self.name, "bins", self.bins, 1, 1000)

    def _value(self, rows: FloatArray) -> float:
        rows = np.asarray(rows, dtype=np.float64)
        return stats.calibration_error(rows[:, 0], rows[:, 1], self.bins)


@dataclass(frozen=True)
class AreaUnderRisk(_Calibration):
    """AURC: errors left where the least agreed samples are passed over, over coverages, 0-1; lower is better.

    Notes
    -----
    Samples in falling order of `evalsuite.metrics.agreement.AnswerAgreement`; the risk at coverage ``i / n`` is the
    share of the first i whose most frequent answer is wrong; the value is the mean over i of 1 to n [1]_. Equally
    agreed samples count as in the mean over all orders of them. Range 0 to 1; lower is better. It falls with accuracy,
    too: a confidence that tells nothing has the error of the majority.

    It takes two outputs a sample (else ``undecided``). A row is [agreement, right].

    References
    ----------
    .. [1] Geifman and El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017, arXiv:1705.08500.

    Examples
    --------
    >>> round(AreaUnderRisk().value(np.array([[0.9, 1.0], [0.5, 0.0], [0.5, 1.0], [0.1, 0.0]])), 3)
    0.271
    """

    name = "aurc"
    least_repeats = 2

    def _value(self, rows: FloatArray) -> float:
        rows = np.asarray(rows, dtype=np.float64)
        return stats.area_under_risk(rows[:, 0], rows[:, 1])

    def figures(self, data: FigureInput) -> Sequence[Figure]:
        """Return the usual curves, and the risk at each coverage."""
        figures = list(super().figures(data))
        if data.values is None:
            return figures
        rows = np.asarray(data.values, dtype=np.float64)
        rows = rows[~np.isnan(rows).any(axis=1)]
        if len(rows) < 2:
            return figures
        risks = stats.risk_by_coverage(rows[:, 0], rows[:, 1])
        places = np.unique(np.linspace(0, len(risks) - 1, min(_POINTS, len(risks))).round().astype(np.int64))
        nothing = (None,) * len(places)
        curve = Curve(
            x=tuple(float((place + 1) / len(risks)) for place in places),
            y=tuple(float(risks[place]) for place in places),
            low=nothing,
            high=nothing,
            n=tuple(int(place + 1) for place in places),
            x_label="coverage (share of samples answered, most agreed first)",
            y_label="risk (share of these that are wrong)",
            share=True,
        )
        caption = "Errors among the samples whose outputs agree most, by how many samples are answered; without bands."
        return [*figures, Figure(title="risk by coverage", caption=caption, content=curve)]


@dataclass(frozen=True)
class Brier(VoteMetric):
    """Brier score: squared distance of agreement from right or wrong, 0-1; lower is better.

    Notes
    -----
    ``(agreement - right)^2`` [1]_, with agreement and right as in `ExpectedCalibrationError`; of a tie in which a share
    s is right, ``s * (agreement - 1)^2 + (1 - s) * agreement^2``. A proper score: no other confidence than the true
    chance does better on average. Range 0 to 1; lower is better.

    It takes two outputs a sample (else ``undecided``). A row is [squared distance, 1].

    References
    ----------
    .. [1] Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1950.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=f"answer: {x}", repeat=i) for i, x in enumerate([17, 17, 18, 17])]
    >>> Brier().rows([Sample(id="1", input={}, references=("answer: 18",))], [outputs]).values
    array([[0.5625, 1.    ]])
    """

    name = "brier"
    least_repeats = 2
    higher_is_better = False
    value_range = (0.0, 1.0)

    def _number(self, votes: Votes) -> float | None:
        if votes.n < 2:
            return None
        said, right = votes.agreement, votes.majority_right
        return right * (said - 1.0) ** 2 + (1.0 - right) * said**2

    def example(self) -> Example:
        """Return sure and right, unsure and wrong, sure and wrong."""
        return _example()
