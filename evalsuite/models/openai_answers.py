"""The answers of servers that speak the OpenAI API: in one piece, or in pieces."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Any

from evalsuite.models.adapt import to_output
from evalsuite.types import Output

if TYPE_CHECKING:
    from evalsuite.models.openai_wire import Api
    from evalsuite.types import FinishReason, GenerationConfig

__all__ = ["MalformedError", "StreamReader", "error_message", "read_answer", "read_record"]

_LARGEST_COUNT = 1 << 62
_LONGEST_EVENT = 4 << 20
_LEAST = -sys.float_info.max  # JSON has integers that no float holds
_ROUNDING = 1e-3  # a probability of 1 may come as one a little above
_REASONS: dict[str, FinishReason] = {"length": "length", "content_filter": "refused"}


class MalformedError(Exception):
    """An answer that is no answer: cut off, not JSON, or without exactly one choice. Worth asking again."""


def read_answer(content: bytes, api: Api, config: GenerationConfig) -> Output:
    """Return the output of an answer that came in one piece.

    Raises
    ------
    MalformedError
        If it is not what the API says.
    """
    record = read_record(content)
    reader = _Reader(api, config)
    reader.add_choice(_only_choice(record), "message")
    reader.add_usage(record.get("usage"))
    return reader.output()


class StreamReader:
    """Puts together an answer that comes as server-sent events, one JSON object a line of ``data:``.

    Parameters
    ----------
    api : {"chat", "completions"}
    config : GenerationConfig
    """

    def __init__(self, api: Api, config: GenerationConfig) -> None:
        self._reader = _Reader(api, config)
        self._rest = b""
        self.ended = False

    @property
    def began(self) -> bool:
        """Whether the first token has come, of the text or of the thoughts before it."""
        return self._reader.began

    def feed(self, content: bytes) -> None:
        """Read on.

        Raises
        ------
        MalformedError
            If an event is not what the API says.
        """
        *lines, self._rest = (self._rest + content).split(b"\n")
        if len(self._rest) > _LONGEST_EVENT:
            raise MalformedError(f"an event of the stream is longer than {_LONGEST_EVENT >> 20} MiB")
        for line in lines:
            self._read(line)

    def output(self) -> Output:
        """Return the output, at the end of the stream.

        Raises
        ------
        MalformedError
            If the stream ended before the answer did.
        """
        self._read(self._rest)
        if not self.ended and self._reader.reason is None:
            raise MalformedError("the stream ended before the answer did")
        return self._reader.output()

    def _read(self, line: bytes) -> None:
        if self.ended or not line.startswith(b"data:"):
            return
        data = line[len(b"data:") :].strip()
        if data == b"[DONE]":
            self.ended = True
            return
        record = read_record(data)
        if record.get("choices") != []:  # as of events that have the usage, or a filter's verdict, and no text
            self._reader.add_choice(_only_choice(record), "delta")
        self._reader.add_usage(record.get("usage"))


class _Reader:
    def __init__(self, api: Api, config: GenerationConfig) -> None:
        self._api = api
        self._config = config
        self._text: list[str] = []
        self._refusal: list[str] = []
        self._tokens: tuple[int | None, int | None] = (None, None)
        self._logprobs: list[float] | None = []
        self.reason: str | None = None
        self.began = False

    def add_choice(self, choice: dict[str, Any], part: str) -> None:
        message = choice.get(part) if self._api == "chat" else {"content": choice.get("text")}
        message = {} if message is None and part == "delta" else message
        if not isinstance(message, dict):
            raise MalformedError(f"the choice has no {part}")
        text, refusal = _text(message.get("content")), _text(message.get("refusal"))
        self._text.append(text)
        self._refusal.append(refusal)
        self.began = self.began or bool(text or refusal or _thoughts(message))
        self._add_logprobs(choice.get("logprobs"), is_empty=not text)
        if _thoughts(message):  # a server may tell of their tokens as if they were the answer's
            self._logprobs = None
        reason = choice.get("finish_reason")
        if reason is not None:
            if reason in ("abort", "error"):  # as vLLM and OpenRouter call an answer that they gave up
                raise MalformedError(f'the server gave the answer up (finish_reason "{reason}")')
            self.reason = str(reason)

    def _add_logprobs(self, told: object, *, is_empty: bool) -> None:
        """Keep the log-probabilities of a choice's tokens; none where one is wrong, or a part of the text has none."""
        values = told.get("content" if self._api == "chat" else "token_logprobs") if isinstance(told, dict) else None
        if self._api == "chat" and isinstance(values, list):
            values = [one.get("logprob") if isinstance(one, dict) else None for one in values]
        if not values and is_empty:
            return
        if self._logprobs is not None and values and isinstance(values, list) and all(map(_is_logprob, values)):
            self._logprobs += [min(float(value), 0.0) for value in values]
        else:
            self._logprobs = None

    def add_usage(self, usage: object) -> None:
        if isinstance(usage, dict):
            self._tokens = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))

    def output(self) -> Output:
        text, refusal = "".join(self._text), "".join(self._refusal)
        cut = to_output(text, self._config).text or ""
        reason: FinishReason = _REASONS.get(self.reason or "", "stop")
        if refusal:
            reason = "refused"
        elif reason == "length" and len(cut) < len(text):
            reason = "stop"
        tokens_in, tokens_out = self._tokens
        return Output(
            text=cut or refusal,
            finish_reason=reason,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            # Of a text that was cut here, which tokens are left is not known.
            token_logprobs=tuple(self._logprobs or ()) if len(cut) == len(text) and not refusal else (),
        )


def error_message(content: bytes) -> tuple[str, str]:
    """Return what a server says is wrong, and its code for it (empty where it has none)."""
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        return content.decode("utf-8", "replace"), ""
    return _complaint(record)


def _complaint(record: object) -> tuple[str, str]:
    if not isinstance(record, dict):
        return _shown(record), ""
    error = next((record[key] for key in ("error", "message", "detail") if record.get(key)), record)
    if isinstance(error, dict):
        code = error.get("code")
        return _shown(error.get("message") or error), "" if code is None else str(code)
    return _shown(error), ""


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def read_record(content: bytes) -> dict[str, Any]:
    """Return an answer, or an event of a stream, as the JSON object it is.

    Raises
    ------
    MalformedError
        If it is none, or an error.
    """
    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the answer is not JSON, or cut off: {type(error).__name__}") from error
    if not isinstance(record, dict):
        raise MalformedError("the answer is not a JSON object")
    if record.get("error"):
        raise MalformedError(f"the server says: {_complaint(record)[0]}")
    return record


def _only_choice(record: dict[str, Any]) -> dict[str, Any]:
    choices = record.get("choices")
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], dict):
        found = len(choices) if isinstance(choices, list) else "no list of"
        raise MalformedError(f"the answer must have one choice, it has {found}")
    choice: dict[str, Any] = choices[0]
    return choice


def _text(content: object) -> str:
    """Return a message's content, which may be text or a list of parts, some of them text."""
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    raise MalformedError(f"the content is {type(content).__name__}, expected text")


def _is_logprob(value: object) -> bool:
    return type(value) in (int, float) and (_LEAST <= value <= _ROUNDING or value == -math.inf)  # type: ignore[operator]


def _thoughts(message: dict[str, Any]) -> bool:
    return any(isinstance(message.get(key), str) and message[key] for key in ("reasoning_content", "reasoning"))


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < _LARGEST_COUNT else None
