"""Whatever servers of the OpenAI API say is an answer or malformed, in one piece or as a stream."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evalsuite.models.openai_answers import MalformedError, StreamReader, error_message, read_answer
from evalsuite.models.openai_settings import Secret
from evalsuite.types import FINISH_REASONS, Output

pytest.importorskip("aiohttp")
from tests.models.openai_asking import CONFIG, KEY

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b'{"n": ' + b"1" * 5000 + b"}",
        b'{"choices": {}}',
        b'{"choices": []}',
        b'{"choices": [3]}',
        b'{"choices": [{}, {}]}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": 3}]}',
        b'{"choices": [{"message": {"content": 3}}]}',
        b'{"choices": [{"message": {"content": "a"}, "finish_reason": "abort"}]}',
        b'{"error": {"message": "overloaded"}}',
    ],
)
def test_answers_that_are_none(content: bytes) -> None:
    with pytest.raises(MalformedError):
        read_answer(content, "chat", CONFIG)
    reader = StreamReader("chat", CONFIG)
    with pytest.raises(MalformedError):
        _read_all(reader, b"data: " + content.replace(b"message", b"delta") + b"\n\n")


NAMES = st.sampled_from(
    ["choices", "message", "delta", "content", "text", "refusal", "finish_reason", "usage", "error", "code", "detail"]
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(["stop", "abort"])
)
RECORDS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


@given(record=RECORDS, api=st.sampled_from(["chat", "completions"]))
@example(record={"choices": [{"message": {"content": [{"text": ["a"]}]}, "finish_reason": ["x"]}]}, api="chat")
def test_whatever_a_server_says_is_an_answer_or_malformed(record: Any, api: Any) -> None:
    content = json.dumps(record).encode()
    message, code = error_message(content)
    assert isinstance(message, str)
    assert isinstance(code, str)
    reader = StreamReader(api, CONFIG)
    wrapped = json.dumps({"choices": [record]}).encode()
    for read in (
        lambda: read_answer(content, api, CONFIG),
        lambda: read_answer(wrapped, api, CONFIG),
        lambda: _read_all(reader, b"data: " + content + b"\n\ndata: " + wrapped + b"\n\n"),
    ):
        with suppress(MalformedError):
            output = read()
            assert isinstance(output.text, str)
            assert output.finish_reason in FINISH_REASONS


def _read_all(reader: StreamReader, *pieces: bytes) -> Output:
    for piece in pieces:
        reader.feed(piece)
    return reader.output()


def stream_of(*deltas: Any, reason: str | None = "stop", usage: Any = None, done: bool = True) -> bytes:
    events: list[Any] = [{"choices": [{"delta": delta, "finish_reason": None}]} for delta in deltas]
    events += [{"choices": [{"delta": {}, "finish_reason": reason}]}, {"choices": [], "usage": usage}]
    lines = [f"data: {json.dumps(event)}" for event in events] + ["data: [DONE]"] * done
    return ("\ufeff: hello\nevent: message\n" + "\n\n".join(lines) + "\n\n").encode()


def streamed(content: bytes, cuts: Sequence[int] = ()) -> Output:
    reader = StreamReader("chat", CONFIG)
    ends = [*sorted(cuts), len(content)]
    for start, end in zip([0, *ends], ends, strict=False):
        reader.feed(content[start:end])
    return reader.output()


def test_a_stream_reads_the_same_however_it_is_cut() -> None:
    content = stream_of({"content": "é"}, {"content": None}, {"content": "b "}, {}, usage={"completion_tokens": 2})
    rng = random.Random(1)
    for form in (content, content.replace(b"\n", b"\r\n"), content.replace(b"data: ", b"data:"), content[:-1]):
        whole = streamed(form)
        assert whole == Output(text="éb ", tokens_out=2)
        for _ in range(30):
            assert streamed(form, rng.sample(range(len(form)), 5)) == whole
    assert streamed(stream_of({"refusal": "n"}, {"refusal": "o"})) == Output(text="no", finish_reason="refused")
    assert streamed(stream_of({"content": "a"}, reason="length", done=False)) == Output(
        text="a", finish_reason="length"
    )


def test_a_stream_that_is_cut_is_no_answer() -> None:
    content = stream_of({"content": "a"}, {"content": "b"})
    last = content.index(b'"stop"')
    for end in range(last + 5):
        with pytest.raises(MalformedError):
            streamed(content[:end])


def test_the_first_token_may_be_a_thought() -> None:
    reader = StreamReader("chat", CONFIG)
    reader.feed(b'data: {"choices": [{"delta": {"role": "assistant", "content": ""}}]}\n\n')
    assert not reader.began
    reader.feed(b'data: {"choices": [{"delta": {"reasoning_content": "hm"}}]}\n\n')
    assert reader.began


def test_an_event_without_end() -> None:
    reader = StreamReader("chat", CONFIG)
    with pytest.raises(MalformedError, match="longer than 4 MiB"):
        _read_all(reader, *[b"x" * (1 << 16)] * 100)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"error": {"message": "m", "code": "c"}}', ("m", "c")),
        (b'{"error": {"message": "m", "code": null}}', ("m", "")),
        (b'{"error": "m"}', ("m", "")),
        (b'{"message": "m"}', ("m", "")),
        (b'{"detail": [{"loc": 1}]}', ('[{"loc": 1}]', "")),
        (b"<html>", ("<html>", "")),
        (b"\xff", ("\ufffd", "")),
        (b"3", ("3", "")),
    ],
)
def test_what_servers_say_is_wrong(content: bytes, expected: tuple[str, str]) -> None:
    assert error_message(content) == expected


def test_messages_are_cleaned() -> None:
    secret = Secret(KEY)
    assert secret.clean(f"a\x1b[31m {KEY[:4]}\x00{KEY[4:]}\n\tb http://me:pass@h/ \u202e") == (
        "a[31m [key removed] b http://...@h/"
    )
    assert len(secret.clean("x" * 10_000)) == 503
    assert KEY[:10] not in secret.clean("x" * 490 + KEY)
    assert KEY not in repr(secret)
    assert Secret("").clean("a") == "a"
    assert secret.remove(f"a {KEY}") == "a [key removed]"
    assert Secret("EMPTY").remove("EMPTY") == "EMPTY"
