"""Accuracy of final answers, with what could not be decided kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from evalsuite.answers import AnswerPolicy, Extraction
from evalsuite.answers.verification import verify_all
from evalsuite.errors import DependencyError
from evalsuite.kernels.answers import RULES, extract_answers
from evalsuite.metrics._answers import gold_answers, judge_answer
from evalsuite.metrics._options import check_choice, check_flag
from evalsuite.metrics._outputs import Judgement, example_outputs, judge_repeats, text_of
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, Rows, SampleOutputs, final_outputs
from evalsuite.types import Outcome, Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.answers import Verdict
    from evalsuite.answers.policies import MixedPolicy, PercentPolicy, ScientificPolicy, UnitsPolicy

__all__ = ["Accuracy", "UndecidedPolicy"]

UndecidedPolicy: TypeAlias = Literal["apart", "wrong"]


@dataclass(frozen=True)
class Accuracy(QuotientMetric):
    r"""Accuracy: share of final answers that are right, 0-1.

    Parameters
    ----------
    percent : {"apart", "ignored", "hundredths"}, default "apart"
        ``10%`` against 10 or 0.1: undecided, as 10, or as 0.1.
    units : {"lenient", "ignored", "same"}, default "lenient"
        Units and currencies matter where both answers have one, never, or always; where they differ: undecided.
    mixed : {"undecided", "sum"}, default "undecided"
        ``2 1/2``: undecided, or 2.5.
    scientific : {"power", "undecided"}, default "power"
        ``1e3``: 1000, or undecided.
    algebra : bool, default False
        Let math-verify (extra ``math``) settle expressions, with a deadline of 5 seconds each. By default they are
        undecided, so that a score depends neither on another package nor on the machine's speed.
    undecided : {"apart", "wrong"}, default "apart"
        Answers that cannot be settled: no verdict, or wrong. The latter is for tasks that say in what form an answer is
        to be written: who hedges there ("red, or maybe blue") has not answered.

    Notes
    -----
    ``accuracy = right / (n - error - undecided)``. The answer is extracted from the output, and from a reference that
    marks one (``answer: X``, ``#### X``, a box), by `evalsuite.answers.extract_answer`; any other reference is itself
    the answer. `evalsuite.answers.verify` says whether the two are equal; it is right if it equals any reference's
    answer. Range 0 to 1; higher is better.

    Outcomes: ``right``; ``wrong``; ``undecided`` (comparing could not settle it: no value); ``unextracted`` (no answer
    was found: not right); ``truncated`` (the token budget ended the output before it marked an answer, by ``answer:``,
    ``####`` or a box, so that other numbers in it are on the way: not right); ``refused`` (not right); ``error`` (no
    value).

    A row is [right, counted], summed over the repeats of a sample; the outcome is the one that all repeats share, else
    ``scored``.

    References
    ----------
    .. [1] Cobbe et al., "Training verifiers to solve math word problems", 2021, arXiv:2110.14168, for the task;
       the extraction rules are described with `evalsuite.answers`.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> samples = [Sample(id=str(i), input={}, references=("answer: 18",)) for i in range(3)]
    >>> outputs = [[Output(text="So it is 18.\nanswer: 18")], [Output(text="answer: 17")], [Output(text="No idea.")]]
    >>> rows = Accuracy().rows(samples, outputs)
    >>> rows.outcomes
    ('right', 'wrong', 'unextracted')
    >>> Accuracy().value(rows.values.sum(axis=0)).round(3)
    np.float64(0.333)
    """

    name = "accuracy"
    version = 2
    proportion = True
    value_range = (0.0, 1.0)

    percent: PercentPolicy = "apart"
    units: UnitsPolicy = "lenient"
    mixed: MixedPolicy = "undecided"
    scientific: ScientificPolicy = "power"
    algebra: bool = False
    undecided: UndecidedPolicy = "apart"

    def __post_init__(self) -> None:
        check_choice(self.name, "percent", self.percent, ("apart", "ignored", "hundredths"))
        check_choice(self.name, "units", self.units, ("lenient", "ignored", "same"))
        check_choice(self.name, "mixed", self.mixed, ("undecided", "sum"))
        check_choice(self.name, "scientific", self.scientific, ("power", "undecided"))
        check_flag(self.name, "algebra", self.algebra)
        check_choice(self.name, "undecided", self.undecided, ("apart", "wrong"))

    def signature(self) -> str:
        """Return the options and the version, and with algebra that of math-verify."""
        signature = super().signature()
        return f"{signature}|math-verify:{self._algebra_version()}" if self.algebra else signature

    def check(self) -> None:
        """Find out whether math-verify is there, if algebra is asked for.

        Raises
        ------
        DependencyError
            If it is not.
        """
        if self.algebra and self._algebra_version() == "missing":
            raise DependencyError(f"{self.name}: `algebra` takes math-verify: pip install 'evalsuite[math]'")

    @staticmethod
    def _algebra_version() -> str:
        try:
            return version("math-verify")
        except PackageNotFoundError:
            return "missing"

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        self.check()
        golds = [gold_answers(self.name, sample) for sample in samples]
        texts = [
            [text for output in final_outputs(sample_outputs) if (text := text_of(output)) is not None]
            for sample_outputs in outputs
        ]
        found = _extract({text for group in texts for text in group})
        pairs = {
            (answer, gold)
            for group, right in zip(texts, golds, strict=True)
            for text in group
            if (answer := found[text].text) is not None
            for gold in right
        }
        verdicts = self._verify(sorted(pairs))
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample_outputs, right) in enumerate(zip(outputs, golds, strict=True)):
            outcome, row = judge_repeats(sample_outputs, partial(_judge, golds=right, found=found, verdicts=verdicts))
            outcomes.append(outcome)
            if row is not None:
                values[i] = row
        return Rows(values=values, outcomes=tuple(outcomes))

    def _verify(self, pairs: list[tuple[str, str]]) -> dict[tuple[str, str], Verdict]:
        policy = AnswerPolicy(percent=self.percent, units=self.units, mixed=self.mixed, scientific=self.scientific)
        answers, golds = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        verified = verify_all(answers, golds, policy=policy, extract=False, algebra=self.algebra)
        settled: Verdict = "undecided" if self.undecided == "apart" else "wrong"
        verdicts = [settled if verdict == "undecided" else verdict for verdict in verified.verdicts]
        return dict(zip(pairs, verdicts, strict=True))

    def example(self) -> Example:
        """Return two right answers, one, and none."""
        samples = (
            Sample(id="1", input={}, references=("answer: 12",)),
            Sample(id="2", input={}, references=("answer: 7",)),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["1: 5\n2: 12\nanswer: 12", "answer: 7"]),
            worse=example_outputs(samples, ["1: 5\n2: 12\nanswer: 12", "answer: 8"]),
            worst=example_outputs(samples, ["answer: 13", ""]),
        )


def _extract(texts: set[str]) -> dict[str, Extraction]:
    """Find all final answers in one call."""
    listed = list(texts)
    rules, answers = extract_answers(listed)
    return {
        text: Extraction(text=answer, rule=RULES[rule])
        for text, answer, rule in zip(listed, answers, rules, strict=True)
    }


def _judge(
    output: Output,
    text: str,
    golds: list[str],
    found: dict[str, Extraction],
    verdicts: dict[tuple[str, str], Verdict],
) -> Judgement:
    answer = judge_answer(
        output, text, golds, extract=found.__getitem__, compare=lambda answer, gold: verdicts[answer, gold]
    )
    return answer.outcome, None if answer.outcome == "undecided" else (float(answer.outcome == "right"), 1.0)
