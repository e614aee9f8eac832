"""Read a deduction back from its text or its tables, and prove the conclusion by forward chaining."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.worlds.reading import Solution, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DeductionReading", "read_tables", "read_text"]

_KIND = re.compile(r"(?:Take it that |FACT \| )?([A-Z][a-z]+)(?: is a | \| )([a-z]+)\.?")
_TRAIT = re.compile(r"(?:Take it that |TRAIT \| )?([A-Z][a-z]+)(?: is | \| )([a-z]+)\.?")
_TERSE = re.compile(r"([A-Z][a-z]+): ([a-z]+)")
_RULES = (
    re.compile(r"([a-z]+)(?: \+ ([a-z]+))? -> (?:([a-z]+) )?([a-z]+)"),
    re.compile(r"RULE \| ([a-z]+)(?: & ([a-z]+))? \| (?:([a-z]+) )?([a-z]+)"),
    re.compile(r"Every ([a-z]+)(?: that is ([a-z]+))? (?:is a|([a-z]+)) ([a-z]+)\."),
    re.compile(r"If someone is a ([a-z]+)(?: and ([a-z]+))?, then it (?:is a|([a-z]+)) ([a-z]+)\."),
)
_NAME = re.compile(r"[A-Z][a-z]+")


@dataclass(frozen=True, slots=True)
class DeductionReading:
    """Facts (person and kind, person and trait), rules (kind, trait or "", verb or "", what follows), who is asked."""

    kinds: tuple[tuple[str, str], ...]
    traits: tuple[tuple[str, str], ...]
    rules: tuple[tuple[str, str, str, str], ...]
    asked: str
    question: str

    def solve(self, forced: Mapping[int, str] | None = None) -> Solution:
        """Chain rules forward from the asked person's kind; it is refused that none or several rules apply."""
        kind, trait = dict(self.kinds)[self.asked], dict(self.traits).get(self.asked, "")
        states: list[str] = []
        while True:
            fitting = [rule for rule in self.rules if rule[0] == kind and rule[1] in ("", trait)]
            if len(fitting) != 1:
                raise ValueError(f"deduction: expected one rule for {kind}, found {len(fitting)}")
            _, _, verb, kind = fitting[0]
            step = len(states) + 1
            states.append(f"{self.asked} {verb} {kind}" if verb else f"{self.asked} is a {kind}")
            if forced and step in forced:
                states[-1] = forced[step]
                kind = forced[step].split(" ")[-1]
            if verb:
                return Solution(tuple(states), kind)

    def wrong_states(self, step: int) -> Sequence[str]:
        """Return the statements that as many rules lead to, from any of the people's kinds."""
        layer = {kind for _, kind in self.kinds}
        verb = ""
        for _ in range(step):
            reached = [rule for rule in self.rules if rule[0] in layer]
            verb, layer = reached[0][2], {rule[3] for rule in reached}
        true = self.solve().states[step - 1]
        said = [f"{self.asked} {verb or 'is a'} {what}" for what in sorted(layer)]
        return [state for state in said if state != true]

    def candidates(self) -> Sequence[str]:
        """Return the four conclusions, in the order in which the text names them."""
        return list(dict.fromkeys(what for _, _, verb, what in self.rules if verb))

    def guesses(self) -> Mapping[str, str]:
        """Return what follows from the place of rules in the text."""
        kind = dict(self.kinds)[self.asked]
        at = next(i for i, rule in enumerate(self.rules) if rule[0] == kind)
        around = [*self.rules[at + 1 :], *self.rules[: at + 1]]
        order = [who for who, _ in self.kinds].index(self.asked)
        return {
            "the next conclusion after the first rule": next(what for _, _, verb, what in around if verb),
            "the conclusion in the person's place": self.candidates()[order],
            "the last two statements only": self.candidates()[-1],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return people with their kinds and traits, rules, and who is asked."""
        trait = dict(self.traits)
        return (
            Table(("person", "kind", "trait"), tuple((who, kind, trait.get(who, "?")) for who, kind in self.kinds)),
            Table(
                ("if it is a", "and is", "then it", "what"), tuple((k, t, v or "is a", w) for k, t, v, w in self.rules)
            ),
            Table(("asked",), ((self.asked,),)),
        )


def read_text(problem: str) -> DeductionReading:
    """Read the text of a deduction."""
    head, *lines, question = problem.split("\n")
    kinds: list[tuple[str, str]] = []
    traits: list[tuple[str, str]] = []
    rules: list[tuple[str, str, str, str]] = []
    for line in lines:
        rule = next((match for pattern in _RULES if (match := pattern.fullmatch(line))), None)
        if rule is not None:
            rules.append((rule[1], rule[2] or "", rule[3] or "", rule[4]))
        elif match := _TERSE.fullmatch(line):  # the second thing that is said of a person is its trait
            (traits if match[1] in dict(kinds) else kinds).append((match[1], match[2]))
        elif not line.startswith("TRAIT") and (match := _KIND.fullmatch(line)):
            kinds.append((match[1], match[2]))
        elif match := _TRAIT.fullmatch(line):
            traits.append((match[1], match[2]))
        else:
            raise ValueError(f"deduction: not a fact and not a rule: {line}")
    people = dict(kinds)
    asked = [name for line in (question, head) for name in _NAME.findall(line) if name in people]
    if len(asked) != 1:
        raise ValueError(f"deduction: expected one person to be asked about, found {len(asked)}")
    return DeductionReading(tuple(kinds), tuple(traits), tuple(rules), asked[0], question)


def read_tables(tables: Sequence[Table], question: str) -> DeductionReading:
    """Read the tables of a deduction."""
    people, rules, asked = tables
    return DeductionReading(
        tuple((who, kind) for who, kind, _ in people.rows),
        tuple((who, trait) for who, _, trait in people.rows if trait != "?"),
        tuple((kind, trait, "" if verb == "is a" else verb, what) for kind, trait, verb, what in rules.rows),
        asked.rows[0][0],
        question,
    )
