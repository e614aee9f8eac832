"""Faults of the machine: a disk that fills up, a second process, a clock that jumps. Nothing is lost."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from evalsuite.runlog import read_log
from tests.runner.scripted_runs import N, answer, model_of, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalsuite.task import Task

EVALSUITE = [sys.executable, "-m", "evalsuite"]


def test_a_disk_that_fills_up_in_the_middle(write_task: Callable[..., Path], tmp_path: Path) -> None:
    task = write_task(400)
    disk = tmp_path / "disk"
    disk.mkdir()
    command = [*EVALSUITE, "run", "--model", "scripted:random,words=1200", "--tasks", str(task), "--quiet"]
    command += ["--gen-kwargs", "max_new_tokens=1200"]
    # 400 texts of 6 kB each; the probe before a run takes 1 MiB.
    script = """
        mount -t tmpfs -o size=1536k none "$0" || exit 77
        "$@" -o "$0"; echo "code $?"
        wc -l $(find "$0" -name run.jsonl)
        mount -o remount,size=64m "$0"
        "$@" -o "$0"; echo "code $?"
        cp $(find "$0" -name run.jsonl) "$0/../log.jsonl"
    """
    try:
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, str(disk), *command], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("needs unshare, to mount a file system")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"may not mount a file system here: {done.stderr.strip()}")
    assert re.findall(r"code (\d+)", done.stdout) == ["4", "0"], done.stderr
    assert "No space left on device" in done.stderr
    assert "run the same command to continue" in done.stderr
    assert "Traceback" not in done.stderr
    kept = int(re.findall(r"(\d+) \S+run.jsonl", done.stdout)[0])
    assert 50 < kept < 400
    assert subprocess.run([*command, "-o", str(tmp_path / "whole")], check=False).returncode == 0
    (path,) = (tmp_path / "whole").rglob("run.jsonl")
    whole, log = read_log(path), read_log(tmp_path / "log.jsonl")
    assert {key: one.text for key, one in log.outputs.items()} == {key: one.text for key, one in whole.outputs.items()}
    assert (tmp_path / "log.jsonl").read_bytes().count(b'"type":"output"') == 400


def test_a_second_process_on_a_run_is_refused_and_the_first_is_not_disturbed(
    write_task: Callable[..., Path], tmp_path: Path
) -> None:
    model = "scripted:echo,sleep=0.2,batch_size=2"
    command = [*EVALSUITE, "run", "--model", model, "--tasks", str(write_task(N)), "-o", str(tmp_path / "runs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        end = time.monotonic() + 60.0
        while not list(tmp_path.rglob("run.jsonl")):
            assert time.monotonic() < end
            time.sleep(0.01)
        second = subprocess.run(command, capture_output=True, text=True, check=False)
        assert second.returncode == 2
        assert f"another process is working on this run (process {first.pid} on" in second.stderr
        _, complaint = first.communicate()
        assert first.returncode == 0, complaint
    (path,) = (tmp_path / "runs").rglob("run.jsonl")
    assert path.read_bytes().count(b'"type":"output"') == N


def test_a_clock_that_jumps(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [2e9]
    gmtime = time.gmtime

    def jump(request: object) -> str:
        now[0] += -7200.0 if len(now) % 2 else 1e6
        now.append(0.0)
        return answer(request)  # type: ignore[arg-type]

    monkeypatch.setattr(time, "time", lambda: now[0])
    monkeypatch.setattr(time, "gmtime", lambda seconds=None: gmtime(now[0] if seconds is None else seconds))
    log = run(model_of(jump, batch_size=3), task, tmp_path, limit=12)
    log = run(model_of(jump, batch_size=3), task, tmp_path)
    assert len(log.outputs) == N
    assert all(0.0 <= one.seconds < 60.0 for one in log.outputs.values() if one.seconds is not None)
    ends = [json.loads(line)["data"] for line in log.path.read_text().splitlines() if '"session_end"' in line]
    assert len(ends) == 2
    assert all(0.0 <= end["seconds"] < 60.0 for end in ends)
