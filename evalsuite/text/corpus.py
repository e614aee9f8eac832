"""Corpora that stream from files: plain text, JSON Lines, compressed or not; what is in memory at once is bounded."""

from __future__ import annotations

import glob
import itertools
import json
import os
import zlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

from evalsuite.errors import InputError
from evalsuite.text.zstandard_file import ZstandardFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["CorpusFiles", "batches", "find_files", "is_json_lines", "not_utf8"]

_PLAIN: Final = (".txt", ".text")
_JSON_LINES: Final = (".jsonl", ".ndjson")
_COMPRESSED: Final = (".gz", ".zst")
_BLOCK_BYTES: Final = 1 << 22
_BATCH_DOCUMENTS: Final = 4096
_BATCH_CHARACTERS: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class CorpusFiles:
    """Documents in files, read as they are needed.

    Parameters
    ----------
    paths : sequence of str or Path
        Files, folders or patterns such as ``"data/*.txt.zst"``. Of a folder, every file in or below it that ends in
        ``.txt``, ``.text``, ``.jsonl`` or ``.ndjson``, each with or without ``.gz`` or ``.zst``.
    field : str, default "text"
        Where an object of JSON Lines has its text.

    Notes
    -----
    A file whose name ends in ``.jsonl`` or ``.ndjson``, before ``.gz`` or ``.zst``, is JSON Lines; any other is plain
    text. Either has one document a line, lines end at newlines only, and an empty line is an empty document, so that
    documents are numbered as lines are. Files are UTF-8. At most 4 MiB and one document are in memory at once, several
    times over.
    """

    paths: Sequence[str | Path]
    field: str = "text"

    def __post_init__(self) -> None:
        if isinstance(self.paths, str | bytes | Path):
            raise TypeError(f"`paths` must be a sequence of paths; found one {type(self.paths).__name__}: use [path]")

    def files(self) -> list[Path]:
        """Return the files, each once, those of a folder or pattern sorted by name.

        Raises
        ------
        InputError
            If a path leads to none.
        """
        return list(dict.fromkeys(path for given in self.paths for path in find_files(given)))

    def documents(self, path: Path) -> Iterator[str]:
        """Yield the documents of one of the files.

        Raises
        ------
        InputError
            If it cannot be read, or a line is not what it should be; file and line are named.
        """
        line = 0
        for block in self.blocks(path):
            lines = self._read_json(path, line, block) if is_json_lines(path) else _decoded(path, line, block)
            line += len(lines)
            yield from lines

    def blocks(self, path: Path) -> Iterator[bytes]:
        """Yield the bytes of one of the files, whole lines at a time."""
        pending: list[bytes] = []
        try:
            with closing(_opened(path)) as stream:
                while chunk := stream.read(_BLOCK_BYTES):
                    cut = chunk.rfind(b"\n") + 1
                    if not cut:
                        pending.append(chunk)
                        continue
                    yield b"".join([*pending, chunk[:cut]]) if pending or cut < len(chunk) else chunk
                    pending = [chunk[cut:]] if cut < len(chunk) else []
        except (EOFError, zlib.error) as error:
            raise InputError(f"{path}: damaged: {error}; make or download the file again") from error
        except OSError as error:  # gzip.BadGzipFile among them
            raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
        if pending:
            yield b"".join(pending)

    def _read_json(self, path: Path, line: int, block: bytes) -> list[str]:
        documents = []
        for number, text in enumerate(_decoded(path, line, block), line + 1):
            documents.append(self._field_of(path, number, text) if text and not text.isspace() else "")
        return documents

    def _field_of(self, path: Path, number: int, text: str) -> str:
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(record, dict):
            raise InputError(f"{path}:{number}: expected a JSON object, found {type(record).__name__}")
        found = record.get(self.field)
        if not isinstance(found, str):
            has = ", ".join(json.dumps(key) for key in itertools.islice(record, 10)) or "none"
            what = f"is {type(found).__name__}" if self.field in record else "is missing"
            raise InputError(
                f'{path}:{number}: field "{self.field}" {what}, expected a text; fields here: {has}. Say which one '
                "holds the text (`field`, --field, --items-field)."
            )
        return found


def find_files(given: str | Path) -> list[Path]:
    """Return the files of a path: itself, those of a folder, or those that match a pattern.

    Raises
    ------
    InputError
        If there is none.
    """
    path = Path(given)
    try:
        if path.is_dir():
            found = sorted(file for file in _files_below(path) if _is_text(file) and file.is_file())
            if not found:
                endings = ", ".join((*_PLAIN, *_JSON_LINES))
                raise InputError(f"{path}: no file in this folder ends in {endings}, with or without .gz or .zst")
            return found
        if path.exists():
            return [path]
        matching = sorted(Path(name) for name in glob.glob(str(given), recursive=True))  # noqa: PTH207 (a pattern, absolute or not)
    except (OSError, ValueError) as error:
        name = getattr(error, "filename", None) or given
        raise InputError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not matching:
        raise InputError(f"{given}: no such file, folder or pattern")
    return [file for name in matching for file in (find_files(name) if name.is_dir() else [name])]


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield all files in and below a folder; OSError where one of its folders cannot be read."""

    def refuse(error: OSError) -> None:
        raise error

    for parent, _, names in os.walk(folder, onerror=refuse):
        for name in names:
            yield Path(parent, name)


def batches(documents: Iterable[str], name: str = "corpus") -> Iterator[list[str]]:
    """Yield documents in lists of at most 4,096, and not far more than 4 Mi characters.

    Raises
    ------
    TypeError
        If `documents` is one str, or holds anything but str.
    """
    if isinstance(documents, str | bytes):
        raise TypeError(
            f"`{name}` must be an iterable of documents, each a str; found one {type(documents).__name__}. "
            "For files use CorpusFiles([path])."
        )
    if not hasattr(documents, "__iter__"):
        raise TypeError(f"`{name}` must be an iterable of documents, each a str; found {type(documents).__name__}")
    batch: list[str] = []
    size = 0
    for number, document in enumerate(documents):
        if not isinstance(document, str):
            raise TypeError(f"`{name}`: document {number} must be a str; found {type(document).__name__}")
        batch.append(document)
        size += len(document)
        if len(batch) >= _BATCH_DOCUMENTS or size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def is_json_lines(path: Path) -> bool:
    """Whether a file is JSON Lines, by its name."""
    return _endings(path)[0] in _JSON_LINES


def _is_text(path: Path) -> bool:
    return _endings(path)[0] in (*_PLAIN, *_JSON_LINES)


def _endings(path: Path) -> tuple[str, str]:
    """Return what a file is, and how it is compressed, by the ends of its name."""
    last = path.suffix.lower()
    return (path.with_suffix("").suffix.lower(), last) if last in _COMPRESSED else (last, "")


class _Reader(Protocol):
    """What is needed of an open file."""

    def read(self, size: int, /) -> bytes | None: ...

    def close(self) -> None: ...


def _opened(path: Path) -> _Reader:
    compression = _endings(path)[1]
    if compression == ".gz":
        import gzip

        return cast("_Reader", gzip.open(path, "rb"))
    if compression == ".zst":
        return ZstandardFile(path)
    return path.open("rb", buffering=0)


def _decoded(path: Path, line: int, block: bytes) -> list[str]:
    """Return the lines of a block that begins after `line` lines of a file."""
    try:
        lines = block.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise not_utf8(path, line, block, error.start) from error
    if not lines[-1]:
        lines.pop()
    return lines


def not_utf8(path: Path, line: int, block: bytes, start: int) -> InputError:
    """Return the error of a byte of a block that begins after `line` lines of a file."""
    number = line + 1 + block.count(b"\n", 0, start)
    column = start - block.rfind(b"\n", 0, start)
    return InputError(f"{path}:{number}: not UTF-8 (byte {column} of the line); convert the file to UTF-8")
