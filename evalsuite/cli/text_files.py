"""Lines of text files: plain, gzip or zstandard, from disk or from the standard input."""

from __future__ import annotations

import sys
import zlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evalsuite.errors import DependencyError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["STDIN", "read_lines"]

STDIN: Final = Path("-")

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_BOM: Final = b"\xef\xbb\xbf"
# Text shrinks to a twentieth, or further where a line repeats; what grows more than this was made to fill memory.
_FREE_BYTES: Final = 1 << 28
_MOST_GROWTH: Final = 200
_PIECE: Final = 1 << 13


def read_lines(path: Path) -> list[str]:
    """Read the lines of a UTF-8 file, split at newlines only; a newline at the end starts no further line.

    Whitespace at the end of a line is dropped, and so is a byte order mark at the beginning. Compressed files are
    known by their first bytes, whatever their names.

    Parameters
    ----------
    path : Path
        A file, or ``-`` for the standard input.

    Returns
    -------
    list of str

    Raises
    ------
    InputError
        If it cannot be read or decompressed, is empty or not UTF-8; the byte is named.
    """
    name = "standard input" if path == STDIN else str(path)
    content = _decompressed(_read(path, name), name).removeprefix(_BOM)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{name}:{line}: not UTF-8 (byte {error.start} of the file)") from error
    if not text:
        raise InputError(f"{name}: the file is empty")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.rstrip() for line in lines]


def _read(path: Path, name: str) -> bytes:
    if path == STDIN and sys.stdin is None:
        raise InputError(f"{name}: cannot be read: it is closed")
    try:
        return sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except (OSError, ValueError) as error:  # a closed standard input, or a name with a NUL
        raise InputError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _decompressed(content: bytes, name: str) -> bytes:
    new: Callable[[], Any]
    error: type[Exception]
    if content.startswith(_GZIP):
        kind, new, error = "gzip", _gzip, zlib.error
    elif content.startswith(_ZSTD):
        kind, (new, error) = "zstandard", _zstandard()
    else:
        return content
    limit = max(_FREE_BYTES, _MOST_GROWTH * len(content))
    parts: list[bytes] = []
    size = position = 0
    # Files may be several streams, one behind the other; zeros that pad the last one are passed over, as gzip does.
    end = len(content.rstrip(b"\0"))
    while position < end:
        stream = new()
        while not stream.eof:
            piece = content[position : position + _PIECE]
            if not piece:
                raise InputError(f"{name}: the {kind} data end too early; the file was cut off")
            position += len(piece)
            try:
                parts.append(stream.decompress(piece))
            except error as reason:
                raise InputError(f"{name}: damaged {kind} data: {reason}") from reason
            size += len(parts[-1])
            if size > limit:
                raise InputError(
                    f"{name}: {len(content)} bytes of {kind} data hold more than {limit} bytes, far more than text "
                    "does; decompress it yourself if you trust it"
                )
        position -= len(stream.unused_data)
    return b"".join(parts)


def _gzip() -> Any:
    return zlib.decompressobj(wbits=31)


def _zstandard() -> tuple[Callable[[], Any], type[Exception]]:
    try:
        zstandard: Any = import_module("zstandard")
    except ImportError as error:
        raise DependencyError('zstandard files need the package "zstandard": pip install zstandard') from error
    decompressor = zstandard.ZstdDecompressor()
    return decompressor.decompressobj, zstandard.ZstdError
