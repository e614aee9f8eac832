"""The images that a folder, a tar or an npz holds, in natural order, found without decoding any."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from evalsuite.errors import InputError
from evalsuite.media.decode import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import ImageSource

__all__ = ["MAX_ENTRIES", "Entry", "Listing", "is_image_name", "list_images", "natural_key"]

MAX_ENTRIES = 4_000_000

_COMPRESSED = re.compile(r"\.(tgz|tar\.(gz|bz2|xz|zst))$")


class Entry(Protocol):
    """One image of a listing."""

    @property
    def name(self) -> str:
        """Path relative to the folder or within the archive, with slashes; the number of a row."""
        ...

    def load(self) -> tuple[ImageSource, NDArray[np.uint8]]:
        """Read, hash and decode the image: a reference to it, and its pixels.

        Raises
        ------
        RefusedImageError
            If it is no image that can be scored.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where the images are.

    Parameters
    ----------
    path : Path
        Absolute.
    kind : {"folder", "tar", "npz"}
    entries : sequence of Entry
        In natural order: ``2.png`` before ``10.png``, whatever the file system says.
    n_other : int
        Files that are no images by their names, and links and the like in an archive; they are passed over.
    """

    path: Path
    kind: str
    entries: Sequence[Entry]
    n_other: int


def list_images(path: str | Path) -> Listing:
    """Find the images at `path`.

    Parameters
    ----------
    path : str or Path
        A folder, searched through all its subfolders; an uncompressed ``.tar``; or an ``.npz`` with a uint8 array of
        shape (n, height, width) or (n, height, width, channels), called ``arr_0`` or the only one such.

    Raises
    ------
    InputError
        If there is no such thing, it cannot be read, or there is no image in it.
    """
    given = Path(path).expanduser()
    try:
        absolute = given.resolve(strict=True)
        is_folder, is_file = absolute.is_dir(), absolute.is_file()
    except (OSError, RuntimeError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{given}: cannot be read: {said}") from error
    kind = "folder" if is_folder else given.suffix.lower().removeprefix(".")
    if not is_folder and not (is_file and kind in ("tar", "npz")):
        found = "a file of another kind" if is_file else "neither"
        hint = "; unpack it, or store it without compression" if _COMPRESSED.search(given.name.lower()) else ""
        raise InputError(f"{given}: expected a folder of images, a .tar or an .npz; it is {found}{hint}")
    entries, n_other = _find(absolute, kind)
    if not entries:
        others = f"; of its {n_other} other files none ends in {', '.join(sorted(SUFFIXES))}" if n_other else ""
        raise InputError(f"{given}: there is no image in it{others}")
    return Listing(path=absolute, kind=kind, entries=entries, n_other=n_other)


def _find(path: Path, kind: str) -> tuple[Sequence[Entry], int]:
    if kind == "folder":
        from evalsuite.media.folder import list_folder

        return list_folder(path)
    if kind == "tar":
        from evalsuite.media.tar import list_tar

        return list_tar(path)
    from evalsuite.media.npz import list_npz

    return list_npz(path)


def is_image_name(name: str) -> bool:
    """Whether a file is an image by its name; hidden files are none."""
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def natural_key(name: str) -> list[tuple[str, int, str]]:
    """Return what names sort by: numbers within them by value, the rest letter by letter.

    Examples
    --------
    >>> sorted(["b/1.png", "a10.png", "a9.png", "a09.png"], key=natural_key)
    ['a09.png', 'a9.png', 'a10.png', 'b/1.png']
    """
    pieces = re.split(r"([0-9]+)", name)
    numbers = [*pieces[1::2], ""]
    # A number by its digits, as Python refuses to convert thousands of them: more digits, larger number.
    return [
        (text, len(number.lstrip("0")), number.lstrip("0")) for text, number in zip(pieces[::2], numbers, strict=True)
    ] + [(name, 0, "")]
