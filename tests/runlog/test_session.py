"""The sessions of a log: what each wrote and took, and what is not known of one that was killed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.errors import RunLogError
from evalsuite.runlog import RunLogWriter, read_log
from evalsuite.runlog.session import Session
from evalsuite.types import Output

if TYPE_CHECKING:
    from pathlib import Path

HEADER: dict[str, object] = {"type": "header", "schema_version": 1, "id": "x", "identity": {}, "task": {}, "model": {}}
USAGE = {"seconds": 2.5, "peak_rss_bytes": 100, "peak_rss_since": "session", "energy_missing": "none"}


def output(i: int, **fields: Any) -> Output:
    return Output(**{"text": "x", "sample_id": f"s{i}", "tokens_in": 2, "tokens_out": 3, **fields})


def write(path: Path, *parts: object) -> None:
    with RunLogWriter(path, header=HEADER) as writer:
        for part in parts:
            if isinstance(part, Output):
                writer.append([part])
            elif isinstance(part, dict):
                writer.append_session_end(part)
            else:
                writer.append_session({"started": "now"})


def test_each_session_has_its_outputs_and_what_they_took(tmp_path: Path) -> None:
    failed = output(2, text=None, finish_reason="error", error="no", tokens_out=None)
    parts = [output(0), output(1), {**USAGE, "interrupted": True}, "session", failed, "session", output(2), USAGE]
    write(tmp_path / "run.jsonl", *parts)
    log = read_log(tmp_path / "run.jsonl")
    assert log.sessions == (
        Session(n_outputs=2, n_errors=0, tokens_in=4, tokens_out=6, usage=USAGE),
        Session(n_outputs=1, n_errors=1, tokens_in=2, tokens_out=None, usage=None),
        Session(n_outputs=1, n_errors=0, tokens_in=2, tokens_out=3, usage=USAGE),
    )
    assert len(log.outputs) == 3


def test_a_log_of_before_there_were_closing_lines_is_read_as_it_was(tmp_path: Path) -> None:
    write(tmp_path / "run.jsonl", output(0), "session", output(1))
    log = read_log(tmp_path / "run.jsonl")
    assert [session.usage for session in log.sessions] == [None, None]
    assert [session.n_outputs for session in log.sessions] == [1, 1]


@pytest.mark.parametrize(
    ("usage", "message"),
    [
        ({}, "the session's seconds are missing"),
        ({"seconds": -1.0}, "the session's seconds is -1.0"),
        ({"seconds": "2"}, "the session's seconds is '2'"),
        ({"seconds": True}, "the session's seconds is True"),
        ({**USAGE, "peak_rss_bytes": 1.5}, "the session's peak_rss_bytes is 1.5"),
        ({**USAGE, "energy_by": 3}, "the session's energy_by is 3"),
    ],
)
def test_figures_that_cannot_be_are_refused(tmp_path: Path, usage: dict[str, object], message: str) -> None:
    write(tmp_path / "run.jsonl", usage)
    with pytest.raises(RunLogError, match=rf"run.jsonl:2: {message}"):
        read_log(tmp_path / "run.jsonl")


def test_a_later_release_may_say_more(tmp_path: Path) -> None:
    write(tmp_path / "run.jsonl", output(0), {**USAGE, "moon": "full"})
    assert read_log(tmp_path / "run.jsonl").sessions[0].usage == USAGE
