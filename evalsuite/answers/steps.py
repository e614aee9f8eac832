"""Read what the steps of a worked solution state, and compare it with the true states."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from evalsuite.answers.comparison import compare_answers
from evalsuite.answers.keys import answer_key
from evalsuite.kernels.steps import step_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["StatedStep", "is_number", "is_state", "parse_steps", "read_steps"]

_NUMBER = re.compile(r"-?[0-9]+(?:/[0-9]+)?%?")
_CLAUSE = re.compile(r"=>|->|[=:\u2192\u21d2]|(?<!\w)(?:is|are|becomes|equals)(?!\w)", re.IGNORECASE)
_LONGEST_CLAUSE = 1100  # characters; longer ones have no key


class StatedStep(NamedTuple):
    """What a solution states of one step.

    Parameters
    ----------
    text : str
        What stands behind the index, on the first line that states anything of the step.
    number : str, optional
        The last number, as written, on the first line that has one.
    """

    text: str
    number: str | None


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
    lines, _ = step_lines([text])
    return {step: text[start:end] for step, _, _, start, end in lines.tolist() if start >= 0}


def read_steps(texts: Sequence[str]) -> list[dict[int, StatedStep]]:
    r"""Read what each numbered step of each text states: numbers as `parse_steps` does, and words.

    Parameters
    ----------
    texts : sequence of str
        Solutions with a step a line.

    Returns
    -------
    list of dict of int to StatedStep
        By the step's index, in the order of the text, for each text.

    Raises
    ------
    TypeError
        If `texts` is one str or holds anything else.

    Examples
    --------
    >>> read_steps(["1: the ball is under cup B\n2: 3 + 4 = 7"])[0]  # doctest: +NORMALIZE_WHITESPACE
    {1: StatedStep(text='the ball is under cup B', number=None),
     2: StatedStep(text='3 + 4 = 7', number='7')}
    """
    listed = list(texts)
    lines, ends = step_lines(listed)
    found: list[dict[int, StatedStep]] = []
    begin = 0
    for text, stop in zip(listed, ends.tolist(), strict=True):
        steps: dict[int, StatedStep] = {}
        for step, start, end, first, last in lines[begin:stop].tolist():
            said = steps[step].text if step in steps else text[start:end]
            steps[step] = StatedStep(said, text[first:last] if first >= 0 else None)
        found.append(steps)
        begin = stop
    return found


def is_number(state: str) -> bool:
    """Say whether a true state is a number, so that numbers are compared with it, and not words.

    Examples
    --------
    >>> [is_number(state) for state in ("-17", "3/4", "1,200", "B", "room 3")]
    [True, True, True, False, False]
    """
    key = answer_key(state)
    return key is not None and _NUMBER.fullmatch(key) is not None


def is_state(stated: StatedStep, state: str) -> bool:
    """Say whether a step states `state`.

    Parameters
    ----------
    stated : StatedStep
    state : str
        The true state. If it is a number, the last number on the step's line must equal it; otherwise the line, or its
        last clause (what stands behind the last ``=``, ``:``, arrow, "is", "are", "becomes" or "equals"), must have
        its `answer_key`.

    Returns
    -------
    bool
        False, too, where the two cannot be compared.

    Examples
    --------
    >>> step = StatedStep(text="so the ball is under B = B", number=None)
    >>> is_state(step, "B"), is_state(step, "so the ball is under B = B"), is_state(step, "C")
    (True, True, False)
    """
    if is_number(state):
        return stated.number is not None and compare_answers(stated.number, state) == "right"
    key = answer_key(state)
    if key is None:
        return False
    return key == answer_key(stated.text) or key == answer_key(_last_clause(stated.text))


def _last_clause(text: str) -> str:
    text = text[-_LONGEST_CLAUSE:]
    end = 0
    for match in _CLAUSE.finditer(text):
        if text[match.end() :].strip(" \t.*_"):
            end = match.end()
    return text[end:]
