"""What stands beside a number or a box and makes something else of it: the twin of the kernel."""

from __future__ import annotations

import re

from evalsuite.answers.words import is_fraction, is_scale

__all__ = ["widened"]

_MOST_SKIPPED = 16
_BLANKS = " \t\u00a0\u2009\u202f"
_DASHES = "-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
_SIGNS = "/^<\u2264\u2265\u2260\u00b1\u221a\u00d7\u00f7\u00b7"
_OPENERS = "*_`$\"'([{\\"
_CLOSERS = "*_`$\"')]}~"
_RAISED = re.compile("[\u00b2\u00b3\u00b9\u2070\u2074-\u207b\u00bc-\u00be\u2150-\u215e\u2189]")
_TAKING = [
    "binom",
    "cdot",
    "cfrac",
    "cos",
    "dfrac",
    "div",
    "exp",
    "frac",
    "geq",
    "gt",
    "leq",
    "ln",
    "log",
    "lt",
    "mp",
    "ne",
    "neq",
    "not",
    "pm",
    "sin",
    "sqrt",
    "tan",
    "tfrac",
    "times",
]
_FOLLOWING = [
    "cdot",
    "cdots",
    "dfrac",
    "div",
    "dots",
    "frac",
    "infty",
    "ldots",
    "pi",
    "pm",
    "sqrt",
    "tfrac",
    "times",
    "to",
]
_TEXT = ("\\text{", "\\mathrm{", "\\textbf{", "\\mbox{")
_BEFORE = [
    "cos",
    "exp",
    "ln",
    "log",
    "minus",
    "mod",
    "modulo",
    "negative",
    "not",
    "or",
    "plus",
    "sin",
    "sqrt",
    "tan",
    "times",
]
_BEHIND = ["cubed", "factorial", "mod", "modulo", "or", "pi", "squared"]
_LETTERS = re.compile("[A-Za-z]*")


def widened(text: str, start: int, end: int, first: int, *, is_box: bool = False) -> tuple[int, int]:
    """Where a number or a box stands, and what beside it, from `first` on, makes something else of it."""
    before, behind = _before(text, start, first, is_box), _behind(text, end)
    return start if before is None else before, end if behind is None else behind


def _at(text: str, at: int) -> str:
    return text[at] if 0 <= at < len(text) else "\0"


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _before(text: str, start: int, first: int, is_box: bool) -> int | None:
    least, at = max(first, start - _MOST_SKIPPED), start
    while at > least:
        if at > least + 1 and _at(text, at - 1) in ",;!" and _at(text, at - 2) == "\\":
            at -= 2
        elif _at(text, at - 1) in _BLANKS + _OPENERS:
            at -= 1
        else:
            break
    if at == first:
        return None
    sign = _at(text, at - 1)
    if sign in _DASHES + "+":
        return _before_dash(text, at - 1, first)
    if (
        sign in _SIGNS
        or (sign == ">" and _at(text, at - 2) in _BLANKS)
        or (sign == "}" and _at(text, at) == "{")
        or (is_box and at == start and sign.isascii() and sign.isdigit())
    ):
        return at - 1
    return _before_word(text, at, first, is_box and at == start) if _is_letter(sign) else None


def _before_dash(text: str, at: int, first: int) -> int | None:
    end = at
    while end > first and at - end < _MOST_SKIPPED and _at(text, end - 1) in _BLANKS:
        end -= 1
    is_apart = _at(text, at + 1) in _BLANKS
    if end == first:
        return None if is_apart else at
    last = _at(text, end - 1)
    if last in _DASHES:
        return None
    if not is_apart and (end < at or last in "=:"):
        return at
    if _is_letter(last):
        word = _letters_before(text, end, first)
        if end - word > 1 and end > at - _MOST_SKIPPED and is_apart:
            return at if word > first and _at(text, word - 1) == "\\" else None
        if not is_apart:
            return None
    return next((place for place in range(first, at) if text[place] not in _BLANKS), None)


def _letters_before(text: str, end: int, first: int) -> int:
    start = end
    while start > first and end - start < 25 and _is_letter(text[start - 1]):
        start -= 1
    return start


def _before_word(text: str, end: int, first: int, touches: bool) -> int | None:
    start = _letters_before(text, end, first)
    word = text[start:end]
    if start > first and _at(text, start - 1) == "\\":
        return start - 1 if word in _TAKING else None
    is_whole = len(word) <= 24 and (start == first or re.match(r"\w", _at(text, start - 1)) is None)
    return start if touches or (is_whole and word.lower() in _BEFORE) else None


def _behind(text: str, end: int) -> int | None:
    after = text[end : end + 3]
    if re.match(r"_[0-9{]|\([0-9]", after):
        return end + 2
    if after == "..." or after[:1] == "\u2026":
        return end + 1
    at = end
    while at < end + _MOST_SKIPPED:
        command = next((one for one in _TEXT if text.startswith(one, at)), None)
        if _at(text, at) == "\\" and _at(text, at + 1) in ",;! )]":
            at += 2
        elif command:
            at += len(command)
        elif _at(text, at) in _BLANKS + _CLOSERS:
            at += 1
        else:
            break
    sign = _at(text, at)
    if text.startswith(("^\\circ", "^{\\circ}"), at):
        return None
    if sign in "^%\uff05\u2030\u03c0\u221a" or (sign == "{" and _at(text, at - 1) == "}") or _RAISED.match(sign):
        return at + 1
    if sign == "\\":
        if _at(text, at + 1) == "%":
            return at + 2
        word = _letters(text, at + 1)
        return at + 1 + len(word) if word in _FOLLOWING else None
    return _behind_word(text, at) if _is_letter(sign) else None


def _behind_word(text: str, at: int) -> int | None:
    word = _letters(text, at)
    end = at + len(word)
    if len(word) > 24 or re.match(r"\w", _at(text, end)):
        return None
    lowered = word.lower()
    if lowered == "per" and _at(text, end) in _BLANKS and _letters(text, end + 1).lower() == "cent":
        return end + 5
    makes_another = word in ("k", "K", "M", "B", "T") or is_scale(lowered) or is_fraction(lowered) or lowered in _BEHIND
    return end if makes_another else None


def _letters(text: str, at: int) -> str:
    match = _LETTERS.match(text, at, min(len(text), at + 25)) if at <= len(text) else None
    return match.group() if match else ""
