"""Variants of programs. The order of instructions carries meaning, so that there is no ``reorder``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds.changed import Changed, Maker
from evalsuite.worlds.program import MODULUS, Instruction, instructions
from evalsuite.worlds.program_reading import ProgramReading, read_text
from evalsuite.worlds.program_templates import TEMPLATES, Condition, Template, render, step_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample
    from evalsuite.worlds._draws import Draws

__all__ = ["MAKERS"]

_INDEX = {template.id: i for i, template in enumerate(TEMPLATES)}
_CONDITIONS: dict[int, Condition] = {2: "even", 5: "fives"}


def _rename(sample: Sample, draws: Draws) -> Changed:
    reading, words = _read(sample)
    return _told(reading, draws.choice([t for t in TEMPLATES if t.layout == words.layout and t != words]))


def _paraphrase(sample: Sample, draws: Draws) -> Changed:
    reading, words = _read(sample)
    return _told(reading, draws.choice([t for t in TEMPLATES if t.machine == words.machine and t != words]))


def _numbers(sample: Sample, draws: Draws) -> Changed:
    """Draw another start, and instructions of the same conditions and signs with other amounts."""
    reading, words = _read(sample)
    known = instructions()
    while True:
        start = draws.below(MODULUS)
        chosen = [draws.choice([other for other in known if _form(other) == _form(known[i])]) for i in _plan(reading)]
        if str(start) != reading.start or [known.index(one) for one in chosen] != _plan(reading):
            break
    value, states = start, list[int]()
    for one in chosen:
        value = one.table[value]
        states.append(value)
    texts = step_texts(_INDEX[words.id])
    problem = render(words, start, [texts[known.index(one)] for one in chosen])
    return Changed(problem=problem, states=states, answer=value)


def _form(one: Instruction) -> tuple[str, str, str]:
    return one.condition, one.then[0], one.otherwise[0]


def _read(sample: Sample) -> tuple[ProgramReading, Template]:
    return read_text(str(sample.input["problem"])), TEMPLATES[_INDEX[str(sample.metadata["template"])]]


def _plan(reading: ProgramReading) -> list[int]:
    """Return the numbers of the instructions that were read."""
    place = {(one.condition, one.then, one.otherwise): i for i, one in enumerate(instructions())}
    return [place[_CONDITIONS[divisor], (a, x), (b, y)] for divisor, a, x, b, y in reading.plan]


def _told(reading: ProgramReading, words: Template) -> Changed:
    texts: Sequence[str] = step_texts(_INDEX[words.id])
    problem = render(words, int(reading.start), [texts[i] for i in _plan(reading)])
    return Changed(problem=problem, metadata={"template": words.id})


MAKERS: dict[str, Maker] = {"rename": _rename, "paraphrase": _paraphrase, "numbers": _numbers}
