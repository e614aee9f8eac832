"""Exact match of what a pipeline of filters takes from outputs."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from evalsuite.answers.filters import Filters, signature_text
from evalsuite.answers.patterns import PatternTooSlow, check_pattern, remove_from_text
from evalsuite.errors import InputError, UsageError
from evalsuite.metrics._options import check_flag, check_integer
from evalsuite.metrics._outputs import Judgement, example_outputs, required_references, text_of
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, Rows, SampleOutputs, final_outputs
from evalsuite.types import JSONValue, Outcome, Output, Sample

__all__ = ["FilteredExactMatch"]

_MOST_REPEATS = 10_000
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_DIGITS = str.maketrans("", "", string.digits)


class _Patterns(tuple[str, ...]):
    """Regular expressions as a signature may hold them."""

    __slots__ = ()

    def __str__(self) -> str:
        return signature_text(json.dumps(list(self)))


@dataclass(frozen=True)
class FilteredExactMatch(QuotientMetric):
    r"""Filtered exact match: share of outputs of which filters take what equals a reference, 0-1.

    Parameters
    ----------
    pipeline : str, default ""
        A name for the filters, such as ``strict-match``, which tells scores by several pipelines apart.
    filters : list of tables, default []
        What is done to outputs before they are compared, in order: see `evalsuite.answers.filters.Filters`.
    repeats : int, default 1
        Outputs of a sample that go through the filters together, such as those that vote.
    ignore_case : bool, default False
        Compare in lower case.
    ignore_punctuation : bool, default False
        Remove ASCII punctuation before comparing.
    ignore_numbers : bool, default False
        Remove ASCII digits before comparing.
    regexes_to_ignore : list of str, default []
        Remove what these regular expressions match from output and reference, first of all.

    Notes
    -----
    ``exact_match`` of lm-evaluation-harness [1]_, by one of a task's pipelines of filters: with the pipeline
    ``strict-match`` it is ``exact_match,strict-match`` there. Unlike `evalsuite.metrics.exact_match.ExactMatch` it
    keeps the white space around a text. Where the filters leave several texts of a sample, the share of them that is
    right counts. Range 0 to 1; higher is better.

    An output of which a pattern finds nothing is ``unextracted`` and counts as not right, as do ``wrong``, ``refused``
    and ``truncated`` ones; an ``error`` is not counted at all. A row is [right, counted], summed over as many groups of
    `repeats` outputs as a sample has; one with fewer outputs has no value. Patterns are matched in a process of their
    own: an output on which one takes more than a second of processor time is ``undecided`` and not counted. A pattern
    that does so on more than two texts, and more than one in a hundred, is an error.

    References
    ----------
    .. [1] Gao et al., "A framework for few-shot language model evaluation", 2021, doi:10.5281/zenodo.5371628.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("42",))
    >>> metric = FilteredExactMatch(filters=[{"function": "regex", "regex_pattern": r"#### (\d+)"}])
    >>> metric.rows([sample, sample], [[Output(text="6 * 7\n#### 42")], [Output(text="It is 42.")]]).outcomes
    ('right', 'unextracted')
    """

    name = "filtered_exact_match"
    value_range = (0.0, 1.0)
    proportion = True

    pipeline: str = ""
    filters: Sequence[Mapping[str, JSONValue]] | Filters = ()
    repeats: int = 1
    ignore_case: bool = False
    ignore_punctuation: bool = False
    ignore_numbers: bool = False
    regexes_to_ignore: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.pipeline, str) or "|" in self.pipeline:
            raise UsageError(f'{self.name}: `pipeline` must be a string without "|", got {self.pipeline!r:.80}')
        for option in ("ignore_case", "ignore_punctuation", "ignore_numbers"):
            check_flag(self.name, option, getattr(self, option))
        check_integer(self.name, "repeats", self.repeats, 1, _MOST_REPEATS)
        try:
            filters = Filters.of(self.filters)
        except ValueError as error:
            raise UsageError(f"{self.name}: `filters` must be a list of filters: {error}") from None
        if filters.most_taken > self.repeats:
            raise UsageError(
                f"{self.name}: `repeats` must be at least {filters.most_taken}, which take_first_k takes, "
                f"got {self.repeats}"
            )
        object.__setattr__(self, "filters", filters)
        object.__setattr__(self, "regexes_to_ignore", self._patterns())

    def _patterns(self) -> _Patterns:
        given = self.regexes_to_ignore
        if isinstance(given, str) or not isinstance(given, Sequence):
            raise UsageError(f"{self.name}: `regexes_to_ignore` must be a list of strings, got {given!r:.80}")
        try:
            return _Patterns(check_pattern(one) for one in given)
        except ValueError as error:
            raise UsageError(f"{self.name}: `regexes_to_ignore` must be a list of patterns: {error}") from None

    @classmethod
    def repeats_needed(cls, signature: str) -> int:
        """Return the outputs that go through the filters together, as the signature says it."""
        before, _, after = signature.partition("|repeats:")
        number = after.partition("|")[0]
        return int(number) if before and number.isdigit() else 1

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            references = required_references(self.name, sample)
            try:
                outcome, row = self._judge_sample(final_outputs(sample_outputs), references)
            except InputError as error:
                raise InputError(f"{self.name}: {error}") from error
            outcomes.append(outcome)
            if row is not None:
                values[i] = row
        return Rows(values=values, outcomes=tuple(outcomes))

    def _judge_sample(self, finals: Sequence[Output], references: Sequence[str]) -> Judgement:
        groups = [finals[i : i + self.repeats] for i in range(0, len(finals) - self.repeats + 1, self.repeats)]
        try:
            golds = {self._normalise(reference) for reference in references}
        except PatternTooSlow:
            groups, golds = [], set()
        judged = [self._judge(group, golds) for group in groups]
        rows = [row for _, row in judged if row is not None]
        if not rows:
            return "error" if all(text_of(output) is None for output in finals) else "undecided", None
        outcomes = {outcome for outcome, row in judged if row is not None}
        total = tuple(sum(column) for column in zip(*rows, strict=True))
        return outcomes.pop() if len(outcomes) == 1 and len(rows) == len(judged) else "scored", total

    def _judge(self, group: Sequence[Output], golds: set[str]) -> Judgement:
        texts = [text for text in map(text_of, group) if text is not None]
        if not texts:
            return "error", None
        reasons = {output.finish_reason for output in group if text_of(output) is not None}
        if reasons == {"refused"}:
            return "refused", (0.0, 1.0)
        try:
            left = cast("Filters", self.filters).apply(texts)
            n_right = sum(self._normalise(one.text) in golds for one in left)
        except PatternTooSlow:
            return "undecided", None
        if n_right:
            return ("right" if n_right == len(left) else "scored"), (n_right / len(left), 1.0)
        if reasons == {"length"}:
            return "truncated", (0.0, 1.0)
        return ("wrong" if any(one.found for one in left) else "unextracted"), (0.0, 1.0)

    def _normalise(self, text: str) -> str:
        if self.regexes_to_ignore:
            text = remove_from_text(self.regexes_to_ignore, text)
        if self.ignore_case:
            text = text.lower()
        if self.ignore_punctuation:
            text = text.translate(_PUNCTUATION)
        return text.translate(_DIGITS) if self.ignore_numbers else text

    def example(self) -> Example:
        """Return two matches, one, and none."""
        samples = (
            Sample(id="1", input={}, references=("Paris",)),
            Sample(id="2", input={}, references=("42", "forty-two")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["Paris", "42"]),
            worse=example_outputs(samples, ["Paris", "about 42"]),
            worst=example_outputs(samples, ["", "43"]),
        )
