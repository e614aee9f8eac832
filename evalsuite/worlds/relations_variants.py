"""Variants of relations. There is no number in them; rules, and who is what of whom, may be told in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds._names import EIGHTS, PEOPLE
from evalsuite.worlds.changed import Changed, Maker, another_order, shifted
from evalsuite.worlds.relations_reading import RelationsReading, read_text
from evalsuite.worlds.relations_templates import TEMPLATES, Fact, Template, render, rule_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample
    from evalsuite.worlds._draws import Draws

__all__ = ["MAKERS"]

_INDEX = {template.id: i for i, template in enumerate(TEMPLATES)}
_PERSON = {name: i for i, name in enumerate(PEOPLE)}


def _rename(sample: Sample, draws: Draws) -> Changed:
    """Rename the people, and the society: its groups and relations are those of another."""
    reading, words = _read(sample)
    other = draws.choice([t for t in TEMPLATES if t.layout == words.layout and t != words])
    new = dict(zip(EIGHTS[words.names], EIGHTS[other.names], strict=True))
    states = sample.metadata["states"]
    assert isinstance(states, list)
    named = [new[str(state)] for state in states]
    problem = _told(other, reading, _facts(reading), people=shifted(PEOPLE, draws))
    return Changed(problem=problem, states=named, answer=named[-1], metadata={"template": other.id})


def _reorder(sample: Sample, draws: Draws) -> Changed:
    reading, words = _read(sample)
    order = another_order(range(len(reading.rules)), draws)
    return Changed(problem=_told(words, reading, another_order(_facts(reading), draws), order=order))


def _paraphrase(sample: Sample, draws: Draws) -> Changed:
    reading, words = _read(sample)
    other = draws.choice([t for t in TEMPLATES if t.group == words.group and t != words])
    return Changed(problem=_told(other, reading, _facts(reading)), metadata={"template": other.id})


def _read(sample: Sample) -> tuple[RelationsReading, Template]:
    return read_text(str(sample.input["problem"])), TEMPLATES[_INDEX[str(sample.metadata["template"])]]


def _facts(reading: RelationsReading) -> list[Fact]:
    relations = [name for name, _ in reading.rules]
    return [(_PERSON[x], relations.index(relation), _PERSON[y]) for x, relation, y in reading.facts]


def _told(
    words: Template,
    reading: RelationsReading,
    facts: Sequence[Fact],
    *,
    order: Sequence[int] = (0, 1, 2),
    people: dict[str, str] | None = None,
) -> str:
    """Tell rules, member and question as they were read, with these facts, in a template's words."""
    new = [_PERSON[people[name]] for name in PEOPLE] if people else range(len(PEOPLE))
    images = [dict(rule) for _, rule in reading.rules]
    rules = [tuple(reading.groups.index(image[group]) for group in reading.groups) for image in images]
    person, group = reading.member
    return render(
        words,
        [rule_text(_INDEX[words.id], relation, rules[relation]) for relation in order],
        (new[_PERSON[person]], reading.groups.index(group)),
        [(new[x], relation, new[y]) for x, relation, y in facts],
        new[_PERSON[reading.asked]],
    )


MAKERS: dict[str, Maker] = {"rename": _rename, "reorder": _reorder, "paraphrase": _paraphrase}
