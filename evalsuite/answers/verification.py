"""Verify answers: find one in a text, settle exactly whether it is right, and only then ask computer algebra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, overload

from evalsuite.answers.algebra import settle_by_algebra
from evalsuite.answers.comparison import find_slowly
from evalsuite.answers.outcomes import OUTCOMES, Settled, outcome_number
from evalsuite.answers.policies import DEFAULT_POLICY, AnswerPolicy
from evalsuite.kernels import answers as kernel
from evalsuite.kernels.arguments import check_finite, check_texts

if TYPE_CHECKING:
    from evalsuite.answers.comparison import Verdict
    from evalsuite.answers.extraction import Rule

__all__ = ["DEADLINE_SECONDS", "Verification", "Verifications", "stated_answers", "verify", "verify_all"]

DEADLINE_SECONDS: Final = 5.0
"""How long algebra may take for one pair of expressions."""

_BEYOND: Final = outcome_number("beyond")
_EXPRESSION: Final = outcome_number("expression")
_STATED: Final = frozenset(kernel.RULES.index(rule) for rule in ("marker", "boxed", "sentence"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What became of one answer.

    Parameters
    ----------
    verdict : {"right", "wrong", "undecided"}
    rule : {"marker", "boxed", "sentence", "last_number", "none"}
        The rule by which the answer was found.
    text : str, optional
        The answer; None where there is none.
    settled : {"exact", "algebra", "none"}
        What settled the verdict; none where it is undecided.
    reason : str
        Why, in a few words; ``docs/answers.md`` lists them.
    """

    verdict: Verdict
    rule: Rule
    text: str | None
    settled: Settled
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Verifications(Sequence[Verification]):
    """What became of many answers, in columns; an element is a `Verification`.

    Parameters
    ----------
    rules : bytes
        Indices of `evalsuite.kernels.answers.RULES`.
    texts : list of str or None
    outcomes : bytes
        Indices of `evalsuite.answers.outcomes.OUTCOMES`.
    """

    rules: bytes
    texts: list[str | None]
    outcomes: bytes

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdict on each answer."""
        return [OUTCOMES[outcome][0] for outcome in self.outcomes]

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, index: int) -> Verification: ...

    @overload
    def __getitem__(self, index: slice) -> Verifications: ...

    def __getitem__(self, index: int | slice) -> Verification | Verifications:
        if isinstance(index, slice):
            return Verifications(self.rules[index], self.texts[index], self.outcomes[index])
        verdict, settled, reason = OUTCOMES[self.outcomes[index]]
        return Verification(
            verdict=verdict,
            rule=kernel.RULES[self.rules[index]],
            text=self.texts[index],
            settled=settled,
            reason=reason,
        )


def verify(
    prediction: str,
    gold: str,
    *,
    policy: AnswerPolicy = DEFAULT_POLICY,
    extract: bool = True,
    algebra: bool = True,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Verification:
    r"""Say whether a prediction's final answer is the right one.

    Parameters
    ----------
    prediction : str
        What a model said; its answer is found as `evalsuite.answers.extract_answer` finds it.
    gold : str
        The right answer, or a text that marks, boxes or states it: ``18``, ``#### 18``, ``\boxed{18}``.
    policy : AnswerPolicy, optional
        What percent signs, units, mixed numbers and scientific notation mean.
    extract : bool, default True
        If False the prediction is itself the answer, and the rule ``"none"``.
    algebra : bool, default True
        Let math-verify (extra ``math``) look at expressions that no exact comparison settles, in a process of its own;
        without the extra they are undecided.
    deadline_seconds : float, default 5.0
        When that process is killed, and the pair undecided.

    Returns
    -------
    Verification

    Raises
    ------
    TypeError
        If a text is not a str.
    ValueError
        If the deadline is not finite and above 0.

    Examples
    --------
    >>> verify("3 + 4 = 7, so the answer is **7**. (I checked this 3 times.)", "3 + 4 = 7\n#### 7")
    Verification(verdict='right', rule='sentence', text='7', settled='exact', reason='same text')
    >>> verify("That is 10%.", "10").reason
    'percent'
    """
    return verify_all(
        [prediction],
        [gold],
        policy=policy,
        extract=extract,
        algebra=algebra,
        deadline_seconds=deadline_seconds,
    )[0]


def verify_all(
    predictions: Sequence[str],
    golds: Sequence[str],
    *,
    policy: AnswerPolicy = DEFAULT_POLICY,
    extract: bool = True,
    algebra: bool = True,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Verifications:
    """Verify many predictions in one call; see `verify`.

    Parameters
    ----------
    predictions, golds : sequences of str
        As many of one as of the other.
    policy, extract, algebra, deadline_seconds
        As of `verify`.

    Returns
    -------
    Verifications
        As many, in the same order.

    Raises
    ------
    TypeError
        If a list is a str or holds anything but str.
    ValueError
        If the lists differ in length, or the deadline is not finite and above 0.

    Examples
    --------
    >>> found = verify_all(["answer: 18", "I give up.", "answer: 17"], ["18"] * 3)
    >>> found.verdicts
    ['right', 'undecided', 'wrong']
    """
    if check_finite(deadline_seconds, "deadline_seconds") == 0:
        raise ValueError("`deadline_seconds` must be above 0; found 0")
    said, right = (
        check_texts(texts, name, lowercase=False) for texts, name in ((predictions, "predictions"), (golds, "golds"))
    )
    rules, texts, found = kernel.verify_answers(said, right, extract=extract, **policy.options())
    outcomes = bytearray(found)
    if _BEYOND in found:
        for index in _where(found, _BEYOND):
            (gold,) = stated_answers([right[index]])
            outcomes[index] = outcome_number(find_slowly(texts[index], gold, policy))
    if algebra and _EXPRESSION in outcomes:
        _ask_algebra(outcomes, texts, right, policy, deadline_seconds)
    return Verifications(bytes(rules), texts, bytes(outcomes))


def stated_answers(texts: Sequence[str]) -> list[str]:
    """Return the answer that each text marks, boxes or states; else the text itself is one."""
    rules, answers = kernel.extract_answers(texts)
    return [
        answer if rule in _STATED and answer is not None else text
        for rule, answer, text in zip(rules, answers, texts, strict=True)
    ]


def _where(found: bytes | bytearray, value: int) -> list[int]:
    return [index for index, one in enumerate(found) if one == value]


def _ask_algebra(
    outcomes: bytearray, texts: list[str | None], golds: list[str], policy: AnswerPolicy, seconds: float
) -> None:
    asked = _where(outcomes, _EXPRESSION)
    right = stated_answers([golds[index] for index in asked])
    pairs = [(texts[index] or "", gold) for index, gold in zip(asked, right, strict=True)]
    for index, reason in zip(asked, settle_by_algebra(pairs, policy, seconds), strict=True):
        outcomes[index] = outcome_number(reason)
