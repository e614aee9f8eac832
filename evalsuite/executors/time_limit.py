"""Break off what takes too long, in the process and thread that does it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["TimeLimitReached", "can_limit_time", "time_limit"]

_AGAIN_SECONDS = 0.2


class TimeLimitReached(BaseException):
    """The time is over."""


def can_limit_time() -> bool:
    """Whether a time limit holds here: signals reach the main thread only."""
    return threading.current_thread() is threading.main_thread()


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise `TimeLimitReached` within the block once it has run for so many seconds; never when None.

    Python code is interrupted between two of its instructions, so a single call into a library that does not return
    is waited for. Raised again and again until the block is left, lest somebody's handler go on regardless.
    """
    if seconds is None or not can_limit_time():
        yield
        return

    within = False

    def over(number: int, frame: FrameType | None) -> None:
        del number, frame
        if within:  # and not while the timer is set or stopped
            raise TimeLimitReached

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
    try:
        within = True
        yield
    finally:
        within = False
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
