"""One process at a time on a run, and output folders that are tried out first."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalsuite.errors import RunLogError, SaveError
from evalsuite.runlog import RunLock
from evalsuite.runlog.writer import probe_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLDER = """
import sys
from pathlib import Path
from evalsuite.runlog import RunLock

with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of `tmp_path` until its input is closed."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_refused_by_name(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    who = f"process {holder.pid} on {socket.gethostname()}"
    with pytest.raises(RunLogError, match=f"another process is working on this run .{who}"), RunLock(tmp_path):
        pass
    holder.communicate("")
    with RunLock(tmp_path):
        assert json.loads((tmp_path / "run.owner").read_text())["pid"] == os.getpid()
    assert not (tmp_path / "run.owner").exists()


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    assert json.loads((tmp_path / "run.owner").read_text())["pid"] == holder.pid
    with RunLock(tmp_path):
        assert json.loads((tmp_path / "run.owner").read_text())["pid"] == os.getpid()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pid": "x", "host": 1}', "\xff"])
def test_an_owner_that_cannot_be_read_is_unknown(tmp_path: Path, content: str) -> None:
    with RunLock(tmp_path):
        (tmp_path / "run.owner").write_bytes(content.encode("latin-1"))
        with pytest.raises(RunLogError, match="its owner is unknown"), RunLock(tmp_path):
            pass


def test_the_same_process_is_refused_too(tmp_path: Path) -> None:
    with RunLock(tmp_path), pytest.raises(RunLogError, match=f"process {os.getpid()}"), RunLock(tmp_path):
        pass


def test_the_lock_ends_with_an_error_inside(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), RunLock(tmp_path):
        _ = 1 / 0
    with RunLock(tmp_path):
        pass


def test_a_folder_that_cannot_be_locked_is_a_save_error(tmp_path: Path) -> None:
    (tmp_path / "run.lock").mkdir()
    with pytest.raises(SaveError, match="cannot be locked for writing"), RunLock(tmp_path):
        pass


def test_an_owner_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "run.owner").mkdir()
    with RunLock(tmp_path):
        pass


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_probe_makes_the_folder_and_leaves_it_empty(tmp_path: Path) -> None:
    probe_folder(tmp_path / "a" / "b")
    assert tree(tmp_path) == ["a", "a/b"]
    (tmp_path / "a" / "b" / "c").touch()
    probe_folder(tmp_path / "a" / "b")
    assert tree(tmp_path) == ["a", "a/b", "a/b/c"]


def test_a_relative_folder_is_probed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    probe_folder(Path("a/b"))
    probe_folder(Path())
    assert tree(tmp_path) == ["a", "a/b"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("file", "it is a file"),
        ("file/below", "Not a directory"),
        ("new/" + "x" * 300, "File name too long"),
        ("nowhere", "File exists"),  # a link to what is not there
        ("nowhere/below", "File exists"),
    ],
)
def test_a_folder_that_cannot_be_made_is_named_and_nothing_stays(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing" / "place")
    before = tree(tmp_path)
    with pytest.raises(SaveError, match=reason) as raised:
        probe_folder(tmp_path / name)
    assert str(tmp_path / name) in str(raised.value)
    assert "Nothing was run" in str(raised.value)
    assert tree(tmp_path) == before


def test_a_device_is_not_a_folder() -> None:
    with pytest.raises(SaveError, match=r"/dev/full/runs: cannot be made: Not a directory"):
        probe_folder(Path("/dev/full/runs"))
    with pytest.raises(SaveError, match=r"/dev/null: cannot be made: it is a file"):
        probe_folder(Path("/dev/null"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_is_found_out_and_nothing_stays(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(fd: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SaveError, match=os.strerror(number)):
        probe_folder(tmp_path / "a" / "b")
    assert tree(tmp_path) == []


PROBE = """
import sys
from pathlib import Path
from evalsuite.errors import SaveError
from evalsuite.runlog.writer import probe_folder

try:
    probe_folder(Path(sys.argv[1]))
except SaveError as error:
    print(error)
    sys.exit(4)
"""


def in_a_mount(tmp_path: Path, options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Probe a folder with a tmpfs mounted on `tmp_path`, in a mount namespace of its own."""
    script = f'mount -t tmpfs -o {options} none "$0" && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", script, str(tmp_path), sys.executable, "-c", PROBE, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs unshare, to mount a file system")
    if done.returncode not in (0, 4):
        pytest.skip(f"may not mount a file system here: {done.stderr.strip()}")
    return done


@pytest.mark.parametrize(
    ("options", "reason"),
    [("size=512k", "cannot be written to: No space left on device"), ("ro", "cannot be .*: Read-only file system")],
)
@pytest.mark.parametrize("below", ["", "a/b"])
def test_real_file_systems_that_take_nothing(tmp_path: Path, options: str, reason: str, below: str) -> None:
    done = in_a_mount(tmp_path, options, tmp_path / below)
    assert done.returncode == 4, done.stderr
    assert str(tmp_path / below) in done.stdout
    assert re.search(reason, done.stdout)


def test_a_real_file_system_with_room(tmp_path: Path) -> None:
    assert in_a_mount(tmp_path, "size=4m", tmp_path / "a").returncode == 0
