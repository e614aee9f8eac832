"""What identifies a model's content: SHA-256 over named bytes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["cache_folder", "hash_file", "hash_files", "hash_named"]

_WORTH_CACHING = 1 << 20  # bytes; hashing less is as fast as reading the cache
_SETTLED_SECONDS = 2.0  # a file changed more recently could change again within one tick of its clock


def hash_named(parts: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over named byte strings, in the order of their names.

    Parameters
    ----------
    parts : mapping of str to bytes

    Returns
    -------
    str
        64 hexadecimal digits. Moving a byte from one part, or from a name, to the next changes it.
    """
    return _combine({name: hashlib.sha256(content).hexdigest() for name, content in parts.items()})


def hash_files(paths: Iterable[Path], *, root: Path) -> str:
    """Return the SHA-256 over the names and contents of files.

    Parameters
    ----------
    paths : iterable of Path
        In any order.
    root : Path
        A folder above all of them. Only names relative to it count, so that a copy elsewhere has the same hash.

    Returns
    -------
    str
        64 hexadecimal digits, the same as `hash_named` of the contents.

    Raises
    ------
    OSError
        If a file cannot be read.
    ValueError
        If a file is not below `root`.
    """
    return _combine({path.relative_to(root).as_posix(): hash_file(path) for path in paths})


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes; of a large one, from the cache if it has not changed since.

    The cache is keyed by real path, size and times of change. A cache that is damaged or cannot be written is ignored.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    real = path.resolve()
    before = real.stat()
    key: list[str | int] = [str(real), before.st_size, before.st_mtime_ns, before.st_ctime_ns]
    entry = cache_folder() / "hashes" / (hashlib.sha256(os.fsencode(real)).hexdigest() + ".json")
    worth = before.st_size >= _WORTH_CACHING
    if worth and (known := _read_entry(entry, key)) is not None:
        return known
    with real.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    after = real.stat()
    unchanged = key[1:] == [after.st_size, after.st_mtime_ns, after.st_ctime_ns]
    if worth and unchanged and time.time() - after.st_mtime >= _SETTLED_SECONDS:
        _write_entry(entry, {"key": key, "sha256": digest})
    return digest


def cache_folder() -> Path:
    """Return where evalsuite keeps what it can compute again: ``$XDG_CACHE_HOME/evalsuite``, or below ``~/.cache``."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "evalsuite"


def _combine(digests: Mapping[str, str]) -> str:
    text = json.dumps(sorted(digests.items()), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _read_entry(path: Path, key: list[str | int]) -> str | None:
    try:
        entry = json.loads(path.read_bytes())
        digest = entry["sha256"]
        if entry["key"] == key and len(bytes.fromhex(digest)) == hashlib.sha256().digest_size:
            return str(digest)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        pass
    return None


def _write_entry(path: Path, entry: Mapping[str, object]) -> None:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".tmp", encoding="ascii", delete=False) as file:
            temporary = Path(file.name)
            json.dump(entry, file)
        temporary.replace(path)
    except OSError:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
