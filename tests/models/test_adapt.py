from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from PIL import Image

from evalsuite.errors import ModelError
from evalsuite.media import pixels_of
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
    assert (model.modalities, model.batch_invariant, model.dtype) == (frozenset({"text", "image", "video"}), True, "")
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


PIXELS = np.arange(2 * 4 * 4 * 1, dtype=np.uint8).reshape(2, 4, 4, 1)


@pytest.mark.parametrize(
    "batch", [PIXELS, list(PIXELS), torch.from_numpy(PIXELS), [Image.fromarray(one[:, :, 0]) for one in PIXELS]]
)
def test_images_are_answers(ask: Ask, batch: object) -> None:
    outputs = adapt_model(lambda requests: batch).generate([ask("a"), ask("b")], GenerationConfig())
    assert [output.text for output in outputs] == [None, None]
    assert np.array_equal(np.stack([pixels_of(output) for output in outputs]), PIXELS)
    alone = adapt_model(lambda prompt: PIXELS[0]).generate([ask("a")], GenerationConfig(stop=("x",)))
    assert np.array_equal(pixels_of(alone[0]), PIXELS[0])


def test_an_array_of_another_number_of_images_is_an_error(ask: Ask) -> None:
    with pytest.raises(ValueError, match="one answer a request, expected 3, got 2"):
        adapt_model(lambda requests: PIXELS).generate([ask("a")] * 3, GenerationConfig())
    with pytest.raises(TypeError, match="must answer with str, an image, a video or Output, got int"):
        adapt_model(lambda prompt: 7).generate([ask("a")], GenerationConfig())


def test_a_model_may_say_what_it_generates() -> None:
    painter = Small()
    painter.modalities = ["image"]  # type: ignore[attr-defined]
    assert adapt_model(painter).modalities == {"image"}


@pytest.mark.parametrize(
    ("thing", "message"),
    [(3, "got int"), (Small, r"is a class; give an instance of it: Small\(\.\.\.\)"), (None, "got NoneType")],
)
def test_refused(thing: object, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        adapt_model(thing)
