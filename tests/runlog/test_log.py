"""A run log as a file: torn tails are cut off, all other damage is an error, and nothing that was written is lost."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from evalsuite.errors import EXIT_SAVE, RunLogError, SaveError
from evalsuite.runlog import RunLogWriter, read_log
from evalsuite.runlog.line import encode_line
from evalsuite.runlog.reader import digest_outputs
from evalsuite.types import Output

if TYPE_CHECKING:
    from pathlib import Path

HEADER: dict[str, object] = {
    "type": "header",
    "schema_version": 1,
    "id": "0" * 64,
    "identity": {},
    "task": {},
    "model": {},
}


def output(i: int, **fields: object) -> Output:
    return Output(**{"text": f"text {i}", "sample_id": f"s{i}", "seed": i, **fields})  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A log of a header and three outputs."""
    path = tmp_path / "run.jsonl"
    with RunLogWriter(path, header=HEADER) as writer:
        writer.append([output(0), output(1)])
        writer.append([output(2)])
    return path


def write_lines(path: Path, records: list[dict[str, object]]) -> None:
    checksum = 0
    content = b""
    for record in records:
        line, checksum = encode_line(record, checksum)
        content += line
    path.write_bytes(content)


def continue_log(path: Path, *outputs: Output) -> None:
    with RunLogWriter(path, existing=read_log(path)) as writer:
        writer.append(outputs)


def test_what_was_appended_is_read(path: Path) -> None:
    log = read_log(path)
    assert log.header == HEADER
    assert list(log.outputs.values()) == [output(0), output(1), output(2)]
    assert log.outputs["s1", 0, 0] == output(1)
    assert (log.whole_bytes, log.torn_bytes) == (path.stat().st_size, 0)


def test_order_on_disk_is_free(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with RunLogWriter(path, header=HEADER) as writer:
        writer.append([output(1, turn=1), output(1, repeat=1), output(0), output(1)])
    found = read_log(path).sample_outputs("s1", 2, 2)
    assert [(one.repeat, one.turn) for one in found] == [(0, 0), (0, 1), (1, 0)]


def test_a_tail_torn_at_any_byte_is_cut_off_and_the_log_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda fd: None)  # what is on the disk is not the question here
    content = path.read_bytes()
    start = content[:-1].rindex(b"\n") + 1
    for cut in range(start, len(content)):
        path.write_bytes(content[:cut])
        log = read_log(path)
        assert set(log.outputs) == {("s0", 0, 0), ("s1", 0, 0)}
        assert (log.whole_bytes, log.torn_bytes) == (start, cut - start)
        continue_log(path, output(2))
        assert path.read_bytes() == content


@pytest.mark.parametrize("tail", [b"\0", b"\0" * 5000, b'{"crc32":"12\0\0\0', b"garbage", b"\xff\xfe"])
def test_other_torn_tails_are_cut_off(path: Path, tail: bytes) -> None:
    content = path.read_bytes()
    path.write_bytes(content + tail)
    assert read_log(path).torn_bytes == len(tail)
    continue_log(path, output(3))
    assert path.read_bytes().startswith(content)
    assert list(read_log(path).outputs) == [(f"s{i}", 0, 0) for i in range(4)]


def test_any_byte_that_changes_in_a_whole_line_is_an_error_that_names_the_line(path: Path) -> None:
    content = path.read_bytes()
    # Every bit of a line is flipped in test_line.py; here, bytes of each line, and each newline but the last, without
    # which the line would be a torn one.
    newlines = [position for position, byte in enumerate(content[:-1]) if byte == 10]
    for position in [*range(0, len(content) - 1, 9), *newlines]:
        damaged = bytearray(content)
        damaged[position] ^= 0x20 if position % 2 else 0x01
        path.write_bytes(damaged)
        number = content[:position].count(b"\n") + 1
        with pytest.raises(RunLogError) as raised:
            read_log(path)
        assert str(raised.value).startswith(f"{path}:{number}: ")


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (lambda lines: [lines[0], lines[2], lines[3]], 2),  # taken out
        (lambda lines: [lines[0], lines[1], lines[1], lines[2], lines[3]], 3),  # doubled
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], 2),  # moved
        (lambda lines: [lines[0], b"", lines[1]], 2),
        (lambda lines: [lines[0], b"not a line", lines[1]], 2),
        (lambda lines: [lines[0], b"\0" * 40, lines[1]], 2),
        (lambda lines: [lines[0], lines[1][:-9], lines[2]], 2),
        (lambda lines: [lines[0], lines[1] + b" ", lines[2]], 2),
        (lambda lines: [lines[0], b"{}", lines[2]], 2),
        (lambda lines: lines[1:], 1),  # no header
    ],
)
def test_other_damage_is_an_error_that_names_the_line(path: Path, change: object, number: int) -> None:
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"".join(line + b"\n" for line in change(lines)))  # type: ignore[operator]
    with pytest.raises(RunLogError) as raised:
        read_log(path)
    assert str(raised.value).startswith(f"{path}:{number}: ")


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([{"type": "output"}], ":1: the first line must be the header"),
        ([{**HEADER, "schema_version": 2}], ":1: schema version 2, this release reads 1"),
        ([{**HEADER, "schema_version": None}], ":1: schema version None"),
        ([{**HEADER, "identity": "abc"}], ":1: the header's identity is missing or not dict"),
        ([HEADER, {"type": "surprise"}], ':2: unknown line type "surprise"'),
        ([HEADER, {"type": "output"}], ":2: the output's sample_id is missing"),
        ([HEADER, HEADER], ':2: unknown line type "header"'),
    ],
)
def test_sound_lines_with_wrong_content_are_refused(
    tmp_path: Path, records: list[dict[str, object]], message: str
) -> None:
    path = tmp_path / "run.jsonl"
    write_lines(path, records)
    with pytest.raises(RunLogError) as raised:
        read_log(path)
    assert f"{path}{message}" in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b'{"crc32":"00'])
def test_a_file_without_a_header_is_not_a_log(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    with pytest.raises(RunLogError, match="there is no header line"):
        read_log(path)


def test_a_missing_file_or_a_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunLogError, match=r"none\.jsonl: cannot be read: No such file"):
        read_log(tmp_path / "none.jsonl")
    with pytest.raises(RunLogError, match="cannot be read: Is a directory"):
        read_log(tmp_path)


def test_an_error_gives_way_to_a_later_output_and_to_a_later_error(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    bad = [output(i, text=None, finish_reason="error", error="first") for i in range(3)]
    later = output(1, text=None, finish_reason="error", error="second")
    with RunLogWriter(path, header=HEADER) as writer:
        writer.append(bad)
        writer.append([output(0), later])
        writer.append([output(0, text="too late"), output(0, text=None, finish_reason="error", error="too late")])
    found = read_log(path).outputs
    assert [found[f"s{i}", 0, 0] for i in range(3)] == [output(0), later, bad[2]]


def test_a_session_line_holds_no_output(path: Path) -> None:
    with RunLogWriter(path, existing=read_log(path)) as writer:
        writer.append_session({"started": "now"})
    assert len(read_log(path).outputs) == 3
    assert b'"started":"now"' in path.read_bytes()


def test_a_digest_depends_on_all_that_a_report_does_and_on_nothing_else() -> None:
    base = output(1)
    changed = [
        output(1, text="text 2"),
        output(1, text=None, finish_reason="refused"),
        output(1, text="\0", finish_reason="refused"),
        output(1, text="", finish_reason="refused"),
        output(1, finish_reason="length"),
        output(1, sample_id="s2"),
        output(1, repeat=1),
        output(1, turn=1),
        output(1, finish_reason="error", error="x"),
        output(1, finish_reason="error", error="y"),
        output(1, text="\ud800"),
    ]
    digests = [digest_outputs([(one,)]) for one in (base, *changed)]
    assert len(set(digests)) == len(digests)
    assert digest_outputs([(output(1, seconds=3.0, tokens_out=9, peak_memory_bytes=1),)]) == digests[0]
    assert digest_outputs([(base,), (changed[0],)]) != digest_outputs([(changed[0],), (base,)])


class FullDisk:
    """In place of ``os.pwrite``: takes so many bytes in all, then the disk is full."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._pwrite = os.pwrite

    def __call__(self, fd: int, data: memoryview, offset: int) -> int:
        if self._room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._pwrite(fd, data[: min(self._room, 7)], offset)  # a few bytes at a time, as a kernel may
        self._room -= written
        return written


@pytest.mark.parametrize("room", [0, 1, 50, 150, 190, 300])
def test_a_full_disk_leaves_whole_lines_and_the_log_goes_on(
    path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = path.read_bytes()
    log = read_log(path)
    added = [output(i) for i in range(3, 6)]
    monkeypatch.setattr(os, "pwrite", FullDisk(room))
    with RunLogWriter(path, existing=log) as writer, pytest.raises(SaveError, match="No space left") as raised:
        writer.append(added)
    monkeypatch.undo()
    assert raised.value.exit_code == EXIT_SAVE == 4
    assert str(path) in str(raised.value)
    assert path.read_bytes() == content
    continue_log(path, *added)
    assert len(read_log(path).outputs) == 6


def test_a_header_that_does_not_fit_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.jsonl"
    opened = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 (a listing of Path would count itself)
    monkeypatch.setattr(os, "pwrite", FullDisk(40))
    with pytest.raises(SaveError, match="No space left"):
        RunLogWriter(path, header=HEADER)
    assert path.read_bytes() == b""
    assert len(os.listdir("/proc/self/fd")) == opened  # noqa: PTH208


@pytest.mark.parametrize("last", [True, False])
def test_a_disk_that_fails_to_sync_is_a_save_error(path: Path, last: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    writer = RunLogWriter(path, existing=read_log(path))
    monkeypatch.setattr(os, "fsync", fail)
    if last:
        writer.append([output(3)])
        with pytest.raises(SaveError, match="Input/output error"):
            writer.close()
    else:
        with writer, pytest.raises(SaveError, match="Input/output error"):
            writer.append([output(i) for i in range(3, 3 + 64)])
    assert read_log(path).torn_bytes == 0


LIMITED = """
import resource, sys
from pathlib import Path
from evalsuite.errors import SaveError
from evalsuite.runlog import RunLogWriter, read_log
from evalsuite.types import Output

path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    with RunLogWriter(path, existing=read_log(path)) as writer:
        for i in range(100):
            writer.append([Output(text="x" * 50, sample_id=f"n{i}")])
except SaveError as error:
    print(error)
    sys.exit(error.exit_code)
"""


def test_a_real_limit_on_the_size_of_files_leaves_whole_lines(path: Path) -> None:
    size = path.stat().st_size
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(size + 1000)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (4, "")
    assert "File too large" in done.stdout
    log = read_log(path)
    assert log.torn_bytes == 0
    assert size < log.whole_bytes <= size + 1000
    assert len(log.outputs) > 3
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY  # ours is as it was


def test_groups_are_synced_by_records(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = []
    monkeypatch.setattr(os, "fsync", syncs.append)
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    with RunLogWriter(path, existing=read_log(path)) as writer:
        for i in range(3, 3 + 63):
            writer.append([output(i)])
        assert not syncs
        writer.append([output(99)])
        assert len(syncs) == 1
        writer.append([])
    assert len(syncs) == 2  # and once more at the end


def test_groups_are_synced_by_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    now = [0.0]
    monkeypatch.setattr(os, "fsync", syncs.append)
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with RunLogWriter(path, existing=read_log(path)) as writer:
        now[0] = 0.9
        writer.append([output(3)])
        assert not syncs
        now[0] = 1.1
        writer.append([output(4)])
        assert len(syncs) == 1


def test_a_writer_begins_or_goes_on(path: Path) -> None:
    with pytest.raises(ValueError, match="either `header` or `existing`"):
        RunLogWriter(path)
    with pytest.raises(ValueError, match="either `header` or `existing`"):
        RunLogWriter(path, header=HEADER, existing=read_log(path))
