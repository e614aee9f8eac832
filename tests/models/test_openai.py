"""The backend of the OpenAI API: options, keys, what is sent and what is made of answers."""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evalsuite.errors import DependencyError, ModelError
from evalsuite.models import openai_client, openai_retries
from evalsuite.models.base import Model, StreamingModel
from evalsuite.models.openai_answers import MalformedError, StreamReader, error_message, read_answer
from evalsuite.models.openai_settings import Secret
from evalsuite.models.openai_wire import Dialect, request_body
from evalsuite.models.spec import open_model
from evalsuite.types import FINISH_REASONS, GenerationConfig, Message, Output, Request

pytest.importorskip("aiohttp")
from tests.servers.openai_server import OpenAIServer, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIG = GenerationConfig(max_new_tokens=6)
KEY = "sk-Very-Secret-0123456789abcdef"
LOCAL = "openai:tiny,base_url=http://127.0.0.1:9/v1"


@pytest.fixture(autouse=True)
def _quick_and_without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setattr(openai_retries, "BACKOFF_SECONDS", 0.002)


def request(i: int = 0, **changes: Any) -> Request:
    prompt = f"question {i}"
    values = {
        "sample_id": f"s{i}",
        "repeat": 0,
        "turn": 0,
        "prompt": prompt,
        "messages": (Message(role="user", content=prompt),),
        "seed": 3 * i,
    }
    return Request(**{**values, **changes})


def expected(one: Request, config: GenerationConfig = CONFIG) -> str:
    return reply({"seed": one.seed, "max_tokens": config.max_new_tokens}, one.prompt)[0]


def ask(fault: Any = None, *, n: int = 1, config: GenerationConfig = CONFIG, options: str = "", **server: Any) -> Any:
    """Return the outputs of `n` requests, and the server, which had `fault` each first time a request came."""
    with OpenAIServer(fault=lambda one: fault if one.attempt == 1 else None, **server) as running:
        model = open_model(f"openai:tiny,base_url={running.url}{options}")
        return list(model.generate([request(i) for i in range(n)], config)), running


def test_it_is_a_model_that_answers_one_by_one() -> None:
    model = open_model(LOCAL)
    assert isinstance(model, Model)
    assert isinstance(model, StreamingModel)
    assert (model.name, model.batch_size, model.batch_invariant) == ("tiny", 64, True)
    assert open_model("openai:org/m:8b,base_url=http://h/v1").name == "org/m:8b"


def test_a_fingerprint_is_of_server_model_and_api() -> None:
    prints = {
        spec: open_model(spec).fingerprint
        for spec in (
            LOCAL,
            "openai:other,base_url=http://127.0.0.1:9/v1",
            "openai:tiny,base_url=http://127.0.0.1:8/v1",
            f"{LOCAL},api=completions",
        )
    }
    assert len(set(prints.values())) == 4
    same = "openai:tiny,base_url=http://127.0.0.1:9/v1/,concurrency=3,timeout=9,stream=false,max_retries=0"
    assert open_model(same).fingerprint == prints[LOCAL]
    # It must not change with a release, or runs would begin anew.
    assert prints[LOCAL] == "e8ef9fa136719b65f1ce8c3facceac07738f1b05f55f60d8c8135b5313e3775d"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("base_url=localhost:8000", "is no address"),
        ("base_url=ftp://h/v1", "is no address"),
        ("base_url=http://", "is no address"),
        ("base_url=http://h:99999/v1", "is no address"),
        ("base_url=http://h/v1?key=abc", 'must have no "\\?"'),
        ("base_url=http://h/v 1", "is no address"),
        ("timeout=0", "must be above 0"),
        ("timeout=soon", "must be a number"),
        ("max_retries=-1", "whole number of at least 0"),
        ("concurrency=0", "whole number of at least 1"),
        ("api=responses", "must be one of chat, completions"),
        ("stream=yes", "must be one of auto, true, false"),
        ("basurl=x", 'unknown option "basurl"; did you mean "base_url"'),
    ],
)
def test_options_that_are_wrong(option: str, message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        open_model(f"openai:tiny,{option}")
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize(
    "option", [f"api_key={KEY}", f"base_url=https://me:{KEY}@h/v1", f"base_url=https://{KEY}@h/v1", f"token={KEY}"]
)
def test_a_key_in_the_spec_is_refused(option: str) -> None:
    with pytest.raises(ModelError, match="environment") as caught:
        open_model(f"openai:tiny,{option}")
    assert KEY not in str(caught.value)


def test_addresses_with_a_password_are_refused_without_a_spec_too() -> None:
    from evalsuite.models.openai import open_model as open_directly

    with pytest.raises(ModelError, match="user or password") as caught:
        open_directly("tiny", {"base_url": f"http://me:{KEY}@h/v1"})
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "variable", "value", "message"),
    [
        ("openai:tiny", "OPENAI_API_KEY", "", "there is no key: the environment variable OPENAI_API_KEY is not set"),
        (f"openai:tiny,key_env={KEY},base_url=http://h/v1", "X", "", 'that the option "key_env" names is not set'),
        (LOCAL, "OPENAI_API_KEY", f"{KEY}\x07", "characters that cannot be sent"),
        (LOCAL, "OPENAI_API_KEY", f"{KEY}é", "characters that cannot be sent"),
        (f"openai:tiny,base_url=http://h/{KEY}", "OPENAI_API_KEY", KEY, "the spec holds the key"),
    ],
)
def test_keys_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, spec: str, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    model = open_model(spec)
    for ask_it in (lambda: model.load(), lambda: model.generate([request()], CONFIG)):  # type: ignore[attr-defined]
        with pytest.raises(ModelError, match=message) as caught:
            ask_it()
        assert KEY not in str(caught.value)


def test_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.setattr("evalsuite.models.openai.find_spec", lambda name: None)
    with pytest.raises(DependencyError, match=r'pip install "evalsuite\[openai\]"'):
        open_model(LOCAL)


def test_no_server() -> None:
    with pytest.raises(ModelError, match=r"no server answers at http://127.0.0.1:9/v1: Connection refused.*base_url"):
        open_model(LOCAL).load()  # type: ignore[attr-defined]


@pytest.mark.parametrize("api", ["chat", "completions"])
@pytest.mark.parametrize("stream", ["auto", "true", "false"])
def test_requests_and_answers(monkeypatch: pytest.MonkeyPatch, api: str, stream: str) -> None:
    monkeypatch.setenv("OTHER_KEY", f" {KEY}\n")
    config = GenerationConfig(max_new_tokens=40, temperature=0.5, top_p=0.9, stop=("", "zz", "yy"))
    outputs, server = ask(config=config, options=f",api={api},stream={stream},key_env=OTHER_KEY")
    (asked,) = server.asked
    assert outputs[0].text == expected(request(), config)
    assert (outputs[0].finish_reason, outputs[0].tokens_in, outputs[0].tokens_out) == ("stop", 2, 30)
    assert 0 < outputs[0].seconds < 60
    assert (outputs[0].first_token_seconds is None) == (stream == "false")
    assert outputs[0].first_token_seconds is None or 0 < outputs[0].first_token_seconds <= outputs[0].seconds
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    body = dict(asked.body)
    assert body.pop("messages", None) == ([{"role": "user", "content": "question 0"}] if api == "chat" else None)
    assert body.pop("prompt", None) == (None if api == "chat" else "question 0")
    assert body.pop("stream", False) == (stream != "false")
    assert body.pop("stream_options", None) == (None if stream == "false" else {"include_usage": True})
    assert body == {
        "model": "tiny",
        "max_tokens": 40,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop": ["zz", "yy"],
        "seed": 0,
    }


def test_no_key_is_sent_where_there_is_none() -> None:
    _, server = ask()
    assert "Authorization" not in server.asked[0].headers


def sent(config: GenerationConfig = CONFIG, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(
        request_body(request(**changes), config, model="tiny", api="chat", dialect=Dialect(stream=False))
    )
    return body


def test_a_conversation_is_sent_turn_by_turn() -> None:
    said = (
        Message(role="system", content="be brief"),
        Message(role="user", content="a\ud800"),
        Message(role="assistant", content="b"),
        Message(role="user", content="c"),
    )
    messages = sent(messages=said)["messages"]
    assert [(one["role"], one["content"]) for one in messages] == [(one.role, one.content) for one in said]


def test_seeds_are_31_bits() -> None:
    rng = random.Random(0)
    folded = [sent(seed=rng.getrandbits(64))["seed"] for _ in range(1000)]
    assert all(0 <= seed < 1 << 31 for seed in folded)
    assert len(set(folded)) == 1000
    assert sent(seed=5)["seed"] == 5
    assert sent(seed=(1 << 64) - 1)["seed"] == 3  # ones, ones shifted, and the two bits beyond


def test_greedy_asks_for_temperature_0_and_for_nothing_that_was_not_set() -> None:
    assert set(sent()) == {"model", "messages", "max_tokens", "temperature", "seed"}
    assert sent()["temperature"] == 0
    assert sent(GenerationConfig(top_k=7))["top_k"] == 7


def test_more_stop_strings_than_the_api_takes() -> None:
    config = GenerationConfig(max_new_tokens=9, stop=tuple("abcdefg"))
    assert sent(config)["stop"] == ["a", "b", "c", "d"]
    assert answered("xyzgx", "length", config=config) == Output(text="xyz")


def record(choice: Any, **more: Any) -> bytes:
    return json.dumps({"choices": [choice], **more}).encode()


def answered(content: Any, reason: Any, *, config: GenerationConfig = CONFIG, usage: Any = None, **more: Any) -> Output:
    choice = {"message": {"content": content, **more}, "finish_reason": reason}
    return read_answer(record(choice, usage=usage), "chat", config)


@pytest.mark.parametrize(
    ("content", "reason", "expected"),
    [
        ("a", "stop", Output(text="a")),
        ("a", None, Output(text="a")),
        ("a", "eos_token", Output(text="a")),
        ("a", "length", Output(text="a", finish_reason="length")),
        (None, "length", Output(text="", finish_reason="length")),
        (None, "stop", Output(text="")),
        ("a", "content_filter", Output(text="a", finish_reason="refused")),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "stop", Output(text="ab")),
        ("\ud800", "stop", Output(text="\ud800")),
    ],
)
def test_finish_reasons_and_contents(content: Any, reason: Any, expected: Output) -> None:
    assert answered(content, reason) == expected


def test_a_refusal() -> None:
    assert answered(None, "stop", refusal="no") == Output(text="no", finish_reason="refused")
    assert answered("a", "stop", refusal=None) == Output(text="a")


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 4}, (3, 4)),
        ({"prompt_tokens": -3, "completion_tokens": 4.5}, (None, None)),
        ({"prompt_tokens": True, "completion_tokens": 1 << 70}, (None, None)),
        ("many", (None, None)),
    ],
)
def test_usage(usage: Any, counts: tuple[int | None, int | None]) -> None:
    output = answered("a", "stop", usage=usage)
    assert (output.tokens_in, output.tokens_out) == counts


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


@pytest.mark.parametrize("value", ["0", "1.5"])
def test_retry_after_seconds(value: str) -> None:
    assert openai_retries.retry_after(value) == float(value)


def test_retry_after_a_date() -> None:
    later, before = (datetime.now(UTC) + timedelta(hours=hours) for hours in (1, -1))
    assert openai_retries.retry_after(format_datetime(before, usegmt=True)) == 0.0
    for date in (format_datetime(later, usegmt=True), later.strftime("%a, %d %b %Y %H:%M:%S -0000")):
        seconds = openai_retries.retry_after(date)
        assert seconds is not None
        assert 1800 < seconds <= 3600


@pytest.mark.parametrize("value", [None, "", "-1", "nan", "inf", "soon", "Thu, 99 Jan 2026 00:00:00 GMT"])
def test_retry_after_that_asks_nothing(value: str | None) -> None:
    assert openai_retries.retry_after(value) is None


def test_waits_double_up_to_a_bound_and_are_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(openai_retries, "BACKOFF_SECONDS", 0.5)
    monkeypatch.setattr(openai_retries.random, "uniform", lambda low, high: low + high)
    monkeypatch.setattr(openai_retries.asyncio, "sleep", sleep)

    async def fail() -> None:
        retries = openai_retries.Retries(10)
        while await retries.wait(openai_retries.TransientError("x")):
            pass
        await openai_retries.Retries(1).wait(openai_retries.TransientError("x", wait=7.0))

    asyncio.run(fail())
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 7.5]


@pytest.mark.parametrize(
    "fault", ["busy", "broken", "unavailable", "reset", "cut", "two", "none", "error_with_200", "drip"]
)
def test_what_is_over_the_next_time_leaves_no_trace(fault: str) -> None:
    outputs, server = ask(fault, n=3)
    assert [one.text for one in outputs] == [expected(request(i)) for i in range(3)]
    assert len(server.asked) == (3 if fault == "drip" else 6)


def test_a_date_to_come_back_at_is_kept() -> None:
    outputs, server = ask("busy_until")
    assert outputs[0].text == expected(request())
    assert len(server.asked) == 2


def fail_always(fault: str, options: str = ",max_retries=2", **server: Any) -> tuple[Output, int]:
    with OpenAIServer(fault=lambda one: fault, **server) as running:
        model = open_model(f"openai:tiny,base_url={running.url}{options}")
        (output,) = model.generate([request()], CONFIG)
        return output, len(running.asked)


@pytest.mark.parametrize(
    ("fault", "options", "attempts", "error"),
    [
        (
            "broken",
            ",max_retries=2",
            3,
            "gave up after 3 attempts, the last: the server answers 500: some.* broke here",
        ),
        ("broken", ",max_retries=0", 1, "gave up after 1 attempt, the last: the server answers 500"),
        ("reset", ",max_retries=1", 2, "gave up after 2 attempts, the last: ServerDisconnectedError"),
        ("two", ",max_retries=1", 2, "the answer must have one choice, it has 2"),
        ("none", ",max_retries=1,stream=false", 2, "the answer must have one choice, it has 0"),
        ("cut_stream", ",max_retries=1", 2, "the stream ended before the answer did"),
        ("busy_for_long", "", 1, "the server answers 429: slow down; it asks to wait for 1000000 s"),
        ("stall", ",timeout=0.2", 1, r"no answer within 0.2 s \(option timeout\)"),
        ("drip_forever", ",timeout=0.2", 1, "no answer within 0.2 s"),
        ("too_long", "", 1, r"the server refuses the request \(400\): maximum context length is 8 tokens,"),
    ],
)
def test_what_does_not_end_is_an_error_of_the_sample(fault: str, options: str, attempts: int, error: str) -> None:
    output, asked = fail_always(fault, options)
    assert (output.finish_reason, output.text, asked) == ("error", None, attempts)
    assert output.error is not None
    assert re.search(error, output.error)
    assert output.error.isprintable()
    assert len(output.error) <= 503


def test_the_deadline_is_for_all_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_retries, "BACKOFF_SECONDS", 0.01)
    output, asked = fail_always("broken", ",max_retries=1000,timeout=0.3")
    assert output.error is not None
    assert output.error.startswith("no answer within 0.3 s (option timeout); ")
    assert "the last: the server answers 500" in output.error
    assert asked > 1


def test_answers_without_end_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_client, "MOST_BYTES", 1 << 20)
    output, asked = fail_always("endless")
    assert output.error == "the answer is longer than 1 MiB"
    assert asked == 1


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("denied", r"answers 401 to the key in the environment variable OPENAI_API_KEY: Incorrect .* \[key removed\]$"),
        ("forbidden", "answers 403 to the key in the environment variable OPENAI_API_KEY: not for"),
        ("unknown", r'http://.*/v1/chat/completions answers 404, so it does not know the model "tiny"'),
        ("moved", r"redirects to http://127.0.0.1:9/v1/chat/completions \(307\); give that as base_url"),
    ],
)
def test_what_concerns_every_request_stops(monkeypatch: pytest.MonkeyPatch, fault: str, message: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(ModelError, match=message) as caught:
        ask(fault, n=100)
    assert KEY not in str(caught.value)


def test_a_server_without_a_key_it_wants() -> None:
    with pytest.raises(ModelError, match=r"answers 401 to no key \(OPENAI_API_KEY is empty\)"):
        ask("denied")


def test_a_text_that_repeats_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    outputs, _ = ask("repeats_key")
    assert outputs[0].text == "you sent Bearer [key removed]"


@pytest.mark.parametrize("stream", ["auto", "false"])
def test_servers_that_call_the_budget_otherwise(stream: str) -> None:
    with OpenAIServer(fault=lambda one: "other_budget") as running:
        model = open_model(f"openai:tiny,base_url={running.url},stream={stream},concurrency=2")
        outputs = model.generate([request(i) for i in range(20)], CONFIG)
    assert [one.text for one in outputs] == [expected(request(i)) for i in range(20)]
    assert len(running.asked) <= 22  # once it is known, nobody asks the wrong way
    assert running.asked[-1].body["max_completion_tokens"] == 6


def ways(server: OpenAIServer) -> list[tuple[bool | None, bool]]:
    return [(one.body.get("stream"), "stream_options" in one.body) for one in server.asked]


def test_servers_that_cannot_stream() -> None:
    with OpenAIServer(fault=lambda one: "no_stream") as running:
        (output,) = open_model(f"openai:tiny,base_url={running.url}").generate([request()], CONFIG)
        assert output.text == expected(request())
        assert ways(running) == [(True, True), (None, False)]  # which keeps the counts of tokens
        running.asked.clear()
        (output,) = open_model(f"openai:tiny,base_url={running.url},stream=true").generate([request()], CONFIG)
        assert output.error == "the server refuses the request (422): stream is not supported"
        assert ways(running) == [(True, True), (True, False)]


def test_no_more_at_a_time_than_asked_for() -> None:
    outputs, server = ask(n=50, options=",concurrency=5", seconds=0.01)
    assert server.most_in_flight == 5
    assert [one.text for one in outputs] == [expected(request(i)) for i in range(50)]


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert ask()[0][0].text == expected(request())
    assert openai_client._proxy("http://elsewhere/v1") == "http://127.0.0.1:9"
