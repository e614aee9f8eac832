from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from evalsuite.errors import ModelError
from evalsuite.models.scripted import ScriptedModel
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Output, Request

Ask = Callable[..., Request]
CONFIG = GenerationConfig()


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("echo", "one\ntwo"), ("constant,text=yes", "yes"), ("empty", ""), ("last_line", "two")],
)
def test_patterns(ask: Ask, pattern: str, text: str) -> None:
    assert open_model(f"scripted:{pattern}").generate([ask("one\ntwo")], CONFIG)[0].text == text


def test_random_words_come_from_the_seed(ask: Ask) -> None:
    model = open_model("scripted:random,words=4")
    a, b, c = (output.text for output in model.generate([ask("x", seed=s) for s in (1, 2, 1)], CONFIG))
    assert a == c != b
    assert len((a or "").split()) == 4


def test_refusal_and_failure(ask: Ask) -> None:
    assert open_model("scripted:refuse").generate([ask("x")], CONFIG)[0].finish_reason == "refused"
    with pytest.raises(RuntimeError, match="always fails"):
        open_model("scripted:error").generate([ask("x")], CONFIG)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("scripted:ech", r'there is no pattern "ech"; did you mean "echo"\?'),
        ("scripted:echo,text=a", r'unknown option "text"'),
        ("scripted:constant", r'needs the option "text"'),
        ("scripted:echo,sleep=-1", r'option "sleep" must be a number of at least 0; got "-1"'),
        ("scripted:echo,sleep=nan", r'option "sleep" must be a number'),
        ("scripted:random,words=x", r'option "words" must be a whole number'),
    ],
)
def test_refused(spec: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        open_model(spec)


def test_words_are_its_tokens(ask: Ask) -> None:
    model = open_model("scripted:echo")
    output = model.generate([ask("a  b c d")], GenerationConfig(max_new_tokens=2))[0]
    assert (output.text, output.finish_reason, output.tokens_in, output.tokens_out) == ("a  b", "length", 4, 2)
    output = model.generate([ask("a b c ")], GenerationConfig(max_new_tokens=3))[0]
    assert (output.text, output.finish_reason) == ("a b c ", "stop")
    output = model.generate([ask("a b c d")], GenerationConfig(max_new_tokens=3, stop=("b",)))[0]
    assert (output.text, output.finish_reason) == ("a ", "stop")


def test_says_verbatim_what_it_is_told(ask: Ask) -> None:
    big = "word " * 300_000
    given = Output(text="x", finish_reason="length")
    model = ScriptedModel({"a": big, "b": "\ud800", "c": given})
    outputs = model.generate([ask("a"), ask("b"), ask("c"), ask("d")], GenerationConfig(max_new_tokens=1, stop=("w",)))
    assert [output.text for output in outputs] == [big, "\ud800", "x", None]
    assert outputs[2] is given
    assert (outputs[3].finish_reason, outputs[3].error) == ("error", 'there is no reply for the sample "d"')


def test_raises_drops_and_sleeps(ask: Ask) -> None:
    with pytest.raises(KeyboardInterrupt):
        ScriptedModel({"a": KeyboardInterrupt()}).generate([ask("a")], CONFIG)
    with pytest.raises(OSError, match="gone"):
        ScriptedModel(lambda request: OSError("gone")).generate([ask("a")], CONFIG)
    model = ScriptedModel(lambda request: request.prompt, drop=1, sleep_seconds=0.05)
    started = time.perf_counter()
    assert [o.text for o in model.generate([ask("a"), ask("b")], CONFIG)] == ["a"]
    assert time.perf_counter() - started >= 0.05
    assert [[r.prompt for r in call] for call in model.calls] == [["a", "b"]]


def test_fingerprints() -> None:
    assert ScriptedModel({"a": "x"}).fingerprint == ScriptedModel({"a": "x"}).fingerprint
    assert ScriptedModel({"a": "x"}).fingerprint != ScriptedModel({"a": "y"}).fingerprint
    assert ScriptedModel(lambda r: "").fingerprint != ScriptedModel(lambda r: "").fingerprint
    assert ScriptedModel({}, fingerprint="f").fingerprint == "f"
    assert open_model("scripted:echo,batch_size=2").fingerprint == open_model("scripted:echo").fingerprint
