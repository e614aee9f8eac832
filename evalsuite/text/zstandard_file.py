"""Files compressed by zstd, read in parts; one that was cut off is an error, as it is for gzip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evalsuite.errors import DependencyError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ZstandardFile"]

_PIECE: Final = 1 << 12


class ZstandardFile:
    """A zstd file, of one frame or several, whose errors are named as gzip's are.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DependencyError
        If zstandard is missing.
    OSError
        If the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        try:
            import zstandard
        except ImportError as error:
            raise DependencyError(f"{path}: reading .zst needs zstandard: pip install zstandard") from error
        self._error = zstandard.ZstdError
        self._file = path.open("rb")
        # A frame may ask for as much memory as it likes; 128 MiB is the most that zstd writes without --ultra --long.
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        self._frame = self._decompressor.decompressobj()
        self._rest = b""
        self._is_between_frames = True

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def read(self, size: int, /) -> bytes:
        """Return `size` bytes or more, fewer only at the end; EOFError where the data are damaged or cut off."""
        parts: list[bytes] = []
        n_bytes = 0
        while n_bytes < size:
            # Few bytes at a time: each may stand for some 30,000.
            piece = self._rest or self._file.read(_PIECE)
            if not piece:
                if not self._is_between_frames:
                    raise EOFError("it ends within a frame of zstd; the file was cut off")
                break
            self._rest = b""
            try:
                parts.append(self._frame.decompress(piece))
            except self._error as error:
                raise EOFError(str(error)) from error
            n_bytes += len(parts[-1])
            self._is_between_frames = self._frame.eof
            if self._frame.eof:
                self._rest = self._frame.unused_data
                self._frame = self._decompressor.decompressobj()
        return b"".join(parts)
