"""Corpora from files: plain, JSON Lines, compressed, in folders; damaged and wrong ones."""

from __future__ import annotations

import gzip
import json
import os
import random
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from evalsuite.errors import InputError
from evalsuite.text.corpus import CorpusFiles, batches, find_files

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = ["one é", "", "two 中文", "three\r"]
PLAIN = "\n".join(DOCUMENTS).encode() + b"\n"
JSON_LINES = "".join(json.dumps({"id": 1, "text": text}) + "\n" for text in DOCUMENTS).encode()


def read(path: Path, **options: Any) -> list[str]:
    corpus = CorpusFiles([path], **options)
    return [document for file in corpus.files() for document in corpus.documents(file)]


@pytest.mark.parametrize("compress", [lambda data: data, gzip.compress, zstandard.compress], ids=["", ".gz", ".zst"])
@pytest.mark.parametrize(("name", "data"), [("a.txt", PLAIN), ("a", PLAIN), ("a.jsonl", JSON_LINES)])
def test_every_kind_of_file(tmp_path: Path, compress: Any, name: str, data: bytes) -> None:
    ending = {zstandard.compress: ".zst", gzip.compress: ".gz"}.get(compress, "")
    path = tmp_path / f"{name}{ending}"
    path.write_bytes(compress(data))
    assert read(path) == DOCUMENTS


def test_several_frames_of_zstd_and_members_of_gzip_are_one_file(tmp_path: Path) -> None:
    for ending, compress in ((".gz", gzip.compress), (".zst", zstandard.compress)):
        path = tmp_path / f"a.txt{ending}"
        path.write_bytes(compress(b"one\ntw") + compress(b"o\nthree"))
        assert read(path) == ["one", "two", "three"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_blocks_are_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("evalsuite.text.corpus._BLOCK_BYTES", size)
    path = tmp_path / "a.txt"
    path.write_bytes(PLAIN + b"last \xc3\xa9")
    blocks = list(CorpusFiles([path]).blocks(path))
    assert b"".join(blocks) == path.read_bytes()
    assert all(block.endswith(b"\n") for block in blocks[:-1])
    assert read(path) == [*DOCUMENTS, "last é"]


def test_folders_and_patterns_give_sorted_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.jsonl.gz", "c.parquet", "deep/d.text.zst", "e.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    names = ["a.jsonl.gz", "b.txt", "deep/d.text.zst"]
    assert find_files(tmp_path) == [tmp_path / name for name in names]
    assert find_files(f"{tmp_path}/*.txt") == [tmp_path / "b.txt"]
    assert CorpusFiles([tmp_path / "b.txt", tmp_path]).files() == [tmp_path / n for n in (names[1], names[0], names[2])]
    assert read(tmp_path / "b.txt") == []


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"good\nb\xffd\n", r"a\.txt:2: not UTF-8 \(byte 2 of the line\); convert"),
        ("a.txt.gz", b"no gzip", r"a\.txt\.gz: cannot be read: Not a gzipped file"),
        ("a.txt.gz", gzip.compress(b"x" * 1000, mtime=0)[:-12], r"a\.txt\.gz: damaged: "),
        ("a.txt.zst", b"no zstandard", r"a\.txt\.zst: damaged: zstd"),
        ("a.jsonl", b'{"text": "a"}\n{"text": \n', r"a\.jsonl:2: not JSON: "),
        ("a.jsonl", b'{"text": "a"}\n[1]\n', r"a\.jsonl:2: expected a JSON object, found list"),
        ("a.jsonl", b'{"body": "a"}\n', r'a\.jsonl:1: field "text" is missing, expected a text; fields here: "body"\.'),
        ("a.jsonl", b'{"text": 3}\n', r'a\.jsonl:1: field "text" is int, expected a text'),
        ("a.jsonl", b"[" * 200_000 + b"\n", r"a\.jsonl:1: not JSON: "),
    ],
)
def test_damaged_files_are_named(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        read(tmp_path / name)


@pytest.mark.parametrize("size", [1, 20, 1000])
def test_a_wrong_line_has_its_number_in_the_file_and_not_in_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("evalsuite.text.corpus._BLOCK_BYTES", size)
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "a"}\n' * 5 + b"{\n")
    with pytest.raises(InputError, match=r"a\.jsonl:6: not JSON: "):
        read(tmp_path / "a.jsonl")
    (tmp_path / "a.txt").write_bytes(b"good\n" * 8 + b"b\xffd\n")
    with pytest.raises(InputError, match=r"a\.txt:9: not UTF-8 \(byte 2 of the line\)"):
        read(tmp_path / "a.txt")


def test_another_field(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"body": "a"}\n\n')
    assert read(path, field="body") == ["a", ""]


@pytest.mark.parametrize("given", ["nowhere", "nothing/*.txt", "\0"])
def test_missing_files_are_named(given: str) -> None:
    with pytest.raises(InputError, match=r"no such file|cannot be read"):
        find_files(given)


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file in this folder ends in \.txt"):
        find_files(tmp_path)


def test_batches_are_bounded() -> None:
    sizes = [len(batch) for batch in batches("x" for _ in range(10_000))]
    assert sizes == [4096, 4096, 1808]
    assert [len(batch) for batch in batches("y" * 3_000_000 for _ in range(5))] == [2, 2, 1]
    with pytest.raises(TypeError, match=r"`corpus` must be an iterable of documents, each a str; found one str\."):
        list(batches("text"))
    with pytest.raises(TypeError, match="`corpus`: document 1 must be a str; found bytes"):
        list(batches(["a", b"b"]))  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"`paths` must be a sequence of paths; found one str: use \[path\]"):
        CorpusFiles("a.txt")


def noise(n: int) -> bytes:
    draw = random.Random(0)
    return b"".join(b"%d %d\n" % (draw.randrange(10**9), draw.randrange(10**9)) for _ in range(n))


@pytest.mark.parametrize("cut", [1, 4, 5_000, -1, 0.5])
@pytest.mark.parametrize("frames", [1, 2])
def test_a_zstd_file_that_was_cut_off_is_no_whole_one(tmp_path: Path, cut: float, frames: int) -> None:
    """At any place but between two frames."""
    data = b"".join([zstandard.compress(noise(3_000))] * frames)
    end = int(cut * len(data)) if 0 < cut < 1 else int(cut)
    if end == len(data) // 2 == len(data) / 2 and frames == 2:
        end += 1
    path = tmp_path / "a.txt.zst"
    path.write_bytes(data[:end])
    with pytest.raises(InputError, match=r"a\.txt\.zst: damaged: it ends within a frame of zstd; the file was cut off"):
        list(CorpusFiles([path]).documents(path))
    path.write_bytes(data)
    assert "\n".join(CorpusFiles([path]).documents(path)).encode() + b"\n" == noise(3_000) * frames


def test_a_zstd_file_that_grows_a_thousandfold_is_read_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.zst"
    path.write_bytes(zstandard.compress((b"a" * 999 + b"\n") * 30_000))
    assert max(map(len, CorpusFiles([path]).blocks(path))) < 200_000_000
    assert sum(1 for _ in CorpusFiles([path]).documents(path)) == 30_000


def test_a_folder_that_cannot_be_read_is_not_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    (tmp_path / "locked").mkdir()
    scan = os.scandir

    def refuse(path: str) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(InputError, match=r"locked: cannot be read: Permission denied"):
        CorpusFiles([tmp_path]).files()
