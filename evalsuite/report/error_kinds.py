"""Errors of one kind: those that say the same but for numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ErrorKind", "group_errors", "without_numbers"]

# A status tells what went wrong: 429 and 500 are no two cases of one error.
_NUMBER = re.compile(
    r"(?P<status>\b(?:answers|code|errno|error|http|request|status)\b[ :=(]*\d{1,3}\b)"
    r"|0x[0-9a-f]+|(?P<hex>[0-9a-f]{8,})|\d+(?:[.,]\d+)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """Errors whose messages differ at most in numbers.

    Parameters
    ----------
    message : str
        The most frequent one.
    count : int
        Outputs that ended so, with whatever numbers.
    n_messages : int
        Different messages.
    """

    message: str
    count: int
    n_messages: int


def without_numbers(message: str) -> str:
    """Return a message with ``#`` for its numbers, which is the same for all errors of a kind."""
    return _NUMBER.sub(_kept, message)


def _kept(found: re.Match[str]) -> str:
    word = found["hex"]  # a long one of the letters a to f is an id if there is a digit in it
    return found["status"] or (word if word and word.isalpha() else "#")


def group_errors(errors: Mapping[str, int]) -> list[ErrorKind]:
    """Group messages that differ in numbers alone, such as counts of tokens and ids; the most frequent kinds first.

    Parameters
    ----------
    errors : mapping of str to int
        How often each message occurred.

    Examples
    --------
    >>> for kind in group_errors({"9 tokens are too many": 2, "8 tokens are too many": 3, "lost": 4}):
    ...     print(kind.count, kind.message)
    5 8 tokens are too many
    4 lost
    """
    kinds: dict[str, list[tuple[str, int]]] = {}
    for message, count in errors.items():
        kinds.setdefault(without_numbers(message), []).append((message, count))
    groups = []
    for same in kinds.values():
        example = min(same, key=lambda error: (-error[1], error[0]))[0]
        groups.append(ErrorKind(example, sum(count for _, count in same), len(same)))
    return sorted(groups, key=lambda kind: (-kind.count, kind.message))
