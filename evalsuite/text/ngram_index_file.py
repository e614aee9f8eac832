"""The file of an index of n-grams, all numbers little-endian (format version 1).

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
import struct
import zlib
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np

from evalsuite.errors import InputError
from evalsuite.kernels.contamination import MAX_NGRAM, NORMALIZER, UNICODE_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["HEADER_BYTES", "MAGIC", "READ_BYTES", "header_bytes", "map_arrays", "read_header", "verify_body"]

MAGIC: Final = b"EVNGRAMS"
"""The first bytes of every index."""
_FORMAT: Final = 1
HEADER_BYTES: Final = 4096
"""Where the hashes begin."""
_ENTRY_BYTES: Final = 9
READ_BYTES: Final = 1 << 22
"""How much of a file is read at a time."""
# What an index must have been made with for its answers to be right.
_OURS: Final = {"normalizer": NORMALIZER, "unicode": UNICODE_VERSION, "hash": "fold64-polynomial:1"}
_REMEDY: Final = 'make it again with "evalsuite contamination --save-index"'


def header_bytes(description: dict[str, Any]) -> bytes:
    """Return the first bytes of a file, of a description without what all indexes of this version have in common."""
    text = json.dumps({**description, **_OURS}, sort_keys=True).encode("ascii")
    head = MAGIC + struct.pack("<II", _FORMAT, len(text)) + text
    return (head + struct.pack("<I", zlib.crc32(head))).ljust(HEADER_BYTES, b"\0")


def read_header(path: Path, head: bytes, size: int) -> dict[str, Any]:
    """Check a header and return its description; no length in it is used before it is compared with the file's."""
    if not head.startswith(MAGIC):
        raise InputError(f"{path}: not an index of n-grams (its first bytes are others); {_REMEDY}")
    if len(head) < HEADER_BYTES:
        raise InputError(f"{path}: damaged: the file ends within its header; {_REMEDY}")
    version, length = struct.unpack_from("<II", head, 8)
    if version != _FORMAT:
        raise InputError(f"{path}: format version {version}, this evalsuite reads {_FORMAT}; {_REMEDY}")
    if length > HEADER_BYTES - 20:
        raise InputError(f"{path}: damaged: a description of {length} bytes does not fit its header; {_REMEDY}")
    (checksum,) = struct.unpack_from("<I", head, 16 + length)
    if zlib.crc32(head[: 16 + length]) != checksum or head[20 + length :].strip(b"\0"):
        raise InputError(f"{path}: damaged: the header's checksum is wrong; {_REMEDY}")
    try:
        found = json.loads(head[16 : 16 + length])
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: damaged: the header is not JSON; {_REMEDY}") from error
    _check_description(path, found)
    expected = HEADER_BYTES + _ENTRY_BYTES * found["n_ngrams"]
    if size != expected:
        raise InputError(f"{path}: damaged: expected {expected} bytes, found {size}; {_REMEDY}")
    return dict(found)


def _check_description(path: Path, found: Any) -> None:
    limits = {"n": (1, MAX_NGRAM), "seed": (0, 2**64 - 1)}
    limits |= dict.fromkeys(("n_ngrams", "n_documents", "n_words"), (0, 2**59))
    if not isinstance(found, dict):
        raise InputError(f"{path}: damaged: the header is no JSON object; {_REMEDY}")
    for key, (low, high) in limits.items():
        value = found.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InputError(
                f"{path}: damaged: {key} must be an integer, {low} to {high}; found {value!r:.100}; {_REMEDY}"
            )
    sha256 = found.get("sha256")
    if not isinstance(sha256, str) or len(sha256) != 64:
        raise InputError(f"{path}: damaged: sha256 must be 64 hexadecimal digits; found {sha256!r:.100}; {_REMEDY}")
    for key, text in _OURS.items():
        if found.get(key) != text:
            raise InputError(
                f"{path}: made with {key} {found.get(key)!r:.100}, this evalsuite has {text!r}, so answers would be "
                f"wrong; {_REMEDY}"
            )


def map_arrays(path: Path, file: IO[bytes], n: int) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """Map the hashes and the documents of n n-grams into memory."""
    if not n:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint8)
    try:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be mapped into memory: {error}") from error
    hashes = np.frombuffer(mapped, dtype="<u8", count=n, offset=HEADER_BYTES)
    return hashes, np.frombuffer(mapped, dtype=np.uint8, count=n, offset=HEADER_BYTES + 8 * n)


def verify_body(path: Path, sha256: str, hashes: NDArray[np.uint64], documents: NDArray[np.uint8]) -> None:
    """Refuse, by InputError, what does not have the header's checksum or is not in order."""
    digest = hashlib.sha256()
    step = READ_BYTES // 8
    is_sorted = True
    for start in range(0, len(hashes), step):
        digest.update(hashes[start : start + step].data)
        block = hashes[start : start + step + 1]
        is_sorted = is_sorted and bool((block[1:] > block[:-1]).all())
    for start in range(0, len(documents), READ_BYTES):
        digest.update(documents[start : start + READ_BYTES].data)
    if digest.hexdigest() != sha256:
        raise InputError(f"{path}: damaged: its checksum is wrong; {_REMEDY}")
    if not is_sorted or (len(documents) and not documents.all()):
        raise InputError(f"{path}: not an index: hashes out of order, or n-grams in no document; {_REMEDY}")
