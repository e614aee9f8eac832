"""Typos: neighbouring letters swapped in words that name nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from evalsuite.worlds._draws import Draws

__all__ = ["add_typos"]

_WORD = re.compile(r"[A-Za-z]{4,}")
_RATE = 4  # one word in so many
_LEAST = 2


def add_typos(problem: str, kept: Collection[str], draws: Draws) -> str:
    """Swap two neighbouring letters within some words, one in four of those that may be changed, but two at least.

    Parameters
    ----------
    problem : str
    kept : collection of str
        Words, in small letters, that stay as they are.
    draws : Draws

    Returns
    -------
    str
        A word's first and last letter stay. Words have four letters or more, and two unequal ones next to each other
        within.
    """
    words = [match for match in _WORD.finditer(problem) if match[0].lower() not in kept and _swaps(match[0])]
    draws.shuffle(words)
    letters = list(problem)
    for match in words[: max(_LEAST, len(words) // _RATE)]:
        i = match.start() + draws.choice(_swaps(match[0]))
        letters[i], letters[i + 1] = letters[i + 1], letters[i]
    return "".join(letters)


def _swaps(word: str) -> list[int]:
    """Return the places of letters that can be swapped with the next, so that no other word comes out."""
    return [
        i
        for i in range(1, len(word) - 2)
        if word[i] != word[i + 1] and word[:i] + word[i + 1] + word[i] + word[i + 2 :] not in _OTHER_WORDS
    ]


_OTHER_WORDS = frozenset({"three", "Three", "form", "bread"})
