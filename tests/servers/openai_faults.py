"""The ways in which servers of the OpenAI API fail to answer."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from tests.servers.openai_answering import Answering
from tests.servers.openai_answers import as_png, echo, picture


class Faulty(Answering):
    """Answers with a fault: a method `_NAME` for each, of a server that can be `_away`."""

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

        return web.json_response({"data": [{"b64_json": as_png(Image.new("RGBA", (4, 4), (9, 9, 9, 9)))}]})

    async def _down(self, *_: Any) -> web.StreamResponse:
        task = asyncio.create_task(self._away())
        self._tasks.add(task)
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        raise asyncio.CancelledError


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "error"}}, status=status, headers=headers)
