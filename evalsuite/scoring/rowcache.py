"""Keep a metric's rows beside the run log, so that nothing is tokenised twice and models can be paired."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.environment import release
from evalsuite.metrics.base import Rows
from evalsuite.types import OUTCOMES, JSONValue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["RowCache", "StoredRows", "load_stored_rows"]


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Rows as kept, with what is needed to pair them with another model's.

    Parameters
    ----------
    rows : Rows
    clusters : int64 array, shape (n_samples,)
        Labels 0..G-1.
    samples : str
        SHA-256 of the samples' ids in order: rows of equal `samples` pair.
    options : mapping
        The metric's options.
    """

    rows: Rows
    clusters: NDArray[np.int64]
    samples: str
    options: Mapping[str, JSONValue]


class RowCache:
    """The rows of one metric over one run: ``<name>.npy`` and, beside it, ``<name>.json``.

    Parameters
    ----------
    folder : Path
        The run's ``statistics`` folder.
    signature : str
        The metric's; the files are named after its SHA-256.
    digest : str
        Of the outputs the rows were made from. Rows of other outputs, or made by another release, are stale.
    """

    def __init__(self, folder: Path, signature: str, digest: str) -> None:
        self._folder = folder
        self._signature = signature
        self._expected = {"signature": signature, "outputs": digest, "release": release()}

    def load(self) -> Rows | None:
        """Return the rows, memory-mapped; None where they are missing, stale or damaged."""
        stored, notes = _read(self._folder, self._signature)
        if stored is None or any(notes.get(key) != value for key, value in self._expected.items()):
            return None
        return stored.rows

    def save(
        self, rows: Rows, clusters: NDArray[np.int64], sample_ids: list[str], options: Mapping[str, JSONValue]
    ) -> None:
        """Write the rows, then the note that makes them valid. A disk that is full costs the cache, not the score."""
        rows_path, notes_path = _paths(self._folder, self._signature)
        notes = {
            **self._expected,
            "outcomes": [OUTCOMES.index(outcome) for outcome in rows.outcomes],
            "clusters": clusters.tolist(),
            "samples": hashlib.sha256(json.dumps(sample_ids).encode("ascii")).hexdigest(),
            "options": dict(options),
        }
        notes["sha256"] = _digest(rows.values, notes)
        part = rows_path.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.save(file, rows.values, allow_pickle=False)
            part.replace(rows_path)
            part.write_text(json.dumps(notes), encoding="utf-8")
            part.replace(notes_path)
        except OSError:
            for path in (part, notes_path):
                with suppress(OSError):
                    path.unlink(missing_ok=True)


def load_stored_rows(folder: Path, signature: str, digest: str) -> StoredRows | None:
    """Return a metric's rows, by its signature, from a run's ``statistics`` folder.

    None without sound ones, or where they were made from other outputs than those of `digest`.
    """
    stored, notes = _read(folder, signature)
    return stored if notes.get("outputs") == digest else None


def _read(folder: Path, signature: str) -> tuple[StoredRows | None, dict[str, Any]]:
    rows_path, notes_path = _paths(folder, signature)
    try:
        notes = json.loads(notes_path.read_text(encoding="utf-8"))
        values = np.load(rows_path, mmap_mode="r", allow_pickle=False)
        outcomes = tuple(OUTCOMES[i] for i in notes["outcomes"])
        clusters = np.asarray(notes["clusters"], dtype=np.int64)
        sound = values.ndim == 2 and len(values) == len(outcomes) == len(clusters)
        if not sound or notes.pop("sha256") != _digest(values, notes):
            return None, {}
        return StoredRows(Rows(values, outcomes), clusters, str(notes["samples"]), dict(notes["options"])), notes
    except Exception:  # whatever NumPy and the notes raise over damaged bytes, a tokenizer's errors among it
        return None, {}


def _paths(folder: Path, signature: str) -> tuple[Path, Path]:
    name = hashlib.sha256(signature.encode("utf-8")).hexdigest()[:16]
    return folder / f"{name}.npy", folder / f"{name}.json"


def _digest(values: NDArray[np.floating], notes: Mapping[str, Any]) -> str:
    """Return the SHA-256 of rows and notes: an outcome or a cluster that changed matters as much as a number."""
    head = json.dumps([str(values.dtype), values.shape, notes], sort_keys=True)
    return hashlib.sha256(head.encode("ascii") + np.ascontiguousarray(values).tobytes()).hexdigest()
