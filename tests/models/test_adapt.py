from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from evalsuite.errors import ModelError
from evalsuite.models.adapt import adapt_model
from evalsuite.models.base import Model
from evalsuite.models.scripted import ScriptedModel
from evalsuite.types import GenerationConfig, Output, Request

Ask = Callable[..., Request]


class Small:
    name = "mine"
    batch_size = 3
    fingerprint = "v1"

    def generate(self, batch: Sequence[Request], settings: GenerationConfig) -> list[str]:
        return [f"{request.prompt}{settings.max_new_tokens}" for request in batch]


def upper(prompt: str) -> str:
    return prompt.upper()


def test_an_object_keeps_what_it_has_and_gets_the_rest(ask: Ask) -> None:
    model = adapt_model(Small())
    assert isinstance(model, Model)
    assert (model.name, model.batch_size, model.fingerprint) == ("mine", 3, "v1")
    assert (model.modalities, model.batch_invariant, model.dtype) == (frozenset({"text"}), True, "")
    assert model.generate([ask("a"), ask("b")], GenerationConfig(max_new_tokens=5)) == [
        Output(text="a5"),
        Output(text="b5"),
    ]


def test_a_complete_model_stays_itself() -> None:
    model = ScriptedModel({})
    assert adapt_model(model) is model


def test_a_callable_becomes_a_model(ask: Ask) -> None:
    model = adapt_model(upper)
    assert (model.name, model.batch_invariant) == ("upper", True)
    assert model.generate([ask("a|b")], GenerationConfig(stop=("|",))) == [Output(text="A")]
    assert adapt_model(lambda prompt: "x").generate([ask("a")], GenerationConfig())[0].text == "x"


def test_unknown_models_never_share_a_fingerprint() -> None:
    assert adapt_model(upper).fingerprint != adapt_model(upper).fingerprint
    assert adapt_model(upper, fingerprint="v2").fingerprint == "v2"


@pytest.mark.parametrize(
    ("thing", "message"),
    [(3, "got int"), (Small, r"is a class; give an instance of it: Small\(\.\.\.\)"), (None, "got NoneType")],
)
def test_refused(thing: object, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        adapt_model(thing)
