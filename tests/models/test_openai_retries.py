"""Servers of the OpenAI API with faults: what is asked again, how long, and what ends it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.errors import ModelError
from evalsuite.models import openai_client, openai_retries
from evalsuite.models.spec import open_model

pytest.importorskip("aiohttp")
from tests.models.openai_asking import CONFIG, KEY, ask, expected, request
from tests.servers.openai_server import OpenAIServer

if TYPE_CHECKING:
    from evalsuite.types import Output

pytestmark = pytest.mark.usefixtures("quick_without_key")


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
