"""The backend of the OpenAI API: options, keys, and what is asked and answered."""

from __future__ import annotations

import sys

import pytest

from evalsuite.errors import DependencyError, ModelError
from evalsuite.models import openai_client
from evalsuite.models.base import Model, StreamingModel
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig

pytest.importorskip("aiohttp")
from tests.models.openai_asking import CONFIG, KEY, LOCAL, ask, expected, request

pytestmark = pytest.mark.usefixtures("quick_without_key")


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
