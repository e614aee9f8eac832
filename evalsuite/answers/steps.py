"""Read the states of steps from a worked solution."""

from __future__ import annotations

import re

from evalsuite.answers.extraction import has_marker
from evalsuite.answers.quantity import last_number

__all__ = ["parse_steps"]

_MOST_READ = 1_000_000  # characters, from the start
_STEP = re.compile(
    r"[ \t]{0,20}[-*_>\#]{0,6}[ \t]{0,4}(?:step[ \t]{1,4})?([0-9]{1,6})[*_]{0,2}(?::|[.)](?=[ \t]))", re.I
)


def parse_steps(text: str) -> dict[int, str]:
    r"""Read what each numbered step states: the last number on its line.

    Parameters
    ----------
    text : str
        A solution with a step a line: ``3: 17``, ``Step 3: 12 + 5 = 17`` or ``3. 12 + 5 = 17``. Of more than a million
        characters, the first million are read.

    Returns
    -------
    dict of int to str
        The number as written, by the step's index, in the order of the text. The first statement of an index counts;
        a line without a number states nothing; a line that announces the answer is no step.

    Examples
    --------
    >>> parse_steps("1: 5\nStep 2: 5 + 7 = 12\n3. that leaves 12 - 4 = 8.\nanswer: 8")
    {1: '5', 2: '12', 3: '8'}
    """
    states: dict[int, str] = {}
    for line in text[:_MOST_READ].split("\n"):
        match = _STEP.match(line)
        if match is None or has_marker(line):
            continue
        index = int(match.group(1))
        if index in states:
            continue
        number = last_number(line[match.end() :])
        if number is not None:
            states[index] = number
    return states
