"""A task's name and line are read from its file's first lines, and are those of the whole table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.task.toml_file import parse_toml, toml_head

PIECES = [
    'name = "a"',
    "name = 'a'",
    'name = "a\\n"',
    'name = """a"""',
    'name = "a" # said',
    'name="b"',
    "name = 3",
    "[name]",
    "name.x = 1",
    '"name" = "c"',
    'summary = "It says \u00e4 and \U0001f600 \t."',
    'summary = "one # two"',
    'summary = """',
    'summary = "x',
    'summary = ""',
    "version = 1",
    "version = 01",
    "version = 99999999999999999999",
    "# a comment",
    "# a\x00comment",
    "[generation]",
    'prompt = """',
    '"""',
    "",
    " \t",
    "x = [",
    "]",
    'x = "\x07"',
    'x = "\x7f"',
    'x = "\u2028"',
    "x = 1_0",
    "x = +1",
]


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
def test_the_head_is_that_of_the_whole_file(lines: list[str], end: str) -> None:
    text = end.join([*lines, ""])
    try:
        table = parse_toml(text)
    except ValueError:
        return
    try:
        found = toml_head(text)
    except ValueError:
        assert not isinstance(table.get("name"), str) or table["name"] == "a\n"
        return
    summary = table.get("summary", "")
    assert found == (table["name"], summary if isinstance(summary, str) else "")


def test_what_follows_the_head_is_not_parsed() -> None:
    assert toml_head('name = "a"\nversion = 1\nsummary = "b"\nx = [') == ("a", "b")
    with pytest.raises(ValueError, match="not TOML"):
        toml_head('name = "a"\nversion = 1\nx = [\nsummary = "b"')
    with pytest.raises(ValueError, match="not TOML"):  # twice
        toml_head('name = "a"\nname = "b"\nsummary = "b"\n')
    with pytest.raises(ValueError, match="name must be"):
        toml_head('name = "../a"\nsummary = "b"\n')
