"""The images that a folder, an archive, an array or several of them hold, in natural order, none of them decoded."""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from evalsuite.errors import InputError
from evalsuite.media.braces import expand_braces
from evalsuite.media.decode import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.media.facts import Decoded
    from evalsuite.types import ImageSource

__all__ = [
    "EXPECTED",
    "MAX_ENTRIES",
    "Entry",
    "Listing",
    "image_files_at",
    "is_image_name",
    "is_shard",
    "list_images",
    "natural_key",
]

MAX_ENTRIES = 4_000_000

EXPECTED = "a folder, tar, npz, npy or parquet of images, or a pattern such as 'shards/*.tar'"
"""What a set of images may be, for messages."""

_SHARDS = ("tar", "npz", "npy", "parquet")
_COMPRESSED = re.compile(r"\.(tgz|tar\.(gz|bz2|xz|zst))$")


class Entry(Protocol):
    """One image of a listing."""

    @property
    def name(self) -> str:
        """Path relative to the folder or within the archive, with slashes; the number of a row."""
        ...

    def read(self) -> tuple[ImageSource, Decoded]:
        """Read, hash and decode the image: a reference to it, and its pixels with what there is to know of it.

        Raises
        ------
        RefusedImageError
            If it is no image that can be scored.
        """
        ...

    def load(self) -> tuple[ImageSource, NDArray[np.uint8]]:
        """Do the same, and return the pixels only."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where the images are.

    Parameters
    ----------
    path : Path
        Absolute.
    kind : {"folder", "tar", "npz", "npy", "parquet", "shards"}
        ``"shards"`` for several files of one of the other kinds.
    entries : sequence of Entry
        In natural order: ``2.png`` before ``10.png``, whatever the file system says.
    n_other : int
        Files that are no images by their names, and links and the like; they are passed over.
    files : sequence of Path
        The files that hold several images.
    """

    path: Path
    kind: str
    entries: Sequence[Entry]
    n_other: int
    files: Sequence[Path] = ()


def list_images(path: str | Path) -> Listing:
    """Find the images at `path`.

    Parameters
    ----------
    path : str or Path
        A folder, searched through all its subfolders; an uncompressed ``.tar``, such as a shard of WebDataset; an
        ``.npz`` with a uint8 array of shape (n, height, width) or (n, height, width, channels), called ``arr_0`` or the
        only one such; an ``.npy`` of one; a ``.parquet`` with a column of encoded images. Several of these of one kind:
        a folder in which there is no image file, a pattern such as ``shards/*.tar``, or ranges in braces such as
        ``shards/{000..146}.tar``.

    Raises
    ------
    InputError
        If there is no such thing, it cannot be read, or there is no image in it.
    DependencyError
        If what reads parquet is not installed.
    """
    given = Path(path).expanduser()
    matches = _matches(given)
    if matches is not None:
        return _list_shards(given.absolute(), matches, given.parent.absolute(), 0)
    try:
        absolute = given.resolve(strict=True)
        is_folder, is_file = absolute.is_dir(), absolute.is_file()
    except (OSError, RuntimeError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{given}: cannot be read: {said}") from error
    kind = "folder" if is_folder else given.suffix.lower().removeprefix(".")
    if not is_folder and not (is_file and kind in _SHARDS):
        found = "a file of another kind" if is_file else "neither"
        hint = "; unpack it, or store it without compression" if _COMPRESSED.search(given.name.lower()) else ""
        raise InputError(f"{given}: expected {EXPECTED}; it is {found}{hint}")
    if not is_folder:
        entries, n_other = _find(absolute, kind)
        _check_some(given, entries, n_other)
        return Listing(path=absolute, kind=kind, entries=entries, n_other=n_other, files=(absolute,))
    from evalsuite.media.folder import list_folder

    images, shards, n_other = list_folder(absolute)
    if not images and shards:
        return _list_shards(absolute, shards, absolute, n_other)
    n_other += len(shards)
    _check_some(given, images, n_other)
    return Listing(path=absolute, kind=kind, entries=images, n_other=n_other)


def image_files_at(path: str | Path) -> list[Path]:
    """Return what is at a path, or the files that a pattern matches, in natural order; nothing if there is none."""
    given = Path(path).expanduser()
    matches = _matches(given)
    if matches is not None:
        return matches
    try:
        return [given] if given.exists() else []
    except (OSError, ValueError):  # a name too long, a NUL in it
        return []


def is_image_name(name: str) -> bool:
    """Whether a file is an image by its name; hidden files are none."""
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def is_shard(path: Path) -> bool:
    """Whether a file may hold several images, by its name."""
    return path.suffix.lower().removeprefix(".") in _SHARDS and not path.name.startswith(".")


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


def _matches(given: Path) -> list[Path] | None:
    """Return the files that a pattern matches; None where the path is none, or there is a file of that very name."""
    text = str(given)
    named = _ranged(given)
    if named is not None:
        return named
    try:
        if not glob.has_magic(text) or given.exists():
            return None
        # Not through all subfolders, where links may lead around for ever; a folder is searched without following any.
        found = [Path(name) for name in glob.glob(text)]  # noqa: PTH207 (of an absolute path, too)
        files = [path for path in found if path.is_file()]
    except (OSError, ValueError, re.error):
        return None
    return sorted(files, key=lambda path: natural_key(str(path))) or None


def _ranged(given: Path) -> list[Path] | None:
    """Return the files that a name with ranges in braces stands for, all of which must be there."""
    try:
        named = None if given.exists() else expand_braces(str(given))
        missing = [name for name in named or () if not Path(name).is_file()]
    except OSError:
        return None
    except ValueError as error:
        raise InputError(f"{given}: {error}") from None
    if missing:
        raise InputError(
            f"{given}: stands for {len(named or ())} files, {len(missing)} of which are not there: "
            f"{', '.join(missing[:3])}{', ...' if len(missing) > 3 else ''}"
        )
    return None if named is None else [Path(name) for name in named]


def _list_shards(path: Path, files: Sequence[Path], base: Path, n_other: int) -> Listing:
    """Return the images of several files of one kind, each called by its file's name and its own."""
    kinds = sorted({file.suffix.lower().removeprefix(".") for file in files})
    if len(kinds) > 1 or kinds[0] not in _SHARDS:
        found = ", ".join(kind or "none" for kind in kinds)
        raise InputError(
            f"{path}: expected files of one kind ({', '.join(_SHARDS)}), found {len(files)} files of {found}; give a "
            "pattern of one kind in quotes, such as 'shards/*.tar'"
        )
    entries: list[Entry] = []
    for file in files:
        absolute = file.absolute()
        shown = absolute.relative_to(base) if absolute.is_relative_to(base) else absolute
        found_in, others = _find(absolute, kinds[0])
        n_other += others
        if len(entries) + len(found_in) > MAX_ENTRIES:
            raise InputError(f"{path}: has more than {MAX_ENTRIES} images")
        entries += [_prefixed(entry, f"{shown.as_posix()}/") for entry in found_in]
    _check_some(path, entries, n_other)
    kind = kinds[0] if len(files) == 1 else "shards"
    return Listing(path=path, kind=kind, entries=entries, n_other=n_other, files=tuple(files))


def _prefixed(entry: Any, prefix: str) -> Entry:
    """Return an entry under the name of its file, too; a row is called by its number otherwise."""
    changes = {"prefix": prefix} if hasattr(entry, "prefix") else {"name": prefix + entry.name}
    renamed: Entry = replace(entry, **changes)
    return renamed


def _check_some(given: Path, entries: Sequence[Entry], n_other: int) -> None:
    if not entries:
        others = f"; of its {n_other} other files none ends in {', '.join(sorted(SUFFIXES))}" if n_other else ""
        raise InputError(f"{given}: there is no image in it{others}")


def _find(path: Path, kind: str) -> tuple[Sequence[Entry], int]:
    if kind == "tar":
        from evalsuite.media.tar import list_tar

        return list_tar(path)
    if kind == "parquet":
        from evalsuite.media.parquet import list_parquet

        return list_parquet(path)
    from evalsuite.media.npz import list_npy, list_npz

    return list_npy(path) if kind == "npy" else list_npz(path)
