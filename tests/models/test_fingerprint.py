from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from evalsuite.models import fingerprint
from evalsuite.models.fingerprint import cache_folder, hash_file, hash_files, hash_named

LARGE = 1 << 20


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "evalsuite" / "hashes"


def settled(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def test_named_bytes_do_not_run_into_one_another() -> None:
    hashes = [
        hash_named(parts) for parts in ({"a": b"bc"}, {"ab": b"c"}, {"a": b"b", "c": b""}, {"a": b"", "b": b"c"}, {})
    ]
    assert len(set(hashes)) == len(hashes)
    assert all(len(value) == 64 for value in hashes)
    assert (
        hash_named({"a": b"1", "b": b"2"}) == hash_named({"b": b"2", "a": b"1"}) != hash_named({"a": b"2", "b": b"1"})
    )


def test_files_hash_like_their_contents_wherever_they_lie(tmp_path: Path) -> None:
    values = []
    for root in (tmp_path / "one", tmp_path / "two"):
        (root / "sub").mkdir(parents=True)
        (root / "a").write_bytes(b"1")
        (root / "sub" / "b").write_bytes(b"2")
        values.append(hash_files([root / "sub" / "b", root / "a"], root=root))
    assert values == [hash_named({"a": b"1", "sub/b": b"2"})] * 2


def test_large_files_are_hashed_once(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settled(tmp_path / "weights", b"x" * LARGE)
    expected = hashlib.sha256(b"x" * LARGE).hexdigest()
    assert hash_file(path) == expected
    (entry,) = cache.iterdir()
    entry.write_text(json.dumps({**json.loads(entry.read_text()), "sha256": "ab" * 32}))
    assert hash_file(path) == "ab" * 32  # so it was the cache that answered
    settled(path, b"y" * LARGE)  # same size and mtime: the time of the change of its metadata tells
    assert hash_file(path) == hashlib.sha256(b"y" * LARGE).hexdigest()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"key": 1}', b"\xff", b'{"key": null, "sha256": 3}'])
def test_damaged_cache_is_ignored(tmp_path: Path, cache: Path, damage: bytes) -> None:
    path = settled(tmp_path / "weights", b"x" * LARGE)
    expected = hash_file(path)
    (entry,) = cache.iterdir()
    entry.write_bytes(damage)
    assert hash_file(path) == expected
    assert json.loads(entry.read_text())["sha256"] == expected
    key = json.loads(entry.read_text())["key"]
    for digest in ("zz", "ab", None, 5):
        entry.write_text(json.dumps({"key": key, "sha256": digest}))
        assert hash_file(path) == expected


def test_fresh_and_small_files_are_not_cached(tmp_path: Path, cache: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.write_bytes(b"x" * LARGE)
    hash_file(fresh)
    hash_file(settled(tmp_path / "small", b"x"))
    assert not cache.exists()


def test_works_where_the_cache_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert hash_file(settled(tmp_path / "w", b"x" * LARGE)) == hashlib.sha256(b"x" * LARGE).hexdigest()


def test_leaves_no_temporary_file_when_the_rename_fails(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Path, target: object) -> Path:
        raise OSError

    monkeypatch.setattr(fingerprint.Path, "replace", fail)
    hash_file(settled(tmp_path / "w", b"x" * LARGE))
    assert list(cache.iterdir()) == []


def test_a_relative_cache_home_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == Path.home() / ".cache" / "evalsuite"
