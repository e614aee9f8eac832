"""Wordings of the arithmetic graph: 12 places with their things, each told in 4 layouts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalsuite.worlds._names import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["N_NAMES", "TEMPLATES", "Formula", "Template", "quantity_names", "quantity_walk", "render"]

Layout: TypeAlias = Literal["terse", "plain", "orders", "log"]
# What a quantity is: a sign, the name it starts from ("" for none), and a number or another name.
Formula: TypeAlias = tuple[str, str, "str | int"]

_KINDS = ("red", "blue", "green", "white", "large", "small", "old", "new", "round", "flat", "plain", "bright")


N_NAMES = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A place in a layout; `things` are counted there."""

    place: str
    things: tuple[str, ...]
    layout: Layout

    @property
    def id(self) -> str:
        """Name of the template, unique among `TEMPLATES`."""
        return f"{self.place}/{self.layout}"


_PLACES = (
    ("kitchen", "jars cups pans bowls plates spoons lids trays"),
    ("workshop", "nails bolts saws files clamps rulers drills planes"),
    ("school", "chairs desks books pencils maps globes slates bells"),
    ("harbour", "boats ropes nets buoys oars sails anchors crates"),
    ("farm", "hens ducks geese goats sheep cows pigs carts"),
    ("theatre", "masks capes hats wigs lamps drums curtains benches"),
    ("garden", "pots vines ferns spades rakes shrubs stakes hoses"),
    ("museum", "vases coins busts shields swords urns tiles scrolls"),
    ("station", "trains flags tickets clocks trunks signs whistles ramps"),
    ("market", "stalls baskets melons scales sacks barrels cheeses onions"),
    ("office", "stamps folders pens clips stools screens labels trolleys"),
    ("camp", "tents lanterns mats kettles flasks axes pegs stoves"),
)
_LAYOUTS: tuple[Layout, ...] = ("terse", "plain", "orders", "log")

TEMPLATES: tuple[Template, ...] = tuple(
    Template(place=place, things=tuple(things.split()), layout=layout)
    for layout in _LAYOUTS
    for place, things in _PLACES
)
_PLAIN = {
    "+": "{b} more than the number of {a}",
    "-": "{b} fewer than the number of {a}",
    "*": "{b} times the number of {a}",
    "sum": "the number of {a} plus the number of {b}",
    "difference": "the number of {a} minus the number of {b}",
    "": "{b}",
}
_TERSE = {
    "+": "{a} + {b}",
    "-": "{a} - {b}",
    "*": "{a} * {b}",
    "sum": "{a} + {b}",
    "difference": "{a} - {b}",
    "": "{b}",
}
_ORDERS = {
    "+": "take {a}, add {b}",
    "-": "take {a}, take away {b}",
    "*": "take {a}, {b} times",
    "sum": "take {a}, add {b}",
    "difference": "take {a}, take away {b}",
    "": "there are {b}",
}
_LOG = {
    "+": "{a} | plus | {b}",
    "-": "{a} | minus | {b}",
    "*": "{a} | times | {b}",
    "sum": "{a} | plus | {b}",
    "difference": "{a} | minus | {b}",
    "": "{b}",
}
_FORMS = {
    "terse": ("{name} = ", _TERSE, ""),
    "plain": ("The number of {name} is ", _PLAIN, "."),
    "orders": ("For {name}, ", _ORDERS, "."),
    "log": ("{name} | ", _LOG, ""),
}


@cache
def quantity_names(place: str) -> tuple[str, ...]:
    """Return the 96 names of quantities of a place, such as ``red jars``."""
    things = next(template.things for template in TEMPLATES if template.place == place)
    return tuple(f"{kind} {thing}" for kind in _KINDS for thing in things)


def quantity_walk(place: str, at: int, stride: int, n: int) -> tuple[str, ...]:
    """Return `n` names of quantities of a place from position `at` in steps of a stride, round and round."""
    ring, inverse = _quantity_ring(place, stride)
    start = at * inverse % N_NAMES
    return ring[start : start + n]


@cache
def _quantity_ring(place: str, stride: int) -> tuple[tuple[str, ...], int]:
    return walk(quantity_names(place), stride), pow(stride, -1, N_NAMES)


@cache
def _patterns(layout: Layout) -> dict[str, tuple[str, bool]]:
    """Return, by sign, a line with its parts left open, and whether the second name or number comes first."""
    before, forms, after = _FORMS[layout]
    told = {sign: before + form + after for sign, form in forms.items()}
    return {
        sign: (line.format(name="%s", a="%s", b="%s"), line.find("{a}") > line.find("{b}"))
        for sign, line in told.items()
    }


def render(words: Template, formulas: Sequence[tuple[str, Formula]], asked: str) -> str:
    """Return the problem as text: a line a quantity, in the order given, and the question.

    Parameters
    ----------
    words : Template
        Wording and layout.
    formulas : sequence of (str, Formula)
        Name and formula of each quantity.
    asked : str
        Name of the quantity asked for.
    """
    patterns = _patterns(words.layout)
    lines: list[str] = []
    for name, (sign, a, b) in formulas:
        line, swapped = patterns[sign]
        lines.append(line % ((name, b) if not sign else (name, b, a) if swapped else (name, a, b)))
    if words.layout == "terse":
        head, tail = f"{words.place}, modulo 100", f"{asked} = ?"
    elif words.layout == "plain":
        head = f"At the {words.place} everything is counted modulo 100."
        tail = f"How many {asked} are there?"
    elif words.layout == "orders":
        head, tail = f"Find the number of {asked} at the {words.place}, modulo 100.", f"Give the number of {asked}."
    else:
        head, tail = f"LOG {words.place} | modulo 100", f"{asked} | ?"
    return "\n".join((head, *lines, tail))
