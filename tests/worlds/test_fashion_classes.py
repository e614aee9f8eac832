"""Requests for a class: balanced, in many wordings, and read back as what they ask for."""

from __future__ import annotations

from collections import Counter

import pytest

from evalsuite.errors import TaskError
from evalsuite.worlds import digest_samples
from evalsuite.worlds.fashion_classes import CLASSES, TEMPLATES, named_class, samples


def test_ten_samples_ask_for_ten_classes() -> None:
    made = samples(seed=5, n=1003)
    assert [sample.id for sample in made[:2]] == ["class-00000", "class-00001"]
    for start in range(0, 1000, 10):
        assert sorted(sample.metadata["label"] for sample in made[start : start + 10]) == list(range(10))
    assert [sample.metadata["class"] for sample in made] == [CLASSES[sample.metadata["label"]] for sample in made]
    assert made[:37] == samples(seed=5, n=37)
    assert made[:37] != samples(seed=6, n=37)
    assert digest_samples(made) == digest_samples(samples(seed=5, n=1003))


def test_wordings_are_spread_over_the_classes() -> None:
    made = samples(seed=1, n=1000)
    assert len(TEMPLATES) == len(set(TEMPLATES)) == 48
    assert len({sample.cluster for sample in made}) == 48
    per_class = Counter((sample.metadata["label"], sample.cluster) for sample in made)
    for label in range(10):
        assert len([key for key in per_class if key[0] == label]) >= 40


def test_every_request_names_its_class_and_no_other() -> None:
    for sample in samples(seed=2, n=10_000):
        assert named_class(str(sample.input["request"])) == sample.metadata["label"], sample.input


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("", None),
        ("a picture of something", None),
        ("A SHIRT", 6),
        ("t-shirt", 0),
        ("T shirt, please", 0),
        ("shirts", 6),
        ("two dresses", 3),
        ("an ankle boot, no other boot", 9),
        ("a coat or a bag", None),
        ("a bag in a bag", 8),
        ("baggage", None),
        ("undershirt", None),
        ("coat-hanger", None),
        ("\x00\ud800 handbag", 8),
    ],
)
def test_named_class(text: str, label: int | None) -> None:
    assert named_class(text) == label


def test_reading_hostile_text_is_quick() -> None:
    assert named_class("a T-shir" * 200_000) is None
    assert named_class("-" * 1_000_000 + "bag") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, r"`n` must be in \[1, 100000\], got 0"),
        ({"n": 100_001}, "got 100001"),
        ({"seed": -1}, "`seed` must be in"),
        ({"seed": 1 << 64}, "`seed` must be in"),
        ({"depths": (1, 2)}, "no depth"),
    ],
)
def test_arguments_out_of_range(arguments: dict, message: str) -> None:
    with pytest.raises(TaskError, match=message):
        samples(**{"seed": 0, "n": 5, **arguments})
