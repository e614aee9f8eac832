"""Variants of tracking. There is no number in it; of the order, only that of a step's exchanges carries no meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds.changed import Changed, Maker, another_order, shifted
from evalsuite.worlds.tracking_reading import TrackingReading, read_text
from evalsuite.worlds.tracking_templates import TEMPLATES, THINGS, Template, render, step_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample
    from evalsuite.worlds._draws import Draws

__all__ = ["MAKERS"]

_TEMPLATE = {template.id: template for template in TEMPLATES}


def _rename(sample: Sample, draws: Draws) -> Changed:
    """Rename the places, by those of another scenario, and the things."""
    reading, words = _read(sample)
    other = draws.choice([t for t in TEMPLATES if t.layout == words.layout and t != words])
    place, thing = dict(zip(words.places, other.places, strict=True)), shifted(THINGS, draws)
    new = TrackingReading(
        other.places,
        tuple((place[where], thing[what]) for where, what in reading.held),
        tuple(tuple((place[a], place[b]) for a, b in exchanges) for exchanges in reading.rounds),
        thing[reading.asked],
        "",
    )
    states = sample.metadata["states"]
    assert isinstance(states, list)
    named = [place[str(state)] for state in states]
    return Changed(problem=_told(other, new), states=named, answer=named[-1], metadata={"template": other.id})


def _reorder(sample: Sample, draws: Draws) -> Changed:
    """Tell the exchanges of each step, and the two places of each exchange, in another order."""
    reading, words = _read(sample)
    rounds = [
        [(b, a) if draws.below(2) else (a, b) for a, b in another_order(exchanges, draws)]
        for exchanges in reading.rounds
    ]
    return Changed(problem=_told(words, reading, rounds))


def _paraphrase(sample: Sample, draws: Draws) -> Changed:
    reading, words = _read(sample)
    other = draws.choice([t for t in TEMPLATES if t.place == words.place and t != words])
    return Changed(problem=_told(other, reading), metadata={"template": other.id})


def _read(sample: Sample) -> tuple[TrackingReading, Template]:
    return read_text(str(sample.input["problem"])), _TEMPLATE[str(sample.metadata["template"])]


def _told(words: Template, reading: TrackingReading, rounds: Sequence[Sequence[tuple[str, str]]] | None = None) -> str:
    things = [THINGS.index(thing) for _, thing in reading.held]
    return render(
        words,
        reading.places.index(reading.start),
        THINGS.index(reading.asked),
        things if len(things) > 1 else None,
        [step_text(words, exchanges) for exchanges in rounds or reading.rounds],
    )


MAKERS: dict[str, Maker] = {"rename": _rename, "reorder": _reorder, "paraphrase": _paraphrase}
