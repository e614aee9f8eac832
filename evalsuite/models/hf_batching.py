"""Batches that fit into memory: one that does not is halved, and nothing of it is lost."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Batched", "FittingBatches", "is_out_of_memory"]


class Batched(Protocol):
    """A request under way."""

    error: str | None

    @property
    def done(self) -> bool:
        """Whether nothing more is to be made of it."""
        ...

    @property
    def size(self) -> str:
        """How large it is, after "this request alone", for a message; empty where that says nothing."""
        ...


R = TypeVar("R", bound=Batched)


class FittingBatches:
    """Finishes rows, in batches as large as memory allows.

    Attributes
    ----------
    largest : int or None
        Most rows of a batch, as out-of-memory errors have shown; None before the first.
    """

    def __init__(self) -> None:
        self.largest: int | None = None

    def finish(self, rows: Sequence[R], extend: Callable[[Sequence[R]], None]) -> None:
        """Call `extend` with rows that are not done until all are.

        A batch that runs out of memory is halved, again and again. What was found to fit is kept for later batches,
        but where a row alone ran out of memory: the row is what did not fit then.

        Parameters
        ----------
        rows : sequence of Row
            Having written equally much. One that does not fit even alone gets an ``error``.
        extend : callable
            Writes on in all rows that it is given, or raises and leaves them as they are.
        """
        start = 0
        while start < len(rows):
            size = self.largest or len(rows)
            self._finish_batch(rows[start : start + size], extend)
            start += size

    def _finish_batch(self, rows: Sequence[R], extend: Callable[[Sequence[R]], None]) -> None:
        before = self.largest
        while active := [row for row in rows if not row.done]:
            try:
                extend(active)
                continue
            except Exception as error:  # devices have classes of their own for it, or none
                if not is_out_of_memory(error):
                    raise
                reason = (str(error).splitlines() or [type(error).__name__])[0]
            _release_memory()  # after the error is gone, whose traceback holds tensors
            if len(active) == 1:
                active[0].error = f"out of memory with this request alone{active[0].size}: {reason}"
                return
            half = (len(active) + 1) // 2
            self.largest = half if self.largest is None else min(self.largest, half)
            for part in (active[:half], active[half:]):
                self._finish_batch(part, extend)
            if any(row.error is not None for row in active):
                self.largest = before
            return


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device, or the processor, has run out of memory."""
    torch: Any = import_module("torch")
    if isinstance(error, torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)


def _release_memory() -> None:
    torch: Any = import_module("torch")
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
