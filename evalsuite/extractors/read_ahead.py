"""Read what is wanted next on other threads, in order and within a bound of memory."""

from __future__ import annotations

import sys
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from concurrent.futures import Future

__all__ = ["Sized", "read_ahead"]

_FEW = 16  # so many are read sooner than several threads start
_TOGETHER = 8  # read by a thread at a time where they are small: a task of its own costs more than a small image
_SMALL = 1 << 20


class Sized(Protocol):
    """Something read, that knows how much memory reading it took."""

    @property
    def n_bytes(self) -> int:
        """Bytes."""
        ...


T = TypeVar("T", bound=Sized)


def read_ahead(
    read: Callable[[int], T], n: int, *, workers: int, most: int, most_bytes: int = 1 << 29
) -> Generator[T, None, None]:
    """Yield ``read(0)`` to ``read(n - 1)`` in this order, reading on several threads what comes next.

    Parameters
    ----------
    read : callable
        Called from any of the threads, once for each number.
    n : int
    workers : int
        Threads; with 0 everything is read when it is asked for, though on a thread of its own, where torch computes as
        on the others: last digits of a resize depend on how many threads it has.
    most : int
        Of what was read or is being read, and not yielded yet, there are no more than this and a task of each thread.
    most_bytes : int, default 512 MiB
        Nor do these take more than this if all are as large as the largest so far; but one is always read.

    Raises
    ------
    Exception
        What `read` raises, in the place of what it should have returned.
    """
    if workers == 0 or n <= _FEW:
        with _threads(1) as pool:
            for i in range(n):
                yield pool.submit(read, i).result()
        return
    waiting: deque[Future[list[T]]] = deque()
    started = in_flight = largest = 0
    with _threads(min(workers, n)) as pool:
        try:
            while started < n or waiting:
                # Before anything is known of their sizes, one for each thread.
                room = min(workers, most) if not largest else max(1, min(most, most_bytes // largest))
                together = _TOGETHER if 0 < largest <= _SMALL else 1
                while started < n and (in_flight < room or not waiting):
                    stop = min(started + together, n)
                    waiting.append(pool.submit(_read_several, read, started, stop))
                    in_flight += stop - started
                    started = stop
                for item in waiting.popleft().result():
                    in_flight -= 1
                    largest = max(largest, item.n_bytes, 1)
                    yield item
        finally:
            for task in waiting:
                task.cancel()


def _read_several(read: Callable[[int], T], start: int, stop: int) -> list[T]:
    return [read(i) for i in range(start, stop)]


@contextmanager
def _threads(n: int) -> Iterator[ThreadPoolExecutor]:
    """Start threads in each of which torch computes on one: many threads of many threads each would only wait."""
    torch = sys.modules.get("torch")
    all_there = threading.Barrier(n + 1)

    def begin() -> None:
        if torch is not None:
            torch.get_num_threads()  # which a thread's first call sets to that of all
            torch.set_num_threads(1)
        all_there.wait()

    before = torch.get_num_threads() if torch is not None else 1
    with ThreadPoolExecutor(n, thread_name_prefix="images", initializer=begin) as pool:
        try:
            for _ in range(n):
                pool.submit(int)  # each begins a thread, as none is idle before all are there
            all_there.wait()
        except BaseException:  # no thread to be had, or an interrupt: none must wait for the rest
            all_there.abort()
            raise
        if torch is not None:
            torch.set_num_threads(before)  # what they set is also the number for threads to come
        yield pool
