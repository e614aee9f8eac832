"""A second Ctrl-C, while the first is being seen to, changes nothing; a third ends the process at once."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Signals come from within the process, so that each is heard at a known place: while the model answers, while the log
# is closed, before the last message, and after it, when Python ends, and when it has let go of its own handlers.
CHILD = """
import atexit, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import evalsuite.cli
from evalsuite.runlog.writer import RunLogWriter
command, closing, places = sys.modules["evalsuite.cli.main"], RunLogWriter.close, sys.argv[1].split("+")

def heard(place):
    if place in places:
        os.write(1, place.encode() + b"\\n")
        for _ in range(places.count(place)):
            signal.raise_signal(signal.SIGINT)

def close(writer):
    heard("closing")
    closing(writer)

def say(message, say=command.say):
    heard("saying")
    say(message)

RunLogWriter.close, command.say = close, say
atexit.register(heard, "exit")

class Last:
    def __del__(self):
        heard("end")

_last = Last()
sys.modules["child"] = sys.modules["__main__"]
asked = []

def answer(prompt):
    asked.append(prompt)
    if len(asked) == 3:
        heard("answering")
    return "x"

sys.exit(evalsuite.cli.main(sys.argv[2:]))
"""
SAID = "evalsuite: interrupted. What was finished is kept; the same command continues.\n"


def interrupted(folder: Path, task: Path, places: str) -> tuple[int, list[str], str]:
    """Interrupt a run at these places; return exit code, the places that it came to, and the standard error."""
    arguments = ["run", "-M", "python:child:answer", "-t", str(task), "-b", "1", "-q", "-o", str(folder)]
    command = [sys.executable, "-c", CHILD, places, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.split(), done.stderr


def kept(folder: Path) -> int:
    """Return how many outputs the log has; every line of it is whole."""
    (log,) = folder.rglob("run.jsonl")
    lines = [json.loads(line)["data"] for line in log.read_text().splitlines()]
    return sum(line.get("type") == "output" for line in lines)


@pytest.mark.parametrize("place", ["closing", "saying", "exit", "end"])
def test_a_second_interrupt_is_not_heard(write_task: Callable[..., Path], tmp_path: Path, place: str) -> None:
    task, places = write_task(6), f"answering+{place}"
    assert interrupted(tmp_path / "runs", task, places) == (130, places.split("+"), SAID)
    assert kept(tmp_path / "runs") == 2


def test_a_third_is_the_way_out(write_task: Callable[..., Path], tmp_path: Path) -> None:
    code, places, err = interrupted(tmp_path / "runs", write_task(6), "answering+closing+closing+saying")
    assert (code, places) == (130, ["answering", "closing"])
    assert err == "evalsuite: interrupted while it was ending.\n"
    assert kept(tmp_path / "runs") == 2


def test_an_interrupt_within_an_error_message_is_no_traceback(tmp_path: Path) -> None:
    code, places, err = interrupted(tmp_path / "runs", tmp_path / "gone.toml", "saying")
    assert (code, places) == (130, ["saying"] * 2)
    assert "Traceback" not in err
