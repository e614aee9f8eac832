"""The files of weights that networks need: what they are, where they are looked for, and how they get there."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import InputError, SaveError, UsageError, did_you_mean
from evalsuite.extractors import inception_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["WeightsFile", "find_file", "hash_file", "import_weights", "needed_files"]

_BLOCK = 1 << 20
_DIGITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsFile:
    """A file of weights.

    Parameters
    ----------
    name : str
        By which it is called here.
    extractors : tuple of str
        That need it.
    sha256 : str
        Its SHA-256, or the first digits of it, where those who publish it say no more.
    n_bytes : int, optional
        None where that is not known.
    path : Path
        Where it is looked for.
    variable : str, optional
        Environment variable that says where it is looked for instead.
    known_as : tuple of str
        What the same file is called by those who publish it.
    is_embedded : bool, default False
        Whether it comes with the package.
    metrics : tuple of str
        That need it with their option `network`.
    """

    name: str
    extractors: tuple[str, ...]
    sha256: str
    n_bytes: int | None
    path: Path
    variable: str | None = None
    known_as: tuple[str, ...] = ()
    is_embedded: bool = False
    metrics: tuple[str, ...] = ()

    @property
    def shown_hash(self) -> str:
        """Its SHA-256, with dots where only the first digits are known."""
        return self.sha256 if len(self.sha256) == _DIGITS else f"{self.sha256}..."

    @property
    def is_there(self) -> bool:
        """Whether there is a file at its path, of whatever content."""
        return self.path.is_file()


def needed_files() -> list[WeightsFile]:
    """Return all that extractors need, by name; the environment says where some are looked for."""
    return [_fashion_convnet(), _inception()]


def find_file(name: str, files: Sequence[WeightsFile]) -> WeightsFile:
    """Return one of `files` by its name or that of an extractor that needs it.

    Raises
    ------
    UsageError
        If there is none.
    """
    for file in files:
        if name in (file.name, *file.extractors):
            return file
    known = [name for file in files for name in (file.name, *file.extractors)]
    hint = did_you_mean(name, known) or "."
    raise UsageError(f'weights: nothing is called "{name}"{hint} Known: {", ".join(dict.fromkeys(known))}.')


def hash_file(path: Path) -> str:
    """Return a file's SHA-256; InputError if it cannot be read."""
    try:
        if not path.is_file():
            raise InputError(f"{path}: there is no such file")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def import_weights(source: Path, files: Sequence[WeightsFile], *, replace: bool = False) -> WeightsFile:
    """Copy a file of weights to where it is looked for, whatever it is called: it is known by its hash.

    Parameters
    ----------
    source : Path
    files : sequence of WeightsFile
        One of which it must be.
    replace : bool, default False
        Replace a file of other content that is there.

    Returns
    -------
    WeightsFile
        Which it is. The copy appears whole or not at all.

    Raises
    ------
    InputError
        If it cannot be read, is not one of these files, or there is another one in its place.
    SaveError
        If it cannot be written.
    """
    wanted = [file for file in files if not file.is_embedded]
    digest = hash_file(source)
    found = next((file for file in wanted if digest.startswith(file.sha256)), None)
    if found is None:
        known = "; ".join(f"{file.name} ({' or '.join(file.known_as)}) has {file.shown_hash}" for file in wanted)
        raise InputError(
            f"{source}: is none of the weights that are needed, or was damaged on the way: its SHA-256 is {digest}; "
            f"{known}"
        )
    if found.is_there:
        there = hash_file(found.path)
        if there == digest:
            return found
        if not replace:
            raise InputError(f"{found.path}: has another file in it, of SHA-256 {there}; --force replaces it")
    _copy(source, found.path, digest)
    return found


def _copy(source: Path, target: Path, expected: str) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.part")
    digest = hashlib.sha256()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as read, part.open("wb") as written:
            while block := read.read(_BLOCK):
                digest.update(block)
                written.write(block)
            written.flush()
            os.fsync(written.fileno())
        if digest.hexdigest() != expected:
            raise InputError(f"{source}: was changed while it was copied")
        part.replace(target)
    except OSError as error:
        raise SaveError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _inception() -> WeightsFile:
    given = os.environ.get(inception_weights.VARIABLE)
    return WeightsFile(
        name="inception",
        extractors=("inception_fid", "inception_logits"),
        sha256=inception_weights.SHA256,
        n_bytes=inception_weights.N_BYTES,
        path=Path(given) if given else inception_weights.cached_path(),
        variable=inception_weights.VARIABLE,
        known_as=(inception_weights.FILE_NAME, "weights-inception-2015-12-05-6726825d.pth"),
    )


def _fashion_convnet() -> WeightsFile:
    from evalsuite.extractors.fashion_convnet import WEIGHTS
    from evalsuite.weights import load_config

    path = WEIGHTS / "fashion_convnet.safetensors"
    return WeightsFile(
        name="fashion_convnet",
        extractors=("fashion_convnet", "fashion_classifier"),
        sha256=str(load_config(WEIGHTS, "fashion_convnet")[0]["weights_sha256"]),
        n_bytes=path.stat().st_size if path.is_file() else 0,
        path=path,
        is_embedded=True,
    )
