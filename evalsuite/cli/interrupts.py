"""Ctrl-C that ends a command cleanly, and is heard at once, also while a kernel computes."""

from __future__ import annotations

import atexit
import os
import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from evalsuite.cli.messages import say
from evalsuite.errors import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

__all__ = ["INTERRUPTED", "heard_at_once", "raised_once"]

INTERRUPTED = "evalsuite: interrupted"
# So long has Python to end by itself, closing and removing files on the way; a kernel that computes does not return.
_PATIENCE_SECONDS = 0.5
_LAST = 3


class _Once:
    """A handler of interrupts that raises KeyboardInterrupt for the first alone; the third ends the process."""

    def __init__(self) -> None:
        self.n_heard = 0

    def __call__(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.n_heard += 1
        if self.n_heard == 1:
            raise KeyboardInterrupt
        if self.n_heard >= _LAST:
            with suppress(OSError):  # past Python's own buffer, which may be in the middle of a line
                os.write(2, f"{INTERRUPTED} while it was ending.\n".encode())
            os._exit(EXIT_INTERRUPTED)

    def end(self) -> None:
        """Have further interrupts ignored while Python takes itself apart, which its own handlers do not outlive."""
        if self.n_heard:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def raised_once() -> Iterator[None]:
    """Raise KeyboardInterrupt for the first interrupt alone, so that another does not break off what the first ended.

    The second is ignored while files are closed and the last message is written, and to the end of the process. Who
    cannot wait interrupts a third time. Nothing is done where another handler is set, or outside the main thread.
    """
    if not _is_heard_by(lambda handler: handler is signal.default_int_handler):
        yield
        return
    once = _Once()
    atexit.register(once.end)
    signal.signal(signal.SIGINT, once)
    try:
        yield
    finally:
        if not once.n_heard:
            atexit.unregister(once.end)
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_heard_by(is_known: Callable[[object], bool]) -> bool:
    """Whether an interrupt would be heard in this thread, by a handler that is known."""
    return threading.current_thread() is threading.main_thread() and is_known(signal.getsignal(signal.SIGINT))


@contextmanager
def heard_at_once() -> Iterator[None]:
    """End the process soon after an interrupt, even where Python cannot raise KeyboardInterrupt: within a kernel.

    A thread reads the number of the signal, which Python's own handler in C writes at once. Nothing is done where
    another handler is set, or outside the main thread.
    """
    if not _is_heard_by(lambda handler: handler is signal.default_int_handler or isinstance(handler, _Once)):
        yield
        return
    heard, told = os.pipe()
    os.set_blocking(told, False)
    ended = threading.Event()

    def listen() -> None:
        while number := os.read(heard, 1):
            if number[0] == signal.SIGINT and not ended.wait(_PATIENCE_SECONDS):
                say(f"{INTERRUPTED}.")
                os._exit(EXIT_INTERRUPTED)
        os.close(heard)

    listener = threading.Thread(target=listen, name="interrupts", daemon=True)
    listener.start()
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        yield
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        os.close(told)
        listener.join()
