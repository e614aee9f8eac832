"""Ctrl-C that is heard at once, also while a kernel computes."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from evalsuite.cli.messages import say
from evalsuite.errors import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["INTERRUPTED", "heard_at_once"]

INTERRUPTED = "evalsuite: interrupted"
# So long has Python to end by itself, closing and removing files on the way; a kernel that computes does not return.
_PATIENCE_SECONDS = 0.5


@contextmanager
def heard_at_once() -> Iterator[None]:
    """End the process soon after an interrupt, even where Python cannot raise KeyboardInterrupt: within a kernel.

    A thread reads the number of the signal, which Python's own handler in C writes at once. Nothing is done where
    another handler is set, or outside the main thread.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
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
