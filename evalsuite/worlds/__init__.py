"""Procedural worlds: samples made from a seed, the same bytes on every platform.

A world is a module of this package with one function, ``samples``; a task file names it as
``samples = { world = "ledger", seed = 1, n = 100, depths = [1, 24], sha256 = "..." }``.
"""

from __future__ import annotations

import hashlib
import json
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from evalsuite.errors import TaskError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalsuite.types import Sample

__all__ = ["WORLDS", "World", "digest_samples", "load_world", "sample_record"]

WORLDS = (
    "arithmetic_graph",
    "data_to_text",
    "deduction",
    "fashion_classes",
    "ledger",
    "moving_shapes",
    "pictures",
    "plan",
    "program",
    "relations",
    "tracking",
    "tracking_modalities",
    "tracking_tables",
    "unconditional",
)


class World(Protocol):
    """What the module of a world offers."""

    def samples(self, *, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
        """Make the first `n` samples of a seed.

        Parameters
        ----------
        seed : int
            In [0, 2**64).
        n : int
            How many, at least 1.
        depths : tuple of int, optional
            Least and greatest depth; None where items have no depth.

        Raises
        ------
        TaskError
            If the world cannot make such items.
        """
        ...


def load_world(name: str) -> World:
    """Import the world called `name`.

    Raises
    ------
    TaskError
        If there is none; the closest name is given.
    """
    if name not in WORLDS:
        raise TaskError(f'unknown world "{name}"{did_you_mean(name, WORLDS)} (known: {", ".join(WORLDS)})')
    return cast("World", import_module(f"evalsuite.worlds.{name}"))


def sample_record(sample: Sample) -> dict[str, object]:
    """Return `sample` as a JSON object, absent fields left out; the form of a line of ``samples.jsonl``."""
    record: dict[str, object] = {"id": sample.id, "input": dict(sample.input)}
    if sample.references:
        record["references"] = list(sample.references)
    if sample.cluster is not None:
        record["cluster"] = sample.cluster
    if sample.depth is not None:
        record["depth"] = sample.depth
    if sample.metadata:
        record["metadata"] = dict(sample.metadata)
    return record


def digest_samples(samples: Iterable[Sample]) -> str:
    """Return the SHA-256, in hexadecimal, of the samples as lines of canonical JSON."""
    digest = hashlib.sha256()
    for sample in samples:
        line = json.dumps(sample_record(sample), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        digest.update(line.encode("ascii") + b"\n")
    return digest.hexdigest()
