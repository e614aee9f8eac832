"""Steps of a worked solution, line by line with regular expressions."""

from __future__ import annotations

import re

__all__ = ["lines", "numbers", "numbers_of_steps"]

_STEP = re.compile(
    r"[ \t]{0,20}[-*_>\#]{0,6}[ \t]{0,4}(?:step[ \t]{1,4})?([0-9]{1,6})[*_]{0,2}(?::|[.)](?=[ \t]))", re.I
)
_MARKER = re.compile(r"(?<!\w)answer[*_ \t]{0,4}[:\uff1a=]|(?<!\#)\#{4}(?!\#)", re.IGNORECASE)
_NUMBER = re.compile(
    r"""(?<![\w.^/)\]}])(?<!sqrt[{(\[])
    (?>[-+\u2212\u2013]? (?:\\?[$€£¥]\ ?)? [-+\u2212\u2013]?
       (?: \\[dt]?frac\{[0-9]{1,300}\}\{[0-9]{1,300}\}
         | (?:[0-9]{1,300}\ (?=[0-9]{1,300}/[0-9]))? \.?[0-9][0-9.,/^:]* (?:[eE][-+]?[0-9]+)? )
       (?:\ ?\\?%)?)
    (?!(?:st|nd|rd|th)\b) (?!\ ?\\(?:sqrt|[dt]?frac|pi|cdot|times))""",
    re.VERBOSE,
)


def numbers(text: str) -> list[str]:
    return [match.group().rstrip(".,/^:") for match in _NUMBER.finditer(text)]


def lines(text: str) -> list[tuple[int, str, str | None]]:
    """Every line that states a step: its index, what it says, and its last number."""
    found = []
    for line in text[:1_000_000].split("\n"):
        match = _STEP.match(line)
        said = line[match.end() :] if match else ""
        if match and said.strip(" \t\r") and not _MARKER.search(line):
            listed = numbers(said)
            found.append((int(match.group(1)), said.strip(" \t\r"), listed[-1] if listed else None))
    return found


def numbers_of_steps(text: str) -> dict[int, str]:
    """The first number stated of each step."""
    states: dict[int, str] = {}
    for index, _, number in lines(text):
        if number is not None:
            states.setdefault(index, number)
    return states
