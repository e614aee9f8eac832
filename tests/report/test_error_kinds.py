"""Which errors are of one kind."""

from __future__ import annotations

import pytest

from evalsuite.report.error_kinds import ErrorKind, group_errors, without_numbers


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("31 tokens", "4096 tokens", True),
        ("took 1.25 s", "took 10,000.5 s", True),
        ('sample "s01" is lost', 'sample "s23" is lost', True),
        ("request req_0a1b2c3d4e is lost", "request req_ffeedd0011 is lost", True),
        ("at 0x7f3a", "at 0xbeef", True),
        ("the server answers 429: wait 3 s", "the server answers 429: wait 20 s", True),
        ("the server answers 429: no", "the server answers 500: no", False),
        ("HTTP 502", "HTTP 503", False),
        ("[Errno 2] no", "[Errno 13] no", False),
        ("no tokens", "4 tokens", False),
        ("defaced", "decades", False),
        ("job deadbeef is lost", "job facade00 is lost", False),
        ("effaceddeed is lost", "beadedfacade is lost", False),
    ],
)
def test_numbers_alone_make_no_other_kind(first: str, second: str, *, is_one: bool) -> None:
    kinds = group_errors({first: 1, second: 2})
    assert kinds == ([ErrorKind(second, 3, 2)] if is_one else [ErrorKind(second, 2, 1), ErrorKind(first, 1, 1)])


def test_long_messages_take_no_longer_for_each_letter() -> None:
    # A pattern that looks ahead from every letter would take minutes here.
    assert without_numbers("abcdef" * 100_000) == "abcdef" * 100_000
    assert without_numbers("abcdef" * 100_000 + "0") == "#"
