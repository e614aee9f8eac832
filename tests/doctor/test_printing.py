"""What the doctor prints, in a pipe and in a terminal."""

from __future__ import annotations

import io
import sys
import unicodedata

import pytest

from evalsuite.cli import doctor as command
from evalsuite.cli import main
from evalsuite.doctor import Check

ODD = [
    Check(
        section="installation", name="torch", state="broken", found="\x1b[31mbad\u202e", needed=True, remedy="do\nit"
    ),
    Check(section="extras", name="[red]x", state="missing", found="would add [bold]y", remedy="pip install 'x[y]'"),
]


def test_lines_in_a_pipe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("evalsuite.doctor.examine", lambda *_, **__: ODD)
    assert main(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert not [char for char in out if unicodedata.category(char)[0] == "C" and char != "\n"]
    assert out.splitlines() == [
        "installation",
        "  broken   torch   ?[31mbad?",
        "                   -> do?it",
        "extras",
        "  missing  [red]x  would add [bold]y",
        "                   -> pip install 'x[y]'",
        "needed and broken: torch",
    ]


def test_a_table_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "60")
    command._print_table(ODD)
    out = terminal.getvalue()
    assert "\u202e" not in out
    assert "\x1b[31mbad" not in out
    for text in ("?[31mbad?", "[red]x", "would add [bold]y", "pip install 'x[y]'", "needed and broken: torch"):
        assert text in out


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon"])
def test_seconds_must_be_positive(capsys: pytest.CaptureFixture[str], seconds: str) -> None:
    assert main(["doctor", "--timeout", seconds]) == 2
    assert "--timeout" in capsys.readouterr().err
