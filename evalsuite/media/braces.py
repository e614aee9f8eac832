"""Names of shards as WebDataset writes them: ``train-{000000..000146}.tar`` stands for 147 files."""

from __future__ import annotations

import re
from itertools import product

__all__ = ["MAX_FILES", "expand_braces"]

MAX_FILES = 100_000
_RANGE = re.compile(r"\{(\d{1,9})\.\.(\d{1,9})\}")


def expand_braces(text: str) -> list[str] | None:
    """Return the names that ranges in braces stand for, in order; None where there is no range.

    Parameters
    ----------
    text : str
        A range has as many digits, filled up with zeros, as its ends; where they differ in length, as its first.

    Raises
    ------
    ValueError
        If a range ends before it begins, or all stand for more than 100,000 names.

    Examples
    --------
    >>> expand_braces("a-{08..10}.tar")
    ['a-08.tar', 'a-09.tar', 'a-10.tar']
    """
    pieces = _RANGE.split(text)
    if len(pieces) == 1:
        return None
    ranges = []
    count = 1
    for first, last in zip(pieces[1::3], pieces[2::3], strict=True):
        if int(last) < int(first):
            raise ValueError(f"the range {{{first}..{last}}} ends before it begins")
        count *= int(last) - int(first) + 1
        if count > MAX_FILES:
            raise ValueError(f"its ranges stand for more than {MAX_FILES} files")
        ranges.append([str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)])
    between = pieces[0::3]
    return [
        between[0] + "".join(number + text for number, text in zip(numbers, between[1:], strict=True))
        for numbers in product(*ranges)
    ]
