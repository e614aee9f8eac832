from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.errors import ModelError
from evalsuite.models.spec import ModelSpec, open_model, parse_spec

SECRETS = [
    "api_key",
    "api-key",
    "apikey",
    "apiKey",
    "API_KEY",
    "key",
    "token",
    "hf_token",
    "access_token",
    "password",
    "passwd",
    "pwd",
    "secret",
    "client_secret",
    "authorization",
    "Authorization",
    "header.authorization",
    "credentials",
    "private_key",
    "auth_token",
    "secret_access_key",
    "bearer",
]


@pytest.mark.parametrize(
    ("text", "backend", "name", "options"),
    [
        ("hf:gpt2", "hf", "gpt2", {}),
        ("hf:/a/b:c/d", "hf", "/a/b:c/d", {}),
        (r"files:C:\out\x.jsonl,field=a", "files", r"C:\out\x.jsonl", {"field": "a"}),
        ("python:my.module:answer,x=1", "python", "my.module:answer", {"x": "1"}),
        ("openai:m,base-url=http://h:1/v1?a=b", "openai", "m", {"base_url": "http://h:1/v1?a=b"}),
        ("files:a,,b,field=c,,d,,", "files", "a,b", {"field": "c,d,"}),
        ("scripted:constant,text=", "scripted", "constant", {"text": ""}),
        ("hf:m,max_new_tokens=3,pad_token=x", "hf", "m", {"max_new_tokens": "3", "pad_token": "x"}),
    ],
)
def test_reads(text: str, backend: str, name: str, options: dict[str, str]) -> None:
    assert parse_spec(text) == ModelSpec(backend=backend, name=name, options=options)


def test_canonical_string_sorts_options() -> None:
    assert str(parse_spec("hf:x,b=2,a=1")) == str(parse_spec("hf:x,a=1,b=2")) == "hf:x,a=1,b=2"


@given(
    name=st.text(min_size=1).filter(str.strip),
    options=st.dictionaries(st.from_regex(r"x_[a-z]{1,4}", fullmatch=True), st.text(), max_size=3),
)
def test_canonical_string_reads_back(name: str, options: dict[str, str]) -> None:
    if any(re.search(r"://.*@", text, re.DOTALL) for text in (name, *options.values())):
        return
    spec = ModelSpec(backend="hf", name=name, options=options)
    assert parse_spec(str(spec)) == spec


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gpt2", r'found "gpt2", without a backend before a colon'),
        (":gpt2", r"without a backend before a colon"),
        ("", r"without a backend before a colon"),
        ("hf:", r'"hf:": there is no name'),
        ("hf: ,a=1", r"there is no name"),
        ("hf:x,fast", r'"hf:x": expected key=value after the comma, found "fast"; a comma .* written twice'),
        ("hf:x,=1", r"expected key=value"),
        ("hf:x,a=1,a=2", r'the option "a" stands there twice'),
        ("hf:x,a-b=1,a_b=2", r'the option "a_b" stands there twice'),
    ],
)
def test_refuses_malformed(text: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        parse_spec(text)


@pytest.mark.parametrize(
    "text",
    [
        *(f"openai:m,{key}=hunter2" for key in SECRETS),
        "openai:m,oops,api_key=hunter2",
        "openai:m,api_key=a,hunter2",
        "openai:m,api_key:hunter2",
        "openai:m,base_url=https://me:hunter2@host/v1",
        "openai:https://me:hunter2@host/v1",
        "api_key=hunter2",
        "opennai:https://me:hunter2@host/v1",
    ],
)
def test_refuses_secrets_without_repeating_them(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        open_model(text)
    assert "hunter2" not in str(caught.value)


def test_says_where_a_secret_belongs() -> None:
    with pytest.raises(ModelError, match=r'the option "api_key" looks like a secret.* Put it in the environment'):
        parse_spec("openai:m,api_key=x")


@pytest.mark.parametrize("key", ["tokens", "max_tokens", "eos_token", "monkey", "keyboard", "author", "stop_token"])
def test_allows_what_only_sounds_like_a_secret(key: str) -> None:
    assert parse_spec(f"hf:x,{key}=1").options == {key: "1"}


def test_unknown_backend_names_the_closest() -> None:
    with pytest.raises(ModelError, match=r'unknown backend "script"; did you mean "scripted"\? Known: diffusers,'):
        open_model("script:echo")


def test_opens_through_the_registry() -> None:
    assert open_model("scripted:constant,text=a,,b,batch-size=3").spec == "scripted:constant,batch_size=3,text=a,,b"
