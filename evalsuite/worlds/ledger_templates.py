"""Wordings of the ledger world: 12 scenarios, each told in 4 layouts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TEMPLATES", "Operation", "Scenario", "Template", "render"]

Operation: TypeAlias = tuple[Literal["+", "-", "*"], int]
Layout: TypeAlias = Literal["terse", "plain", "orders", "log"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The words of one kind of running count.

    Parameters
    ----------
    place : str
        What holds the count.
    unit, units : str
        What is counted: one, and several.
    add, added : str
        What makes the count larger: imperative, and past participle.
    take, taken : str
        What makes it smaller.
    """

    place: str
    unit: str
    units: str
    add: str
    added: str
    take: str
    taken: str


@dataclass(frozen=True, slots=True)
class Template:
    """A scenario in a layout; its id, such as ``till/terse``, is the cluster of the samples made from it."""

    scenario: Scenario
    layout: Layout
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", f"{self.scenario.place.replace(' ', '_')}/{self.layout}")


def _scenario(place: str, unit: str, units: str, add: str, added: str, take: str, taken: str) -> Scenario:
    return Scenario(place=place, unit=unit, units=units, add=add, added=added, take=take, taken=taken)


_SCENARIOS = (
    _scenario("till", "coin", "coins", "put in", "put in", "take out", "taken out"),
    _scenario("tank", "litre", "litres", "pour in", "poured in", "drain", "drained"),
    _scenario("car park", "car", "cars", "let in", "let in", "send off", "sent off"),
    _scenario("shelf", "book", "books", "add", "added", "remove", "removed"),
    _scenario("bus", "rider", "riders", "pick up", "picked up", "set down", "set down"),
    _scenario("depot", "crate", "crates", "receive", "received", "ship", "shipped"),
    _scenario("scoreboard", "point", "points", "award", "awarded", "deduct", "deducted"),
    _scenario("bakery", "loaf", "loaves", "bake", "baked", "sell", "sold"),
    _scenario("album", "stamp", "stamps", "paste in", "pasted in", "give away", "given away"),
    _scenario("garden", "rose", "roses", "plant", "planted", "dig up", "dug up"),
    _scenario("post bag", "letter", "letters", "collect", "collected", "deliver", "delivered"),
    _scenario("yard", "brick", "bricks", "bring", "brought", "cart away", "carted away"),
)
_LAYOUTS: tuple[Layout, ...] = ("terse", "plain", "orders", "log")

# The scenario changes fastest, so that even the first dozen samples differ in their words.
TEMPLATES: tuple[Template, ...] = tuple(Template(scenario, layout) for layout in _LAYOUTS for scenario in _SCENARIOS)


def render(template: Template, start: int, operations: Sequence[Operation]) -> str:
    """Return the problem as text: the start, one numbered line an operation, and the question.

    Parameters
    ----------
    template : Template
        Wording and layout.
    start : int
        The count before the first operation.
    operations : sequence of (sign, int)
        ``+`` and ``-`` with an amount, ``*`` with a factor.

    Returns
    -------
    str
        Lines joined by newlines, without one at the end.
    """
    words = template.scenario
    if template.layout == "terse":
        head, tail = f"{words.place}, {words.units}: {start}", f"{words.units} at the end?"
    elif template.layout == "plain":
        head = f"The {words.place} starts at {_counted(words, start)}."
        tail = f"How many {words.units} does the {words.place} have at the end?"
    elif template.layout == "orders":
        head = (
            f"Find the number of {words.units} once all orders are carried out.\n"
            f"The {words.place} has {_counted(words, start)} now."
        )
        tail = "Give the final number."
    else:
        head = f"LOG {words.place} | unit {words.unit} | opening {start}"
        tail = "closing = ?"
    told = _STEPS[template.id]
    lines = [
        f"{k}. {told[sign + '1' if amount == 1 else sign] % amount}" for k, (sign, amount) in enumerate(operations, 1)
    ]
    return "\n".join((head, *lines, tail))


def _step(template: Template, sign: str, one: str) -> str:
    words = template.scenario
    verb, participle = (words.add, words.added) if sign == "+" else (words.take, words.taken)
    counted = f"%d {words.unit if one else words.units}"
    if template.layout == "terse":
        return "times %d" if sign == "*" else f"{verb} %d"
    if template.layout == "plain":
        if sign == "*":
            return f"The {words.units} are multiplied by %d."
        return f"{counted} {'is' if one else 'are'} {participle}."
    if template.layout == "orders":
        if sign == "*":
            return "Make it %d times as many."
        return f"{verb.capitalize()} {counted}."
    return "factor | %d" if sign == "*" else f"{participle} | %d"


def _counted(words: Scenario, amount: int) -> str:
    return f"{amount} {words.unit if amount == 1 else words.units}"


# What a template says of each sign, with the amount left open: "+" of several, "+1" of one.
_STEPS = {
    template.id: {sign + one: _step(template, sign, one) for sign in "+-*" for one in ("", "1")}
    for template in TEMPLATES
}
