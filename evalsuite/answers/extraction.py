"""Find the final answer of a text, and say by which rule it was found."""

from __future__ import annotations

from dataclasses import dataclass

from evalsuite.kernels.answers import RULES, Rule, extract_answers

__all__ = ["Extraction", "Rule", "extract_answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """An answer as written, without markup, and the rule that found it; no text where there is none."""

    text: str | None
    rule: Rule


def extract_answer(text: str) -> Extraction:
    r"""Find the final answer: by the strongest rule that fires, its last occurrence.

    Parameters
    ----------
    text : str
        What a model said; of more than a million characters, the last million are read.

    Returns
    -------
    Extraction
        By ``"marker"`` (``answer: x``, ``#### x``), ``"boxed"`` (``\boxed{x}``), ``"sentence"`` ("the answer is x"),
        ``"last_number"`` or, where nothing is found, ``"none"``. The text has at most 1001 characters: one more than
        can be compared, so that what was cut is not mistaken for an answer. Digits of other scripts are those of ASCII
        in it.

    Examples
    --------
    >>> extract_answer("3 + 4 = 7, so the answer is **7**. (I checked this 3 times.)")
    Extraction(text='7', rule='sentence')
    """
    rules, answers = extract_answers([text])
    return Extraction(text=answers[0], rule=RULES[rules[0]])
