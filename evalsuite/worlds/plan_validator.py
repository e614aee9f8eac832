"""Check a plan: whether it leads from the start to the goal by moves that exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalsuite.answers import Extraction, extract_answer
from evalsuite.worlds.filler import without_filler
from evalsuite.worlds.plan_reading import PlanReading, read_text

if TYPE_CHECKING:
    from evalsuite.types import Sample

__all__ = ["PlanFault", "PlanVerdict", "check_plan", "judge_plan", "read_maze"]

PlanFault: TypeAlias = Literal["no plan", "too long", "unknown place", "no such move", "goal not reached"]

_BETWEEN = re.compile(r"\s*(?:,\s*then\s|,|;|->|→|>|\bthen\b)\s*|\s+", re.IGNORECASE)
_MOST_READ = 1000  # characters of an answer, as `extract_answer` gives them: what it cut is longer by one


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVerdict:
    """What a plan does.

    Parameters
    ----------
    valid : bool
        Whether it ends at the goal, by moves that exist.
    n_moves : int
        Moves made until the first that does not exist, or the end.
    shortest : int
        Moves of the shortest plan.
    fault : str, optional
        What is wrong with a plan that is not valid.
    """

    valid: bool
    n_moves: int
    shortest: int
    fault: PlanFault | None = None


def check_plan(sample: Sample, text: str) -> PlanVerdict:
    """Check the plan that an output gives as its answer.

    Parameters
    ----------
    sample : Sample
        An item of the world ``plan``.
    text : str
        An output. Its answer, found by `evalsuite.answers.extract_answer`, names the places that are entered, in order,
        with commas, arrows, "then" or spaces between; the start may be named first. Case does not count.

    Returns
    -------
    PlanVerdict
        Any plan that leads to the goal is valid, longer ones too, up to 1,000 characters; moves after the goal count as
        part of it.

    Raises
    ------
    ValueError
        If the sample is no such item, or its goal cannot be reached.

    Examples
    --------
    >>> from evalsuite.worlds.plan import samples
    >>> item = samples(seed=1, n=1)[0]
    >>> check_plan(item, item.references[0]).valid, check_plan(item, "answer: nowhere").fault
    (True, 'unknown place')
    """
    return judge_plan(*read_maze(sample), extract_answer(text))


def read_maze(sample: Sample) -> tuple[PlanReading, int]:
    """Return the maze of an item, read from its text, and the number of moves of its shortest plans.

    Raises
    ------
    ValueError
        If the text is of no maze, or its goal cannot be reached.
    """
    maze = read_text(without_filler(str(sample.input.get("problem", ""))))
    return maze, len(maze.shortest(maze.start)[0])


def judge_plan(maze: PlanReading, shortest: int, answer: Extraction) -> PlanVerdict:
    """Judge an answer that was found already. A number is no plan: it is not what was meant as an answer."""
    moves, start, goal = maze.moves(), maze.start, maze.goal
    plan = "" if answer.rule == "last_number" else (answer.text or "").casefold()
    if len(plan) > _MOST_READ:
        return PlanVerdict(valid=False, n_moves=0, shortest=shortest, fault="too long")
    said = [word for word in _BETWEEN.split(plan.strip(" .")) if word]
    if said and said[0] == start:
        del said[0]
    if not said:
        return PlanVerdict(valid=False, n_moves=0, shortest=shortest, fault="no plan")
    known = {start, *moves, *(place for there in moves.values() for place in there)}
    here = start
    for done, there in enumerate(said):
        if there not in moves.get(here, ()):
            fault: PlanFault = "no such move" if there in known else "unknown place"
            return PlanVerdict(valid=False, n_moves=done, shortest=shortest, fault=fault)
        here = there
    if here != goal:
        return PlanVerdict(valid=False, n_moves=len(said), shortest=shortest, fault="goal not reached")
    return PlanVerdict(valid=True, n_moves=len(said), shortest=shortest)
