"""A server that speaks the OpenAI API on a free port of this machine, well or with the faults it is told to have."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import re
import struct
import sys
import threading
import time
import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

N_WORDS = 30


@dataclass
class Asked:
    """A request as a server's faults see it: the how manyeth of all, and of those with its prompt and seed."""

    count: int
    attempt: int
    prompt: str
    body: dict[str, Any]
    headers: dict[str, str]


Fault = str | None


def words(prompt: str, seed: int) -> list[str]:
    """Return what the server's model says: words that depend on the prompt and the seed alone."""
    return [hashlib.sha256(f"{prompt} {seed} {i}".encode()).hexdigest()[:5] for i in range(N_WORDS)]


def reply(body: dict[str, Any], prompt: str) -> tuple[str, str, dict[str, int]]:
    """Return text, finish reason and usage."""
    said = words(prompt, body.get("seed", 0))
    most = body.get("max_tokens", body.get("max_completion_tokens"))
    text, reason = " ".join(said[:most]), "stop" if most >= len(said) else "length"
    for stop in body.get("stop", ()):
        if stop in text:
            text, reason = text.partition(stop)[0], "stop"
    return text, reason, {"prompt_tokens": len(prompt.split()), "completion_tokens": len(said[:most])}


def pieces(text: str) -> list[str]:
    """Return the tokens of a text in the server's vocabulary: words with the white space before them."""
    return re.findall(r"\s*\S+|\s+$", text)


def token_logprob(before: str, token: str) -> float:
    """Return what the server's model says of a token after a text: any number, as long as it is the same."""
    return -int.from_bytes(hashlib.sha256(f"{before}|{token}".encode()).digest()[:4]) / 1e9


def echo(prompts: list[str]) -> dict[str, Any]:
    """Return an answer that repeats prompts with log-probabilities, in any order, with no token of its own."""
    choices = []
    for index, prompt in enumerate(prompts):
        tokens = pieces(prompt)
        values: list[float | None] = [
            token_logprob("".join(tokens[:i]), token) if i else None for i, token in enumerate(tokens)
        ]
        tops = [
            None if value is None else {token: value} if value > -1 else {token: value, "<other>": -0.01}
            for token, value in zip(tokens, values, strict=True)
        ]
        told = {"tokens": tokens, "token_logprobs": values, "top_logprobs": tops}
        choices.append({"index": index, "text": prompt, "logprobs": told, "finish_reason": "length"})
    usage = {"prompt_tokens": sum(len(pieces(prompt)) for prompt in prompts), "completion_tokens": 0}
    return {"choices": choices[::-1], "usage": usage}


@dataclass
class OpenAIServer:
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

    def _record(self, request: web.Request, body: dict[str, Any], prompt: str) -> dict[str, Any]:
        if request.path.endswith("images/generations"):
            return {"created": 0, "data": [{"b64_json": picture(body, prompt)}], "usage": IMAGE_USAGE}
        if body.get("echo"):
            return echo(body["prompt"])
        text, reason, usage = reply(body, prompt)
        chat = request.path.endswith("chat/completions")
        said = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
        kind = "chat.completion" if chat else "text_completion"
        usage["total_tokens"] = sum(usage.values())
        known = {"id": "x", "object": kind, "created": 0, "model": "tiny"}
        return {**known, "choices": [{"index": 0, **said, "finish_reason": reason}], "usage": usage}

    def _events(self, request: web.Request, body: dict[str, Any], prompt: str) -> list[bytes]:
        text, reason, usage = reply(body, prompt)
        chat = request.path.endswith("chat/completions")
        parts = [text[at : at + 7] for at in range(0, len(text), 7)]
        said = [{"delta": {"content": part}} if chat else {"text": part} for part in ["", *parts]]
        records: list[dict[str, Any]] = [
            {"choices": [{"index": 0, **one, "finish_reason": None}], "usage": None} for one in said
        ]
        last = {"delta": {}} if chat else {"text": ""}
        records.append({"choices": [{"index": 0, **last, "finish_reason": reason}], "usage": None})
        if body.get("stream_options", {}).get("include_usage"):
            records.append({"choices": [], "usage": usage})
        return [
            b": ping\r\n\r\n",
            *(b"data: %s\n\n" % json.dumps(one).encode() for one in records),
            b"data: [DONE]\n\n",
        ]

    async def _well(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        if not body.get("stream"):
            return web.json_response(self._record(request, body, prompt))
        response = await self._begin(request, "text/event-stream")
        for event in self._events(request, body, prompt):
            await response.write(event)
        return response

    async def _no_echo(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        record = echo(body["prompt"])
        for choice in record["choices"]:
            choice.update(text=" so", logprobs={"token_logprobs": [-1.0], "top_logprobs": [{" so": -1.0}]})
        return web.json_response(record)

    async def _no_logprobs(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        record = echo(body["prompt"])
        return web.json_response({**record, "choices": [{**choice, "logprobs": None} for choice in record["choices"]]})

    async def _goes_on(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        record = echo(body["prompt"])
        for choice in record["choices"]:
            choice["logprobs"]["token_logprobs"].append(-0.5)
            choice["logprobs"]["top_logprobs"].append({"": -0.5})
        return web.json_response(record)

    async def _no_zero(self, *_: Any) -> web.StreamResponse:
        return _error(400, "max_tokens must be at least 1")

    async def _begin(self, request: web.Request, kind: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        return response

    async def _busy(self, *_: Any) -> web.StreamResponse:
        return _error(429, "slow down", {"Retry-After": "0.02"})

    async def _busy_until(self, *_: Any) -> web.StreamResponse:
        until = format_datetime(datetime.now(UTC) + timedelta(seconds=0.2), usegmt=True)
        return _error(429, "slow down", {"Retry-After": until})

    async def _busy_for_long(self, *_: Any) -> web.StreamResponse:
        return _error(429, "slow down", {"Retry-After": "1000000"})

    async def _broken(self, *_: Any) -> web.StreamResponse:
        return _error(500, "something\x1b[31m broke\nhere")

    async def _unavailable(self, *_: Any) -> web.StreamResponse:
        return web.Response(status=503, text="<html>try later</html>")

    async def _denied(self, request: web.Request, *_: Any) -> web.StreamResponse:
        return _error(401, f"Incorrect API key provided: {request.headers.get('Authorization')}")

    async def _forbidden(self, request: web.Request, *_: Any) -> web.StreamResponse:
        return _error(403, f"not for {request.headers.get('Authorization')}")

    async def _unknown(self, *_: Any) -> web.StreamResponse:
        return _error(404, "The model does not exist")

    async def _too_long(self, request: web.Request, *_: Any) -> web.StreamResponse:
        key = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        split = key[:5] + "\x00" + key[5:]  # which a message without control characters puts together again
        return _error(400, f"maximum context length is 8 tokens\x07, {key} asked for 9 {split} " + "x" * 5000)

    async def _other_budget(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        if "max_tokens" in body:
            return _error(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        return await self._well(request, body, prompt)

    async def _no_stream(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        if "stream_options" in body:
            return _error(400, "unknown field: stream_options")
        if body.get("stream"):
            return _error(422, "stream is not supported")
        return await self._well(request, body, prompt)

    async def _moved(self, request: web.Request, *_: Any) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": "http://127.0.0.1:9/v1/chat/completions"})

    async def _reset(self, request: web.Request, *_: Any) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _reset_late(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        response = await self._begin(request, "application/json")
        await response.write(b'{"choices": [{"index": 0, "mess')
        return await self._reset(request)

    async def _stall(self, request: web.Request, *_: Any) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async def _cut(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        return web.Response(body=json.dumps(self._record(request, body, prompt))[:-9], content_type="application/json")

    async def _two(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        record = self._record(request, body, prompt)
        return web.json_response({**record, "choices": record["choices"] * 2})

    async def _none(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        return web.json_response({**self._record(request, body, prompt), "choices": []})

    async def _refused(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        message = {"role": "assistant", "content": None, "refusal": "I will not."}
        return web.json_response({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    async def _repeats_key(self, request: web.Request, *_: Any) -> web.StreamResponse:
        message = {"role": "assistant", "content": f"you sent {request.headers.get('Authorization')}"}
        return web.json_response({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    async def _error_with_200(self, *_: Any) -> web.StreamResponse:
        return web.json_response({"error": {"message": "upstream is overloaded", "code": 503}})

    async def _drip(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        response = await self._begin(request, "application/json")
        content = json.dumps(self._record(request, body, prompt)).encode()
        for at in range(0, len(content), 40):
            await response.write(content[at : at + 40])
            await asyncio.sleep(0.001)
        return response

    async def _drip_forever(self, request: web.Request, *_: Any) -> web.StreamResponse:
        response = await self._begin(request, "application/json")
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.005)

    async def _cut_stream(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        response = await self._begin(request, "text/event-stream")
        events = self._events(request, body, prompt)
        for event in events[: len(events) // 2]:
            await response.write(event)
        return response

    async def _reset_stream(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        await self._cut_stream(request, body, prompt)
        return await self._reset(request)

    async def _endless(self, request: web.Request, *_: Any) -> web.StreamResponse:
        response = await self._begin(request, "text/event-stream")
        event = b'data: {"choices": [{"index": 0, "delta": {"content": "%s"}}]}\n\n' % (b"la " * 2000)
        while True:
            await response.write(event)

    async def _two_images(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        record = self._record(request, body, prompt)
        return web.json_response({**record, "data": record["data"] * 2})

    async def _address(self, *_: Any) -> web.StreamResponse:
        return web.json_response({"data": [{"url": "http://127.0.0.1:9/picture.png"}]})

    async def _data_address(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        return web.json_response({"data": [{"url": f"data:image/png;base64,{picture(body, prompt)}"}]})

    async def _blocked(self, *_: Any) -> web.StreamResponse:
        error = {"message": "Your request was rejected.", "code": "moderation_blocked"}
        return web.json_response({"error": {**error, "type": "image_generation_user_error"}}, status=400)

    async def _against_policy(self, *_: Any) -> web.StreamResponse:
        error = {"message": "This request has been blocked.", "code": "content_policy_violation"}
        return web.json_response({"error": error}, status=400)

    async def _plain_drawer(self, request: web.Request, body: dict[str, Any], prompt: str) -> web.StreamResponse:
        """Know neither response_format nor seed, as OpenAI's own server of newer models."""
        for name in ("response_format", "seed"):
            if name in body:
                return _error(400, f"Unknown parameter: '{name}'.")
        return await self._well(request, body, prompt)

    async def _no_image(self, *_: Any) -> web.StreamResponse:
        return web.json_response({"data": [{"b64_json": base64.b64encode(b"hello").decode()}]})

    async def _not_base64(self, *_: Any) -> web.StreamResponse:
        return web.json_response({"data": [{"b64_json": "%%%"}]})

    async def _empty(self, *_: Any) -> web.StreamResponse:
        return web.json_response({"data": [{"revised_prompt": "a cat"}]})

    async def _bomb(self, *_: Any) -> web.StreamResponse:
        head = struct.pack(">IIBBBBB", 1 << 15, 1 << 15, 8, 2, 0, 0, 0)
        chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
        png = b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 9) + b"IDAT" + b"x" * 9 + b"\0\0\0\0"
        return web.json_response({"data": [{"b64_json": base64.b64encode(png).decode()}]})

    async def _see_through(self, *_: Any) -> web.StreamResponse:
        from PIL import Image

        return web.json_response({"data": [{"b64_json": _png(Image.new("RGBA", (4, 4), (9, 9, 9, 9)))}]})

    async def _down(self, *_: Any) -> web.StreamResponse:
        task = asyncio.create_task(self._away())
        self._tasks.add(task)
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        raise asyncio.CancelledError


IMAGE_USAGE = {"input_tokens": 7, "output_tokens": 16, "total_tokens": 23}


def picture(body: dict[str, Any], prompt: str) -> str:
    """Return a picture in base64 that depends on the prompt, the seed and the size alone."""
    from PIL import Image

    width, height = map(int, body.get("size", "6x5").split("x"))
    digest = hashlib.sha256(f"{prompt} {body.get('seed', 0)}".encode()).digest()
    return _png(Image.frombytes("RGB", (width, height), (digest * (width * height))[: 3 * width * height]))


def _png(image: Any) -> str:
    content = io.BytesIO()
    image.save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "error"}}, status=status, headers=headers)


if __name__ == "__main__":
    with OpenAIServer(seconds=float(sys.argv[1])) as server:
        print(server.url, flush=True)
        sys.stdin.read()
