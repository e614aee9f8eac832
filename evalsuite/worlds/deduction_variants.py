"""Variants of deductions. There is no number in them; facts and rules may come in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds._names import EIGHTS, PEOPLE, WORDS
from evalsuite.worlds.changed import Changed, Maker, another_order, shifted
from evalsuite.worlds.deduction_reading import DeductionReading, read_text
from evalsuite.worlds.deduction_templates import TEMPLATES, Rule, Template, render

if TYPE_CHECKING:
    from evalsuite.types import Sample
    from evalsuite.worlds._draws import Draws

__all__ = ["MAKERS"]

_TEMPLATE = {template.id: template for template in TEMPLATES}


def _rename(sample: Sample, draws: Draws) -> Changed:
    """Rename people, kinds and conclusions; what is said of them stays."""
    reading, words = _read(sample)
    new = {
        name: other for names in (PEOPLE, WORDS, EIGHTS[words.names]) for name, other in shifted(names, draws).items()
    }
    states = [" ".join(new.get(word, word) for word in state.split(" ")) for state in _states(sample)]
    return Changed(
        problem=render(
            words,
            [(new[who], new[kind]) for who, kind in reading.kinds],
            [(new[who], trait) for who, trait in reading.traits],
            [(new[kind], trait, new[what], last) for kind, trait, what, last in _rules(reading)],
            new[reading.asked],
        ),
        states=states,
        answer=states[-1].rpartition(" ")[2],
    )


def _reorder(sample: Sample, draws: Draws) -> Changed:
    reading, words = _read(sample)
    kinds, trait = another_order(reading.kinds, draws), dict(reading.traits)
    traits = [(who, trait[who]) for who, _ in kinds if who in trait]
    return Changed(problem=render(words, kinds, traits, another_order(_rules(reading), draws), reading.asked))


def _paraphrase(sample: Sample, draws: Draws) -> Changed:
    reading, words = _read(sample)
    other = draws.choice([t for t in TEMPLATES if t.topic == words.topic and t != words])
    told = render(other, reading.kinds, reading.traits, _rules(reading), reading.asked)
    return Changed(problem=told, metadata={"template": other.id})


def _states(sample: Sample) -> list[str]:
    """Return the states of an item as words."""
    states = sample.metadata["states"]
    assert isinstance(states, list)
    return [str(state) for state in states]


def _read(sample: Sample) -> tuple[DeductionReading, Template]:
    return read_text(str(sample.input["problem"])), _TEMPLATE[str(sample.metadata["template"])]


def _rules(reading: DeductionReading) -> list[Rule]:
    return [(kind, trait, what, bool(verb)) for kind, trait, verb, what in reading.rules]


MAKERS: dict[str, Maker] = {"rename": _rename, "reorder": _reorder, "paraphrase": _paraphrase}
