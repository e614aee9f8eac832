"""Variants of arithmetic graphs. Lines may come in any order in which each quantity follows from those before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds.arithmetic_graph import FACTORS, MODULUS, solve_lines
from evalsuite.worlds.arithmetic_graph_reading import read_text
from evalsuite.worlds.arithmetic_graph_templates import TEMPLATES, Formula, Template, quantity_names, render
from evalsuite.worlds.changed import Changed, Maker

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalsuite.types import Sample
    from evalsuite.worlds._draws import Draws

__all__ = ["MAKERS"]

_LARGER_FACTORS = (11, 13, 17, 19, 21, 23, 27, 29, 31, 33, 37, 39)  # units of Z/100
_TEMPLATE = {template.id: template for template in TEMPLATES}
_NAMED = {"+": "sum", "-": "difference"}
_MOST_TRIES = 64


def _rename(sample: Sample, draws: Draws) -> Changed:
    words, formulas, asked = _read(sample)
    other = draws.choice([t for t in TEMPLATES if t.layout == words.layout and t != words])
    known, names = quantity_names(words.place), quantity_names(other.place)
    shift = draws.below(len(names))
    new = {name: names[(i + shift) % len(names)] for i, name in enumerate(known)}
    told = [
        (new[name], (sign, new[a] if a else a, new[b] if isinstance(b, str) else b)) for name, (sign, a, b) in formulas
    ]
    return Changed(problem=render(other, told, new[asked]), metadata={"template": other.id})


def _paraphrase(sample: Sample, draws: Draws) -> Changed:
    words, formulas, asked = _read(sample)
    other = draws.choice([t for t in TEMPLATES if t.place == words.place and t != words])
    return Changed(problem=render(other, formulas, asked), metadata={"template": other.id})


def _reorder(sample: Sample, draws: Draws) -> Changed:
    _, formulas, _ = _read(sample)
    for _ in range(_MOST_TRIES):
        left, made = dict(formulas), list[tuple[str, Formula]]()
        while left:
            free = [name for name, (_, a, b) in left.items() if a not in left and b not in left]
            name = draws.choice(free)
            made.append((name, left.pop(name)))
        if made != formulas:
            break
    return _solved(sample, made)


def _numbers(sample: Sample, draws: Draws) -> Changed:
    _, formulas, _ = _read(sample)
    while True:
        made = _with(formulas, lambda: draws.below(MODULUS), lambda: 1 + draws.below(99), lambda: draws.choice(FACTORS))
        if made != formulas:
            return _solved(sample, made)


def _larger_numbers(sample: Sample, draws: Draws) -> Changed:
    def amount() -> int:
        return MODULUS * (1 + draws.below(9)) + 1 + draws.below(99)

    _, formulas, _ = _read(sample)
    return _solved(sample, _with(formulas, amount, amount, lambda: draws.choice(_LARGER_FACTORS)))


def _with(
    formulas: list[tuple[str, Formula]], given: Callable[[], int], amount: Callable[[], int], factor: Callable[[], int]
) -> list[tuple[str, Formula]]:
    draw = {"": given, "+": amount, "-": amount, "*": factor}
    return [(name, (sign, a, draw[sign]() if isinstance(b, int) else b)) for name, (sign, a, b) in formulas]


def _read(sample: Sample) -> tuple[Template, list[tuple[str, Formula]], str]:
    """Return template, name and formula of each line, and the asked quantity."""
    reading = read_text(str(sample.input["problem"]))
    formulas: list[tuple[str, Formula]] = []
    for name, sign, a, b in reading.lines:
        if sign == "=":
            formulas.append((name, ("", "", int(a))))
        elif b.isdecimal():
            formulas.append((name, (sign, a, int(b))))
        else:
            formulas.append((name, (_NAMED[sign], a, b)))
    return _TEMPLATE[str(sample.metadata["template"])], formulas, reading.asked


def _solved(sample: Sample, formulas: list[tuple[str, Formula]]) -> Changed:
    """Return the variant that has these lines, with its states as the world finds them."""
    words, _, asked = _read(sample)
    of = dict(formulas)
    needed, todo = {asked}, [asked]
    while todo:
        new = {part for part in of[todo.pop()][1:] if part in of} - needed
        needed |= new
        todo += sorted(map(str, new))
    given = [(name, b) for name, (sign, _, b) in formulas if not sign and isinstance(b, int)]
    lines = [(k, name, formula) for k, (name, formula) in enumerate(formulas) if formula[0]]
    states, parents, _ = solve_lines(lines, given, needed)
    problem = render(words, formulas, asked)
    return Changed(problem=problem, states=states, answer=states[-1], metadata={"parents": parents})


MAKERS: dict[str, Maker] = {
    "rename": _rename,
    "reorder": _reorder,
    "paraphrase": _paraphrase,
    "numbers": _numbers,
    "larger_numbers": _larger_numbers,
}
