"""Read a problem of relations back from its text or its tables, and find the way between people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from evalsuite.worlds.reading import ChainReading, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RelationsReading", "read_tables", "read_text"]

_WORD = re.compile(r"[a-z]+")
_NAME = re.compile(r"\b[A-Z][a-z]+\b")
_OF = re.compile(r"([A-Z]\w+) (?:=|is the) (\w+) of ([A-Z]\w+)\.?")
_POSSESSIVE = re.compile(r"Note that ([A-Z]\w+) is ([A-Z]\w+)'s (\w+)\.")
_LOG = re.compile(r"([A-Z]\w+) \| (\w+) \| ([A-Z]\w+)")
_MEMBER = re.compile(r"(?:MEMBER \| |Take it that )?([A-Z][a-z]+)(?:: | is from | belongs to | \| )([a-z]+)\.?")
_RULE = re.compile(r"(?:RULE |The |For )?([a-z]+)(?:: | of |, | \| )")


@dataclass(frozen=True, slots=True)
class RelationsReading(ChainReading):
    """Groups, rules by relation, a member, facts as (x, relation, y) for "x is the relation of y", and who is asked."""

    groups: tuple[str, ...]
    rules: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    member: tuple[str, str]
    facts: tuple[tuple[str, str, str], ...]
    asked: str
    question: str

    @property
    def start(self) -> str:  # type: ignore[override]
        """The group that is told."""
        return self.member[1]

    def way(self) -> tuple[tuple[str, bool], ...]:
        """Return the links from the member to the one asked: relation, and whether it is used backwards.

        Raises
        ------
        ValueError
            If there is no way, or more than one.
        """
        return _way(self.member[0], self.facts, self.asked)

    @property
    def n_steps(self) -> int:
        """Number of links."""
        return len(self.way())

    def advance(self, step: int, state: str) -> str:
        """Return the group after a link."""
        relation, backwards = self.way()[step - 1]
        (rule,) = [rule for name, rule in self.rules if name == relation]
        (there,) = [a if backwards else b for a, b in rule if state == (b if backwards else a)]
        return there

    def candidates(self) -> Sequence[str]:
        """Return the eight groups."""
        return self.groups

    def tables(self) -> tuple[Table, ...]:
        """Return the rules, the member, the facts and who is asked."""
        relations = tuple(relation for relation, _ in self.rules)
        images = [dict(rule) for _, rule in self.rules]
        rows = tuple((group, *(image[group] for image in images)) for group in self.groups)
        return (
            Table(("group", *(f"{relation}'s group" for relation in relations)), rows),
            Table(("person", "group"), (self.member,)),
            Table(("person", "is the", "of"), self.facts),
            Table(("asked",), ((self.asked,),)),
        )


@lru_cache(maxsize=16)  # asked for once a step
def _way(member: str, facts: tuple[tuple[str, str, str], ...], asked: str) -> tuple[tuple[str, bool], ...]:
    before: dict[str, tuple[str, str, bool]] = {}
    todo, seen = [member], {member}
    for here in todo:  # grows as people are met
        for x, relation, y in facts:
            if here not in (x, y):
                continue
            there, backwards = (y, True) if here == x else (x, False)
            if there not in seen:
                seen.add(there)
                todo.append(there)
                before[there] = (here, relation, backwards)
    if asked not in before or len(seen) != len(facts) + 1:
        raise ValueError("relations: expected one way, and one only, from the member to the one asked")
    links: list[tuple[str, bool]] = []
    at = asked
    while at != member:
        at, relation, backwards = before[at]
        links.append((relation, backwards))
    return tuple(links[::-1])


def read_text(problem: str) -> RelationsReading:
    """Read the text of a problem of relations."""
    head, *lines, question = problem.split("\n")
    groups = tuple(_WORD.findall(head)[-8:])
    rules: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    facts: list[tuple[str, str, str]] = []
    members: list[tuple[str, str]] = []
    for line in lines:
        if match := _POSSESSIVE.fullmatch(line):
            facts.append((match[1], match[3], match[2]))
        elif match := _OF.fullmatch(line) or _LOG.fullmatch(line):
            facts.append((match[1], match[2], match[3]))
        elif match := _MEMBER.fullmatch(line):
            members.append((match[1], match[2]))
        elif match := _RULE.match(line):
            words = [word for word in _WORD.findall(line) if word in groups]
            rules.append((match[1], tuple(zip(words[::2], words[1::2], strict=True))))
        else:
            raise ValueError(f"relations: not a rule and not a fact: {line}")
    (member,) = members
    return RelationsReading(groups, tuple(rules), member, tuple(facts), _asked(question), question)


def _asked(question: str) -> str:
    return next(str(name) for name in _NAME.findall(question) if name not in ("Which", "Name"))


def read_tables(tables: Sequence[Table], question: str) -> RelationsReading:
    """Read the tables of a problem of relations."""
    rules, member, facts, asked = tables
    groups = tuple(row[0] for row in rules.rows)
    return RelationsReading(
        groups,
        tuple(
            (column.removesuffix("'s group"), tuple((row[0], row[i]) for row in rules.rows))
            for i, column in enumerate(rules.columns)
            if i
        ),
        (member.rows[0][0], member.rows[0][1]),
        tuple((x, relation, y) for x, relation, y in facts.rows),
        asked.rows[0][0],
        question,
    )
