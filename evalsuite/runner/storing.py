"""Write outputs to the log, and score them, while the model goes on."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from evalsuite.runlog import RunLogWriter
    from evalsuite.types import Output

__all__ = ["Storing", "WithOutputs"]

_MOST_GROUPS, _MOST_OUTPUTS = 2, 64
_MOST_BYTES = 1 << 27  # of videos, which are large
_GATHER_SECONDS = 0.005


class WithOutputs(Protocol):
    """Something that looks at outputs once they are in the log."""

    def add(self, outputs: Sequence[Output]) -> None:
        """Take note of outputs. Called in another thread than the model's."""
        ...


class Storing:
    """A thread that appends outputs to the log: images are encoded and rows computed while the model goes on.

    What was put in is written after `_GATHER_SECONDS` with all that has come meanwhile, and `put` waits where more than
    `_MOST_GROUPS` batches and `_MOST_OUTPUTS` outputs, or `_MOST_BYTES` of images and videos, are behind. Whatever goes
    wrong there is raised in the next call here.

    Parameters
    ----------
    writer : RunLogWriter
    watcher : WithOutputs, optional
        Told of the outputs after they are in the log.
    """

    def __init__(self, writer: RunLogWriter, watcher: WithOutputs | None = None) -> None:
        self._writer = writer
        self._watcher = watcher
        self._waiting: deque[list[Output]] = deque()
        self._stored: deque[list[Output]] = deque()
        self._n_waiting = self._bytes_waiting = 0
        self._idle = False
        self._busy = False
        self._hurry = False
        self._ended = False
        self._fault: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="evalsuite-storing", daemon=True)
        self._thread.start()

    def put(self, outputs: list[Output]) -> None:
        """Hand over outputs; waits while too much is waiting already."""
        with self._changed:
            if self._is_full():
                self._hurried(lambda: not self._is_full())
            self._check()
            self._waiting.append(outputs)
            self._n_waiting += len(outputs)
            self._bytes_waiting += sum(map(_n_bytes, outputs))
            if self._idle:
                self._changed.notify_all()

    def stored(self) -> list[Output]:
        """Return what has been written since the last call, as it is in the log: images are references."""
        with self._changed:
            self._check()
            return self._taken()

    def flush(self) -> list[Output]:
        """Wait until all is written, and return what `stored` would."""
        with self._changed:
            self._hurried(lambda: not (self._waiting or self._busy))
            self._check()
            return self._taken()

    def __enter__(self) -> Storing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        try:
            self._thread.join()  # what was handed over is written, whatever ended the run
        except KeyboardInterrupt:
            self._thread.join()
            raise
        if kind is None:
            self._check()

    def _is_full(self) -> bool:
        many = len(self._waiting) >= _MOST_GROUPS and self._n_waiting >= _MOST_OUTPUTS
        return many or self._bytes_waiting >= _MOST_BYTES

    def _hurried(self, reached: Callable[[], bool]) -> None:
        self._hurry = True
        self._changed.notify_all()
        self._changed.wait_for(lambda: reached() or self._fault is not None)
        self._hurry = False

    def _taken(self) -> list[Output]:
        taken = [output for group in self._stored for output in group]
        self._stored.clear()
        return taken

    def _check(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _work(self) -> None:
        while True:
            with self._changed:
                self._idle = True
                self._changed.wait_for(lambda: self._waiting or self._ended)
                self._idle = False
                self._changed.wait_for(lambda: self._hurry or self._ended, timeout=_GATHER_SECONDS)
                if not self._waiting:
                    return
                outputs = [output for group in self._waiting for output in group]
                self._waiting.clear()
                self._n_waiting = self._bytes_waiting = 0
                self._busy = True
                self._changed.notify_all()
            try:
                stored = self._writer.append(outputs)
                if self._watcher is not None:
                    self._watcher.add(stored)
            except BaseException as fault:  # whatever it is, the thread that runs the model must hear of it
                with self._changed:
                    self._fault, self._busy = fault, False
                    self._changed.notify_all()
                return
            with self._changed:
                self._stored.append(stored)
                self._busy = False
                self._changed.notify_all()


def _n_bytes(output: Output) -> int:
    """Return how much memory an output's pixels take; none where they are elsewhere."""
    return int(getattr(output.image, "nbytes", 0)) + int(getattr(output.video, "nbytes", 0))
