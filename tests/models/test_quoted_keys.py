"""A server that quotes a part of the key in a message does not get it printed."""

from __future__ import annotations

import pytest

from evalsuite.models.openai_settings import Secret

KEY = "sk-supersecret-0123456789-abcdef"
GONE = "[key removed]"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Incorrect API key: sk-supersecr****cdef.", f"Incorrect API key: {GONE}****cdef."),
        ("key ending in 89-abcdef", f"key ending in {GONE}"),
        ("in the middle: xxcret-0xx", f"in the middle: xx{GONE}xx"),
        ("ret-0 is too short, ret-01 is not", f"ret-0 is too short, {GONE} is not"),
        (f"whole {KEY}, twice {KEY}{KEY}", f"whole {GONE}, twice {GONE}"),
        (f"{KEY[:10]}{KEY[-10:]}", GONE),
        ("supersecre supersecre", f"{GONE} {GONE}"),
        ("nothing of it", "nothing of it"),
    ],
)
def test_parts_are_struck_out(message: str, expected: str) -> None:
    assert Secret(KEY).clean(message) == expected


def test_no_part_of_six_characters_is_left_of_a_long_message() -> None:
    for start in range(480, 510):
        found = Secret(KEY).clean("x" * start + KEY[4:] * 300 + "y" * 5000)
        assert not any(KEY[i : i + 6] in found for i in range(len(KEY) - 5))


def test_a_placeholder_leaves_ordinary_text_alone() -> None:
    assert Secret("local-server").clean("the local server: local-serve") == "the local server: local-serve"
    assert Secret("local-server").clean("key local-server") == f"key {GONE}"
    assert Secret("a").clean("a banana") == "a banana"
