"""The contract of an executor: batches in, their outputs out, in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from evalsuite.models.base import Model
    from evalsuite.types import GenerationConfig, Modality, Output, Request

__all__ = ["Asking", "Batch", "Executor"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests that are answered together.

    Parameters
    ----------
    requests : tuple of Request
        What the model is asked.
    copies : mapping of int to tuple of Request
        Requests equal to the one at that place, which are not asked and get its output.
    """

    requests: tuple[Request, ...]
    copies: Mapping[int, tuple[Request, ...]] = field(default_factory=dict)

    def all_requests(self) -> Iterator[Request]:
        """Yield every request that gets an output by this batch."""
        yield from self.requests
        for copies in self.copies.values():
            yield from copies


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How batches are asked: what is the same for all of a run.

    Parameters
    ----------
    config : GenerationConfig
    modality : {"text", "image", "audio", "video"}
        What the outputs must be.
    image_shape : tuple of int, optional
        Height, width and channels that images, or videos' frames, must have.
    batch_size : int
        To which batches are padded, for models whose outputs depend on the batch.
    delimiter : str
        What stands between a prompt and a choice that is rated.
    sample_ids : tuple of str
        Of all samples of the task, in canonical order, for models whose outputs exist already.
    sample_seconds : float, optional
        Seconds a sample may take; no limit when None.
    """

    config: GenerationConfig
    modality: Modality
    image_shape: tuple[int, int, int] | None = None
    batch_size: int = 1
    delimiter: str = ""
    sample_ids: tuple[str, ...] = ()
    sample_seconds: float | None = None


class Executor(Protocol):
    """Where a model runs.

    `start` comes first, then any number of `answers` one after the other, then `close`; and again, for another run with
    this model or another. `release` comes last, and after an error.
    """

    @property
    def name(self) -> str:
        """What the command line calls it."""
        ...

    @property
    def n_remote(self) -> int | None:
        """Processes elsewhere that compute, None where this one does: what they take is not measured here."""
        ...

    def start(self, model: Model, asking: Asking) -> str:
        """Make the model ready, and return its device; what is missing is said now, before a log is begun.

        Raises
        ------
        EvalsuiteError
            If the model cannot be loaded, or there is nothing to run it on.
        """
        ...

    def answers(self, batches: Iterator[Batch]) -> Generator[tuple[Batch, list[Output]]]:
        """Take batches as there is room for them, and yield each with its requests' outputs, in any order.

        No batch is lost: one that fails has error outputs. Closing the generator gives up what is under way.
        """
        ...

    def submit(self, function: Callable[..., object], *arguments: object) -> Callable[[], object]:
        """Let a pure function of this package run where there is room, and return what waits for its result."""
        ...

    def close(self) -> None:
        """Let go of what belongs to one run; the model stays where it is, for the next."""
        ...

    def release(self) -> None:
        """Let go of all: processes end."""
        ...
