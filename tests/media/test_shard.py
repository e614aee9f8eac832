"""Shards: exact, readable by any tar program, cut back to what the log knows, and never damaged in silence."""

from __future__ import annotations

import errno
import hashlib
import os
import tarfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.errors import InputError, RunLogError
from evalsuite.media import ShardWriter, StoredImage, check_shards, image_from_record, image_record, shard_end
from tests.media.images import noise, write_folder

if TYPE_CHECKING:
    from pathlib import Path


def ends_of(*images: StoredImage) -> dict[str, int]:
    ends: dict[str, int] = {}
    for image in images:
        ends[image.path.name] = max(shard_end(image), ends.get(image.path.name, 0))
    return ends


def write(folder: Path, *seeds: int, ends: dict[str, int] | None = None, **settings: int) -> list[StoredImage]:
    writer = ShardWriter(folder, ends or {}, **settings)
    stored = [image for seed in seeds for image in writer.append([(f"image-{seed}.png", noise(seed))])]
    writer.close()
    return stored


def test_images_are_exact_and_the_shard_is_a_tar(tmp_path: Path) -> None:
    images = [noise(1), noise(2, 5, 9, 3), noise(3, 1, 1, 1), noise(4, 300, 2, 3)]
    writer = ShardWriter(tmp_path, {})
    stored = writer.append([(f"{i}.png", image) for i, image in enumerate(images)])
    for image, reference in zip(images, stored, strict=True):
        assert np.array_equal(reference.pixels(), image)  # before the shard is closed too
    writer.close()
    with tarfile.open(tmp_path / "media" / "images-00000.tar") as archive:
        members = archive.getmembers()
        assert [member.name for member in members] == ["0.png", "1.png", "2.png", "3.png"]
        assert [member.offset_data for member in members] == [reference.offset for reference in stored]
        assert [member.size for member in members] == [reference.length for reference in stored]
        assert {(member.mtime, member.uid, member.uname, member.mode) for member in members} == {(0, 0, "", 0o644)}


def test_the_same_images_are_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        write(tmp_path / name, 1, 2, 3)
    contents = {(tmp_path / name / "media" / "images-00000.tar").read_bytes() for name in "ab"}
    assert len(contents) == 1
    # A writer that was stopped after each image leaves the same bytes as well.
    (tmp_path / "c").mkdir()
    stored: list[StoredImage] = []
    for seed in (1, 2, 3):
        stored += write(tmp_path / "c", seed, ends=ends_of(*stored))
    assert (tmp_path / "c" / "media" / "images-00000.tar").read_bytes() in contents


def test_bytes_are_synced_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync

    def record(fd: int) -> None:
        real(fd)
        synced.append(os.fstat(fd).st_size)

    writer = ShardWriter(tmp_path, {})
    writer.append([("0.png", noise(0))])
    monkeypatch.setattr(os, "fsync", record)
    (stored,) = writer.append([("1.png", noise(1))])
    assert synced == [shard_end(stored) + 1024]  # the end of a tar is there at any time
    with tarfile.open(stored.path) as archive:
        assert len(archive.getmembers()) == 2
    monkeypatch.undo()
    writer.close()


def test_a_new_shard_is_begun_when_one_is_full(tmp_path: Path) -> None:
    stored = write(tmp_path, *range(7), shard_bytes=4000)
    names = [image.path.name for image in stored]
    assert names == ["images-00000.tar"] * 3 + ["images-00001.tar"] * 3 + ["images-00002.tar"]
    more = write(tmp_path, 7, 8, 9, ends=ends_of(*stored), shard_bytes=4000)
    assert [image.path.name for image in more] == ["images-00002.tar"] * 2 + ["images-00003.tar"]
    for seed, image in enumerate([*stored, *more]):
        assert np.array_equal(image.pixels(), noise(seed))
    for path in (tmp_path / "media").iterdir():
        with tarfile.open(path) as archive:
            assert len(archive.getmembers()) in (1, 3)


def test_what_the_log_does_not_know_is_cut_off_when_more_is_written(tmp_path: Path) -> None:
    stored = write(tmp_path, 0, 1, 2)
    media = tmp_path / "media"
    (media / "images-00001.tar").write_bytes(b"a shard begun by a process that was killed")
    (media / "mine.txt").write_text("someone else's")
    (again,) = write(tmp_path, 5, ends=ends_of(stored[0]))
    assert again.offset == shard_end(stored[0]) + 512
    assert again.path.stat().st_size == shard_end(again) + 1024  # the end of a tar, and nothing of what was cut off
    assert np.array_equal(stored[0].pixels(), noise(0))
    assert np.array_equal(again.pixels(), noise(5))
    with pytest.raises(InputError, match="SHA-256 differs"):
        stored[2].pixels()
    assert sorted(path.name for path in media.iterdir()) == ["images-00000.tar", "mine.txt"]


def test_nothing_is_touched_before_something_is_written(tmp_path: Path) -> None:
    write(tmp_path, 0, 1)
    before = (tmp_path / "media" / "images-00000.tar").read_bytes()
    writer = ShardWriter(tmp_path, {})
    assert writer.append([]) == []
    writer.close()
    assert (tmp_path / "media" / "images-00000.tar").read_bytes() == before
    writer = ShardWriter(tmp_path / "text", {})
    writer.close()
    assert not (tmp_path / "text").exists()


def test_a_full_disk_leaves_the_shard_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = ShardWriter(tmp_path, {})
    (first,) = writer.append([("0.png", noise(0))])
    real = os.pwrite

    def half(fd: int, data: bytes, offset: int) -> int:
        if len(data) < 600:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, bytes(data)[:600], offset)

    monkeypatch.setattr(os, "pwrite", half)
    with pytest.raises(OSError, match="No space left"):
        writer.append([("1.png", noise(1))])
    assert first.path.stat().st_size == shard_end(first) + 1024
    assert first.path.read_bytes()[shard_end(first) :] == bytes(1024)  # the end of a tar
    monkeypatch.undo()
    (second,) = writer.append([("1.png", noise(1))])
    writer.close()
    assert np.array_equal(first.pixels(), noise(0))
    assert np.array_equal(second.pixels(), noise(1))


def test_shards_that_are_gone_or_short_are_named(tmp_path: Path) -> None:
    stored = write(tmp_path, 0, 1)
    ends = ends_of(*stored)
    check_shards(tmp_path, ends)
    path = stored[0].path
    os.truncate(path, ends[path.name])  # the end marker is nothing that the log refers to
    check_shards(tmp_path, ends)
    os.truncate(path, ends[path.name] - 1)
    with pytest.raises(RunLogError, match=r"images-00000\.tar: the run's log refers to .* bytes .*restore it"):
        check_shards(tmp_path, ends)
    path.unlink()
    with pytest.raises(RunLogError, match=r"images-00000\.tar: .*cannot be read \(No such file.*move the run's folder"):
        check_shards(tmp_path, ends)


def test_a_byte_that_changed_is_noticed(tmp_path: Path) -> None:
    (stored,) = write(tmp_path, 0)
    data = bytearray(stored.path.read_bytes())
    data[stored.offset + 100] ^= 1
    stored.path.write_bytes(data)
    with pytest.raises(InputError, match=r"images-00000\.tar, bytes 512 to .*SHA-256 differs\)\. Restore"):
        stored.pixels()


def test_references_go_through_json(tmp_path: Path) -> None:
    (own,) = write(tmp_path, 0)
    record = image_record(own, tmp_path)
    assert record == {"shard": "images-00000.tar", "offset": 512, "length": own.length, "sha256": own.sha256}
    assert image_from_record(record, tmp_path, files=False) == own
    file = write_folder(tmp_path, {"x.png": b"abc"}) / "x.png"
    other = StoredImage(path=file, offset=0, length=3, sha256=hashlib.sha256(b"abc").hexdigest())
    assert image_from_record(image_record(other, tmp_path), tmp_path, files=True) == other


GOOD = {"shard": "images-00000.tar", "offset": 512, "length": 9, "sha256": "0" * 64}
FILE = {"file": "/a.png", "offset": 0, "length": 9, "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (None, "expected an object, found NoneType"),
        ([GOOD], "expected an object, found list"),
        ({}, "unexpected fields: none"),
        ({**GOOD, "mode": "L"}, "unexpected fields: length, mode, offset, sha256, shard"),
        ({**GOOD, "file": "/a.png"}, "unexpected fields"),
        ({**GOOD, "shard": "../../images-00000.tar"}, "shard must be a name such as"),
        ({**GOOD, "shard": "/etc/images-00000.tar"}, "shard must be a name"),
        ({**GOOD, "shard": "images-00000.tar\n"}, "shard must be a name"),
        ({**GOOD, "shard": "images-\u0661\u0661\u0661\u0661\u0661.tar"}, "shard must be a name"),
        ({**GOOD, "shard": 3}, "shard must be a name"),
        ({**GOOD, "offset": -1}, "offset must be a whole number from 0"),
        ({**GOOD, "offset": True}, "offset must be a whole number"),
        ({**GOOD, "offset": 1 << 63}, "offset must be a whole number"),
        ({**GOOD, "length": 0}, "length must be a whole number from 1"),
        ({**GOOD, "length": 1 << 40}, "length must be a whole number"),
        ({**GOOD, "length": 9.0}, "length must be a whole number"),
        ({**GOOD, "sha256": "0" * 63}, "sha256 must be 64 hexadecimal digits"),
        ({**GOOD, "sha256": "G" * 64}, "sha256 must be 64 hexadecimal digits"),
        ({**GOOD, "sha256": "0" * 64 + "\n"}, "sha256 must be 64 hexadecimal digits"),
        ({**GOOD, "sha256": None}, "sha256 must be"),
        ({**FILE, "file": "a.png"}, "file must be an absolute path"),
        ({**FILE, "file": "/a\0.png"}, "file must be an absolute path"),
        ({**FILE, "file": ["/a.png"]}, "file must be an absolute path"),
        ({"file": "/a.npz", "index": -1, "sha256": "0" * 64}, "index must be a whole number"),
    ],
)
def test_records_are_trusted_in_nothing(tmp_path: Path, record: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        image_from_record(record, tmp_path, files=True)


def test_only_the_users_own_files_may_be_elsewhere(tmp_path: Path) -> None:
    assert image_from_record(FILE, tmp_path, files=True).sha256 == "0" * 64
    with pytest.raises(ValueError, match="only outputs of a files: model may be elsewhere"):
        image_from_record(FILE, tmp_path, files=False)
