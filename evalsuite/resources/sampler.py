"""Look at something every so often, on a thread of its own: the power to integrate, the memory to take the most of."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Sampler"]


class Sampler:
    """Takes a reading at the start, every `seconds`, and at the end.

    Parameters
    ----------
    read : callable
        Returns a reading. Whatever it raises ends the sampling: there is no figure then.
    seconds : float
    clock : callable
        Seconds, monotonic.
    """

    def __init__(
        self, read: Callable[[], float], *, seconds: float = 0.1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._clock = clock
        self._last: tuple[float, float] | None = None
        self._integral = 0.0
        self._most: float | None = None
        self._fault: Exception | None = None
        self._stop = threading.Event()
        self._take()
        self._thread = threading.Thread(target=self._run, name="evalsuite-sampler", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Take the last reading and end the thread."""
        self._stop.set()
        self._thread.join()
        self._take()

    @property
    def integral(self) -> float | None:
        """The readings over time, by the trapezoidal rule; None where one failed."""
        return None if self._fault else self._integral

    @property
    def most(self) -> float | None:
        """The greatest reading; None where one failed."""
        return None if self._fault else self._most

    def _run(self) -> None:
        while not self._stop.wait(self._seconds) and self._fault is None:
            self._take()

    def _take(self) -> None:
        if self._fault is not None:
            return
        try:
            value, now = float(self._read()), self._clock()
        except Exception as error:  # a figure less, never a run less
            self._fault = error
            return
        if self._last is not None:
            self._integral += (now - self._last[0]) * (value + self._last[1]) / 2
        self._last = (now, value)
        self._most = value if self._most is None else max(value, self._most)
