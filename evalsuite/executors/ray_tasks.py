"""What is under way on a Ray cluster: worker processes, and the batches that they have."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalsuite.executors.base import Batch
    from evalsuite.types import Output

__all__ = ["Process", "Task", "Whole", "finished_batches"]


@dataclass(slots=True, eq=False)
class Task:
    """A batch, or a part of one that killed workers, and over how many workers it was when they died."""

    batch: Batch
    places: tuple[int, ...]
    whole: Whole
    deaths: int = 0


@dataclass(slots=True, eq=False)
class Whole:
    """A batch as it was taken, and its outputs as they come."""

    batch: Batch
    outputs: dict[int, Output] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Process:
    """A worker process, as seen from here; `placed` is done once the cluster has found room for it."""

    actor: Any
    placed: Any
    ready: bool = False
    tasks: deque[Task] = field(default_factory=deque)


def finished_batches(whole: Whole) -> Iterator[tuple[Batch, list[Output]]]:
    """Yield a batch with its outputs, in order, once all of them are there."""
    n = len(whole.batch.requests)
    if len(whole.outputs) == n:
        yield whole.batch, [whole.outputs[place] for place in range(n)]
