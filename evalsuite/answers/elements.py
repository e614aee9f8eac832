"""Elements of lists, tuples, intervals and sets, as an answer and the right one write them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["ASSIGNMENT", "CLOSING", "OPENING", "elements_of_both", "have_same_brackets", "is_half_open"]

OPENING: Final = {"(": ")", "[": "]", "{": "}"}
CLOSING: Final = frozenset(")]}")
ASSIGNMENT: Final = re.compile(r"([a-zA-Z])\s*(?:=|\\in(?![a-z]))\s*(?=\S)")
"""A letter and what is said of it."""

_MOST_ELEMENTS: Final = 16
_UNORDERED: Final = ("set", "list")


def elements_of_both(given: str, right: str) -> tuple[bool, bool, list[str], list[str]] | None:
    """Return whether order matters, whether repetition does without it, and the elements of two lists of one kind.

    None where they are none.
    Assignments to the same letters are compared in the letters' order.
    """
    said, wanted = _elements(given), _elements(right)
    if said is None or wanted is None or (said[0] in _UNORDERED) != (wanted[0] in _UNORDERED):
        return None
    if max(len(said[1]), len(wanted[1])) > _MOST_ELEMENTS or (len(said[1]) == 1 and len(wanted[1]) == 1):
        return None
    if said[0] not in _UNORDERED:
        return True, False, said[1], wanted[1]
    named, wanted_names = _by_name(said[1]), _by_name(wanted[1])
    if named and wanted_names and named.keys() == wanted_names.keys():
        return True, False, [named[name] for name in sorted(named)], [wanted_names[name] for name in sorted(named)]
    return False, said[0] == wanted[0] == "list", said[1], wanted[1]


def _by_name(elements: list[str]) -> dict[str, str]:
    """Return assignments by their letters; nothing if there is another element, or a letter twice."""
    heads = [ASSIGNMENT.match(element) for element in elements]
    named = {head[1]: element for head, element in zip(heads, elements, strict=True) if head}
    return named if len(named) == len(elements) else {}


def have_same_brackets(given: str, right: str) -> bool:
    """Say whether two texts are in brackets of one kind, where both are in round or square ones."""
    is_list = given[0] in "([" and right[0] in "(["
    return not is_list or (given[0], given[-1]) == (right[0], right[-1])


def is_half_open(text: str) -> bool:
    """Say whether brackets are those of an interval and of nothing else."""
    return text[0] + text[-1] in ("[)", "(]")


def _elements(text: str) -> tuple[str, list[str]] | None:
    """Return the brackets of a list, or that it is a set or a list without brackets, and its elements."""
    if text.startswith("\\{") and text.endswith("\\}"):
        kind, inner = "set", text[2:-2]
    elif len(text) > 2 and text[0] in "([" and text[-1] in ")]":
        kind, inner = text[0] + text[-1], text[1:-1]
    else:
        kind, inner = "list", text
    elements = _split(inner)
    if elements is None or not all(elements) or (kind == "list" and len(elements) == 1):
        return None
    if kind == "list" and re.search(r"[0-9],[0-9]", text):
        return None  # a decimal comma, or thousands
    return kind, elements


def _split(text: str) -> list[str] | None:
    """Split at commas outside brackets; None where brackets do not match."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        if character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth -= 1
            if depth < 0:
                return None
        elif character == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()] if depth == 0 else None
