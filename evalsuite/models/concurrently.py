"""Work on many items at a time in a thread of its own, while the caller goes on with what is finished."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeAlias, TypeVar

__all__ = ["answer_each", "run_apart"]

T = TypeVar("T")
R = TypeVar("R")
Opening: TypeAlias = Callable[[], AbstractAsyncContextManager[Callable[[T], Awaitable[R]]]]


def answer_each(items: Iterable[T], opening: Opening[T, R], *, concurrency: int) -> Generator[tuple[T, R]]:
    """Yield each item with what came of it, in the order in which they finish.

    Parameters
    ----------
    items : iterable
        Taken in the calling thread, at most ``concurrency + ahead`` before their answers are yielded, where ``ahead``
        is an eighth of `concurrency`: they wait so that a place that becomes free is filled at once.
    opening : callable
        Opens, within the event loop, what answers an item.
    concurrency : int
        Items in work at a time.

    Raises
    ------
    BaseException
        The first that an item or the opening raised, after what had arrived by then was yielded; so, too, a
        KeyboardInterrupt. Work that is not finished is cancelled, also when the iterator is closed.
    """
    source, most = iter(items), concurrency + max(1, concurrency // 8)
    first = list(islice(source, 1))
    if not first:
        return
    work: _Work[T, R] = _Work(opening, concurrency)
    work.put(first[0])
    failure: BaseException | None = None
    pending, more = 1, True
    try:
        while pending or more:
            while more and pending < most and (work.done.empty() or pending < concurrency):
                try:
                    work.put(next(source))
                    pending += 1
                except StopIteration:
                    more = False
            if not pending:
                break
            answer = work.done.get()
            if isinstance(answer, _Failure):
                failure = answer.error
                break
            pending -= 1
            yield answer
    except GeneratorExit:
        raise
    except BaseException as error:  # an interrupt, or an item that cannot be made
        failure = error
    finally:
        work.stop()
    while not work.done.empty():
        answer = work.done.get()
        if not isinstance(answer, _Failure):
            yield answer
    if failure is not None:
        raise failure


def run_apart(work: Callable[[], Awaitable[R]]) -> R:
    """Run a coroutine to its end in a thread of its own: the caller may have an event loop already, as notebooks do."""

    @asynccontextmanager
    async def opening() -> AsyncIterator[Callable[[None], Awaitable[R]]]:
        yield lambda _: work()

    ((_, answer),) = answer_each([None], opening, concurrency=1)
    return answer


@dataclass(frozen=True, slots=True)
class _Failure:
    error: BaseException


class _Work(Generic[T, R]):
    """An event loop in a thread, with workers that take items and put answers into `done`."""

    def __init__(self, opening: Opening[T, R], concurrency: int) -> None:
        self.done: SimpleQueue[tuple[T, R] | _Failure] = SimpleQueue()
        self._items: asyncio.Queue[T] = asyncio.Queue()
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._main(opening, concurrency))
        self._thread = Thread(target=self._run, name="answer_each", daemon=True)
        self._thread.start()

    def put(self, item: T) -> None:
        """Hand an item over; it waits until one of the workers is free."""
        self._tell(lambda: self._items.put_nowait(item))

    def stop(self) -> None:
        """Cancel what is in work, and wait until all is closed."""
        self._tell(self._task.cancel)
        self._thread.join()

    def _tell(self, call: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and `done` says why
            self._loop.call_soon_threadsafe(call)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self.done.put(_Failure(error))
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _main(self, opening: Opening[T, R], concurrency: int) -> None:
        async with opening() as answer, asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(self._worker(answer))

    async def _worker(self, answer: Callable[[T], Awaitable[R]]) -> None:
        while True:
            item = await self._items.get()
            try:
                self.done.put((item, await answer(item)))
            except Exception as error:
                self.done.put(_Failure(error))
