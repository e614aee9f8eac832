"""Processes that do algebra: killed at a deadline and replaced, closed at exit."""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import json
import os
import queue
import select
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evalsuite.environment import usable_cores

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AlgebraPool", "is_installed", "shared_pool"]

_SCRIPT: Final = Path(__file__).with_name("algebra_worker.py")
_START_SECONDS: Final = 120.0  # imports alone, on a busy machine
_MEMORY_BYTES: Final = 2 * 2**30
_LONGEST_REPLY: Final = 100
_MOST_WORKERS: Final = 8


def is_installed() -> bool:
    """Say whether math-verify is there (extra ``math``)."""
    return importlib.util.find_spec("math_verify") is not None


class _Worker:
    """One process; whoever holds the object is its only user."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONSAFEPATH": "1"}
        self._process = subprocess.Popen(
            [sys.executable, str(_SCRIPT), str(_MEMORY_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
            start_new_session=True,  # an interrupt of the user's is for us to handle
        )
        if self._reply(_START_SECONDS) != "ready":
            self.close()
            raise ChildProcessError("the process for algebra did not start; is math-verify installed whole?")

    def ask(self, pair: tuple[str, str], seconds: float) -> str | None:
        """Return the reply; None at the deadline, an empty string if the process has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(pair).encode("ascii") + b"\n")
        except OSError:
            return ""
        return self._reply(seconds)

    def _reply(self, seconds: float) -> str | None:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        end = time.monotonic() + seconds
        reply = b""
        poll = select.poll()
        poll.register(pipe, select.POLLIN | select.POLLHUP)
        while not reply.endswith(b"\n") and len(reply) < _LONGEST_REPLY:
            left = end - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                return None
            part = os.read(pipe, _LONGEST_REPLY)
            if not part:
                return ""
            reply += part
        return reply.decode("ascii").strip()

    def close(self) -> None:
        """Kill the process and wait for its end."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


class AlgebraPool:
    """Processes, started when first needed, that settle pairs of expressions.

    Parameters
    ----------
    n_workers : int
        Most processes at a time.
    """

    def __init__(self, n_workers: int) -> None:
        self._n_workers = n_workers
        self._lock = threading.Lock()
        self._free: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        for _ in range(n_workers):
            self._free.put(None)  # a place without a process yet
        self._workers: set[_Worker] = set()
        self._closed = False

    def settle(self, pairs: Sequence[tuple[str, str]], seconds: float) -> list[str]:
        """Return the reason of each pair's outcome; from any thread.

        A pair may take so many seconds, then its process is killed.
        """
        if len(pairs) < 2 or self._n_workers == 1:
            return [self._settle(pair, seconds) for pair in pairs]
        with ThreadPoolExecutor(min(self._n_workers, len(pairs))) as threads:
            return list(threads.map(self._settle, pairs, [seconds] * len(pairs)))

    def _settle(self, pair: tuple[str, str], seconds: float) -> str:
        worker = self._free.get()
        try:
            if worker is None:
                worker = self._start()
            reply = worker.ask(pair, seconds)
            if not reply:
                self._end(worker)
                worker = None
                return "deadline" if reply is None else "worker ended"
            return reply
        except BaseException:  # an interrupt leaves a reply behind, which is not the next pair's
            if worker is not None:
                self._end(worker)
                worker = None
            raise
        finally:
            self._free.put(worker)

    def _start(self) -> _Worker:
        worker = _Worker()
        with self._lock:
            self._workers.add(worker)
            closed = self._closed
        if closed:
            self._end(worker)
            raise RuntimeError("the pool for algebra is closed")
        return worker

    def _end(self, worker: _Worker) -> None:
        worker.close()
        with self._lock:
            self._workers.discard(worker)

    def close(self) -> None:
        """End all processes; those in use are ended, too."""
        with self._lock:
            self._closed = True
            workers, self._workers = self._workers, set()
        for worker in workers:
            worker.close()


_pools: dict[int, AlgebraPool] = {}
_pools_lock = threading.Lock()


def shared_pool() -> AlgebraPool:
    """Return the pool of this process; a child of it by ``fork`` has its own."""
    process = os.getpid()
    with _pools_lock:
        if process not in _pools:
            _pools[process] = AlgebraPool(min(_MOST_WORKERS, usable_cores()))
        return _pools[process]


def _renew_lock() -> None:
    global _pools_lock  # another thread may have held it when the process was forked
    _pools_lock = threading.Lock()


def _close_pools() -> None:
    for process, pool in list(_pools.items()):
        if process == os.getpid():
            pool.close()


atexit.register(_close_pools)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)
