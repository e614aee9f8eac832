"""Indexes of n-grams: what they answer, in how much memory, and what they refuse."""

from __future__ import annotations

import json
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import InputError, SaveError
from evalsuite.kernels.contamination import text_ngrams
from evalsuite.text.corpus import CorpusFiles
from evalsuite.text.ngram_index import NgramIndex, is_ngram_index
from evalsuite.text.ngram_index_builder import build_ngram_index
from tests.reference import contamination as twin

if TYPE_CHECKING:
    from pathlib import Path

HEADER = 4096


def corpus(n: int, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    vocabulary = [f"w{i}" for i in range(30)]
    return [" ".join(rng.choices(vocabulary, k=rng.randint(0, 30))) for _ in range(n)]


def test_it_answers_in_how_many_documents(tmp_path: Path) -> None:
    documents = corpus(400)
    index = build_ngram_index(tmp_path / "index", documents, n=2)
    counts = Counter(gram for text in documents for gram in set(twin.ngrams(twin.words(text), 2)))
    grams = [*counts, ("w1", "unseen"), ("no", "such")]
    hashes, _, _ = text_ngrams([" ".join(gram) for gram in grams], 2)
    assert index.look_up(hashes).tolist() == [min(counts[gram], 255) for gram in grams]
    assert (index.n, index.n_ngrams, index.n_documents) == (2, len(counts), 400)
    assert index.n_words == sum(len(text.split()) for text in documents)


@pytest.mark.parametrize("limit", [97, 5000])
def test_sorting_in_parts_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    documents = [*corpus(300), *["common words here"] * 300]
    whole = build_ngram_index(tmp_path / "whole", documents, n=3)
    monkeypatch.setattr("evalsuite.text.ngram_index_builder._BYTES_PER_HASH", 2**20 // limit)
    build_ngram_index(tmp_path / "parts", documents, n=3, memory_bytes=2**20)
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()
    assert whole.documents.max() == 255
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts", "whole"]


def test_a_part_of_one_ngram_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalsuite.text.ngram_index_builder._BYTES_PER_HASH", 2**20 // 16)
    document = " ".join(f"w{i}" for i in range(18))
    assert build_ngram_index(tmp_path / "index", [document], n=2, memory_bytes=2**20).n_ngrams == 17


def test_opened_again_it_answers_the_same(tmp_path: Path) -> None:
    index = build_ngram_index(tmp_path / "index", corpus(50), n=3, seed=77)
    again = NgramIndex.open(tmp_path / "index")
    assert np.array_equal(again.hashes, index.hashes)
    assert np.array_equal(again.documents, index.documents)
    assert (again.n, again.seed, again.sha256) == (3, 77, index.sha256)
    assert is_ngram_index(tmp_path / "index")
    assert not is_ngram_index(tmp_path)


@pytest.mark.parametrize("documents", [[], [""], ["too short"]])
def test_an_index_of_nothing(tmp_path: Path, documents: list[str]) -> None:
    build_ngram_index(tmp_path / "index", documents)
    index = NgramIndex.open(tmp_path / "index")
    assert (index.n_ngrams, index.n_documents) == (0, len(documents))
    assert index.look_up(np.arange(3, dtype=np.uint64)).tolist() == [0, 0, 0]


def described(**changes: Any) -> bytes:
    """Make a header whose checksum is right."""
    description = {
        "n": 13,
        "n_ngrams": 0,
        "n_documents": 0,
        "n_words": 0,
        "normalizer": "lower-alnum:1",
        "unicode": "15.1.0",
        "hash": "fold64-polynomial:1",
        "seed": 0,
        "sha256": "0" * 64,
    }
    text = json.dumps({**description, **changes}).encode()
    head = b"EVNGRAMS" + struct.pack("<II", 1, len(text)) + text
    return (head + struct.pack("<I", zlib.crc32(head))).ljust(HEADER, b"\0")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not an index of n-grams"),
        (b"PK\x03\x04" * 2000, "not an index of n-grams"),
        (b"EVNGRAMS", "damaged: the file ends within its header"),
        (b"EVNGRAMS" + struct.pack("<II", 2, 5).ljust(HEADER, b"\0"), "format version 2, this evalsuite reads 1"),
        (b"EVNGRAMS" + struct.pack("<II", 1, 2**32 - 1).ljust(HEADER, b"\0"), "a description of 4294967295 bytes"),
        (b"EVNGRAMS" + struct.pack("<II", 1, 4077).ljust(HEADER, b"\0"), "a description of 4077 bytes"),
        (b"EVNGRAMS" + struct.pack("<II", 1, 4076).ljust(HEADER, b"\0"), "the header's checksum is wrong"),
        (described()[:-1] + b"x", "the header's checksum is wrong"),
        (described(n_ngrams=2**58), "expected 2594073385365409792 bytes, found 4096|expected 25940"),
        (described(n_ngrams=10**30), "n_ngrams must be an integer, 0 to"),
        (described(n_ngrams=-1), "n_ngrams must be an integer, 0 to"),
        (described(n_ngrams=True), "n_ngrams must be an integer, 0 to"),
        (described(n_ngrams="9"), "n_ngrams must be an integer, 0 to"),
        (described(n=65), "n must be an integer, 1 to 64; found 65"),
        (described(seed=1.5), "seed must be an integer"),
        (described(sha256=None), "sha256 must be 64 hexadecimal digits"),
        (described(sha256="0" * 64), "its checksum is wrong"),
        (described(unicode="9.0"), "made with unicode '9.0', this evalsuite has '15.1.0', so answers would be wrong"),
        (described(normalizer="words"), "made with normalizer 'words'"),
        (described(hash="crc32"), "made with hash 'crc32'"),
        (described(n_ngrams=1), "expected 4105 bytes, found 4096"),
        (described() + b"x", "expected 4096 bytes, found 4097"),
    ],
)
def test_foreign_and_damaged_files_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "index").write_bytes(data)
    with pytest.raises(InputError, match=f'index: .*({message}).*; make it again with "evalsuite contamination'):
        NgramIndex.open(tmp_path / "index")


def test_every_changed_byte_is_found(tmp_path: Path) -> None:
    path = tmp_path / "index"
    build_ngram_index(path, corpus(20), n=3)
    good = path.read_bytes()
    rng = random.Random(0)
    for at in [*range(20), *rng.sample(range(len(good)), 300), len(good) - 1]:
        path.write_bytes(good[:at] + bytes([good[at] ^ (1 << rng.randrange(8))]) + good[at + 1 :])
        with pytest.raises(InputError, match=r"not an index|damaged|format version|made with"):
            NgramIndex.open(path)
    for size in [*range(40), *rng.sample(range(len(good)), 100)]:
        path.write_bytes(good[:size])
        with pytest.raises(InputError, match=r"not an index|damaged"):
            NgramIndex.open(path)


def test_hashes_out_of_order_are_found_though_the_checksum_is_right(tmp_path: Path) -> None:
    from hashlib import sha256

    body = np.array([2, 1], dtype="<u8").tobytes() + b"\1\1"
    (tmp_path / "index").write_bytes(described(n_ngrams=2, sha256=sha256(body).hexdigest()) + body)
    with pytest.raises(InputError, match="hashes out of order"):
        NgramIndex.open(tmp_path / "index")


def test_hashes_out_of_order_between_blocks_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hashlib import sha256

    monkeypatch.setattr("evalsuite.text.ngram_index_file.READ_BYTES", 16)
    body = np.array([1, 4, 3, 5], dtype="<u8").tobytes() + b"\1" * 4
    (tmp_path / "index").write_bytes(described(n_ngrams=4, sha256=sha256(body).hexdigest()) + body)
    with pytest.raises(InputError, match="hashes out of order"):
        NgramIndex.open(tmp_path / "index")


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: cannot be read: No such file"):
        NgramIndex.open(tmp_path / "nowhere")
    with pytest.raises(SaveError, match="index: cannot be written: No such file"):
        build_ngram_index(tmp_path / "no" / "index", ["a"])
    with pytest.raises(ValueError, match="`memory_bytes` must be 1048576 to"):
        build_ngram_index(tmp_path / "index", ["a"], memory_bytes=1)
    with pytest.raises(InputError, match="no such file"):
        build_ngram_index(tmp_path / "index", CorpusFiles([tmp_path / "corpus.txt"]))
    (tmp_path / "folder" / "full").mkdir(parents=True)
    with pytest.raises(SaveError, match="folder: is there already and is no index"):
        build_ngram_index(tmp_path / "folder", ["a"])
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_failed_build_leaves_the_old_index(tmp_path: Path) -> None:
    path = tmp_path / "index"
    build_ngram_index(path, corpus(20), n=3)
    before = path.read_bytes()

    def failing() -> Any:
        yield "one two three four"
        raise RuntimeError("the disk of the corpus is gone")

    with pytest.raises(RuntimeError, match="gone"):
        build_ngram_index(path, failing(), n=3)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["index"]


def test_a_killed_build_leaves_no_half_index(tmp_path: Path) -> None:
    code = (
        "import itertools, sys\n"
        "from evalsuite.text.ngram_index_builder import build_ngram_index\n"
        "def documents():\n"
        "    for i in itertools.count():\n"
        "        yield f'a{i} b c d e{i} f g h i j k l m n o p'\n"
        "        if i == 200_000: print('now', flush=True)\n"
        "build_ngram_index(sys.argv[1], documents(), memory_bytes=1 << 20)\n"
    )
    path = tmp_path / "index"
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"now\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not path.exists()
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".index.")
    build_ngram_index(path, ["a b c"], n=2)
    shutil.rmtree(left)
    assert NgramIndex.open(path).n_ngrams == 2


def test_memory_is_bounded(tmp_path: Path) -> None:
    code = (
        "import resource, sys\n"
        "from evalsuite.text.ngram_index_builder import build_ngram_index\n"
        "def documents(n):\n"
        "    return (' '.join(f'w{i}x{j}' for j in range(100)) for i in range(n))\n"
        "build_ngram_index(sys.argv[1], documents(2000), memory_bytes=1 << 24)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "index = build_ngram_index(sys.argv[1], documents(40_000), memory_bytes=1 << 24)\n"
        "print(index.n_ngrams, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "index")], capture_output=True, text=True, check=True
    )
    n_ngrams, kilobytes = map(int, done.stdout.split())
    assert n_ngrams == 40_000 * 88
    # 28 MB of hashes and 24 MB of text go through 16 MiB; batches and mapped pages of the parts come on top.
    assert kilobytes < 100_000
