"""Wordings of the program world: 12 machines, each told in 4 layouts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TEMPLATES", "Condition", "Operation", "Template", "render", "step_texts"]

Condition: TypeAlias = Literal["even", "fives"]
Operation: TypeAlias = tuple[str, int]
Layout: TypeAlias = Literal["code", "prose", "assembly", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A machine in a layout.

    Parameters
    ----------
    machine, register : str
        What is run, and what holds its number.
    add, take, multiply : str
        What makes the number larger, smaller, or several times as large.
    layout : {"code", "prose", "assembly", "table"}
        How the program is written.
    """

    machine: str
    register: str
    add: str
    take: str
    multiply: str
    layout: Layout

    @property
    def id(self) -> str:
        """Name of the template, unique among `TEMPLATES`."""
        return f"{self.machine}/{self.layout}"


_MACHINES = (
    ("calculator", "display", "add", "subtract", "multiply by"),
    ("loom", "shuttle", "advance by", "retreat by", "scale by"),
    ("dial", "pointer", "turn up by", "turn down by", "turn by a factor of"),
    ("lift", "indicator", "raise by", "lower by", "gear by"),
    ("kiln", "gauge", "heat by", "cool by", "boost by"),
    ("organ", "stop", "lift by", "drop by", "stretch by"),
    ("telescope", "scale", "swing on by", "swing back by", "magnify by"),
    ("printer", "counter", "count up by", "count down by", "repeat by"),
    ("robot", "memory", "store plus", "store minus", "store times"),
    ("mill", "wheel", "wind on by", "wind back by", "speed up by"),
    ("radio", "tuner", "tune up by", "tune down by", "amplify by"),
    ("clock", "hand", "put forward by", "put back by", "spin by"),
)
_MNEMONICS = {"+": "ADD", "-": "SUB", "*": "MUL"}
_LAYOUTS: tuple[Layout, ...] = ("code", "prose", "assembly", "table")

TEMPLATES: tuple[Template, ...] = tuple(
    Template(machine=machine, register=register, add=add, take=take, multiply=multiply, layout=layout)
    for layout in _LAYOUTS
    for machine, register, add, take, multiply in _MACHINES
)


@cache
def step_texts(template: int) -> tuple[str, ...]:
    """Return what a template says of each instruction, in the order of ``program.instructions()``."""
    from evalsuite.worlds.program import instructions

    words = TEMPLATES[template]
    return tuple(_instruction(words, one.condition, one.then, one.otherwise) for one in instructions())


def _instruction(words: Template, condition: Condition, then: Operation, otherwise: Operation) -> str:
    r = words.register
    if words.layout == "code":
        test = {"even": f"{r} % 2 == 0", "fives": f"{r} % 5 == 0"}[condition]
        return f"{r} = {_code(r, then)} if {test} else {_code(r, otherwise)}"
    if words.layout == "prose":
        test = {"even": "is even", "fives": "is a multiple of five"}[condition]
        return f"If the {r} {test}, {_prose(words, then)}, otherwise {_prose(words, otherwise)}."
    if words.layout == "assembly":
        test = {"even": "EVEN", "fives": "FIVES"}[condition]
        return f"TEST {test} ? {_assembly(then)} : {_assembly(otherwise)}"
    test, other = {"even": ("even", "odd"), "fives": ("0 or 5", "other")}[condition]
    return f"{test} -> {_sign(then)} | {other} -> {_sign(otherwise)}"


def _code(register: str, operation: Operation) -> str:
    sign, amount = operation
    return f"{register} {sign} {amount}"


def _prose(words: Template, operation: Operation) -> str:
    sign, amount = operation
    verb = {"+": words.add, "-": words.take, "*": words.multiply}[sign]
    return f"{verb} {amount}"


def _assembly(operation: Operation) -> str:
    sign, amount = operation
    return f"{_MNEMONICS[sign]} {amount}"


def _sign(operation: Operation) -> str:
    return f"{operation[0]}{operation[1]}"


def render(words: Template, start: int, steps: Sequence[str]) -> str:
    """Return the problem as text: the first number, a numbered line an instruction, and the question."""
    r = words.register
    if words.layout == "code":
        head, tail = f"# {words.machine}, modulo 100\n{r} = {start}", f"print({r})"
    elif words.layout == "prose":
        head = f"The {words.machine} is started with its {r} at {start}."
        tail = f"Where is the {r} at the end?"
    elif words.layout == "assembly":
        head, tail = f"; {words.machine}, modulo 100\nLOAD {r} {start}", f"SHOW {r}"
    else:
        head, tail = f"{words.machine} | {r} | start {start}", f"{r} after the last rule = ?"
    return "\n".join((head, *[f"{k}. {step}" for k, step in enumerate(steps, 1)], tail))
