"""A server that speaks the OpenAI API on a free port of this machine, well or with the faults it is told to have."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

if __name__ == "__main__":
    # A program started by its path finds the files beside it from the top of the tree.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.servers.openai_faults import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable

Fault = str | None


@dataclass
class Asked:
    """A request as a server's faults see it: the how manyeth of all, and of those with its prompt and seed."""

    count: int
    attempt: int
    prompt: str
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass
class OpenAIServer(Faulty):
    """Runs in a thread from ``with`` to its end.

    Parameters
    ----------
    fault : callable
        Says which fault a request meets; none by default.
    port : int
        By default any that is free.
    seconds : float
        Until a request is answered.
    down_seconds : float, optional
        How long the server is away after the fault "down"; None is until `come_back`.
    """

    fault: Callable[[Asked], Fault] = lambda asked: None
    port: int = 0
    seconds: float = 0.0
    down_seconds: float | None = 0.1
    asked: list[Asked] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    cancelled: int = 0
    busy: float = 0.0

    def __enter__(self) -> OpenAIServer:
        self._seen: Counter[tuple[str, int]] = Counter()
        self._port = self.port
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def come_back(self) -> None:
        """End being away."""
        self._loop.call_soon_threadsafe(self._back.set)
        asyncio.run_coroutine_threadsafe(self._all_back(), self._loop).result(10)

    async def _all_back(self) -> None:
        await asyncio.gather(*self._tasks)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._back = asyncio.Event()
        await self._up()
        self._ready.set()
        await self._end.wait()
        await asyncio.gather(*self._tasks)
        await self._runner.cleanup()

    async def _up(self) -> None:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/v1/measured", self._measured)
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_post("/v1/completions", self._answer)
        app.router.add_post("/v1/images/generations", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.01, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True, backlog=1024).start()
        self._port = self._runner.addresses[0][1]

    async def _away(self) -> None:
        await self._runner.cleanup()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._back.wait(), self.down_seconds)
        await self._up()

    async def _measured(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"busy": self.busy, "seconds": self._since - self._began, "n": len(self.asked)})

    async def _models(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": [{"id": "tiny"}]})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self._note(1)
        try:
            body = json.loads(await request.read())
            chat = request.path.endswith("chat/completions")
            prompt = body["messages"][-1]["content"] if chat else body["prompt"]
            prompt = prompt if isinstance(prompt, str) else "\n".join(prompt)
            self._seen[key := (prompt, body.get("seed", 0))] += 1
            asked = Asked(len(self.asked) + 1, self._seen[key], prompt, body, dict(request.headers))
            self.asked.append(asked)
            fault = self.fault(asked)
            if self.seconds:
                await asyncio.sleep(self.seconds)
            return await (
                getattr(self, f"_{fault}")(request, body, prompt) if fault else self._well(request, body, prompt)
            )
        except (asyncio.CancelledError, ConnectionError):
            self.cancelled += 1
            raise
        finally:
            self._note(-1)

    def _note(self, change: int) -> None:
        now = time.perf_counter()
        if not self.asked and not self.in_flight:
            self._began = now
        if self.in_flight:
            self.busy += self.in_flight * (now - self._since)
        self._since = now
        self.in_flight += change
        self.most_in_flight = max(self.most_in_flight, self.in_flight)


if __name__ == "__main__":
    with OpenAIServer(seconds=float(sys.argv[1])) as server:
        print(server.url, flush=True)
        sys.stdin.read()
