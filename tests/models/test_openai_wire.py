"""What is sent to a server of the OpenAI API, and what is made of its answers, whole."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from evalsuite.models.openai_answers import read_answer
from evalsuite.models.openai_wire import Dialect, request_body
from evalsuite.types import GenerationConfig, Message, Output

pytest.importorskip("aiohttp")
from tests.models.openai_asking import CONFIG, request


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
