"""The n-grams of a corpus in one file: made in bounded memory, mapped into memory to be asked.

The file, all numbers little-endian (format version 1):

======================  ==============================================================================
bytes                   what
======================  ==============================================================================
0-7                     ``EVNGRAMS``
8-11                    format version, uint32
12-15                   length H of the description, uint32, at most 4,076
16 to 16 + H            the description: a JSON object in ASCII
next 4                  CRC-32 of all bytes before it, uint32
up to 4,096             zeros
4,096 on                hashes of the different n-grams in ascending order, uint64
after them, to the end  for each n-gram the documents that hold it, uint8; 255 stands for 255 or more
======================  ==============================================================================

The description has ``n``, ``n_ngrams``, ``n_documents``, ``n_words``, ``normalizer``, ``unicode``, ``hash``, ``seed``,
and ``sha256`` of all bytes from 4,096 on.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import struct
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np

from evalsuite.errors import InputError, SaveError
from evalsuite.kernels.arguments import check_array, check_flag, check_integer, check_path
from evalsuite.kernels.contamination import MAX_NGRAM, NORMALIZER, UNICODE_VERSION, text_ngrams
from evalsuite.text.corpus import CorpusFiles, batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["NgramIndex", "build_ngram_index", "is_ngram_index"]

_MAGIC: Final = b"EVNGRAMS"
_FORMAT: Final = 1
_HASH: Final = "fold64-polynomial:1"
_HEADER_BYTES: Final = 4096
_MOST: Final = 255
_ENTRY_BYTES: Final = 9
_READ_BYTES: Final = 1 << 22
# What sorting and merging take for each hash that is in memory, measured: hashes, their order, copies, counts.
_BYTES_PER_HASH: Final = 56
_MIN_MEMORY: Final = 1 << 20


@dataclass(frozen=True)
class NgramIndex:
    """The n-grams of a corpus, in a file that is mapped into memory.

    Parameters
    ----------
    path : Path
    n : int
        Words of an n-gram.
    n_ngrams, n_documents, n_words : int
        Different n-grams, documents and words of the corpus.
    seed : int
        Of the hash.
    sha256 : str
        Of what the file holds: equal corpora have equal indexes.
    hashes : ndarray of uint64, shape (n_ngrams,)
        In ascending order.
    documents : ndarray of uint8, shape (n_ngrams,)
        In how many documents each n-gram is; 255 for 255 or more.

    Notes
    -----
    Only hashes are kept. That an n-gram which is not in the corpus is taken for one that is has a probability of about
    ``n_ngrams / 2**64``: for a million questions to an index of a billion n-grams, 5e-5 that one answer is wrong.
    """

    path: Path
    n: int
    n_ngrams: int
    n_documents: int
    n_words: int
    seed: int
    sha256: str
    hashes: NDArray[np.uint64]
    documents: NDArray[np.uint8]

    @classmethod
    def open(cls, path: str | Path, *, verify: bool = True) -> NgramIndex:
        """Open an index.

        Parameters
        ----------
        path : str or Path
        verify : bool, default True
            Read the file once to compare it with its checksum, and its order. Without it, damage of the header and a
            wrong size are still found, other damage may give wrong answers.

        Raises
        ------
        InputError
            If it is no index, damaged, or made by a version that counts otherwise.
        """
        path = check_path(path, "path")
        verify = check_flag(verify, "verify")
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                head = _read_header(path, file.read(_HEADER_BYTES), size)
                hashes, documents = _map_arrays(path, file, head["n_ngrams"])
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from error
        if verify:
            _verify(path, head["sha256"], hashes, documents)
        numbers = {key: head[key] for key in ("n", "n_ngrams", "n_documents", "n_words", "seed")}
        return cls(path=path, **numbers, sha256=head["sha256"], hashes=hashes, documents=documents)

    def look_up(self, hashes: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Return in how many documents n-grams are, by their hashes; 255 for 255 or more."""
        check_array(hashes, "hashes", (np.uint64,), 1)
        if not self.n_ngrams or not len(hashes):
            return np.zeros(len(hashes), dtype=np.uint8)
        # In ascending order, neighbours share the pages that they touch.
        asked, back = np.unique(hashes, return_inverse=True)
        place = np.minimum(np.searchsorted(self.hashes, asked), self.n_ngrams - 1)
        found = np.where(self.hashes[place] == asked, self.documents[place], np.uint8(0))
        return np.asarray(found[back], dtype=np.uint8)


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
        If the index cannot be written.
    TypeError, ValueError
        If an argument is not as above.
    """
    path = check_path(path, "path")
    n = check_integer(n, "n", 1, MAX_NGRAM)
    seed = check_integer(seed, "seed", 0, 2**64 - 1)
    limit = check_integer(memory_bytes, "memory_bytes", _MIN_MEMORY, 2**63 - 1) // _BYTES_PER_HASH
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
    except OSError as error:
        raise SaveError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        builder = _Builder(work, n, seed, limit)
        for batch in _documents(corpus):
            builder.add(batch)
        whole = builder.finish()
        try:
            whole.replace(path)
        except OSError as error:
            raise SaveError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return NgramIndex.open(path, verify=False)


def is_ngram_index(path: str | Path) -> bool:
    """Whether a file begins as an index does."""
    try:
        with Path(path).open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _documents(corpus: CorpusFiles | Iterable[str]) -> Iterator[list[str]]:
    if isinstance(corpus, CorpusFiles):
        for path in corpus.files():
            yield from batches(corpus.documents(path))
    else:
        yield from batches(corpus)


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
        try:
            with path.open("w+b") as file:
                self._write_index(file)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SaveError(f"{path}: cannot be written: {error.strerror}") from error
        return path

    def _write_part(self) -> None:
        if not self._n_pending:
            return
        hashes, counts = np.unique(np.concatenate(self._pending), return_counts=True)
        path = self._work / f"part-{len(self._parts)}"
        try:
            with path.open("wb") as file:
                file.write(hashes.tobytes())
                file.write(np.minimum(counts, _MOST).astype(np.uint8).tobytes())
        except OSError as error:
            raise SaveError(f"{path}: cannot be written: {error.strerror}") from error
        self._parts.append((path, len(hashes)))
        self._pending.clear()
        self._n_pending = 0

    def _write_index(self, file: IO[bytes]) -> None:
        file.seek(_HEADER_BYTES)
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
            while block := counts_file.read(_READ_BYTES):
                digest.update(block)
                file.write(block)
        description = {
            "n": self._n,
            "n_ngrams": n_ngrams,
            "n_documents": self._n_documents,
            "n_words": self._n_words,
            "normalizer": NORMALIZER,
            "unicode": UNICODE_VERSION,
            "hash": _HASH,
            "seed": self._seed,
            "sha256": digest.hexdigest(),
        }
        file.seek(0)
        file.write(_header(description))

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


def _header(description: dict[str, Any]) -> bytes:
    text = json.dumps(description, sort_keys=True).encode("ascii")
    head = _MAGIC + struct.pack("<II", _FORMAT, len(text)) + text
    return (head + struct.pack("<I", zlib.crc32(head))).ljust(_HEADER_BYTES, b"\0")


def _read_header(path: Path, head: bytes, size: int) -> dict[str, Any]:
    """Check a header and return its description; no length in it is used before it is compared with the file's."""
    again = 'make it again with "evalsuite contamination --save-index"'
    if not head.startswith(_MAGIC):
        raise InputError(f"{path}: not an index of n-grams (its first bytes are others); {again}")
    if len(head) < _HEADER_BYTES:
        raise InputError(f"{path}: damaged: the file ends within its header; {again}")
    version, length = struct.unpack_from("<II", head, 8)
    if version != _FORMAT:
        raise InputError(f"{path}: format version {version}, this evalsuite reads {_FORMAT}; {again}")
    if length > _HEADER_BYTES - 20:
        raise InputError(f"{path}: damaged: a description of {length} bytes does not fit its header; {again}")
    (checksum,) = struct.unpack_from("<I", head, 16 + length)
    if zlib.crc32(head[: 16 + length]) != checksum or head[20 + length :].strip(b"\0"):
        raise InputError(f"{path}: damaged: the header's checksum is wrong; {again}")
    try:
        found = json.loads(head[16 : 16 + length])
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: damaged: the header is not JSON; {again}") from error
    _check_description(path, found)
    expected = _HEADER_BYTES + _ENTRY_BYTES * found["n_ngrams"]
    if size != expected:
        raise InputError(f"{path}: damaged: expected {expected} bytes, found {size}; {again}")
    return dict(found)


def _check_description(path: Path, found: Any) -> None:
    limits = {"n": (1, MAX_NGRAM), "seed": (0, 2**64 - 1)}
    limits |= dict.fromkeys(("n_ngrams", "n_documents", "n_words"), (0, 2**59))
    texts = {"normalizer": NORMALIZER, "unicode": UNICODE_VERSION, "hash": _HASH}
    if not isinstance(found, dict):
        raise InputError(f"{path}: damaged: the header is no JSON object")
    for key, (low, high) in limits.items():
        value = found.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InputError(f"{path}: damaged: {key} must be an integer, {low} to {high}; found {value!r:.100}")
    sha256 = found.get("sha256")
    if not isinstance(sha256, str) or len(sha256) != 64:
        raise InputError(f"{path}: damaged: sha256 must be 64 hexadecimal digits; found {sha256!r:.100}")
    for key, text in texts.items():
        if found.get(key) != text:
            raise InputError(
                f"{path}: made with {key} {found.get(key)!r:.100}, this evalsuite has {text!r}, so answers would be "
                'wrong. Make it again with "evalsuite contamination --save-index".'
            )


def _map_arrays(path: Path, file: IO[bytes], n: int) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    if not n:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint8)
    try:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be mapped into memory: {error}") from error
    hashes = np.frombuffer(mapped, dtype="<u8", count=n, offset=_HEADER_BYTES)
    return hashes, np.frombuffer(mapped, dtype=np.uint8, count=n, offset=_HEADER_BYTES + 8 * n)


def _verify(path: Path, sha256: str, hashes: NDArray[np.uint64], documents: NDArray[np.uint8]) -> None:
    digest = hashlib.sha256()
    step = _READ_BYTES // 8
    is_sorted = True
    for start in range(0, len(hashes), step):
        digest.update(hashes[start : start + step].data)
        block = hashes[start : start + step + 1]
        is_sorted = is_sorted and bool((block[1:] > block[:-1]).all())
    for start in range(0, len(documents), _READ_BYTES):
        digest.update(documents[start : start + _READ_BYTES].data)
    if digest.hexdigest() != sha256:
        raise InputError(
            f'{path}: damaged: its checksum is wrong; make it again with "evalsuite contamination --save-index"'
        )
    if not is_sorted or (len(documents) and not documents.all()):
        raise InputError(f"{path}: not an index: hashes out of order, or n-grams in no document")
