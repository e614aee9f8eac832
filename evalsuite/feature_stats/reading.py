"""Statistics files of ours and of other tools, told apart by what is in them; no code of theirs is run."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.errors import InputError
from evalsuite.feature_stats.archive import (
    MAX_BYTES,
    MAX_DIMENSION,
    Member,
    open_regular,
    read_array,
    read_headers,
    read_member,
)
from evalsuite.feature_stats.plain_pickle import RefusedPickleError, Storage, read_pickle
from evalsuite.feature_stats.record import FeatureStatistics, make_statistics

if TYPE_CHECKING:
    from typing import IO

__all__ = ["METADATA", "SCHEMA_VERSION", "is_statistics_file", "read_statistics"]

METADATA = "evalsuite"
SCHEMA_VERSION = 1
_PICKLE_BYTES = 1 << 31
_MOST_METADATA = 1 << 20
_SOURCE = re.compile(r"[\w./:+-]{1,200}", re.ASCII)
_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"
_SUFFIXES = frozenset({".pt", ".pth", ".pkl", ".pickle"})
_BROKEN = (
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which of a file's statistics."""

    dimension: int | None
    any_part: bool


def is_statistics_file(path: Path) -> bool:
    """Whether a path looks like statistics: a .pt or .pkl, or an .npz with a mean and a covariance in it."""
    suffix = path.suffix.lower()
    if suffix in _SUFFIXES:
        return not path.is_dir()
    if suffix != ".npz" or not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(_parts(name.removesuffix(".npy") for name in archive.namelist()))
    except (OSError, *_BROKEN):
        return False


def read_statistics(path: str | Path, *, dimension: int | None = None, any_part: bool = False) -> FeatureStatistics:
    """Read statistics.

    Parameters
    ----------
    path : str or Path
        A file of ours; an npz with ``mu`` and ``sigma`` (pytorch-fid, TTUR, clean-fid, EDM, guided-diffusion), or with
        ``NAME.mu`` and ``NAME.cov`` (fadtk); a .pt with ``mu`` and ``sigma`` (torch-fidelity); a pickle of EDM2 or
        StyleGAN3.
    dimension : int, optional
        Features that are wanted, for a file with statistics of several networks.
    any_part : bool
        Take the first of such.

    Raises
    ------
    InputError
        If it cannot be read, is damaged, holds anything but arrays and plain values, or is not what statistics can be.
    """
    wanted, path = _Wanted(dimension, any_part), Path(path)
    with open_regular(path) as file:
        head = file.read(4)
        file.seek(0)
        try:
            if head == _ZIP:
                with zipfile.ZipFile(file) as archive:
                    return _from_zip(archive, path, wanted)
            if head[:1] == _PICKLE:
                return _from_pickle(read_pickle(_read_all(file)), path, wanted)
        except InputError:
            raise
        except RefusedPickleError as error:
            raise InputError(f"{path}: is not read as statistics: {error}") from error
        except _BROKEN as error:
            raise InputError(f"{path}: is damaged or cut off: {error}; copy it again") from error
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    found = "an empty file" if not head else "neither"
    raise InputError(f"{path}: expected statistics as an npz, a .pt or a pickle; it is {found}")


def _read_all(file: IO[bytes]) -> bytes:
    data = file.read(_PICKLE_BYTES + 1)
    if len(data) > _PICKLE_BYTES:
        raise ValueError(f"it has more than {_PICKLE_BYTES >> 30} GiB")
    return data


def _from_zip(archive: zipfile.ZipFile, path: Path, wanted: _Wanted) -> FeatureStatistics:
    pickles = [name for name in archive.namelist() if name.rpartition("/")[2] == "data.pkl"]
    if pickles:
        return _from_torch(archive, pickles[0], path, wanted)
    headers = read_headers(archive)
    if METADATA in headers:
        return _ours(archive, headers, path)
    parts = _parts(headers)
    if not parts:
        raise InputError(f"{path}: expected statistics, mu and sigma; found {_listed(headers)}")
    sizes = {name: headers[mean].shape for name, (mean, _) in parts.items()}
    mean, covariance = parts[_choose(path, sizes, wanted)]
    form = "fadtk" if mean != "mu" else "guided-diffusion" if "mu_s" in headers else "pytorch-fid"
    return make_statistics(
        str(path), _checked_array(archive, headers, path, mean), _checked_array(archive, headers, path, covariance),
        form=form, dtype="unknown",
    )  # fmt: skip


def _parts(names: Any) -> dict[str, tuple[str, str]]:
    """Return the names of mean and covariance, by what they are the statistics of."""
    there = set(names)
    found = {"": ("mu", "sigma")} if {"mu", "sigma"} <= there else {}
    for name in sorted(there):
        stem = name.removesuffix(".mu")
        if stem != name and f"{stem}.cov" in there:
            found[stem] = (name, f"{stem}.cov")
    return found


def _choose(path: Path, sizes: dict[str, tuple[int, ...]], wanted: _Wanted) -> str:
    """Return which of several statistics is meant: the one with as many features as are wanted."""
    names = list(sizes)[:1] if wanted.any_part else list(sizes)
    dimension = wanted.dimension
    if len(names) > 1:
        names = [name for name in names if dimension is None or sizes[name] == (dimension,)]
    if len(names) != 1:
        listed = ", ".join(f"{name} {shape}" for name, shape in sizes.items())
        of_size = "" if dimension is None else f" of {dimension} features"
        raise InputError(f"{path}: expected one mean{of_size}, the file has {listed[:500]}")
    return names[0]


def _checked_array(archive: zipfile.ZipFile, headers: dict[str, Member], path: Path, name: str) -> np.ndarray[Any, Any]:
    shape, dtype = headers[name].shape, headers[name].dtype
    if dtype.hasobject:
        raise InputError(f"{path}: {name} holds Python objects, which could run code; expected an array of numbers")
    if name != "features" and any(length > MAX_DIMENSION for length in shape):
        raise InputError(f"{path}: {name} has shape {shape}; expected at most {MAX_DIMENSION:,} features")
    return read_array(archive, name)


def _ours(archive: zipfile.ZipFile, headers: dict[str, Member], path: Path) -> FeatureStatistics:
    missing = {"mu", "sigma"} - headers.keys()
    header = headers[METADATA]
    if missing or header.dtype != np.uint8 or len(header.shape) != 1 or header.shape[0] > _MOST_METADATA:
        raise InputError(f"{path}: is damaged: {', '.join(sorted(missing)) or 'the metadata'} is missing or no text")
    try:
        notes = json.loads(read_array(archive, METADATA).tobytes())
        version, digest = notes["schema_version"], notes["content_sha256"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path}: is damaged: its metadata cannot be read") from error
    if version != SCHEMA_VERSION:
        raise InputError(
            f"{path}: is written in version {version!r:.20} of the form, this evalsuite reads {SCHEMA_VERSION}; "
            "use the evalsuite that wrote it, or make the statistics anew"
        )
    texts = {key: notes.get(key) for key in ("extractor", "decoder", "source", "made_by", "image_set_sha256", "dtype")}
    source = texts["source"]
    # It stands in signatures, whose parts a bar divides.
    odd = isinstance(source, str) and _SOURCE.fullmatch(source) is None
    if odd or any(not (value is None or isinstance(value, str)) for value in texts.values()):
        raise InputError(f"{path}: is damaged: its metadata cannot be read")
    image_set = texts.pop("image_set_sha256")
    found = make_statistics(
        str(path),
        _checked_array(archive, headers, path, "mu"),
        _checked_array(archive, headers, path, "sigma"),
        n=notes.get("n"),
        image_set=image_set,
        features=_checked_array(archive, headers, path, "features") if "features" in headers else None,
        **texts,
    )
    if found.digest() != digest:
        raise InputError(
            f"{path}: its contents are not those that were written (the SHA-256 differs); copy it again, or make the "
            "statistics anew"
        )
    return found


def _from_torch(archive: zipfile.ZipFile, name: str, path: Path, wanted: _Wanted) -> FeatureStatistics:
    folder = name.rpartition("/")[0]
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    big = f"{folder}/byteorder" in sizes and read_member(archive, f"{folder}/byteorder") == b"big"

    def load(storage: Storage) -> np.ndarray[Any, Any]:
        data = read_member(archive, f"{folder}/data/{storage.key}")
        return np.frombuffer(data, dtype=np.dtype(storage.dtype).newbyteorder(">" if big else "<"))

    total = sum(sizes.values())
    if total > MAX_BYTES:
        raise ValueError(f"it unpacks to more than {MAX_BYTES >> 30} GiB")
    found = read_pickle(read_member(archive, name), load, storage_bytes=total)
    return _from_pickle(found, path, wanted, form="torch-fidelity")


def _from_pickle(found: Any, path: Path, wanted: _Wanted, form: str = "") -> FeatureStatistics:
    if not isinstance(found, dict):
        raise InputError(f"{path}: expected a dictionary with statistics, found {type(found).__name__}")
    if "raw_mean" in found or "raw_cov" in found:
        return _from_sums(found, path)
    if {"mu", "sigma"} <= found.keys():
        return make_statistics(str(path), found["mu"], found["sigma"], form=form or "pickle", dtype="unknown")
    parts = {key: part for key, part in found.items() if isinstance(part, dict) and {"mu", "sigma"} <= part.keys()}
    if not parts:
        raise InputError(f"{path}: expected statistics, mu and sigma; found {_listed(found)}")
    part = parts[_choose(path, {key: np.shape(each["mu"]) for key, each in parts.items()}, wanted)]
    n = found.get("num_images")
    return make_statistics(str(path), part["mu"], part["sigma"], n=n, form="edm2", dtype="unknown")


def _from_sums(found: dict[str, Any], path: Path) -> FeatureStatistics:
    """Return the statistics of sums of features and of their outer products, as StyleGAN3 keeps them."""
    n, total, products = found.get("num_items"), found.get("raw_mean"), found.get("raw_cov")
    sums = isinstance(total, np.ndarray) and total.dtype == np.float64 and total.ndim == 1 and len(total)
    if not sums or not isinstance(products, np.ndarray) or products.dtype != np.float64:
        missing = "they hold features only, or none" if total is None or products is None else "they are no such arrays"
        raise InputError(f"{path}: expected sums raw_mean and raw_cov in float64; {missing}")
    assert isinstance(total, np.ndarray)
    if type(n) is not int or n < 2 or products.shape != (len(total), len(total)):
        raise InputError(
            f"{path}: expected num_items of at least 2 and raw_cov of shape (d, d), found {n!r:.40}, {products.shape}"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        mean = total / n
        covariance = products / n - np.outer(mean, mean)
    return make_statistics(str(path), mean, covariance, n=n, ddof=0, form="stylegan3", dtype="float32")


def _listed(found: Any) -> str:
    return (", ".join(map(str, found)) or "nothing")[:300]
