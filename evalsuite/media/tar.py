"""A tar of image files, read in place: nothing is ever unpacked, so its members' names can do no harm."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.media.folder import FileEntry
from evalsuite.media.listing import MAX_ENTRIES, is_image_name, natural_key

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["list_tar"]


def list_tar(path: Path) -> tuple[list[FileEntry], int]:
    """Return the image files in an uncompressed tar, in natural order, and the number of other members.

    Of members of one name the last counts, as when unpacking.

    Raises
    ------
    InputError
        If it is no tar, is damaged or cut off, or has more than 4,000,000 members.
    """
    found: dict[str, FileEntry] = {}
    n_members = n_other = 0
    try:
        size = path.stat().st_size
        with tarfile.open(path, "r:") as archive:
            while (member := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # it keeps every member otherwise
                n_members += 1
                if n_members > MAX_ENTRIES:
                    raise InputError(f"{path}: has more than {MAX_ENTRIES} members")
                if member.isreg() and member.offset_data + member.size > size:
                    raise InputError(f'{path}: is cut off within "{member.name}"; copy it again')
                if member.isreg() and not member.issparse() and is_image_name(member.name):
                    found[member.name] = FileEntry(member.name, path, member.offset_data, member.size)
                elif not member.isdir():
                    n_other += 1
            end = archive.offset
    except (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError) as error:  # headers upon headers
        raise InputError(
            f"{path}: is no uncompressed tar, or is damaged or cut off after {n_members} members: {error}"
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if end < size and not _is_blank(path, end):
        raise InputError(f"{path}: is damaged after {n_members} members; copy or pack it again")
    return sorted(found.values(), key=lambda entry: natural_key(entry.name)), n_other


def _is_blank(path: Path, start: int) -> bool:
    """Whether all that is left of a file is zeros, as after the end of a tar."""
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(1 << 20):
            if block.strip(b"\0"):
                return False
    return True
