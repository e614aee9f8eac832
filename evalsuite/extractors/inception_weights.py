"""Where the weights of FID's Inception are: by path, in torch's cache, or at their address, with the hash checked."""

from __future__ import annotations

import ast
import hashlib
import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from evalsuite.errors import InputError

if TYPE_CHECKING:
    from typing import IO

__all__ = [
    "FILE_NAME",
    "N_BYTES",
    "SHA256",
    "SHA256_START",
    "VARIABLE",
    "cached_path",
    "checkpoints",
    "find_weights",
    "weights_address",
]

VARIABLE = "EVALSUITE_INCEPTION_WEIGHTS"
FILE_NAME = "pt_inception-2015-12-05-6726825d.pth"
SHA256_START = "6726825d"  # as the file's name says, which is all that those who publish it say of the hash
SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"  # of pytorch-fid's and torch-fidelity's
N_BYTES = 95_628_359
_SIZE = "91 MiB"
_SECONDS = 20


def find_weights() -> Path:
    """Return the path of the weights: that of the environment variable, that in torch's cache, or after a download.

    Raises
    ------
    InputError
        If they are nowhere; the message has the path and the address.
    """
    given = os.environ.get(VARIABLE)
    if given:
        if not Path(given).is_file():
            raise InputError(f"{VARIABLE} is {given}, where there is no file; it must be the path of {FILE_NAME}")
        return Path(given)
    path = cached_path()
    if not path.is_file():
        _download(path)
    return path


def cached_path() -> Path:
    """Return where torch, and pytorch-fid with it, keeps the file."""
    return checkpoints() / FILE_NAME


def checkpoints() -> Path:
    """Return the folder in which torch keeps weights that were published for it."""
    home = os.environ.get("TORCH_HOME")
    cache = Path(home) if home else Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "torch"
    return cache.expanduser() / "hub" / "checkpoints"


def weights_address() -> str:
    """Return the address that pytorch-fid gives, read from its source: importing it would import torchvision.

    Raises
    ------
    InputError
        If pytorch-fid is missing or does not give it.
    """
    package = find_spec("pytorch_fid")
    for folder in (package.submodule_search_locations or []) if package else []:
        with suppress(OSError, SyntaxError):
            for node in ast.parse((Path(folder) / "inception.py").read_text("utf-8")).body:
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                    if "FID_WEIGHTS_URL" in names and str(node.value.value).startswith("https://"):
                        return str(node.value.value)
    raise InputError("the package pytorch-fid, which knows the address, is missing: pip install pytorch-fid")


def _download(path: Path) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    address = "their address"
    try:
        address = weights_address()
        path.parent.mkdir(parents=True, exist_ok=True)
        with urlopen(address, timeout=_SECONDS) as source, part.open("wb") as file:
            digest = _copy(source, file)
        if not digest.startswith(SHA256_START):
            raise InputError(f"what is there has SHA-256 {digest}, which should begin with {SHA256_START}")
        part.replace(path)
    except (OSError, InputError) as error:
        raise InputError(
            f"inception_fid: its weights are not at {path} and cannot be downloaded from {address} ({_SIZE}): {error}. "
            f"Put the file {FILE_NAME} there, by evalsuite weights import FILE, or set {VARIABLE} to its path"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _copy(source: IO[bytes], file: IO[bytes]) -> str:
    """Copy all there is and return its SHA-256."""
    digest = hashlib.sha256()
    while block := source.read(1 << 20):
        digest.update(block)
        file.write(block)
    return digest.hexdigest()
