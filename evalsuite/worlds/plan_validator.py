"""Check a plan: whether it leads from the start to the goal by moves that exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalsuite.answers import extract_answer
from evalsuite.worlds.filler import without_filler
from evalsuite.worlds.plan_reading import read_text

if TYPE_CHECKING:
    from evalsuite.types import Sample

__all__ = ["PlanFault", "PlanVerdict", "check_plan"]

PlanFault: TypeAlias = Literal["no plan", "unknown place", "no such move", "goal not reached"]

_BETWEEN = re.compile(r"\s*(?:,\s*then\s|,|;|->|→|>|\bthen\b)\s*|\s+", re.IGNORECASE)
_MOST_READ = 10_000  # characters of an answer


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
        Any plan that leads to the goal is valid, however long; moves after the goal count as part of it.

    Examples
    --------
    >>> from evalsuite.worlds.plan import samples
    >>> item = samples(seed=1, n=1)[0]
    >>> check_plan(item, item.references[0]).valid, check_plan(item, "answer: nowhere").fault
    (True, 'unknown place')
    """
    reading = read_text(without_filler(str(sample.input["problem"])))
    moves, start, goal = reading.moves(), reading.start, reading.goal
    shortest = len(reading.solve().states)
    answer = (extract_answer(text).text or "")[:_MOST_READ].casefold()
    said = [word for word in _BETWEEN.split(answer.strip(" .")) if word]
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
