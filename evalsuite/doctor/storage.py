"""Where weights, caches and results lie, whether they are whole, and whether there is room."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.doctor.check import Check
from evalsuite.errors import EvalsuiteError

if TYPE_CHECKING:
    from evalsuite.doctor.check import State
    from evalsuite.extractors.weight_files import WeightsFile

__all__ = ["check_storage"]

_ENOUGH = 1 << 30  # bytes: a warning below
_PROBE = b"\0" * 4096


def check_storage(output: Path) -> list[Check]:
    """Return the folders that are written to and the weights that are read. Folders are not made.

    Parameters
    ----------
    output : Path
        Where results are to go.
    """
    from evalsuite.extractors.cache_folder import default_cache_folder
    from evalsuite.extractors.inception_weights import checkpoints
    from evalsuite.extractors.weight_files import needed_files
    from evalsuite.images.lpips_weights import network_files

    checks = [
        _check_folder("output", output, "choose another folder with --output", needed=True),
        _check_folder("temporary files", _temporary(), "set TMPDIR to a folder that can be written", needed=True),
        _check_zoo(),
    ]
    try:
        cache, downloads = default_cache_folder(), checkpoints()
    except RuntimeError as error:  # whose home is not known
        return [*checks, _homeless(str(error))]
    files = [*needed_files(), *network_files()]
    return [
        *checks,
        _check_folder("feature cache", cache, "set XDG_CACHE_HOME, or give --cache DIR or --no-cache"),
        _check_folder("downloaded weights", downloads, "set TORCH_HOME to a folder that can be written"),
        *(_check_weights(file) for file in files),
    ]


def _homeless(problem: str) -> Check:
    return Check(
        section="storage",
        name="caches",
        state="warning",
        found=f"there is no place for caches and weights: {problem}",
        remedy="set HOME, or XDG_CACHE_HOME and TORCH_HOME",
    )


def _temporary() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except OSError:  # there is none that can be written
        return Path("/tmp")


def _check_folder(name: str, folder: Path, remedy: str, *, needed: bool = False) -> Check:
    problem, free = _try_writing(folder)
    state: State = "ok"
    found, said = f"{folder} ({free / 2**30:,.1f} GiB free)", ""
    if problem:
        state, found, said = "broken" if needed else "warning", f"{folder}: cannot be written: {problem}", remedy
    elif free < _ENOUGH:
        state, said = "warning", "make room: less than 1 GiB is left"
    return Check(
        section="storage",
        name=name,
        state=state,
        found=found,
        needed=needed,
        remedy=said,
        details={"path": str(folder), "can_be_written": not problem, "free_bytes": None if problem else free},
    )


def _try_writing(folder: Path) -> tuple[str, int]:
    """Write a file where `folder` is, or would be made, and remove it; return what went wrong, and the bytes free."""
    try:
        place = folder.absolute()
        while not place.exists():
            place = place.parent
        if not place.is_dir():
            return f"{place} is a file, not a folder", 0
        free = shutil.disk_usage(place).free
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(_PROBE)
    except OSError as error:
        return error.strerror or type(error).__name__, 0
    return "", free


def _check_zoo() -> Check:
    from evalsuite.zoo import CONTROLS, NAMES, VIDEO_CONTROLS
    from evalsuite.zoo.weights import WEIGHTS, check_weights, load_config

    names, problems = [name for name in NAMES if name not in {**CONTROLS, **VIDEO_CONTROLS}], []
    for name in names:
        try:
            config, _ = load_config(WEIGHTS, name)
            check_weights(WEIGHTS, name, config["weights_sha256"])
        except EvalsuiteError as error:
            problems.append(str(error))
    return Check(
        section="storage",
        name="weights of the zoo",
        state="broken" if problems else "ok",
        found="; ".join(problems[:3]) if problems else f"{len(names)} models, hashes right, {WEIGHTS}",
        needed=True,
        remedy="pip install --force-reinstall evalsuite" if problems else "",
        details={"path": str(WEIGHTS), "models": len(names), "wrong": len(problems)},
    )


def _check_weights(file: WeightsFile) -> Check:
    from evalsuite.extractors.weight_files import hash_file

    found = None
    with suppress(EvalsuiteError):
        found = hash_file(file.path)
    is_right = found is not None and found.startswith(file.sha256)
    users = ", ".join([*file.extractors, *file.metrics])
    state: State = "ok"
    said, remedy = f"there, for {users}: {file.path}", ""
    if not is_right:
        state = "broken" if file.is_embedded or found is not None else "missing"
        said = f"needed by {users}, and not at {file.path}"
        remedy = f"evalsuite weights import FILE, a file called {' or '.join(file.known_as)}"
    if found is not None and not is_right:
        said = f"{file.path} is another file, or damaged: SHA-256 {found}, expected {file.shown_hash}"
        remedy += "; --force replaces what is there"
    if file.is_embedded and not is_right:
        remedy = "pip install --force-reinstall evalsuite"
    return Check(
        section="storage",
        name=f"weights {file.name}",
        state=state,
        found=said,
        needed=file.is_embedded,
        remedy=remedy,
        details={"path": str(file.path), "sha256": found, "variable": file.variable},
    )
