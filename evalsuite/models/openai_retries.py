"""When to ask a server again, and how often."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

__all__ = ["Retries", "TransientError", "retry_after"]

BACKOFF_SECONDS = 0.5
"""Before the first retry, at most; twice as long before each further one."""
_LONGEST_BACKOFF = 60.0


class TransientError(Exception):
    """Something that may be over the next time.

    Parameters
    ----------
    message : str
    wait : float, optional
        Seconds that the server asks to wait.
    unreachable : bool, default False
        Whether there was no connection at all.
    """

    def __init__(self, message: str, *, wait: float | None = None, unreachable: bool = False) -> None:
        super().__init__(message)
        self.wait = wait
        self.unreachable = unreachable


class Retries:
    """Counts the attempts of one request, and waits between them.

    Waits are drawn evenly between 0 and a bound that doubles each time ("full jitter"): requests that failed together
    do not come back together. They are no part of a result, so no seed fixes them.

    Parameters
    ----------
    most : int
        Retries, beside the first attempt.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._failures: list[str] = []

    async def wait(self, error: TransientError | None = None) -> bool:
        """Note a failure and wait for the next attempt; return False, at once, where there is none."""
        self._failures.append("" if error is None else str(error))
        n = len(self._failures)
        if n > self._most:
            return False
        bound = min(_LONGEST_BACKOFF, BACKOFF_SECONDS * 2.0 ** min(n - 1, 30))
        asked = error.wait if error is not None and error.wait is not None else 0.0
        await asyncio.sleep(asked + random.uniform(0.0, bound))
        return True

    def last(self) -> str:
        """Return what went wrong last, to be put after a message."""
        return f"; {len(self._failures)} attempts failed, the last: {self._failures[-1]}" if self._failures else ""

    def summary(self) -> str:
        """Return how often it was tried, and what went wrong last."""
        n = len(self._failures)
        return f"gave up after {n} attempt{'s' * (n > 1)}, the last: {self._failures[-1]}"


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a header ``Retry-After`` asks to wait (a number or a date); None where it asks nothing.

    Examples
    --------
    >>> retry_after("1.5")
    1.5
    >>> retry_after("Thu, 01 Jan 1970 00:00:00 GMT")
    0.0
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
        seconds = max(0.0, (date - datetime.now(UTC)).total_seconds())
    return seconds if isfinite(seconds) and seconds >= 0.0 else None
