"""Interventions on the trace: an item with a working that was begun, rightly or wrongly, by somebody else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds.families import family_of
from evalsuite.worlds.reading import read_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import JSONValue, Sample
    from evalsuite.worlds.reading import Reading

__all__ = ["ANSWER_AT_ONCE", "GO_ON", "INTERVENTIONS", "LEAST_STEPS", "with_interventions"]

_CUTS = {f"cut_{percent}": percent for percent in (0, 25, 50, 75, 100)}
INTERVENTIONS = ("control", "injected", "carried", *_CUTS)
LEAST_STEPS = 3
GO_ON = 'Go on from there, step by step, and end with the line "answer: ...".'
ANSWER_AT_ONCE = 'Write no further step. Answer at once, with the line "answer: ..." and nothing else.'


@dataclass(frozen=True, slots=True)
class _Start:
    """A working that was begun: states given, the first that is wrong (0 for none), and what it leads to."""

    states: tuple[str, ...]
    wrong_step: int
    leads_to: str


def with_interventions(family: str, samples: Sequence[Sample], names: Sequence[str], *, seed: int) -> list[Sample]:
    """Return each item once for each intervention, with the beginning of a working.

    Parameters
    ----------
    family : str
        The world that made the items: one whose items have one answer.
    samples : sequence of Sample
        From the world's ``samples``, with 3 steps at least.
    names : sequence of str
        ``control``: the first j states, all right; ``injected``: the same but for state j, which is wrong; ``carried``:
        as many, of which an earlier one is wrong and all after it follow from it; ``cut_0``, ``cut_25``, ``cut_50``,
        ``cut_75``, ``cut_100``: so many percent of the states, all right, and the answer is to be given at once.
    seed : int
        In [0, 2**64). Draws j, from 2 to the last but one, the earlier step, and the wrong states, any that change the
        answer.

    Returns
    -------
    list of Sample
        ``input`` has ``started`` (a line ``k: state`` a step) and ``request`` (what to do) beside the problem. The
        answer is the item's. In the metadata: ``variant_of`` (the item's id), ``intervention``, ``given`` (steps
        given), ``distance`` (steps left), ``step`` (the first wrong one; where none is, the last given), ``leads_to``
        (the answer that follows from what is given), and ``set_size``.

    Raises
    ------
    TaskError
        If the family has several right answers, there is no such intervention, one comes twice, or an item is too
        shallow.
    """
    if not family_of(family).horizon:
        raise TaskError(f"world {family}: its items have several right answers, and no working that could be wrong")
    for name in names:
        if name not in INTERVENTIONS:
            raise TaskError(
                f'world {family}: unknown intervention "{name}"{did_you_mean(name, INTERVENTIONS)} '
                f"(known: {', '.join(INTERVENTIONS)})"
            )
    if not names or len(set(names)) < len(names):
        raise TaskError(f"world {family}: `interventions` must name one at least, and none twice, got {[*names]}")
    base = world_seed(f"{family}/interventions", seed)
    made: list[Sample] = []
    for i, sample in enumerate(samples):
        starts = _starts(family, sample, Draws(base, i))
        made += [_begun(sample, name, starts[name], len(names)) for name in names]
    return made


def _starts(family: str, sample: Sample, draws: Draws) -> dict[str, _Start]:
    reading = read_problem(family, str(sample.input["problem"]))
    true = reading.solve()
    n = len(true.states)
    if n < LEAST_STEPS:
        raise TaskError(
            f'world {family}: "{sample.id}" has {n} steps, interventions take {LEAST_STEPS} at least: raise `depths`'
        )
    given = 2 + draws.below(n - 2)
    earlier = 1 + draws.below(given - 1)
    injected, misled = _slip(reading, given, draws), _slip(reading, earlier, draws)
    cuts = {name: _Start(true.states[: (n * percent + 50) // 100], 0, true.answer) for name, percent in _CUTS.items()}
    return {
        "control": _Start(true.states[:given], 0, true.answer),
        "injected": _Start((*true.states[: given - 1], injected.states[given - 1]), given, injected.leads_to),
        "carried": _Start(misled.states[:given], earlier, misled.leads_to),
        **cuts,
    }


def _slip(reading: Reading, step: int, draws: Draws) -> _Start:
    """Return the whole working with a wrong state at `step` that is carried on to another answer."""
    answer = reading.solve().answer
    states = list(reading.wrong_states(step))
    draws.shuffle(states)
    for state in states:
        solution = reading.solve({step: state})
        if solution.answer != answer:
            return _Start(solution.states, step, solution.answer)
    raise TaskError(f"no wrong state at step {step} leads to another answer")


def _begun(sample: Sample, name: str, start: _Start, size: int) -> Sample:
    states = sample.metadata["states"]
    assert isinstance(states, list)
    n_given = len(start.states)
    answer = sample.references[0].rpartition("\n")[2]
    left = [] if name in _CUTS else [f"{k}: {state}" for k, state in enumerate(states, 1)][_resumed(start) - 1 :]
    metadata: dict[str, JSONValue] = {
        "variant_of": sample.id,
        "intervention": name,
        "given": n_given,
        "distance": len(states) - n_given,
        "step": start.wrong_step or n_given,
        "leads_to": start.leads_to,
        "set_size": size,
    }
    return replace(
        sample,
        id=f"{sample.id}/{name}",
        input={
            **sample.input,
            "started": "\n".join(f"{k}: {state}" for k, state in enumerate(start.states, 1)) or "(nothing yet)",
            "request": ANSWER_AT_ONCE if name in _CUTS else GO_ON,
        },
        references=("\n".join([*left, answer]),),
        metadata={**sample.metadata, **metadata},
    )


def _resumed(start: _Start) -> int:
    """Return the step that an oracle writes first: the wrong one again, or the next."""
    return start.wrong_step or len(start.states) + 1
