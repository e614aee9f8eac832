"""Log-probabilities of choices from a server that repeats what it is sent, and from servers that do not."""

from __future__ import annotations

import math
from typing import Any

import pytest

from evalsuite.errors import ModelError, UsageError
from evalsuite.evaluation import plan_run
from evalsuite.likelihood import encode_pair
from evalsuite.models import openai_retries
from evalsuite.models.base import LikelihoodModel
from evalsuite.models.openai import OpenAIModel
from evalsuite.models.spec import open_model
from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Output, Request

pytest.importorskip("aiohttp")
from tests.servers.openai_answers import pieces, token_logprob
from tests.servers.openai_server import OpenAIServer

CONFIG = GenerationConfig()


@pytest.fixture(autouse=True)
def _quick_and_without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setattr(openai_retries, "BACKOFF_SECONDS", 0.002)


def request(prompt: str, *choices: str) -> Request:
    return Request(
        sample_id=prompt, repeat=0, turn=0, prompt=prompt, messages=(), seed=0, ask="choices", choices=choices
    )


def opened(server: OpenAIServer) -> OpenAIModel:
    model = open_model(f"openai:tiny,base_url={server.url},api=completions,max_retries=2")
    assert isinstance(model, OpenAIModel)
    return model


def ask(*requests: Request, fault: Any = None) -> list[Output]:
    with OpenAIServer(fault=lambda one: fault) as server:
        return opened(server).loglikelihood(list(requests), CONFIG)


def expected(prompt: str, choice: str) -> tuple[float, int]:
    words: list[str] = []

    def encode(text: str) -> list[int]:
        words[:] = pieces(text)
        return list(range(len(words)))

    _, added = encode_pair(prompt, choice, encode)
    whole = pieces(prompt + choice)
    values = [token_logprob("".join(whole[:i]), whole[i]) for i in added]
    return math.fsum(values), len(values)


def test_they_are_those_of_the_choices_tokens() -> None:
    asked = [request("Which is it?", " this one", " that", " Größe 山"), request("Q: a\nA: ", "yes it is", "no")]
    with OpenAIServer() as server:
        model = opened(server)
        assert isinstance(model, LikelihoodModel)
        outputs = model.loglikelihood(asked, CONFIG)
        streamed = dict(model.generate_each(asked, CONFIG))
        bodies = [one.body for one in server.asked]
    for one, output in zip(asked, outputs, strict=True):
        wanted = [expected(one.prompt, choice) for choice in one.choices]
        assert output.logprobs == pytest.approx([value for value, _ in wanted])
        assert output.choice_tokens == tuple(n for _, n in wanted)
        assert output.tokens_in == len(pieces(one.prompt.rstrip()))
        assert streamed[one].logprobs == output.logprobs
    assert all((body["max_tokens"], body["echo"]) == (0, True) and "stream" not in body for body in bodies)


def test_greedy_is_whether_each_token_is_the_likeliest() -> None:
    prompts = [f"question {i}" for i in range(60)]
    outputs = ask(*(request(prompt, " a", " a b") for prompt in prompts))
    for prompt, output in zip(prompts, outputs, strict=True):
        first = token_logprob(prompt, " a") > -1
        assert output.greedy == (first, first and token_logprob(f"{prompt} a", " b") > -1)
    assert len({output.greedy for output in outputs}) > 1


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("no_echo", "the server does not repeat the text it was given, with log-probabilities"),
        ("no_logprobs", "the server does not repeat the text it was given, with log-probabilities"),
        ("goes_on", "the server counts 8 tokens in the texts, and gives log-probabilities of 11"),
        ("no_zero", "the server refuses the request (400): max_tokens must be at least 1"),
        ("two", "the answer must have a choice for each of 3 texts, it has 6"),
        ("cut", "the answer is not JSON, or cut off"),
    ],
)
def test_a_server_that_does_not_say_gives_an_error_and_no_number(fault: str, message: str) -> None:
    (output,) = ask(request("So it", " is", " was"), fault=fault)
    assert output.finish_reason == "error"
    assert message in (output.error or "")
    assert output.logprobs == ()


def test_the_first_token_of_a_text_has_no_log_probability() -> None:
    (output,) = ask(request("", "yes", "no"))
    assert output.error is not None
    assert "it has none of a text's first token, and the prompt is empty" in output.error


def test_a_choice_that_becomes_a_part_of_the_prompts_last_word() -> None:
    (output,) = ask(request("So", "on"))
    assert output.error == "choice 1 adds no tokens to what stands before it: there is nothing to rate"


def test_chats_and_whole_texts_are_refused_before_anything_runs(tmp_path: Any) -> None:
    chat = open_model("openai:tiny,base_url=http://127.0.0.1:9/v1")
    with pytest.raises(
        ModelError, match="the chat API gives no log-probabilities of a given text; give api=completions"
    ):
        plan_run(chat, load_task("data_to_text_choices"), root=tmp_path)
    plain = open_model("openai:tiny,base_url=http://127.0.0.1:9/v1,api=completions")
    with pytest.raises(UsageError, match=r'ask = "rolling"'):
        plan_run(plain, load_task("trail_prose"), root=tmp_path)
