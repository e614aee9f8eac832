"""Canonical keys of answers: equal answers have equal keys, so that votes are counted without comparing all pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from evalsuite.answers.normalisation import MAX_ANSWER, fold_text, normalise_answer
from evalsuite.answers.policies import DEFAULT_POLICY, AnswerPolicy
from evalsuite.answers.quantity import parse_quantity
from evalsuite.kernels import answers as kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["answer_key", "answer_keys", "key_slowly"]


def answer_key(answer: str | None, *, policy: AnswerPolicy = DEFAULT_POLICY) -> str | None:
    """Return the canonical form of an answer, by which votes are counted.

    Parameters
    ----------
    answer : str, optional
        An extracted answer.
    policy : AnswerPolicy, optional
        What percent signs, mixed numbers and scientific notation mean.

    Returns
    -------
    str or None
        Of a number the reduced fraction, with ``%`` behind a percentage; else the text, case folded. Units and
        currencies are left out: all who are asked the same question answer in the same one. None where there is no
        answer, or nothing is left of it, or it has over 1000 characters.

    Examples
    --------
    >>> [answer_key(text) for text in ("$1,234.50", "2469/2", "10%", "(B)", "**North**", "", None)]
    ['2469/2', '2469/2', '10%', 'b', 'north', None, None]
    """
    return answer_keys([answer], policy=policy)[0]


def answer_keys(answers: Sequence[str | None], *, policy: AnswerPolicy = DEFAULT_POLICY) -> list[str | None]:
    """Return the canonical form of each answer, in one call; see `answer_key`.

    Parameters
    ----------
    answers : sequence of str or None
    policy : AnswerPolicy, optional

    Returns
    -------
    list of str or None

    Raises
    ------
    TypeError
        If `answers` is a str or holds anything but str and None.

    Examples
    --------
    >>> answer_keys(["1/2", "0.50", "50%"], policy=AnswerPolicy(percent="hundredths"))
    ['1/2', '1/2', '1/2']
    """
    listed = answers if isinstance(answers, str) else list(answers)
    keys, beyond = kernel.answer_keys(listed, **policy.options())
    if not beyond:
        return cast("list[str | None]", keys)
    return [key_slowly(listed[index], policy) if key is ... else key for index, key in enumerate(keys)]


def key_slowly(answer: str | None, policy: AnswerPolicy = DEFAULT_POLICY) -> str | None:
    """Return the key by Python's own integers and tables: for what is beyond the kernel, whose slow twin this is."""
    if answer is None or len(answer) > MAX_ANSWER:
        return None
    text = normalise_answer(answer)
    number = parse_quantity(text, policy)
    if number is not None:
        return f"{number.value}%" if number.percent else str(number.value)
    return fold_text(text) or None
