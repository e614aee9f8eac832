"""What several outputs of one sample answer: votes by canonical key, right ones and wrong ones."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.answers import answer_key
from evalsuite.metrics._answers import FinalAnswer, gold_answers, judge_answer
from evalsuite.metrics._outputs import text_of
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Rows, SampleOutputs, final_outputs
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Outcome, Sample

__all__ = ["VoteMetric", "Votes", "collect_votes", "repeated_outputs", "shared_outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """The outputs of a sample that have a verdict.

    Parameters
    ----------
    right, wrong : tuple of int
        How many give each different answer that is right, and each that is wrong; the most frequent first.
    abstained : int
        How many give none: no answer was found, it was cut off, or the model refused.
    """

    right: tuple[int, ...]
    wrong: tuple[int, ...]
    abstained: int

    @property
    def n_right(self) -> int:
        """Outputs that are right."""
        return sum(self.right)

    @property
    def n(self) -> int:
        """Outputs with a verdict."""
        return sum(self.right) + sum(self.wrong) + self.abstained

    @property
    def agreement(self) -> float:
        """Share of the outputs that give the most frequent answer; 0 where nobody answers."""
        return max([*self.right, *self.wrong], default=0) / self.n

    @property
    def majority_right(self) -> float:
        """Whether the most frequent answer is right, 0 or 1; of a tie, the share that is."""
        best = max([*self.right, *self.wrong], default=0)
        n_best = self.right.count(best) + self.wrong.count(best)
        return self.right.count(best) / n_best if n_best else 0.0

    @property
    def entropy(self) -> float:
        """Entropy of the answers given, in nats; NaN where nobody answers."""
        counts = [*self.right, *self.wrong]
        total = sum(counts)
        if not total:
            return float("nan")
        return max(0.0, math.log(total) - math.fsum(count * math.log(count) for count in counts) / total)


def collect_votes(outputs: SampleOutputs, golds: Sequence[str]) -> tuple[Votes | None, Outcome]:
    """Return the votes of a sample's repeats, None where none has a verdict, and the outcome of the sample.

    An answer that cannot be compared with the right one (undecided) has no vote, and takes no place.
    """
    known: dict[tuple[str, str], FinalAnswer] = {}
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    abstained = 0
    outcomes: list[Outcome] = []
    for output in final_outputs(outputs):
        text = text_of(output)
        if text is None:
            outcomes.append("error")
            continue
        place = (text, output.finish_reason)
        if place not in known:
            known[place] = judge_answer(output, text, golds)
        answer = known[place]
        outcomes.append(answer.outcome)
        key = answer_key(answer.text)
        if answer.outcome in ("right", "wrong") and key is not None:
            (right if answer.outcome == "right" else wrong)[key] += 1
        elif answer.outcome != "undecided":
            abstained += 1
    outcome = shared_outcome(outcomes)
    if not (right or wrong or abstained):
        return None, outcome
    counts = (tuple(sorted(votes.values(), reverse=True)) for votes in (right, wrong))
    return Votes(right=next(counts), wrong=next(counts), abstained=abstained), outcome


def shared_outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome of a sample from those of its repeats: the one all share, else whether any was decided."""
    if len(set(outcomes)) == 1:
        return outcomes[0]
    decided = [outcome for outcome in outcomes if outcome not in ("error", "undecided")]
    if decided:
        return "scored"
    return "undecided" if outcomes else "error"


@dataclass(frozen=True)
class VoteMetric(QuotientMetric):
    """Mean over samples of a number of their votes; a row is [number, 1]."""

    @abstractmethod
    def _number(self, votes: Votes) -> float | None:
        """Return the number; None or NaN where the votes are too few."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        numbers: dict[Votes, float | None] = {}
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            votes, outcome = collect_votes(sample_outputs, gold_answers(self.name, sample))
            if votes is not None and votes not in numbers:
                numbers[votes] = self._number(votes)
            number = None if votes is None else numbers[votes]
            if number is not None and not math.isnan(number):
                values[i] = number, 1.0
            elif outcome in ("right", "wrong", "scored"):
                outcome = "undecided"
            outcomes.append(outcome)
        return Rows(values=values, outcomes=tuple(outcomes))


def repeated_outputs(samples: Sequence[Sample], texts: Sequence[Sequence[str]]) -> tuple[SampleOutputs, ...]:
    """Return outputs with these texts, several a sample."""
    return tuple(
        tuple(Output(text=text, sample_id=sample.id, repeat=i) for i, text in enumerate(said))
        for sample, said in zip(samples, texts, strict=True)
    )
