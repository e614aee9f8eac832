"""Answers as the OpenAI API has them: whole, as a stream, or as a picture."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.servers.openai_answers import IMAGE_USAGE, echo, picture, reply


class Answering:
    """Answers well."""

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

    async def _begin(self, request: web.Request, kind: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        return response
