"""Slot accuracy: what counts for, and what against."""

from __future__ import annotations

from typing import Any

import pytest

from evalsuite.metrics.slot_accuracy import SlotAccuracy
from evalsuite.types import FinishReason, Output, Sample
from evalsuite.worlds import load_world

SAMPLE = Sample(id="1", input={}, metadata={"slots": {"region": "Quenby", "difficulty": "easy", "length": "12 km"}})


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("An easy walk of 12 km near Quenby.", [3, 3]),
        ("A walk of 12 km near Quenby.", [2, 3]),  # omitted
        ("A hard walk of 12 km near Quenby.", [2, 3]),  # wrong
        ("An easy or hard walk of 12 km near Quenby.", [2, 3]),  # hedged
        ("Otter Loop is an easy walk of 12 km near Quenby.", [3, 4]),  # made up
        ("Otter Loop is a hard walk of 9 km.", [0, 4]),
        ("", [0, 3]),
        ("Nothing of the kind.", [0, 3]),
    ],
)
def test_row(text: str, row: list[float]) -> None:
    rows = SlotAccuracy().rows([SAMPLE], [[Output(text=text)]])
    assert rows.values.tolist() == [row]
    assert rows.outcomes == ("scored",)


@pytest.mark.parametrize(("finish", "outcome"), [("stop", "scored"), ("length", "truncated"), ("refused", "refused")])
def test_outcome(finish: FinishReason, outcome: str) -> None:
    rows = SlotAccuracy().rows([SAMPLE], [[Output(text="An easy walk", finish_reason=finish)]])
    assert rows.values.tolist() == [[1, 3]]
    assert rows.outcomes == (outcome,)


def test_repeats_are_summed() -> None:
    outputs = [Output(text="An easy walk."), Output(text="Otter Loop is easy.", repeat=1)]
    rows = SlotAccuracy().rows([SAMPLE], [outputs])
    assert rows.values.tolist() == [[2, 7]]
    assert SlotAccuracy().value(rows.values.sum(axis=0)) == pytest.approx(2 / 7)


def test_every_reference_of_the_world_is_perfect_and_others_are_not() -> None:
    samples = load_world("data_to_text").samples(seed=5, n=100)
    for k in range(4):
        rows = SlotAccuracy().rows(samples, [[Output(text=sample.references[k])] for sample in samples])
        assert SlotAccuracy().value(rows.values.sum(axis=0)) == 1.0
    others = samples[1:] + samples[:1]
    rows = SlotAccuracy().rows(samples, [[Output(text=other.references[0])] for other in others])
    assert SlotAccuracy().value(rows.values.sum(axis=0)) < 0.4


@pytest.mark.parametrize("metadata", [{}, {"slots": {}}, {"slots": ["a"]}, {"slots": {"region": 3}}])
def test_samples_without_slots_are_named(metadata: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match='slot_accuracy: sample "x": metadata\\["slots"\\] must be a text by slot'):
        SlotAccuracy().rows([Sample(id="x", input={}, metadata=metadata)], [[Output(text="")]])
