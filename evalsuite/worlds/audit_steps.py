"""Audit the steps of items: whether text and states agree, the depth is real, and every step is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from evalsuite.worlds.audit_finding import Finding, summed
from evalsuite.worlds.reading import read_tables
from evalsuite.worlds.rendering import parse_tables, write_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample
    from evalsuite.worlds.reading import Reading

__all__ = ["audit_depth", "audit_steps", "longest_chain", "parents_of"]

_MOST_SLIPS = 3  # at each step


def parents_of(sample: Sample) -> list[list[int]]:
    """Return the parents of each step; those of a chain where the item names none."""
    given = sample.metadata.get("parents")
    if given is not None:
        return cast("list[list[int]]", given)
    states = cast("list[object]", sample.metadata["states"])
    return [[k] if k else [] for k in range(len(states))]


def longest_chain(parents: Sequence[Sequence[int]]) -> int:
    """Return the number of steps of the longest chain in which each step reads the one before.

    Parameters
    ----------
    parents : sequence of sequence of int
        For each step the steps it reads, counted from 1 and each before it.

    Examples
    --------
    >>> longest_chain([[], [], [1], [2, 3]])
    3
    """
    level: list[int] = []
    for row in parents:
        level.append(1 + max((level[parent - 1] for parent in row), default=0))
    return max(level, default=0)


def audit_depth(samples: Sequence[Sample]) -> Finding:
    """Compare the declared depth and width with those of the graph of parents."""
    return summed("depth", samples, [_depth_fault(sample) for sample in samples])


def _depth_fault(sample: Sample) -> str | None:
    parents = parents_of(sample)
    found = longest_chain(parents)
    if sample.depth != found:
        return f"depth {sample.depth}, the longest chain has {found} steps"
    level: list[int] = []
    for row in parents:
        level.append(1 + max((level[parent - 1] for parent in row), default=0))
    width = max(map(level.count, level))
    if sample.metadata.get("width", 1) != width:
        return f"width {sample.metadata.get('width')}, {width} steps can be done side by side"
    needed = {len(parents)}
    for k in range(len(parents), 0, -1):
        if k in needed:
            needed.update(parents[k - 1])
    if len(needed) != len(parents):
        return f"step {min(set(range(1, len(parents) + 1)) - needed)} leads nowhere"
    return None


def audit_steps(family: str, samples: Sequence[Sample], readings: Sequence[Reading]) -> list[Finding]:
    """Solve items from their text, from their tables, and with a slip at each step."""
    pairs = list(zip(samples, readings, strict=True))
    return [
        summed("text", samples, [_text_fault(sample, reading) for sample, reading in pairs]),
        summed("tables", samples, [_table_fault(family, reading) for reading in readings]),
        summed("steps", samples, [_step_fault(reading) for reading in readings]),
    ]


def _text_fault(sample: Sample, reading: Reading) -> str | None:
    solution = reading.solve()
    states = tuple(str(state) for state in cast("list[object]", sample.metadata["states"]))
    if solution.states != states:
        return f"the text leads to {solution.states}, declared are {states}"
    stated = sample.references[0].rsplit("answer: ", 1)[1]
    return None if solution.answer == stated else f"the text leads to the answer {solution.answer}, not {stated}"


def _table_fault(family: str, reading: Reading) -> str | None:
    tables, question = parse_tables(write_tables(reading.tables(), reading.question))
    return None if read_tables(family, tables, question) == reading else "the tables hold other facts than the text"


def _step_fault(reading: Reading) -> str | None:
    """Slip at each step, in several ways: the answer must become another."""
    true = reading.solve()
    for step in range(1, len(true.states) + 1):
        others = reading.wrong_states(step)
        stride = max(1, len(others) // _MOST_SLIPS)
        for wrong in others[step % stride :: stride][:_MOST_SLIPS]:
            if reading.solve({step: wrong}).answer == true.answer:
                return f"step {step} may be {wrong} as well as {true.states[step - 1]}"
    return None
