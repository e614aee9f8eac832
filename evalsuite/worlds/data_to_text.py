"""Data to text: records of hiking trails, each with four texts that say all of it.

A record has four fields always and six that may be absent; which are there is the sample's template, its cluster, of
which there are 64. What a text says of a record can be read off exactly, since each slot's values and their wordings
are a closed vocabulary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalsuite.errors import TaskError
from evalsuite.rng import CounterRng, derive_seed
from evalsuite.types import Sample
from evalsuite.worlds._trail_grammar import say_record
from evalsuite.worlds._trail_words import OPTIONAL, REQUIRED, vocabulary
from evalsuite.worlds.arguments import check_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SLOTS", "Realisation", "SlotState", "realised_slots", "samples", "slot_vocabulary"]

SlotState: TypeAlias = Literal["right", "omitted", "wrong"]

SLOTS = REQUIRED + OPTIONAL
_N_REFERENCES = 4
_TOKENS = re.compile(r"[0-9]+(?:\.[0-9]+)?|[^\W\d_]+|[.,;!?|()\n]")
_UNITS = frozenset({"km", "kms", "kilometre", "kilometres", "kilometer", "kilometers"})


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, no two with the same record.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1000000]. The first m samples of a seed are the same for every `n` of at least m.
    depths : None
        Records have no depth.

    Returns
    -------
    list of Sample
        ``input["record"]`` is the record as text, ``references`` four texts that say all of it, ``cluster`` the names
        of its fields, and ``metadata["slots"]`` its value by slot.

    Raises
    ------
    TaskError
        If an argument is out of range.
    """
    check_arguments("data_to_text", seed=seed, n=n, depths=depths)
    made: list[Sample] = []
    seen: set[str] = set()
    for index in range(n):
        rng = CounterRng(derive_seed("data_to_text", seed, index))
        record = _draw_record(rng)
        while (text := " | ".join(f"{slot} = {value}" for slot, value in record.items())) in seen:
            record = _draw_record(rng)
        seen.add(text)
        made.append(
            Sample(
                id=f"trail-{index:06d}",
                input={"record": text},
                references=say_record(record, rng, _N_REFERENCES),
                cluster="+".join(record),
                metadata={"slots": dict(record)},
            )
        )
    return made


def _draw_record(rng: CounterRng) -> dict[str, str]:
    present = rng.below(1 << len(OPTIONAL))
    slots = REQUIRED + tuple(slot for i, slot in enumerate(OPTIONAL) if present >> i & 1)
    return {slot: rng.choice(_values()[slot]) for slot in slots}


@cache
def _values() -> dict[str, tuple[str, ...]]:
    return {slot: tuple(values) for slot, values in vocabulary().items()}


def slot_vocabulary() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the closed vocabulary: for each slot, each value and the forms in which a text may say it."""
    return vocabulary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Realisation:
    """What a text says of a record.

    Parameters
    ----------
    states : mapping of str to {"right", "omitted", "wrong"}
        For each slot of the record: its value is said and no other, nothing is said of it, or another value is said
        (even beside the right one).
    extra : tuple of str
        Slots that are not in the record and are said nevertheless, in the order of `SLOTS`.
    """

    states: Mapping[str, SlotState]
    extra: tuple[str, ...]


def realised_slots(text: str, record: Mapping[str, str]) -> Realisation:
    """Compare what `text` says with the values of `record`.

    Parameters
    ----------
    text : str
        Any text.
    record : mapping of str to str
        Value by slot, such as a sample's ``metadata["slots"]``.

    Raises
    ------
    TaskError
        If a slot or value of the record is not in `slot_vocabulary`.

    Notes
    -----
    Words are compared whole and without case; a hyphen or a space separates them, punctuation ends a form. Forms are
    found from left to right, the longest first, and do not overlap: "no parking" does not say "parking". A number
    before a unit of length is a length, in the vocabulary or not. Time is linear in the text.

    Examples
    --------
    >>> realised = realised_slots("Otter Loop is a gentle 12-km walk.", {"region": "Quenby", "difficulty": "hard"})
    >>> realised.states
    {'region': 'omitted', 'difficulty': 'wrong'}
    >>> realised.extra
    ('name', 'length')
    """
    known = _values()
    for slot, value in record.items():
        if value not in known.get(slot, ()):
            raise TaskError(f'world "data_to_text": no slot "{slot}" with the value "{value}" (see slot_vocabulary)')
    said = _said_values(text)
    states: dict[str, SlotState] = {}
    for slot, value in record.items():
        found = said.get(slot)
        states[slot] = "omitted" if not found else "right" if found == {value} else "wrong"
    return Realisation(states=states, extra=tuple(slot for slot in SLOTS if slot in said and slot not in record))


def _said_values(text: str) -> dict[str, set[str]]:
    tokens = _TOKENS.findall(text.casefold())
    index = _form_index()
    said: dict[str, set[str]] = {}
    at = 0
    while at < len(tokens):
        for form, slot, value in index.get(tokens[at], ()):
            if tuple(tokens[at : at + len(form)]) == form:
                said.setdefault(slot, set()).add(value)
                at += len(form)
                break
        else:
            if tokens[at][0].isdecimal() and tokens[at + 1 : at + 2] and tokens[at + 1] in _UNITS:
                said.setdefault("length", set()).add(f"{tokens[at]} km")
            at += 1
    return said


@cache
def _form_index() -> dict[str, tuple[tuple[tuple[str, ...], str, str], ...]]:
    """Forms by their first word, as (words, slot, value), the longest first."""
    index: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for slot, values in vocabulary().items():
        for value, forms in values.items():
            for form in forms:
                words = tuple(_TOKENS.findall(form.casefold()))
                index.setdefault(words[0], []).append((words, slot, value))
    return {first: tuple(sorted(forms, key=lambda entry: -len(entry[0]))) for first, forms in index.items()}
