"""Ctrl-C ends `score` and `contamination` at once: 130, one line, and no file half written."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# A shell that starts tests in the background has interrupts ignored: the child hears them as from a terminal.
CHILD = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from evalsuite.cli import main
sys.stderr.write("ready\\n"); sys.stderr.flush()
sys.exit(main(sys.argv[1:]))
"""


def interrupt(folder: Path, *arguments: str, after: float) -> tuple[int, str, float]:
    """Run the command, interrupt it, and return exit code, standard error and the seconds that it took to end."""
    command = [sys.executable, "-c", CHILD, *arguments]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        time.sleep(after)
        assert process.poll() is None, "it ended before it was interrupted"
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        return process.returncode, err, time.monotonic() - start


@pytest.mark.parametrize("after", [0.3, 1.5, 3.0])
def test_a_score_ends_within_a_kernel(tmp_path: Path, after: float) -> None:
    # ROUGE-L of texts so long is minutes in one kernel.
    (tmp_path / "hyp").write_text(" ".join(f"w{i * i % 9973}" for i in range(3_000_000)) + "\n")
    (tmp_path / "ref").write_text(" ".join(f"w{i * i % 9967}" for i in range(3_000_000)) + "\n")
    code, err, seconds = interrupt(tmp_path, "score", "--hyp", "hyp", "--ref", "ref", "--metric", "rougeL", after=after)
    assert (code, err) == (130, "evalsuite: interrupted.\n")
    assert seconds < 10


@pytest.mark.parametrize("after", [0.3, 0.7, 1.2])
def test_an_index_is_whole_or_not_there(tmp_path: Path, after: float) -> None:
    with (tmp_path / "corpus.txt").open("w") as corpus:
        for number in range(0, 8_000_000, 200):
            corpus.write(" ".join(map(str, range(number, number + 200))) + "\n")
    arguments = ("contamination", "--corpus", "corpus.txt", "--save-index", "made.index", "--ngram", "5")
    code, err, seconds = interrupt(tmp_path, *arguments, after=after)
    assert (code, err) == (130, "evalsuite: interrupted.\n")
    assert seconds < 10
    assert [path.name for path in tmp_path.iterdir()] == ["corpus.txt"]
