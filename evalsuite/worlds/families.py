"""The reasoning families: which worlds they are, what guessing earns, and what all of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.types import Sample
from evalsuite.worlds.arguments import MAX_SAMPLES, check_arguments, schedule_depths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalsuite.types import JSONValue

__all__ = ["FAMILIES", "MAX_SAMPLES", "Family", "chain_parents", "family_of", "make_item", "schedule", "trace_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A reasoning family.

    Parameters
    ----------
    name : str
        The world's name.
    letter : str
        A to G.
    guess_floor : float
        Share of right answers of a solver that guesses among all answers an item allows, in [0, 1). Of ``plan``, where
        it falls with depth, that of walking on at random without turning back, at depth 4.
    horizon : bool
        Whether accuracy against depth may be summed up by a horizon: false where an item has several right answers.
    max_depth : int
        Deepest item that the world makes.
    """

    name: str
    letter: str
    guess_floor: float
    horizon: bool
    max_depth: int


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family(name="ledger", letter="A", guess_floor=0.01, horizon=True, max_depth=200),
        Family(name="arithmetic_graph", letter="B", guess_floor=0.01, horizon=True, max_depth=32),
        Family(name="deduction", letter="C", guess_floor=0.25, horizon=True, max_depth=32),
        Family(name="relations", letter="D", guess_floor=0.125, horizon=True, max_depth=32),
        Family(name="tracking", letter="E", guess_floor=0.125, horizon=True, max_depth=200),
        Family(name="program", letter="F", guess_floor=0.01, horizon=True, max_depth=200),
        Family(name="plan", letter="G", guess_floor=0.03, horizon=False, max_depth=32),
    )
}
_PREFIXES = tuple(f"{k}: " for k in range(1, 1025))


def family_of(name: str) -> Family:
    """Return the family called `name`.

    Raises
    ------
    TaskError
        If no reasoning family has that name; the closest one is given.
    """
    if name not in FAMILIES:
        raise TaskError(
            f'unknown reasoning family "{name}"{did_you_mean(name, FAMILIES)} (known: {", ".join(FAMILIES)})'
        )
    return FAMILIES[name]


def schedule(
    name: str, *, seed: int, n: int, depths: tuple[int, int] | None, default: tuple[int, int], n_templates: int
) -> Iterator[tuple[int, int, int]]:
    """Check the arguments of ``samples`` and yield (index, template, depth), balanced over templates and depths.

    Every template meets every depth once in ``n_templates * n_depths`` items, and the first ``n_templates`` items
    already spread over the depths.

    Raises
    ------
    TaskError
        If `seed`, `n` or `depths` is out of range.
    """
    check_arguments(name, seed=seed, n=n, depths=depths, most_depth=family_of(name).max_depth)
    return schedule_depths(n, n_templates=n_templates, depths=depths or default)


def chain_parents(n_steps: int) -> list[JSONValue]:
    """Return the parents of a chain: none for step 1, step k - 1 for step k."""
    parents: list[JSONValue] = [[k] for k in range(n_steps)]
    parents[0] = []
    return parents


def trace_of(states: Sequence[int] | Sequence[str], answer: int | str) -> str:
    """Return what the oracle writes: a numbered line a step, and the answer."""
    lines = [prefix + str(state) for prefix, state in zip(_PREFIXES, states, strict=False)]
    lines.append(f"answer: {answer}")
    return "\n".join(lines)


def make_item(
    *,
    family: str,
    index: int,
    template: str,
    depth: int,
    problem: str,
    states: Sequence[int] | Sequence[str],
    answer: int | str,
    parents: list[JSONValue],
    width: int,
    n_distractors: int,
    trace_tokens: int,
) -> Sample:
    """Return the sample of an item: its oracle's trace is the one reference.

    Parameters
    ----------
    family, index, template, depth, problem
        What the item is; the template is its cluster.
    states : sequence of int or str
        The state after each step, one line each.
    answer : int or str
        What stands behind ``answer:``.
    parents : list of list of int
        Steps, from 1, whose result each step reads.
    width : int
        Most steps that could be done side by side.
    n_distractors : int
        Statements that the answer does not need.
    trace_tokens : int
        Tokens, words and marks, of the trace.
    """
    return Sample(
        id=f"{family}-{index:06d}",
        input={"problem": problem},
        references=(trace_of(states, answer),),
        cluster=template,
        depth=depth,
        metadata={
            "family": family,
            "template": template,
            "states": [*states],
            "parents": parents,
            "width": width,
            "n_distractors": n_distractors,
            "trace_tokens": trace_tokens,
        },
    )
