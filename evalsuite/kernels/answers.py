"""Final answers: found, compared exactly, and written as keys, a list at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from evalsuite import _rust
from evalsuite.kernels.arguments import check_choice, check_flag, check_texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import EllipsisType

__all__ = [
    "FINDINGS",
    "RULES",
    "Finding",
    "Rule",
    "answer_keys",
    "compare_answers",
    "extract_answers",
    "verify_answers",
]

Rule: TypeAlias = Literal["marker", "boxed", "sentence", "last_number", "none"]
Finding: TypeAlias = Literal[
    "same text",
    "same number",
    "same words",
    "other number",
    "not a number",
    "other words",
    "no answer",
    "too long",
    "empty",
    "percent",
    "units",
    "rounding",
    "expression",
    "wording",
    "names",
    "beyond",
]

RULES: Final[tuple[Rule, ...]] = ("marker", "boxed", "sentence", "last_number", "none")
"""How an answer is found, by its number."""
FINDINGS: Final[tuple[Finding, ...]] = (
    "same text",
    "same number",
    "same words",
    "other number",
    "not a number",
    "other words",
    "no answer",
    "too long",
    "empty",
    "percent",
    "units",
    "rounding",
    "expression",
    "wording",
    "names",
    "beyond",
)
"""What a comparison finds, by its number: the first three are right, the next three wrong, the others undecided.

``"beyond"`` are letters beyond ASCII, whose case only Python folds, and numbers of more than 17 digits: whoever calls
the kernel compares these.
"""

_PERCENT: Final = ("apart", "ignored", "hundredths")
_UNITS: Final = ("lenient", "ignored", "same")


def extract_answers(texts: Sequence[str]) -> tuple[bytes, list[str | None]]:
    r"""Find the final answer of each text, as `evalsuite.answers.extract_answer` describes.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    rules : bytes
        For each text the number of the rule that fired, an index of `RULES`.
    answers : list of str or None
        What it found, with digits of other scripts as those of ASCII.

    Raises
    ------
    TypeError
        If `texts` is a str or holds anything but str.

    Examples
    --------
    >>> extract_answers(["So it is 3 + 4 = 7.", "no idea"])
    (b'\x03\x04', ['7', None])
    """
    return _rust.extract_answers(check_texts(texts, "texts", lowercase=False))


def compare_answers(
    answers: Sequence[str | None],
    golds: Sequence[str],
    *,
    percent: str = "apart",
    units: str = "lenient",
    mixed: bool = False,
    scientific: bool = True,
) -> bytes:
    """Compare each answer with the right one.

    Parameters
    ----------
    answers : sequence of str or None
        None where none was found.
    golds : sequence of str
        The right ones, as many.
    percent, units : str
    mixed, scientific : bool
        As `evalsuite.answers.AnswerPolicy` describes them.

    Returns
    -------
    bytes
        For each pair the number of what was found, an index of `FINDINGS`.

    Raises
    ------
    TypeError
        If a list is a str or holds anything but str.
    ValueError
        If the lists differ in length or a policy is unknown.

    Examples
    --------
    >>> [FINDINGS[found] for found in compare_answers(["$1,234.50", "2^10", None], ["1234.5", "1024", "1"])]
    ['same number', 'expression', 'no answer']
    """
    policy = _policy(percent, units, mixed, scientific)
    return _rust.compare_answers(_optional(answers), check_texts(golds, "golds", lowercase=False), policy)


def verify_answers(
    predictions: Sequence[str],
    golds: Sequence[str],
    *,
    extract: bool = True,
    percent: str = "apart",
    units: str = "lenient",
    mixed: bool = False,
    scientific: bool = True,
) -> tuple[bytes, list[str | None], bytes]:
    r"""Find the final answer of each prediction and compare it with the right one.

    Parameters
    ----------
    predictions, golds : sequences of str
        As many of one as of the other. A right one that is marked, boxed or stated is taken from its text.
    extract : bool, default True
        If False each prediction is itself the answer.
    percent, units : str
    mixed, scientific : bool
        As `evalsuite.answers.AnswerPolicy` describes them.

    Returns
    -------
    rules : bytes
    answers : list of str or None
        As of `extract_answers`.
    findings : bytes
        As of `compare_answers`.

    Raises
    ------
    TypeError
        If a list is a str or holds anything but str.
    ValueError
        If the lists differ in length or a policy is unknown.

    Examples
    --------
    >>> verify_answers(["so it is 18."], ["9 + 9 = 18\n#### 18"])
    (b'\x03', ['18'], b'\x00')
    """
    said = check_texts(predictions, "predictions", lowercase=False)
    right = check_texts(golds, "golds", lowercase=False)
    policy = _policy(percent, units, mixed, scientific)
    rules, answers, findings = _rust.verify_answers(said, right, check_flag(extract, "extract"), policy)
    return rules, answers if extract else list(said), findings


def answer_keys(
    answers: Sequence[str | None],
    *,
    percent: str = "apart",
    units: str = "lenient",
    mixed: bool = False,
    scientific: bool = True,
) -> tuple[list[str | EllipsisType | None], bool]:
    """Write the canonical form of each answer.

    Parameters
    ----------
    answers : sequence of str or None
    percent, units : str
    mixed, scientific : bool
        As `evalsuite.answers.AnswerPolicy` describes them.

    Returns
    -------
    keys : list of str, None or Ellipsis
        As `evalsuite.answers.answer_key` describes them; ``...`` where an answer is beyond this kernel.
    beyond : bool
        Whether there is such an answer.

    Raises
    ------
    TypeError
        If `answers` is a str or holds anything but str.
    ValueError
        If a policy is unknown.

    Examples
    --------
    >>> answer_keys(["$1,234.50", "(B)", None])
    (['2469/2', 'b', None], False)
    """
    return _rust.answer_keys(_optional(answers), _policy(percent, units, mixed, scientific))


def _policy(percent: str, units: str, mixed: bool, scientific: bool) -> tuple[str, str, bool, bool]:
    check_choice(percent, "percent", _PERCENT)
    check_choice(units, "units", _UNITS)
    return percent, units, check_flag(mixed, "mixed"), check_flag(scientific, "scientific")


def _optional(answers: Sequence[str | None]) -> list[str | None]:
    if isinstance(answers, str | bytes):
        raise TypeError(f"`answers` must be a sequence of str; found one {type(answers).__name__}: wrap it in a list")
    listed = list(answers)
    if not set(map(type, listed)) <= {str, type(None)}:
        for index, answer in enumerate(listed):
            if not isinstance(answer, str | None):
                raise TypeError(f"`answers[{index}]` must be a str or None; found {type(answer).__name__}")
    return listed
