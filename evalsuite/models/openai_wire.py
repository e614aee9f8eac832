"""The requests of the OpenAI API as bytes, and what servers that speak it differ in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from evalsuite.types import GenerationConfig, Request

__all__ = ["Api", "Dialect", "fold_seed", "request_body"]

Api = Literal["chat", "completions", "images"]

_MOST_STOPS = 4  # the API allows no more; the text is cut at the others when it is here


@dataclass(frozen=True, slots=True)
class Dialect:
    """What servers that speak the API differ in; found out from what they refuse.

    Parameters
    ----------
    stream : bool
        Ask for the text piece by piece.
    usage : bool
        Ask for counts of tokens at the end of a stream.
    completion_tokens : bool
        Call the budget ``max_completion_tokens``.
    """

    stream: bool
    usage: bool = True
    completion_tokens: bool = False

    def adapted(self, complaint: str, *, may_stop_streaming: bool) -> Dialect:
        """Return the dialect to try after a refusal; the same one where the complaint is about something else."""
        if "max_completion_tokens" in complaint and not self.completion_tokens:
            return replace(self, completion_tokens=True)
        if self.stream and may_stop_streaming and "stream" in complaint:
            return replace(self, stream=False)
        if self.stream and self.usage and "stream_options" in complaint:
            return replace(self, usage=False)
        return self


def request_body(
    request: Request, config: GenerationConfig, *, model: str, api: Api, dialect: Dialect, logprobs: bool = False
) -> bytes:
    """Return the body of a request as ASCII JSON."""
    body: dict[str, Any] = {"model": model}
    if api == "chat":
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        body["messages"] = messages or [{"role": "user", "content": request.prompt}]
    else:
        body["prompt"] = request.prompt
    body["max_completion_tokens" if dialect.completion_tokens else "max_tokens"] = config.max_new_tokens
    body["temperature"] = config.temperature
    settings = {"top_p": config.top_p, "top_k": config.top_k, "stop": [text for text in config.stop if text]}
    settings["stop"] = settings["stop"][:_MOST_STOPS] or None  # type: ignore[index]
    body.update((name, value) for name, value in settings.items() if value is not None)
    if logprobs:
        body["logprobs"] = True if api == "chat" else 1
    body["seed"] = fold_seed(request.seed)
    if dialect.stream:
        body["stream"] = True
        if dialect.usage:
            body["stream_options"] = {"include_usage": True}
    return json.dumps(body, allow_nan=False).encode("ascii")


def fold_seed(seed: int) -> int:
    """Fold 64 bits to 31: servers take a signed 32-bit integer."""
    return (seed ^ seed >> 31 ^ seed >> 62) & 0x7FFFFFFF
