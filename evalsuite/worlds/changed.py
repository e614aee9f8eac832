"""What a variant of an item changes, and what the makers of variants share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalsuite.types import JSONValue, Sample
    from evalsuite.worlds._draws import Draws

__all__ = ["Changed", "Maker", "another_order", "shifted"]

T = TypeVar("T")
_MOST_TRIES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A variant of an item: its text, and what else of the item is no longer so.

    Parameters
    ----------
    problem : str
        The variant's text.
    states : sequence of int or str, optional
        The state after each step; the item's own where None.
    answer : int or str, optional
        The answer; the item's own where None.
    metadata : mapping of str to JSON value
        Takes the place of the item's.
    """

    problem: str
    states: Sequence[int] | Sequence[str] | None = None
    answer: int | str | None = None
    metadata: Mapping[str, JSONValue] = field(default_factory=dict)


# Makes a variant of an item; with the same draws, the same one.
Maker: TypeAlias = "Callable[[Sample, Draws], Changed]"


def another_order(items: Sequence[T], draws: Draws) -> list[T]:
    """Return `items` in an order that is not theirs, unless all that was drawn are; as they are where all are equal."""
    chosen = list(items)
    for _ in range(_MOST_TRIES):
        draws.shuffle(chosen)
        if chosen != list(items):
            break
    return chosen


def shifted(names: Sequence[str], draws: Draws) -> dict[str, str]:
    """Return another name of the list for each of it, no two of them the same."""
    shift = 1 + draws.below(len(names) - 1)
    return {name: names[(i + shift) % len(names)] for i, name in enumerate(names)}
