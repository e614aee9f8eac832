"""What makes two runs the same run, and the folder a run lives in."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.types import GenerationConfig

__all__ = ["RunIdentity", "canonical_json", "slug"]


def canonical_json(value: object) -> str:
    """Return ASCII JSON with sorted keys and no spaces; ValueError for NaN and infinities."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def slug(text: str, *, limit: int = 48) -> str:
    """Return `text` as a file name: letters, digits and ``._-``, at most `limit` of them, never empty or hidden."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")[:limit] or "model"


@dataclass(frozen=True, kw_only=True)
class RunIdentity:
    """What a run's outputs depend on. Repeats, limit, batch size, device and package versions are not part of it.

    Parameters
    ----------
    model_fingerprint : str
    task_name : str
    task_version : int
    task_hash : str
        The task's content hash.
    generation : GenerationConfig
    dtype : str
        What the model computes in; ``""`` where that means nothing.
    run_seed : int
    """

    model_fingerprint: str
    task_name: str
    task_version: int
    task_hash: str
    generation: GenerationConfig
    dtype: str
    run_seed: int

    @cached_property
    def id(self) -> str:
        """SHA-256 of the identity as canonical JSON, in hexadecimal."""
        return hashlib.sha256(canonical_json(self.as_json()).encode("ascii")).hexdigest()

    def as_json(self) -> dict[str, object]:
        """Return the identity as a JSON object."""
        return asdict(self)

    def folder(self, root: Path, model_name: str) -> Path:
        """Return ``root/<model>-<fingerprint>/<task>/<id>``, the last two parts of 8 and 16 hexadecimal digits.

        Folder names are shortened hashes; the header holds the whole identity, and the two are compared when the log
        is opened.
        """
        digest = hashlib.sha256(self.model_fingerprint.encode("utf-8", "surrogatepass")).hexdigest()
        return root / f"{slug(model_name)}-{digest[:8]}" / slug(self.task_name) / self.id[:16]
