"""Statistics to a file, whole or not at all, in our form or another tool's."""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from evalsuite.errors import InputError, SaveError, UsageError, did_you_mean
from evalsuite.feature_stats.reading import METADATA, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalsuite.feature_stats.record import FeatureStatistics

__all__ = ["FORMATS", "check_target", "write_statistics"]


def _write_ours(file: IO[bytes], found: FeatureStatistics) -> None:
    notes = {"schema_version": SCHEMA_VERSION, **found.notes, "content_sha256": found.digest()}
    text = np.frombuffer(json.dumps(notes, sort_keys=True).encode("ascii"), dtype=np.uint8)
    arrays: dict[str, Any] = {"mu": found.mean, "sigma": found.covariance, METADATA: text}
    if found.features is not None:
        arrays["features"] = found.features
    np.savez(file, allow_pickle=False, **arrays)


def _write_mean_and_covariance(file: IO[bytes], found: FeatureStatistics) -> None:
    np.savez(file, allow_pickle=False, mu=found.mean, sigma=found.covariance)


def _write_torch(file: IO[bytes], found: FeatureStatistics) -> None:
    import torch

    torch.save({"mu": found.mean, "sigma": found.covariance}, file)


def _write_edm2(file: IO[bytes], found: FeatureStatistics) -> None:
    part = {"mu": found.mean, "sigma": found.covariance}
    name = "fd_dinov2" if "dinov2" in (found.extractor or "") else "fid"
    pickle.dump({"num_images": found.n, name: part}, file, protocol=4)


def _write_stylegan3(file: IO[bytes], found: FeatureStatistics) -> None:
    assert found.n is not None
    products = found.covariance * (found.n - 1) + np.outer(found.mean, found.mean) * found.n
    sums = {
        "capture_all": False,
        "capture_mean_cov": True,
        "max_items": found.n,
        "num_items": found.n,
        "num_features": found.dimension,
        "all_features": None,
        "raw_mean": found.mean * found.n,
        "raw_cov": products,
    }
    pickle.dump(sums, file, protocol=4)


FORMATS: dict[str, tuple[str, Callable[[IO[bytes], FeatureStatistics], None]]] = {
    "evalsuite": (".npz", _write_ours),
    "pytorch-fid": (".npz", _write_mean_and_covariance),
    "clean-fid": (".npz", _write_mean_and_covariance),
    "guided-diffusion": (".npz", _write_mean_and_covariance),
    "torch-fidelity": (".pt", _write_torch),
    "edm2": (".pkl", _write_edm2),
    "stylegan3": (".pkl", _write_stylegan3),
}
"""Suffix and writer of each form, by its name."""


def check_target(path: str | Path, form: str) -> Path:
    """Find out whether statistics can be written to a path, before anything is computed.

    Raises
    ------
    UsageError
        If the form is unknown, or its files have another suffix.
    SaveError
        If the folder is not there or cannot be written to.
    """
    if form not in FORMATS:
        raise UsageError(
            f'unknown form of statistics "{form}"{did_you_mean(form, FORMATS) or "."} Known: {", ".join(FORMATS)}.'
        )
    target, suffix = Path(path), FORMATS[form][0]
    if target.suffix.lower() != suffix:
        raise UsageError(f'"{path}": a file of the form {form} ends in {suffix}')
    if target.is_dir():
        raise SaveError(f"{target}: cannot be written: it is a folder")
    part = _new_part(target)
    part.unlink()
    return target


def write_statistics(path: str | Path, statistics: FeatureStatistics, form: str = "evalsuite") -> None:
    """Write statistics, replacing what was there once the whole file is on the disk.

    Parameters
    ----------
    path : str or Path
        A link is replaced, not followed.
    statistics : FeatureStatistics
    form : str
        A key of `FORMATS`. All but ``evalsuite`` keep mean and covariance only, and ``edm2`` and ``stylegan3`` n.

    Raises
    ------
    UsageError, SaveError
        As `check_target`.
    InputError
        If the form needs to know n, and it is unknown.
    """
    target = check_target(path, form)
    if statistics.n is None and form in ("edm2", "stylegan3"):
        raise InputError(f"{target}: the form {form} says how many images there were, which is unknown here")
    part = _new_part(target)
    try:
        with part.open("wb") as file:
            FORMATS[form][1](file, statistics)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise SaveError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _new_part(target: Path) -> Path:
    """Make the file, of a name that nobody else has, that becomes the target when it is whole."""
    try:
        fd, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(fd, 0o666 & ~mask)
        os.close(fd)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise SaveError(f"{target}: cannot be written: {said}") from error
    return Path(name)
