"""How far the outputs of a sample agree, whatever is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.metrics._votes import VoteMetric, repeated_outputs
from evalsuite.metrics.base import Example
from evalsuite.types import Sample

if TYPE_CHECKING:
    from evalsuite.metrics._votes import Votes

__all__ = ["AnswerAgreement", "AnswerEntropy"]


@dataclass(frozen=True)
class _Agreement(VoteMetric):
    def example(self) -> Example:
        """Return outputs that agree, some that do not, and as many answers as outputs."""
        samples = tuple(Sample(id=str(i), input={}, references=("answer: 12",)) for i in range(2))
        agree, split, apart = (
            [f"answer: {x}" for x in said] for said in ((12, 12, 12, 12), (12, 12, 13, 14), (12, 13, 14, 15))
        )
        return Example(
            samples=samples,
            best=repeated_outputs(samples, [agree, agree]),
            worse=repeated_outputs(samples, [agree, split]),
            worst=repeated_outputs(samples, [apart, apart]),
        )


@dataclass(frozen=True)
class AnswerAgreement(_Agreement):
    """Agreement: share of a sample's outputs that give its most frequent answer, mean over samples, 0-1.

    Notes
    -----
    ``largest vote / n``, by `evalsuite.answers.answer_key`, outputs without an answer among the n, those whose answer
    is undecided or in error not. It takes two outputs at least (else ``undecided``). Range 0 to 1; higher is more
    consistent, right or wrong. As a confidence in the most frequent answer it costs nothing beyond the outputs; how
    good a one it is, `evalsuite.metrics.calibration` measures.

    A row is [share, 1].

    References
    ----------
    .. [1] Wang et al., "Self-consistency improves chain of thought reasoning in language models", ICLR 2023,
       arXiv:2203.11171, section 3.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=f"answer: {x}", repeat=i) for i, x in enumerate([17, 17, 18, 17])]
    >>> AnswerAgreement().rows([Sample(id="1", input={}, references=("answer: 18",))], [outputs]).values
    array([[0.75, 1.  ]])
    """

    name = "answer_agreement"
    least_repeats = 2
    value_range = (0.0, 1.0)

    def _number(self, votes: Votes) -> float | None:
        return votes.agreement if votes.n > 1 else None


@dataclass(frozen=True)
class AnswerEntropy(_Agreement):
    """Answer entropy: of the answers to a sample, in nats, mean over samples; lower is more consistent.

    Notes
    -----
    ``-sum(p * log(p))`` over the different answers, by `evalsuite.answers.answer_key`: for short answers the exact case
    of semantic entropy [1]_. Outputs without an answer do not count here, nor those that are undecided or in error; it
    takes two outputs, and an answer, at least. Of n outputs it is at most ``log(n)``, and too low on average for few.
    From 0 up; lower is more consistent, right or wrong.

    A row is [entropy, 1].

    References
    ----------
    .. [1] Farquhar, Kossen, Kuhn and Gal, "Detecting hallucinations in large language models using semantic entropy",
       Nature 630, 2024.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=f"answer: {x}", repeat=i) for i, x in enumerate([17, 17, 18, 18])]
    >>> AnswerEntropy().rows([Sample(id="1", input={}, references=("answer: 18",))], [outputs]).values.round(3)
    array([[0.693, 1.   ]])
    """

    name = "answer_entropy"
    least_repeats = 2
    higher_is_better = False
    value_range = (0.0, float("inf"))

    def _number(self, votes: Votes) -> float | None:
        return votes.entropy if votes.n > 1 else None
