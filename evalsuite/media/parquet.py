"""Images as encoded bytes in a column of a parquet file, as Hugging Face data sets are stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from evalsuite.errors import DependencyError, InputError
from evalsuite.media.decode import decode_file
from evalsuite.media.refused import RefusedImageError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.media.facts import Decoded
    from evalsuite.types import ImageSource

__all__ = ["MAX_GROUP_BYTES", "CellEntry", "ParquetImage", "list_parquet"]

MAX_GROUP_BYTES = 1 << 31
"""Most bytes that the images of a row group may have: it is decompressed as a whole."""

_MAX_ROWS = 4_000_000
_USUAL_NAMES = ("image", "img", "images", "jpg", "jpeg", "png", "webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetImage:
    """A cell of a parquet file. An `evalsuite.types.ImageSource`.

    Parameters
    ----------
    path : Path
    group, row : int
        Row group, and row within it.
    sha256 : str
        Of the bytes in the cell, in hexadecimal.
    """

    path: Path
    group: int
    row: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.path}, row {self.row} of group {self.group}"

    def pixels(self) -> NDArray[np.uint8]:
        """Read the image: uint8, shape (height, width, channels), 1 or 3 channels.

        Raises
        ------
        InputError
            If it is gone or was changed.
        """
        data = _cell(self.path, self.group, self.row, str(self))
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise InputError(
                f"{self}: the image is not the one that was read first (its SHA-256 differs). Restore the file from a "
                "copy, or evaluate it anew"
            )
        return decode_file(data, str(self)).pixels


@dataclass(frozen=True, slots=True)
class CellEntry:
    """A cell of a parquet file. An `evalsuite.media.listing.Entry`."""

    path: Path
    number: int
    group: int
    row: int
    prefix: str = ""

    @property
    def name(self) -> str:
        """The number of the row in the file."""
        return f"{self.prefix}{self.number}"

    def read(self) -> tuple[ImageSource, Decoded]:
        """Read, hash and decode the image; RefusedImageError if it is none that can be scored."""
        where = f"{self.path}: row {self.number}"
        data = _cell(self.path, self.group, self.row, where)
        decoded = decode_file(data, where)
        digest = hashlib.sha256(data).hexdigest()
        return ParquetImage(path=self.path, group=self.group, row=self.row, sha256=digest), decoded

    def load(self) -> tuple[ImageSource, NDArray[np.uint8]]:
        """Read the image: its pixels only."""
        image, decoded = self.read()
        return image, decoded.pixels


def list_parquet(path: Path) -> tuple[list[CellEntry], int]:
    """Return the rows of a parquet file, and 0, which is the number of other files in it.

    Raises
    ------
    DependencyError
        If pyarrow is missing.
    InputError
        If the file is damaged, has no column of images or several, more than 4,000,000 rows, or a row group of which
        the images have more than 2 GiB.
    """
    try:
        with _open(path) as file:
            metadata = file.metadata
            column = _image_column(file.schema_arrow, path)
            if metadata.num_rows > _MAX_ROWS:
                raise InputError(f"{path}: has more than {_MAX_ROWS} rows")
            groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
            sizes = [_column_bytes(group, column) for group in groups]
            rows = [group.num_rows for group in groups]
    except (OSError, ValueError) as error:  # pyarrow's errors are of these
        raise InputError(f"{path}: cannot be read as parquet: {_said(error)}") from error
    if max(sizes, default=0) > MAX_GROUP_BYTES:
        raise InputError(
            f"{path}: the images of a row group have {max(sizes)} bytes, of which at most {MAX_GROUP_BYTES} are read "
            "at a time; write the file with smaller row groups"
        )
    entries: list[CellEntry] = []
    for group, count in enumerate(rows):
        entries += [CellEntry(path, len(entries) + row, group, row) for row in range(count)]
    return entries, 0


def _open(path: Path) -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise DependencyError(
            f"{path}: reading parquet needs pyarrow; install it with pip install 'evalsuite[parquet]'"
        ) from error
    return pyarrow.parquet.ParquetFile(path)


def _image_column(schema: Any, path: Path) -> str:
    """Return the path of the column of images' bytes: ``"image"``, or ``"image.bytes"`` of a struct."""
    from pyarrow import types

    def is_bytes(kind: Any) -> bool:
        return bool(types.is_binary(kind) or types.is_large_binary(kind))

    found: dict[str, str] = {}
    for field in schema:
        if is_bytes(field.type):
            found[field.name] = field.name
        elif types.is_struct(field.type):
            names = [child.name for child in field.type]
            if names.count("bytes") == 1 and is_bytes(field.type.field("bytes").type):
                found[field.name] = f"{field.name}.bytes"
    usual = [name for name in found if name.lower() in _USUAL_NAMES]
    if len(usual) == 1 or len(found) == 1:
        return found[usual[0] if usual else next(iter(found))]
    columns = ", ".join(f"{field.name} ({field.type})" for field in schema)[:500] or "none"
    several = f"several: {', '.join(found)}; keep one of them" if found else f"none; its columns: {columns}"
    raise InputError(
        f"{path}: expected one column of images, of binary, or a struct with bytes as Hugging Face datasets writes; "
        f"found {several}"
    )


def _column_bytes(group: Any, column: str) -> int:
    for i in range(group.num_columns):
        chunk = group.column(i)
        if chunk.path_in_schema == column:
            return int(chunk.total_uncompressed_size)
    return 0


def _cell(path: Path, group: int, row: int, where: str) -> bytes:
    """Return the bytes of a cell."""
    try:
        state = path.stat()
        values = _read_group(path, state.st_size, state.st_mtime_ns, group)
        found = values[row].as_py()
    except (OSError, ValueError, IndexError) as error:
        raise RefusedImageError(where, f"cannot be read: {_said(error)}") from error
    if found is None:
        raise RefusedImageError(where, "no bytes of an image in the row")
    return bytes(found)


@lru_cache(maxsize=2)
def _read_group(path: Path, size: int, changed: int, group: int) -> Any:
    """Return the images' bytes of a row group; `size` and `changed` tell one state of the file apart from another."""
    del size, changed
    with _open(path) as file:
        column = _image_column(file.schema_arrow, path)
        table = file.read_row_group(group, columns=[column])
    import pyarrow

    values = table.column(0)
    if not pyarrow.types.is_struct(values.type):
        return values
    return pyarrow.chunked_array([chunk.field("bytes") for chunk in values.chunks], type=values.type.field(0).type)


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
