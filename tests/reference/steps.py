"""Steps of a worked solution, line by line with regular expressions."""

from __future__ import annotations

import re

from evalsuite.answers.normalisation import DIGITS
from tests.reference.answers import last_number_of

__all__ = ["lines", "numbers_of_steps"]

_STEP = re.compile(
    r"[ \t]{0,20}[-*_>\#]{0,6}[ \t]{0,4}(?:step[ \t]{1,4})?"
    r"(?:\(([0-9]{1,6})\)[*_]{0,2}(?:[ \t]{0,4}[:\uff1a]|(?=[ \t]))"
    r"|([0-9]{1,6})[*_]{0,2}(?:[ \t]{0,4}[:\uff1a]|[.)](?=[ \t])))",
    re.IGNORECASE,
)
_MARKER = re.compile(r"(?<!\w)answer[*_ \t]{0,4}[:\uff1a=]|(?<!\#)\#{4}(?!\#)", re.IGNORECASE)


def lines(text: str) -> list[tuple[int, str, str | None]]:
    """Every line that states a step: its index, what it says, and its last number."""
    found = []
    for line in re.split("[\r\n]", text[:1_000_000]):
        match = _STEP.match(line)
        said = line[match.end() :].strip(" \t") if match else ""
        if match and said and not _MARKER.search(line):
            place = last_number_of(line.translate(DIGITS), match.end())
            found.append((int(match[1] or match[2]), said, line[slice(*place)] if place else None))
    return found


def numbers_of_steps(text: str) -> dict[int, str]:
    """The first number stated of each step."""
    states: dict[int, str] = {}
    for index, _, number in lines(text):
        if number is not None:
            states.setdefault(index, number)
    return states
