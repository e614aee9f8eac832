"""Wordings of the relations world: 12 societies, each told in 4 layouts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalsuite.worlds._names import EIGHTS, PEOPLE

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TEMPLATES", "Fact", "Template", "render", "rule_text"]

Layout: TypeAlias = Literal["terse", "plain", "orders", "log"]
Fact: TypeAlias = tuple[int, int, int]  # (x, relation, y): person x is the `relation` of person y


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A society in a layout.

    Parameters
    ----------
    group, several : str
        What a person belongs to: one, and several.
    relations : tuple of str
        The three relations between people.
    names : str
        Which set of eight names the groups have.
    layout : {"terse", "plain", "orders", "log"}
        How it is told.
    """

    group: str
    several: str
    relations: tuple[str, str, str]
    names: str
    layout: Layout

    @property
    def id(self) -> str:
        """Name of the template, unique among `TEMPLATES`."""
        return f"{self.group}/{self.layout}"


_SOCIETIES = (
    ("clan", "clans", ("mother", "father", "godparent"), "animals"),
    ("guild", "guilds", ("master", "rival", "supplier"), "metals"),
    ("crew", "crews", ("captain", "lookout", "cook"), "planets"),
    ("house", "houses", ("heir", "guardian", "herald"), "colours"),
    ("village", "villages", ("healer", "miller", "smith"), "trees"),
    ("band", "bands", ("tutor", "singer", "drummer"), "instruments"),
    ("order", "orders", ("mentor", "scribe", "keeper"), "gems"),
    ("team", "teams", ("coach", "partner", "substitute"), "flowers"),
    ("table", "tables", ("host", "waiter", "neighbour"), "fruits"),
    ("lodge", "lodges", ("elder", "sponsor", "deputy"), "herbs"),
    ("mill", "mills", ("weaver", "dyer", "tailor"), "cloths"),
    ("tower", "towers", ("watcher", "messenger", "porter"), "weather"),
)
_LAYOUTS: tuple[Layout, ...] = ("terse", "plain", "orders", "log")

TEMPLATES: tuple[Template, ...] = tuple(
    Template(group=group, several=several, relations=relations, names=names, layout=layout)
    for layout in _LAYOUTS
    for group, several, relations, names in _SOCIETIES
)


@cache
def rule_text(template: int, relation: int, rule: tuple[int, ...]) -> str:
    """Return what a template says of a rule: to which group a relation leads from each group."""
    words = TEMPLATES[template]
    names, called = EIGHTS[words.names], words.relations[relation]
    pairs = [(a, names[b]) for a, b in zip(names, rule, strict=True)]
    if words.layout == "terse":
        return f"{called}: " + " ".join([f"{a}>{b}" for a, b in pairs])
    if words.layout == "plain":
        (a, b), *rest = pairs
        told = ", ".join([f"of someone from {a} from {b}" for a, b in rest])
        return f"The {called} of someone from {a} is from {b}, {told}."
    if words.layout == "orders":
        return f"For {called}, go " + ", ".join([f"from {a} to {b}" for a, b in pairs]) + "."
    return f"RULE {called} | " + " | ".join([f"{a}={b}" for a, b in pairs])


def render(words: Template, rules: Sequence[str], start: tuple[int, int], facts: Sequence[Fact], asked: int) -> str:
    """Return the problem as text: the rules, who belongs where, who is what of whom, and the question.

    Parameters
    ----------
    words : Template
        Wording and layout.
    rules : sequence of str
        From `rule_text`, in the order of the relations.
    start : (int, int)
        A person, and the group it belongs to.
    facts : sequence of Fact
        In the order in which they are told.
    asked : int
        The person whose group is asked.
    """
    names, called = EIGHTS[words.names], words.relations
    first, group = PEOPLE[start[0]], names[start[1]]
    who = PEOPLE[asked]
    if words.layout == "terse":
        lines = [f"{PEOPLE[x]} = {called[r]} of {PEOPLE[y]}" for x, r, y in facts]
        head, member, tail = f"{words.several}: {' '.join(names)}", f"{first}: {group}", f"{who}: ?"
    elif words.layout == "plain":
        lines = [f"{PEOPLE[x]} is the {called[r]} of {PEOPLE[y]}." for x, r, y in facts]
        head = f"Everyone is from one of eight {words.several}: {', '.join(names)}."
        member, tail = f"{first} is from {group}.", f"Which {words.group} is {who} from?"
    elif words.layout == "orders":
        lines = [f"Note that {PEOPLE[x]} is {PEOPLE[y]}'s {called[r]}." for x, r, y in facts]
        head = f"Find the {words.group} of {who}. The {words.several} are {', '.join(names)}."
        member, tail = f"Take it that {first} belongs to {group}.", f"Name the {words.group} of {who}."
    else:
        lines = [f"{PEOPLE[x]} | {called[r]} | {PEOPLE[y]}" for x, r, y in facts]
        head = f"LOG {words.several} | {' | '.join(names)}"
        member, tail = f"MEMBER | {first} | {group}", f"ASKED | {who} | ?"
    return "\n".join((head, *rules, member, *lines, tail))
