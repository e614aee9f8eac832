"""Wordings of the deduction world: 12 conclusions, each told in 4 layouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TEMPLATES", "Rule", "Template", "render", "statement"]

Layout: TypeAlias = Literal["terse", "plain", "orders", "log"]
# What follows: from a kind, and a trait or "", a kind or (where the flag is set) a conclusion.
Rule: TypeAlias = tuple[str, str, str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A sort of conclusion in a layout.

    Parameters
    ----------
    topic : str
        What conclusions are about.
    verb : str
        How a conclusion is said of somebody: ``likes``.
    names : str
        Which set of eight names the conclusions have.
    traits : tuple of str
        Two, of which everybody has one.
    layout : {"terse", "plain", "orders", "log"}
        How it is told.
    """

    topic: str
    verb: str
    names: str
    traits: tuple[str, str]
    layout: Layout

    @property
    def id(self) -> str:
        """Name of the template, unique among `TEMPLATES`."""
        return f"{self.topic}/{self.layout}"


_TOPICS = (
    ("colour", "wears", "colours", ("tall", "short")),
    ("tree", "climbs", "trees", ("young", "aged")),
    ("metal", "forges", "metals", ("quick", "slow")),
    ("animal", "feeds", "animals", ("loud", "quiet")),
    ("flower", "picks", "flowers", ("shy", "bold")),
    ("gem", "collects", "gems", ("rich", "poor")),
    ("planet", "watches", "planets", ("awake", "sleepy")),
    ("herb", "smells", "herbs", ("calm", "cross")),
    ("instrument", "plays", "instruments", ("merry", "sad")),
    ("cloth", "weaves", "cloths", ("neat", "untidy")),
    ("fruit", "eats", "fruits", ("hungry", "full")),
    ("weather", "enjoys", "weather", ("warm", "cold")),
)
_LAYOUTS: tuple[Layout, ...] = ("terse", "plain", "orders", "log")

TEMPLATES: tuple[Template, ...] = tuple(
    Template(topic=topic, verb=verb, names=names, traits=traits, layout=layout)
    for layout in _LAYOUTS
    for topic, verb, names, traits in _TOPICS
)


def statement(words: Template, person: str, what: str, concludes: bool) -> str:
    """Return a line of a proof: of what kind a person is, or what is concluded of it."""
    return f"{person} {words.verb} {what}" if concludes else f"{person} is a {what}"


def render(
    words: Template,
    facts: Sequence[tuple[str, str]],
    traits: Sequence[tuple[str, str]],
    rules: Sequence[Rule],
    asked: str,
) -> str:
    """Return the problem as text: facts, rules in the order given, and the question.

    Parameters
    ----------
    words : Template
        Wording and layout.
    facts, traits : sequence of (str, str)
        Each person's kind, and each person's trait.
    rules : sequence of Rule
        What follows from what.
    asked : str
        The person asked about.
    """
    verb = words.verb
    if words.layout == "terse":
        lines = [f"{who}: {kind}" for who, kind in facts] + [f"{who}: {trait}" for who, trait in traits]
        lines += [
            f"{kind}{' + ' + trait if trait else ''} -> {verb + ' ' if last else ''}{what}"
            for kind, trait, what, last in rules
        ]
        return "\n".join(("facts and rules", *lines, f"{asked} {verb} ?"))
    if words.layout == "plain":
        lines = [f"{who} is a {kind}." for who, kind in facts] + [f"{who} is {trait}." for who, trait in traits]
        lines += [
            f"Every {kind}{' that is ' + trait if trait else ''} {verb if last else 'is a'} {what}."
            for kind, trait, what, last in rules
        ]
        return "\n".join(("All of this is true.", *lines, f"Which {words.topic} is it that {asked} {verb}?"))
    if words.layout == "orders":
        lines = [f"Take it that {who} is a {kind}." for who, kind in facts]
        lines += [f"Take it that {who} is {trait}." for who, trait in traits]
        lines += [
            f"If someone is a {kind}{' and ' + trait if trait else ''}, then it {verb if last else 'is a'} {what}."
            for kind, trait, what, last in rules
        ]
        return "\n".join((f"Find out which {words.topic} {asked} {verb}.", *lines, f"Name that {words.topic}."))
    lines = [f"FACT | {who} | {kind}" for who, kind in facts] + [f"TRAIT | {who} | {trait}" for who, trait in traits]
    lines += [
        f"RULE | {kind}{' & ' + trait if trait else ''} | {verb + ' ' if last else ''}{what}"
        for kind, trait, what, last in rules
    ]
    return "\n".join((f"LOG | {words.topic}", *lines, f"ASKED | {asked} | {verb} ?"))
