"""Contamination by 13-grams: a corpus looked through for the n-grams of items, and plain Python at the same.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_contamination.py --benchmark-enable`` for one thread.
Megabytes of the corpus are in ``extra_info``, so that a rate can be read off: megabytes over seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.text.contamination import find_contamination
from evalsuite.text.corpus import CorpusFiles
from tests.benchmarks.race import time_in_group
from tests.reference.texts import plain_segments

if TYPE_CHECKING:
    from pathlib import Path

N_ITEMS = 1000
TARGET = 6.0
GROUP = "13-gram contamination, 1,000 items, 27 MB of corpus"
Texts = tuple[list[str], list[str]]


@pytest.fixture(scope="module")
def texts() -> Texts:
    """Items of three sentences, some of which are in the corpus; documents of eight."""
    hypotheses, references = plain_segments(40_000, seed=1)
    documents = [" ".join(references[start : start + 8]) for start in range(0, len(references), 8)] * 4
    items = [" ".join(hypotheses[start : start + 3]) for start in range(0, 3 * N_ITEMS, 3)]
    return [*items[:-100], *(" ".join(references[start : start + 2]) for start in range(0, 200, 2))], documents


@pytest.fixture(scope="module")
def file(texts: Texts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "corpus.txt"
    path.write_text("\n".join(texts[1]) + "\n", encoding="utf-8")
    return path


def dirty(texts: Texts) -> set[int]:
    return set(find_contamination(*texts).split("dirty"))


def dirty_of_file(items: list[str], file: Path) -> set[int]:
    return set(find_contamination(items, CorpusFiles([file])).split("dirty"))


def peer(texts: Texts, n: int = 13) -> set[int]:
    """Look through the corpus with a dict of tuples of words in lower case, split at whitespace."""
    index: dict[tuple[str, ...], set[int]] = {}
    for number, item in enumerate(texts[0]):
        tokens = item.lower().split()
        for start in range(len(tokens) - n + 1):
            index.setdefault(tuple(tokens[start : start + n]), set()).add(number)
    hit: set[int] = set()
    for document in texts[1]:
        tokens = document.lower().split()
        for start in range(len(tokens) - n + 1):
            found = index.get(tuple(tokens[start : start + n]))
            if found:
                hit |= found
    return hit


def test_evalsuite_documents(benchmark: Any, texts: Texts) -> None:
    assert dirty(texts) >= peer(texts)  # more: the peer tells words with and without a comma apart
    benchmark.extra_info["megabytes"] = sum(map(len, texts[1])) / 1e6
    time_in_group(benchmark, GROUP, "evalsuite", lambda: dirty(texts), rounds=7)


def test_plain_python(benchmark: Any, texts: Texts) -> None:
    assert len(peer(texts)) >= 90
    time_in_group(benchmark, GROUP, "plain Python", lambda: peer(texts), rounds=3, target=TARGET)


def test_evalsuite_file(benchmark: Any, texts: Texts, file: Path) -> None:
    assert dirty_of_file(texts[0], file) == dirty(texts)
    time_in_group(benchmark, f"{GROUP}, from a file", "evalsuite", lambda: dirty_of_file(texts[0], file), rounds=7)


def test_plain_python_file(benchmark: Any, texts: Texts, file: Path) -> None:
    def run() -> set[int]:
        return peer((texts[0], file.read_text("utf-8").split("\n")))

    time_in_group(benchmark, f"{GROUP}, from a file", "plain Python", run, rounds=3, target=TARGET)
