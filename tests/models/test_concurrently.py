"""Work on many items at a time in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.models.concurrently import answer_each, run_apart

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator


class Desk:
    """Answers items by doubling them, and keeps count."""

    def __init__(self, work: Callable[[int], Awaitable[int]] | None = None) -> None:
        self._work = work
        self.open = self.at_once = self.most = self.cancelled = 0

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Callable[[int], Awaitable[int]]]:
        self.open += 1
        try:
            yield self._answer
        finally:
            self.open -= 1

    async def _answer(self, item: int) -> int:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await asyncio.sleep(0)
            return 2 * item if self._work is None else await self._work(item)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.at_once -= 1


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "answer_each"]


@pytest.mark.parametrize("concurrency", [1, 3, 64])
@pytest.mark.parametrize("n", [0, 1, 200])
def test_every_item_is_answered_once(n: int, concurrency: int) -> None:
    desk = Desk()
    assert sorted(answer_each(range(n), desk, concurrency=concurrency)) == [(i, 2 * i) for i in range(n)]
    assert desk.most <= concurrency
    assert n < 200 or desk.most == concurrency
    assert desk.open == 0
    assert not threads()


def test_items_are_taken_as_places_become_free() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for i in range(200):
            taken.append(i)
            assert threading.current_thread() is threading.main_thread()
            yield i

    for done, _ in enumerate(answer_each(items(), Desk(), concurrency=8)):
        assert len(taken) <= done + 8 + 1
    assert len(taken) == 200


def test_the_first_error_ends_it_after_what_had_come() -> None:
    async def work(item: int) -> int:
        if item == 5:
            raise ValueError("five")
        if item > 5:
            await asyncio.sleep(60)
        return item

    desk = Desk(work)
    found: list[int] = []
    with pytest.raises(ValueError, match="five"):
        found.extend(item for item, _ in answer_each(range(20), desk, concurrency=8))
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert (desk.open, desk.at_once) == (0, 0)
    assert desk.cancelled > 0
    assert not threads()


def test_closing_cancels_what_is_in_work() -> None:
    async def work(item: int) -> int:
        await asyncio.sleep(60 if item else 0)
        return item

    desk = Desk(work)
    answers = answer_each(range(20), desk, concurrency=4)
    assert next(answers) == (0, 0)
    answers.close()
    assert (desk.open, desk.at_once) == (0, 0)
    assert desk.cancelled >= 3
    assert not threads()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), KeyError("no item")])
def test_an_interrupt_or_a_bad_item_comes_after_what_had_come(error: BaseException) -> None:
    finished = threading.Event()

    async def work(item: int) -> int:
        if item == 2:
            finished.set()
        elif item > 2:
            await asyncio.sleep(60)
        return item

    def items() -> Iterator[int]:
        yield from range(3)
        assert finished.wait(10)
        raise error

    found: list[int] = []
    with pytest.raises(type(error)):
        found.extend(item for item, _ in answer_each(items(), Desk(work), concurrency=8))
    assert sorted(found) == [0, 1, 2]
    assert not threads()


def test_what_cannot_be_opened() -> None:
    @asynccontextmanager
    async def opening() -> AsyncIterator[Any]:
        raise OSError("shut")
        yield

    with pytest.raises(OSError, match="shut"):
        list(answer_each(range(100), opening, concurrency=4))
    assert not threads()


def test_run_apart_within_an_event_loop() -> None:
    async def inner() -> int:
        await asyncio.sleep(0)
        return 7

    async def outer() -> int:
        return run_apart(inner)

    assert asyncio.run(outer()) == 7
