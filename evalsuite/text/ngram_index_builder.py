"""An index of the n-grams of a corpus, made in bounded memory."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from evalsuite.errors import SaveError
from evalsuite.kernels.arguments import check_integer, check_path
from evalsuite.kernels.contamination import MAX_NGRAM, text_ngrams
from evalsuite.text.corpus import CorpusFiles, batches
from evalsuite.text.ngram_index import NgramIndex, is_ngram_index
from evalsuite.text.ngram_index_file import HEADER_BYTES, READ_BYTES, header_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["build_ngram_index"]

# What sorting and merging take for each hash that is in memory, measured: hashes, their order, copies, counts.
_BYTES_PER_HASH: Final = 56
_MIN_MEMORY: Final = 1 << 20
_MOST: Final = 255


def build_ngram_index(
    path: str | Path,
    corpus: CorpusFiles | Iterable[str],
    *,
    n: int = 13,
    seed: int = 0,
    memory_bytes: int = 1 << 29,
) -> NgramIndex:
    """Write the n-grams of a corpus to a file, and open it.

    Parameters
    ----------
    path : str or Path
        Where to; what is there is replaced once the new index is whole.
    corpus : CorpusFiles or iterable of str
        Documents; n-grams do not cross from one to the next.
    n : int, default 13
        Words of an n-gram, 1 to 64.
    seed : int, default 0
        Of the hash.
    memory_bytes : int, default 512 MiB
        About how much memory to use, at least 1 MiB, beside at most 4 MiB of the corpus and its longest document, 24
        bytes a word of which are held. What does not fit is sorted in parts on the disk, in the folder of `path`: up to
        9 bytes a word of the corpus.

    Returns
    -------
    NgramIndex

    Raises
    ------
    InputError
        If the corpus cannot be read.
    SaveError
        If the index cannot be written, or something else than an index is there already.
    TypeError, ValueError
        If an argument is not as above.
    """
    path = check_path(path, "path")
    n = check_integer(n, "n", 1, MAX_NGRAM)
    seed = check_integer(seed, "seed", 0, 2**64 - 1)
    limit = check_integer(memory_bytes, "memory_bytes", _MIN_MEMORY, 2**63 - 1) // _BYTES_PER_HASH
    with _writing(path):
        if os.path.lexists(path) and not is_ngram_index(path):
            raise SaveError(f"{path}: is there already and is no index; give another path, or remove it first")
        work = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
    try:
        builder = _Builder(work, n, seed, limit)
        for batch in _documents(corpus):
            with _writing(path):
                builder.add(batch)
        with _writing(path):
            builder.finish().replace(path)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return NgramIndex.open(path, verify=False)


def _documents(corpus: CorpusFiles | Iterable[str]) -> Iterator[list[str]]:
    if isinstance(corpus, CorpusFiles):
        for path in corpus.files():
            yield from batches(corpus.documents(path))
    else:
        yield from batches(corpus)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a SaveError."""
    try:
        yield
    except OSError as error:
        raise SaveError(f"{path}: cannot be written: {error.strerror}") from error


class _Builder:
    """Sorts hashes in parts that fit into memory, and merges the parts."""

    def __init__(self, work: Path, n: int, seed: int, limit: int) -> None:
        self._work = work
        self._n, self._seed, self._limit = n, seed, limit
        self._pending: list[NDArray[np.uint64]] = []
        self._n_pending = 0
        self._parts: list[tuple[Path, int]] = []
        self._n_documents = self._n_words = 0

    def add(self, documents: Sequence[str]) -> None:
        hashes, _, n_words = text_ngrams(documents, self._n, seed=self._seed, distinct=True)
        self._n_documents += len(documents)
        self._n_words += int(n_words.sum())
        for start in range(0, len(hashes), self._limit):
            piece = hashes[start : start + self._limit]
            if self._n_pending + len(piece) > self._limit:
                self._write_part()
            self._pending.append(piece)
            self._n_pending += len(piece)

    def finish(self) -> Path:
        self._write_part()
        path = self._work / "index"
        with path.open("wb") as file:
            self._write_index(file)
            file.flush()
            os.fsync(file.fileno())
        return path

    def _write_part(self) -> None:
        if not self._n_pending:
            return
        hashes, counts = np.unique(np.concatenate(self._pending), return_counts=True)
        path = self._work / f"part-{len(self._parts)}"
        with path.open("wb") as file:
            file.write(hashes.tobytes())
            file.write(np.minimum(counts, _MOST).astype(np.uint8).tobytes())
        self._parts.append((path, len(hashes)))
        self._pending.clear()
        self._n_pending = 0

    def _write_index(self, file: IO[bytes]) -> None:
        file.seek(HEADER_BYTES)
        digest = hashlib.sha256()
        n_ngrams = 0
        counts_path = self._work / "counts"
        with counts_path.open("wb") as counts_file:
            for hashes, counts in self._merged():
                written = hashes.astype("<u8", copy=False).tobytes()
                digest.update(written)
                file.write(written)
                counts_file.write(counts.tobytes())
                n_ngrams += len(hashes)
        with counts_path.open("rb") as counts_file:
            while block := counts_file.read(READ_BYTES):
                digest.update(block)
                file.write(block)
        description = {
            "n": self._n,
            "n_ngrams": n_ngrams,
            "n_documents": self._n_documents,
            "n_words": self._n_words,
            "seed": self._seed,
            "sha256": digest.hexdigest(),
        }
        file.seek(0)
        file.write(header_bytes(description))

    def _merged(self) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint8]]]:
        """Yield the parts merged, one range of hashes at a time: they are spread evenly, so that ranges are alike."""
        total = sum(n for _, n in self._parts)
        if not total:
            return
        parts = [
            (
                np.memmap(path, dtype=np.uint64, mode="r", shape=(n,)),
                np.memmap(path, dtype=np.uint8, mode="r", offset=8 * n, shape=(n,)),
            )
            for path, n in self._parts
        ]
        n_ranges = -(-total // self._limit)
        starts = [0] * len(parts)
        for index in range(1, n_ranges + 1):
            bound = np.uint64(min((index << 64) // n_ranges, 2**64 - 1))
            ends = [len(hashes) if index == n_ranges else int(np.searchsorted(hashes, bound)) for hashes, _ in parts]
            slices = [slice(start, end) for start, end in zip(starts, ends, strict=True)]
            starts = ends
            hashes = np.concatenate([own[cut] for (own, _), cut in zip(parts, slices, strict=True)])
            counts = np.concatenate([own[cut] for (_, own), cut in zip(parts, slices, strict=True)])
            if not len(hashes):
                continue
            order = np.argsort(hashes, kind="stable")
            hashes = hashes[order]
            firsts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
            sums = np.add.reduceat(counts[order], firsts, dtype=np.int64)
            yield hashes[firsts], np.minimum(sums, _MOST).astype(np.uint8)
