"""Variants of ledgers. The order of operations carries meaning, so that there is no ``reorder``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from evalsuite.worlds.changed import Changed, Maker
from evalsuite.worlds.ledger import FACTORS, MODULUS, run_plan
from evalsuite.worlds.ledger_templates import TEMPLATES, Operation, Template, render

if TYPE_CHECKING:
    from evalsuite.types import Sample
    from evalsuite.worlds._draws import Draws

__all__ = ["MAKERS"]

_LARGER_FACTORS = (11, 13, 17, 19, 21, 23, 27, 29, 31, 33, 37, 39)  # units of Z/100
_TEMPLATE = {template.id: template for template in TEMPLATES}


def _rename(sample: Sample, draws: Draws) -> Changed:
    words = _template(sample)
    return _told(sample, draws.choice([t for t in TEMPLATES if t.layout == words.layout and t != words]))


def _paraphrase(sample: Sample, draws: Draws) -> Changed:
    words = _template(sample)
    return _told(sample, draws.choice([t for t in TEMPLATES if t.scenario == words.scenario and t != words]))


def _numbers(sample: Sample, draws: Draws) -> Changed:
    while True:
        start, made = draws.below(MODULUS), _plan(sample, draws, FACTORS, larger=False)
        if (start, made) != (sample.metadata["start"], _operations(sample)):
            return _with_numbers(sample, start, made)


def _larger_numbers(sample: Sample, draws: Draws) -> Changed:
    return _with_numbers(sample, draws.below(MODULUS), _plan(sample, draws, _LARGER_FACTORS, larger=True))


def _plan(sample: Sample, draws: Draws, factors: tuple[int, ...], *, larger: bool) -> list[Operation]:
    """Draw other amounts for the same signs; no operation just undoes the one before."""
    made: list[Operation] = []
    for sign, _ in _operations(sample):
        while True:
            amount = draws.choice(factors) if sign == "*" else 1 + draws.below(MODULUS - 1)
            if larger and sign != "*":
                amount += MODULUS * (1 + draws.below(9))
            before, last = made[-1] if made else ("*", 0)
            if {sign, before} != {"+", "-"} or (amount - last) % MODULUS:
                break
        made.append((sign, amount))
    return made


def _with_numbers(sample: Sample, start: int, operations: list[Operation]) -> Changed:
    states = run_plan(start, operations)
    return Changed(
        problem=render(_template(sample), start, operations),
        states=states,
        answer=states[-1],
        metadata={"start": start, "operations": [[sign, amount] for sign, amount in operations]},
    )


def _told(sample: Sample, words: Template) -> Changed:
    start = cast("int", sample.metadata["start"])
    return Changed(problem=render(words, start, _operations(sample)), metadata={"template": words.id})


def _template(sample: Sample) -> Template:
    return _TEMPLATE[str(sample.metadata["template"])]


def _operations(sample: Sample) -> list[Operation]:
    return [(sign, amount) for sign, amount in cast("list[Operation]", sample.metadata["operations"])]


MAKERS: dict[str, Maker] = {
    "rename": _rename,
    "paraphrase": _paraphrase,
    "numbers": _numbers,
    "larger_numbers": _larger_numbers,
}
