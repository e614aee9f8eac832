"""Exact match."""

from __future__ import annotations

import string
from dataclasses import dataclass

from evalsuite.metrics._options import check_flag
from evalsuite.metrics._outputs import Judgement, example_outputs, required_references
from evalsuite.metrics._ratio import RatioMetric
from evalsuite.metrics.base import Example
from evalsuite.types import Output, Sample

__all__ = ["ExactMatch"]

_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True)
class ExactMatch(RatioMetric[set[str]]):
    """Exact match: share of outputs that equal a reference, whitespace around them aside, 0-1.

    Parameters
    ----------
    ignore_case : bool, default False
        Compare in lower case.
    ignore_punctuation : bool, default False
        Remove ASCII punctuation first.

    Notes
    -----
    ``EM = outputs that equal any of their references / outputs`` [1]_. Range 0 to 1; higher is better. An output that
    does not match counts as not right whether it is ``wrong``, ``refused`` or was ``truncated``; an ``error`` is not
    counted at all. A row is [right, counted], summed over the repeats of a sample.

    References
    ----------
    .. [1] Rajpurkar, Zhang, Lopyrev and Liang, "SQuAD: 100,000+ questions for machine comprehension of text", EMNLP
       2016; without its removal of articles.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("Paris",))
    >>> ExactMatch(ignore_punctuation=True).rows([sample], [[Output(text=" Paris.")]]).values
    array([[1., 1.]])
    """

    name = "exact_match"
    proportion = True

    ignore_case: bool = False
    ignore_punctuation: bool = False

    def __post_init__(self) -> None:
        check_flag(self.name, "ignore_case", self.ignore_case)
        check_flag(self.name, "ignore_punctuation", self.ignore_punctuation)

    def _target(self, sample: Sample) -> set[str]:
        return {self._normalise(reference) for reference in required_references(self.name, sample)}

    def _judge(self, output: Output, text: str, target: set[str]) -> Judgement:
        if output.finish_reason == "refused":
            return "refused", (0.0, 1.0)
        if self._normalise(text) in target:
            return "right", (1.0, 1.0)
        return "truncated" if output.finish_reason == "length" else "wrong", (0.0, 1.0)

    def _normalise(self, text: str) -> str:
        if self.ignore_case:
            text = text.lower()
        if self.ignore_punctuation:
            text = text.translate(_WITHOUT_PUNCTUATION)
        return text.strip()

    def example(self) -> Example:
        """Return two matches, one, and none."""
        samples = (
            Sample(id="1", input={}, references=("Paris",)),
            Sample(id="2", input={}, references=("42", "forty-two")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["Paris", " 42\n"]),
            worse=example_outputs(samples, ["Paris", "about 42"]),
            worst=example_outputs(samples, ["", "43"]),
        )
