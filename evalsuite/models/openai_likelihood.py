"""Log-probabilities of given texts from a server that repeats a prompt with them: the API's ``echo``."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalsuite.models.openai_answers import MalformedError, read_record
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Request

__all__ = ["EchoError", "echo_body", "read_echo"]

_NO_ECHO = (
    "the server does not repeat the text it was given, with log-probabilities (the API's echo and logprobs), so that "
    "it cannot be asked how likely a text is; vLLM's can"
)


class EchoError(Exception):
    """An answer from which the log-probabilities of what was sent cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Echo:
    """A text as the server repeats it: each token's log-probability, if it has one, and whether it is the likeliest."""

    logprobs: tuple[float | None, ...]
    likeliest: tuple[bool, ...]


def echo_body(request: Request, model: str) -> bytes:
    """Return the body of a request that sends the prompt alone, and with each choice, to be repeated as they are."""
    body = {
        "model": model,
        "prompt": _texts(request),
        "max_tokens": 0,
        "temperature": 0.0,
        "echo": True,
        "logprobs": 1,
    }
    return json.dumps(body, allow_nan=False).encode("ascii")


def read_echo(content: bytes, request: Request) -> Output:
    """Return the output of a request from the server's answer to `echo_body`.

    Notes
    -----
    A choice's tokens are those of prompt and choice together beyond as many as the prompt has alone, as of
    `evalsuite.likelihood.encode_pair`.

    Raises
    ------
    MalformedError
        If the answer is none; asking again may help.
    EchoError
        If it says nothing of the texts that were sent.
    """
    record = read_record(content)
    texts = _texts(request)
    found = record.get("choices")
    if not isinstance(found, list) or len(found) != len(texts):
        n = len(found) if isinstance(found, list) else "no list of"
        raise MalformedError(f"the answer must have a choice for each of {len(texts)} texts, it has {n}")
    if not all(isinstance(one, dict) for one in found):
        raise MalformedError("a choice of the answer is not a JSON object")
    if all(type(one.get("index")) is int for one in found):
        found = sorted(found, key=lambda one: one["index"])
    echoes = [_read(one, text) for one, text in zip(found, texts, strict=True)]
    usage = record.get("usage")
    n_tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    given = sum(len(echo.logprobs) for echo in echoes)
    if type(n_tokens) is int and n_tokens != given:
        raise EchoError(f"the server counts {n_tokens} tokens in the texts, and gives log-probabilities of {given}")
    n_context = len(echoes[0].logprobs) if len(texts) > len(request.choices) else 0
    return _output(echoes[len(texts) - len(request.choices) :], n_context)


def _texts(request: Request) -> list[str]:
    """Return what is sent: the prompt, where it is not empty, and the prompt with each choice."""
    kept = request.prompt.rstrip()
    return [*([kept] if kept else []), *(request.prompt + choice for choice in request.choices)]


def _read(choice: dict[str, Any], text: str) -> _Echo:
    told = choice.get("logprobs")
    if choice.get("text") != text or not isinstance(told, dict):
        raise EchoError(_NO_ECHO)
    logprobs, tops = told.get("token_logprobs"), told.get("top_logprobs")
    if not isinstance(logprobs, list) or not isinstance(tops, list) or len(logprobs) != len(tops):
        raise EchoError(_NO_ECHO)
    values: list[float | None] = []
    likeliest: list[bool] = []
    for value, top in zip(logprobs, tops, strict=True):
        known = type(value) in (int, float) and not math.isnan(value)
        rivals = [one for one in top.values() if type(one) in (int, float)] if isinstance(top, dict) else []
        values.append(float(value) if known else None)
        likeliest.append(known and bool(rivals) and value >= max(rivals))
    return _Echo(logprobs=tuple(values), likeliest=tuple(likeliest))


def _output(echoes: Sequence[_Echo], n_context: int) -> Output:
    for i, echo in enumerate(echoes, 1):
        added = echo.logprobs[n_context:]
        if not added:
            raise EchoError(f"choice {i} adds no tokens to what stands before it: there is nothing to rate")
        if None in added:
            raise EchoError(
                f"the server gives no log-probability of a token of choice {i}"
                + ("; it has none of a text's first token, and the prompt is empty" if n_context == 0 else "")
            )
    return Output(
        logprobs=tuple(math.fsum(value or 0.0 for value in echo.logprobs[n_context:]) for echo in echoes),
        choice_tokens=tuple(len(echo.logprobs) - n_context for echo in echoes),
        greedy=tuple(all(echo.likeliest[n_context:]) for echo in echoes),
        tokens_in=n_context,
    )
