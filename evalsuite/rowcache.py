"""Keep a metric's rows beside the run log, so that nothing is tokenised twice."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np

from evalsuite.environment import release
from evalsuite.metrics.base import Rows
from evalsuite.types import OUTCOMES

__all__ = ["RowCache"]


class RowCache:
    """The rows of one metric over one run: ``<name>.npy`` and, beside it, ``<name>.json``.

    Parameters
    ----------
    folder : Path
        The run's ``statistics`` folder.
    signature : str
        The metric's; the file is named after its SHA-256.
    digest : str
        Of the outputs the rows were made from. Rows of other outputs, or made by another release, are stale.
    """

    def __init__(self, folder: Path, signature: str, digest: str) -> None:
        name = hashlib.sha256(signature.encode("utf-8")).hexdigest()[:16]
        self._rows = folder / f"{name}.npy"
        self._notes = folder / f"{name}.json"
        self._expected = {"signature": signature, "outputs": digest, "release": release()}

    def load(self) -> Rows | None:
        """Return the rows, memory-mapped; None where they are missing, stale or damaged."""
        try:
            notes = json.loads(self._notes.read_text(encoding="utf-8"))
            values = np.load(self._rows, mmap_mode="r", allow_pickle=False)
            outcomes = tuple(OUTCOMES[i] for i in notes.pop("outcomes"))
            checksum = notes.pop("sha256")
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            return None
        if notes != self._expected or values.ndim != 2 or len(values) != len(outcomes) or checksum != _digest(values):
            return None
        return Rows(values=values, outcomes=outcomes)

    def save(self, rows: Rows) -> None:
        """Write the rows, then the note that makes them valid. A disk that is full costs the cache, not the score."""
        notes = {
            **self._expected,
            "outcomes": [OUTCOMES.index(outcome) for outcome in rows.outcomes],
            "sha256": _digest(rows.values),
        }
        try:
            self._rows.parent.mkdir(parents=True, exist_ok=True)
            part = self._rows.with_suffix(f".{os.getpid()}.part")
            with part.open("wb") as file:
                np.save(file, rows.values, allow_pickle=False)
            part.replace(self._rows)
            part.write_text(json.dumps(notes), encoding="utf-8")
            part.replace(self._notes)
        except OSError:
            for path in (part, self._notes):
                path.unlink(missing_ok=True)


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
