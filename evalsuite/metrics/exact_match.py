"""Exact match."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._options import check_flag
from evalsuite.metrics._outputs import Judgement, example_outputs, judge_repeats, required_references
from evalsuite.metrics.base import Example, FloatArray, RowMetric, Rows, SampleOutputs
from evalsuite.types import Outcome, Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ExactMatch"]

_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True)
class ExactMatch(RowMetric):
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
    value_range = (0.0, 1.0)
    proportion = True

    ignore_case: bool = False
    ignore_punctuation: bool = False

    def __post_init__(self) -> None:
        check_flag(self.name, "ignore_case", self.ignore_case)
        check_flag(self.name, "ignore_punctuation", self.ignore_punctuation)

    @property
    def n_columns(self) -> int:
        """Right and counted."""
        return 2

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            references = {self._normalise(reference) for reference in required_references(self.name, sample)}

            def judge(output: Output, text: str, references: set[str] = references) -> Judgement:
                if output.finish_reason == "refused":
                    return "refused", (0.0, 1.0)
                if self._normalise(text) in references:
                    return "right", (1.0, 1.0)
                return "truncated" if output.finish_reason == "length" else "wrong", (0.0, 1.0)

            outcome, row = judge_repeats(sample_outputs, judge)
            outcomes.append(outcome)
            if row is not None:
                values[i] = row
        return Rows(values=values, outcomes=tuple(outcomes))

    def _normalise(self, text: str) -> str:
        if self.ignore_case:
            text = text.lower()
        if self.ignore_punctuation:
            text = text.translate(_WITHOUT_PUNCTUATION)
        return text.strip()

    def _value(self, sums: FloatArray) -> FloatArray:
        known = sums[..., 1] > 0
        return np.where(known, sums[..., 0] / np.where(known, sums[..., 1], 1.0), np.nan)

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
