"""``files:PATH`` of images: a folder, a tar or an npz that some generator wrote."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from evalsuite.errors import InputError, ModelError
from evalsuite.media import Listing, RefusedImageError, list_images
from evalsuite.media.conversion import EXACT
from evalsuite.models.fingerprint import hash_file, hash_named
from evalsuite.types import GenerationConfig, Modality, Output, Request

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalsuite.media.listing import Entry

__all__ = ["ImageFilesModel", "open_images"]

_MOST_KINDS = 16


def open_images(path: Path, spec: str, *, field: str | None = None) -> ImageFilesModel:
    """Open a folder, a tar or an npz of images: find them, and hash their files.

    Parameters
    ----------
    path : Path
    spec : str
    field : str, optional
        Of tars: take the images alone whose names end so after their first dot.

    Raises
    ------
    ModelError
        If it cannot be read, there is no image in it, or it has several images of each sample.
    """
    try:
        listing = list_images(path)
        if any(file.suffix.lower() == ".parquet" for file in listing.files):
            raise InputError(f"{path}: a run's log cannot refer to images in parquet; unpack them into a folder or tar")
        name = listing.path.name if listing.kind == "folder" else listing.path.stem
        fingerprint = _fingerprint(listing)
        if listing.files and listing.files[0].suffix.lower() == ".tar":
            listing = _of_one_kind(listing, field)
            fingerprint = fingerprint if field is None else hash_named({fingerprint: field.encode()})
        return ImageFilesModel(listing, spec=spec, name=name or "images", fingerprint=fingerprint)
    except InputError as error:
        raise ModelError(f"{spec}: {error}") from error
    except OSError as error:
        raise ModelError(f"{spec}: cannot read {error.filename}: {error.strerror}") from error


class ImageFilesModel:
    """Images that already exist, in natural order of their names. Satisfies `evalsuite.models.base.Model`.

    Where all are called as samples of the task are, each belongs to that sample; otherwise the i-th to the i-th. One
    that cannot be scored is an error output of its sample, which says why and counts as no value. The log refers to the
    files; they are not copied.

    Attributes
    ----------
    n_outputs : int
        How many there are; a run that asks for more is refused.
    """

    modalities: frozenset[Modality] = frozenset({"image"})
    batch_invariant = True
    batch_size = 64
    dtype = ""
    device = ""

    def __init__(self, listing: Listing, *, spec: str, name: str, fingerprint: str) -> None:
        self.spec = spec
        self.name = name
        self.fingerprint = fingerprint
        self.n_outputs = len(listing.entries)
        self._listing = listing
        self._position: dict[str, int] = {}

    def bind(self, task_sample_ids: Sequence[str]) -> None:
        """Say which task the images belong to, by the ids of *all* its samples in order."""
        known = set(task_sample_ids)
        named: dict[str, int] = {}
        for i, entry in enumerate(self._listing.entries):
            key = next((key for key in _keys(entry.name) if key in known), None)
            if key is None or key in named:
                self._position = {sample_id: i for i, sample_id in enumerate(task_sample_ids)}
                return
            named[key] = i
        self._position = named

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Read the image of every request, in the same order."""
        return [self._find(request) for request in requests]

    def _find(self, request: Request) -> Output:
        index = self._position.get(request.sample_id, self.n_outputs)
        if index >= self.n_outputs or request.repeat or request.turn:
            asked = f'sample "{request.sample_id}", repeat {request.repeat}, turn {request.turn}'
            return Output(finish_reason="error", error=f"{self._listing.path} has no image for {asked}")
        entry = self._listing.entries[index]
        try:
            image, decoded = entry.read()
        except RefusedImageError as error:
            return Output(finish_reason="error", error=str(error))
        lossy = [name for name in decoded.facts.conversions if name not in EXACT]
        if lossy:  # a log has no place to say so
            return Output(
                finish_reason="error",
                error=f"{self._listing.path}: {entry.name}: would have to be converted ({', '.join(lossy)}); save the "
                "images as 8-bit grey or RGB",
            )
        return Output(image=image)


def _keys(name: str) -> tuple[str, str]:
    """Return what sample an image may be of, by its name: before the last dot, or the first as WebDataset has it."""
    own = PurePosixPath(name).name
    return PurePosixPath(own).stem, own.partition(".")[0]


def _of_one_kind(listing: Listing, field: str | None) -> Listing:
    """Return one image of each sample of WebDataset: whose names share what comes before their first dot.

    Raises
    ------
    InputError
        If samples have several and none is chosen, or none has what is.
    """
    kinds: defaultdict[str, list[Entry]] = defaultdict(list)
    keys = set()
    for entry in listing.entries:
        folder, _, own = entry.name.rpartition("/")
        key, _, kind = own.partition(".")
        keys.add((folder, key))
        kinds[kind.lower()].append(entry)
    names = ", ".join(f"KEY.{kind}" for kind in sorted(kinds)[:_MOST_KINDS])
    if field is not None:
        chosen = kinds.get(field.lower().removeprefix("."), [])
        if len(chosen) != len(keys):
            raise InputError(
                f'{listing.path}: option "field": {len(chosen)} of {len(keys)} samples have an image called KEY.{field}'
                f"; found {names}"
            )
        return replace(listing, entries=chosen, n_other=listing.n_other + len(listing.entries) - len(chosen))
    # Numbers before the ending are rather parts of a name: "1.5.png".
    are_kinds = len(kinds) <= _MOST_KINDS and not any(re.match(r"\d", kind) for kind in kinds)
    if are_kinds and len(listing.entries) > len(keys):
        raise InputError(
            f"{listing.path}: has {len(listing.entries)} images of {len(keys)} samples, called {names}; say which to "
            f"take: field={min(kinds)}"
        )
    return listing


def _fingerprint(listing: Listing) -> str:
    if len(listing.files) == 1:
        return hash_named({"file": hash_file(listing.files[0]).encode()})
    if listing.files:
        return hash_named({f"{i}": hash_file(path).encode() for i, path in enumerate(listing.files)})
    digests = {}
    for entry in listing.entries:
        path = listing.path / entry.name
        digests[entry.name] = hash_file(path).encode() if path.is_file() else b"not a file that can be read"
    return hash_named(digests)
