"""Requests for images or videos under way, and calls that draw several of them with noise from each one's own seed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import Request

__all__ = ["ImageRow", "SeededCalls"]


@dataclass(slots=True)
class ImageRow:
    """A request for an image or a video: its place in the batch, and what has become of it.

    `image` has shape (height, width, channels), or that with the frames before it.
    """

    index: int
    request: Request
    label: int | None = None
    image: NDArray[np.uint8] | None = None
    refused: bool = False
    error: str | None = None

    @property
    def done(self) -> bool:
        """Whether nothing more is to be drawn."""
        return self.image is not None or self.refused or self.error is not None

    @property
    def size(self) -> str:
        """Says nothing: how large images become is the model's own business."""
        return ""

    def output(self, peak: int | None) -> Output:
        """Return the output that answers the request; `peak` is the device memory that was used, in bytes."""
        if self.error is not None:
            return Output(finish_reason="error", error=self.error)
        if self.refused:
            return Output(finish_reason="refused", peak_memory_bytes=peak)
        if self.image is not None and self.image.ndim == 4:
            return Output(video=self.image, peak_memory_bytes=peak)
        return Output(image=self.image, peak_memory_bytes=peak)


class SeededCalls:
    """Calls whose noise is each row's own.

    A call gets noise or generators for each row. Where it draws more from the process's generator, which rows share,
    that is noticed: the rows are drawn again one by one, with that generator seeded for each, and so are later ones.

    Attributes
    ----------
    alone : bool
        Whether rows are drawn one by one.
    """

    def __init__(self) -> None:
        self.alone = False

    def draw(self, rows: Sequence[ImageRow], call: Callable[[Sequence[ImageRow]], None], device: str) -> None:
        """Draw all rows.

        Parameters
        ----------
        rows : sequence of ImageRow
            None of them done.
        call : callable
            Draws rows that it is given, all at once.
        device : str
            Where, as torch names it. The generators of processor and device are left as they were.
        """
        if not self.alone:
            is_foreign = _seeded(rows, call, device)
            if not is_foreign or len(rows) == 1:
                return
            self.alone = True
            for row in rows:
                row.image, row.refused, row.error = None, False, None
        drawn: dict[tuple[str, int, int, int], ImageRow] = {}
        for row in rows:
            request = row.request
            twin = drawn.setdefault((request.sample_id, request.repeat, request.turn, request.seed), row)
            if twin is row:
                _seeded([row], call, device)
            else:  # padding
                row.image, row.refused, row.error = twin.image, twin.refused, twin.error


def _seeded(rows: Sequence[ImageRow], call: Callable[[Sequence[ImageRow]], None], device: str) -> bool:
    """Call with the process's generators seeded by the first row; return whether they were drawn from."""
    torch: Any = import_module("torch")
    devices = [device] if device.startswith("cuda") else []

    def state() -> list[Any]:
        return [torch.get_rng_state(), *(torch.cuda.get_rng_state(one) for one in devices)]

    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(rows[0].request.seed)
        before = state()
        call(rows)
        return any(not torch.equal(old, new) for old, new in zip(before, state(), strict=True))
