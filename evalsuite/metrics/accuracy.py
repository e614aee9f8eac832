"""Accuracy of final answers, with what could not be decided kept apart."""

from __future__ import annotations

from dataclasses import dataclass

from evalsuite.answers import Rule, compare_answers, extract_answer
from evalsuite.metrics._outputs import Judgement, example_outputs, required_references
from evalsuite.metrics._ratio import RatioMetric
from evalsuite.metrics.base import Example
from evalsuite.types import Output, Sample

__all__ = ["Accuracy"]

_MARKED: tuple[Rule, ...] = ("marker", "boxed")
_STATED: tuple[Rule, ...] = ("marker", "boxed", "sentence")


@dataclass(frozen=True)
class Accuracy(RatioMetric[list[str]]):
    r"""Accuracy: share of final answers that are right, 0-1.

    Notes
    -----
    ``accuracy = right / (n - error - undecided)``. The answer is extracted from the output, and from a reference that
    marks one (``answer: X``, ``#### X``, a box), by `evalsuite.answers.extract_answer`; any other reference is itself
    the answer. `evalsuite.answers.compare_answers` says whether the two are equal; it is right if it equals any
    reference's answer. Range 0 to 1; higher is better.

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
    proportion = True

    def _target(self, sample: Sample) -> list[str]:
        return _gold_answers(self.name, sample)

    def _judge(self, output: Output, text: str, target: list[str]) -> Judgement:
        if output.finish_reason == "refused":
            return "refused", (0.0, 1.0)
        extraction = extract_answer(text)
        if output.finish_reason == "length" and extraction.rule not in _MARKED:
            return "truncated", (0.0, 1.0)
        if extraction.text is None:
            return "unextracted", (0.0, 1.0)
        verdicts = {compare_answers(extraction.text, gold) for gold in target}
        if "right" in verdicts:
            return "right", (1.0, 1.0)
        return ("undecided", None) if "undecided" in verdicts else ("wrong", (0.0, 1.0))

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


def _gold_answers(metric: str, sample: Sample) -> list[str]:
    golds: list[str] = []
    for reference in required_references(metric, sample):
        extraction = extract_answer(reference)
        answer = extraction.text if extraction.rule in _STATED else reference.strip()
        if not answer:
            raise ValueError(
                f'{metric}: sample "{sample.id}": the reference is empty; write the answer, or "answer: X"'
            )
        golds.append(answer)
    return golds
