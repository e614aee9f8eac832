r"""Settle what exact comparison leaves open: lists element by element, expressions by computer algebra.

Texts that math-verify is known to misread are not shown to it: words, percent signs, mixed numbers, ``1e3``, decimal
commas, ``\sqrt(2)``, repeated powers; nor what is no arithmetic: dates, ranges, scores, times of day, units, ``5C2``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from evalsuite.answers.algebra_pool import is_installed, shared_pool
from evalsuite.answers.comparison import VERDICTS, compare_batch
from evalsuite.answers.elements import (
    ASSIGNMENT,
    CLOSING,
    OPENING,
    elements_of_both,
    have_same_brackets,
    is_half_open,
)
from evalsuite.answers.normalisation import normalise_answer
from evalsuite.answers.outcomes import OUTCOMES, outcome_number
from evalsuite.kernels.answers import FINDINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.answers.comparison import Verdict
    from evalsuite.answers.policies import AnswerPolicy

__all__ = ["MAX_EXPRESSION", "settle_by_algebra"]

MAX_EXPRESSION: Final = 300
"""Characters of the longest expression that is settled by algebra."""

_RIGHT: Final = frozenset(number for number, finding in enumerate(FINDINGS) if VERDICTS[finding] == "right")
_FUNCTIONS: Final = frozenset(
    {"sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "exp", "arcsin", "arccos", "arctan"}
)
_COMMANDS: Final = _FUNCTIONS | {
    *("frac", "dfrac", "tfrac", "sqrt", "pi", "cdot", "times", "div", "pm", "mp", "infty", "binom", "le", "ge", "ne"),
    *("lt", "gt", "in", "alpha", "beta", "gamma", "lambda", "theta", "phi", "sigma", "omega", "mu", "mathbb"),
    *("begin", "end", "pmatrix", "bmatrix", "vmatrix", "matrix", "cup", "cap"),
}
_COMMAND = re.compile(r"\\([a-zA-Z]+)")
_WORD = re.compile(r"[a-zA-Z]{2,}")
_UNREADABLE = re.compile(
    r"[^\x20-\x7e]|[%$#@&~`\"'?_:]|\\sqrt\s*[(a-zA-Z]|\\frac\s*[^{\d]|[0-9][eE][-+]?[0-9]|[0-9] [0-9]"
    r"|\^\s*[0-9a-zA-Z]+\s*\^|[0-9],[0-9]|[0-9]\s*\\[dt]?frac|\.\.|[0-9]\.[0-9]*\.|![\s]*[!\d(]|[0-9]{40}"
    r"|[0-9] [a-zA-Z(]|[0-9]\([0-9.]*\)|[0-9][CPx][0-9]"
)
_LOGARITHM = re.compile(r"\\log_(?:[0-9a-z]|\{[0-9a-z]{1,3}\})")
_MATRIX = re.compile(r"\\begin\{([pbv]?matrix)\}[^{}]*(?:\{[^{}]*\}[^{}]*)*\\end\{\1\}")
_PLAIN = (
    (re.compile(r"(?<![\\a-zA-Z])sqrt ?\(([^()]*)\)|\u221a ?\(([^()]*)\)"), r"\\sqrt{\1\2}"),
    (re.compile(r"\u221a ?([0-9]+)"), r"\\sqrt{\1}"),
    (re.compile(r"(?<![\\a-zA-Z])pi(?![a-zA-Z])|\u03c0"), r"\\pi "),
    (re.compile(r"\\(le|ge|ne)q(?![a-zA-Z])"), r"\\\1"),
    (re.compile(r"\*\*"), "^"),
    (re.compile(r" ?(?:\*|\u00d7|\u00b7) ?"), r" \\cdot "),
)
_DEGREES = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) ?(?:\u00b0|\^ ?(?:\{ ?\\circ ?\}|\\circ))")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
# dates, ranges, scores, numbers of telephones: 5-7, 2024-05-03, 1/2/2020
_RANGE = re.compile(r"[-+]?[0-9.]+ ?(?:- ?[0-9.]+|[-/] ?[0-9.]+(?: ?[-/] ?[0-9.]+)+)")
_RELATION = re.compile(r"[=<>]|\\(?:leq?|geq?|neq?|lt|gt|in)(?![a-z])")


def settle_by_algebra(pairs: Sequence[tuple[str, str]], policy: AnswerPolicy, seconds: float) -> list[str]:
    """Settle pairs of an answer and the right one.

    Parameters
    ----------
    pairs : sequence of (str, str)
    policy : AnswerPolicy
        For elements of lists, which are compared exactly where they can be.
    seconds : float
        The deadline of each comparison by algebra.

    Returns
    -------
    list of str
        Reasons of outcomes, as in `evalsuite.answers.outcomes.OUTCOMES`.
    """
    todo: dict[tuple[str, str], str | None] = {}
    prepared = [_without_degrees(_prepare(answer), _prepare(gold)) for answer, gold in pairs]
    for given, right in prepared:
        _gather(given, right, policy, todo)
    open_pairs = [pair for pair, reason in todo.items() if reason is None]
    if open_pairs:
        found = shared_pool().settle(open_pairs, seconds) if is_installed() else ["not installed"] * len(open_pairs)
        todo.update(zip(open_pairs, found, strict=True))
    return [_settle(given, right, policy, todo) for given, right in prepared]


def _prepare(text: str) -> str:
    if len(text) > MAX_EXPRESSION:
        return ""
    text = normalise_answer(text)
    for pattern, replacement in _PLAIN:
        text = pattern.sub(replacement, text)
    return text.strip()


def _without_degrees(given: str, right: str) -> tuple[str, str]:
    """Read numbers of degrees as numbers, where they are compared with such or with plain ones."""
    found = [_DEGREES.fullmatch(text) for text in (given, right)]
    if any(found) and all(match or _NUMBER.fullmatch(text) for match, text in zip(found, (given, right), strict=True)):
        given, right = (match[1] if match else text for match, text in zip(found, (given, right), strict=True))
    return given, right


def _gather(given: str, right: str, policy: AnswerPolicy, todo: dict[tuple[str, str], str | None]) -> None:
    """Note every pair of expressions that the verdict needs."""
    given, right = _bare(given, right)
    elements = elements_of_both(given, right)
    if elements is None:
        if (given, right) not in todo:
            todo[given, right] = _exactly(given, right, policy)
        return
    ordered, _, said, wanted = elements
    for place, one in enumerate(said):
        for other_place, other in enumerate(wanted):
            if not ordered or place == other_place:
                _gather(one, other, policy, todo)


def _exactly(given: str, right: str, policy: AnswerPolicy) -> str | None:
    """Return the reason where exact comparison settles it or algebra may not try; else None."""
    if not given or not right:
        return "unreadable"
    finding = FINDINGS[compare_batch([given], [right], policy)[0]]
    if finding != "expression":
        return finding
    if _say_of_different_names(given, right):
        return "names"
    if given.endswith("!") and compare_batch([given[:-1]], [right], policy)[0] in _RIGHT:
        return "doubtful"  # a factorial, or an exclamation
    return None if is_readable(given) and is_readable(right) else "unreadable"


def _say_of_different_names(given: str, right: str) -> bool:
    """Say whether both state values, without letters, of different letters."""
    heads = [ASSIGNMENT.match(text) for text in (given, right)]
    rests = [text[head.end() :] for head, text in zip(heads, (given, right), strict=True) if head]
    is_value = [re.search("[a-zA-Z=<>]", _COMMAND.sub(" ", rest)) is None for rest in rests]
    return len({head[1] for head in heads if head}) == 2 and all(is_value)


def _settle(given: str, right: str, policy: AnswerPolicy, todo: dict[tuple[str, str], str | None]) -> str:
    given, right = _bare(given, right)
    elements = elements_of_both(given, right)
    if elements is None:
        return todo[given, right] or "unreadable"
    ordered, counts, said, wanted = elements
    if len(said) != len(wanted) and ordered:
        return "other elements"
    reasons = [
        [_settle(one, other, policy, todo) for j, other in enumerate(wanted) if not ordered or i == j]
        for i, one in enumerate(said)
    ]
    reason = _join(reasons, ordered)
    if _verdict(reason) == "right" and counts and not _have_same_counts(reasons):
        return "doubtful"
    if _verdict(reason) == "right" and not have_same_brackets(given, right):
        return "other elements" if is_half_open(given) or is_half_open(right) else "doubtful"
    if _verdict(reason) != "undecided" and not any("algebra" in one for row in reasons for one in row):
        return "same elements" if _verdict(reason) == "right" else "other elements"
    return reason


def _have_same_counts(reasons: list[list[str]]) -> bool:
    """Say whether each element stands as often in one list as in the other: of equal ones, as many."""
    equal = [[_verdict(reason) == "right" for reason in row] for row in reasons]
    columns = [sum(column) for column in zip(*equal, strict=True)]
    return all(sum(row) == columns[place] for row in equal for place, one in enumerate(row) if one)


def _join(reasons: list[list[str]], ordered: bool) -> str:
    """Return one reason for a list: an undecided one where an element's matters."""
    verdicts = [[_verdict(reason) for reason in row] for row in reasons]
    if ordered:
        flat = [row[0] for row in verdicts]
        if "wrong" in flat:
            return "different by algebra"
        undecided = [row[0] for row, verdict in zip(reasons, flat, strict=True) if verdict == "undecided"]
        return undecided[0] if undecided else "equal by algebra"
    columns = [list(column) for column in zip(*verdicts, strict=True)]
    if all("right" in line for line in (*verdicts, *columns)):
        return "equal by algebra"
    if any(set(line) == {"wrong"} for line in (*verdicts, *columns)):
        return "different by algebra"
    return next(reason for row in reasons for reason in row if _verdict(reason) == "undecided")


def _verdict(reason: str) -> Verdict:
    return OUTCOMES[outcome_number(reason)][0]


def is_readable(text: str) -> bool:
    """Say whether math-verify may be shown an expression."""
    if (
        not text
        or len(text) > MAX_EXPRESSION
        or _UNREADABLE.search(_LOGARITHM.sub(r"\\log ", _MATRIX.sub("(0)", text)))
    ):
        return False
    if _RANGE.fullmatch(text) or not set(_COMMAND.findall(text)) <= _COMMANDS:
        return False
    if "\\sqrt" in text and re.search(r"sqrt(?![{\[0-9 ])", text):
        return False
    plain = _COMMAND.sub(" ", _MATRIX.sub("(0)", text))
    return not _WORD.search(plain) and _is_balanced(text)


def _is_balanced(text: str) -> bool:
    open_brackets: list[str] = []
    for character in text:
        if character in OPENING:
            open_brackets.append(character)
        elif character in CLOSING:
            if not open_brackets:
                return False
            open_brackets.pop()
    return not open_brackets


def _bare(given: str, right: str) -> tuple[str, str]:
    """Drop "x =" where both sides have the same letter, or one side has none."""
    heads = [ASSIGNMENT.match(text) for text in (given, right)]
    letters = {head.group(1) for head in heads if head}
    rests = [text[head.end() :] if head else text for head, text in zip(heads, (given, right), strict=True)]
    if len(letters) == 1 and not any(_RELATION.search(rest) for rest in rests):
        return rests[0], rests[1]
    return given, right
