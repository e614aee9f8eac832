"""Images by the OpenAI API: what is sent, what is made of answers, and what is refused."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from evalsuite.errors import ModelError, UsageError
from evalsuite.evaluation import evaluate, plan_run
from evalsuite.models import openai_retries
from evalsuite.models.openai_images import ImageDialect
from evalsuite.models.spec import open_model
from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Output, Request

pytest.importorskip("aiohttp")
from tests.servers.openai_answers import picture
from tests.servers.openai_server import OpenAIServer

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = GenerationConfig()
LOCAL = "openai:tiny,base_url=http://127.0.0.1:9/v1,api=images"


@pytest.fixture(autouse=True)
def _quick_and_without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setattr(openai_retries, "BACKOFF_SECONDS", 0.002)


def request(i: int = 0) -> Request:
    return Request(sample_id=f"s{i}", repeat=0, turn=0, prompt=f"picture {i}", messages=(), seed=3 * i)


def expected(one: Request, **body: Any) -> np.ndarray:
    data = base64.b64decode(picture({"seed": one.seed, **body}, one.prompt))
    return np.asarray(Image.open(io.BytesIO(data)))


def ask(fault: Any = None, *, n: int = 1, options: str = "", always: bool = False) -> tuple[list[Output], Any]:
    """Return the outputs of `n` requests, and the server, which had `fault` each first time, or always."""
    with OpenAIServer(fault=lambda one: fault if always or one.attempt == 1 else None) as running:
        model = open_model(f"openai:tiny,base_url={running.url},api=images{options}")
        return list(model.generate([request(i) for i in range(n)], CONFIG)), running


def test_images_come_in_order_with_counts_and_time() -> None:
    outputs, server = ask(n=20, options=",size=8x4,concurrency=5")
    for i, output in enumerate(outputs):
        assert isinstance(output.image, np.ndarray)
        assert output.image.shape == (4, 8, 3)
        assert np.array_equal(output.image, expected(request(i), size="8x4"))
        assert (output.text, output.finish_reason, output.tokens_in, output.tokens_out) == (None, "stop", 7, 16)
        assert output.seconds is not None
    body = {"model": "tiny", "prompt": "picture 0", "n": 1, "size": "8x4", "response_format": "b64_json", "seed": 0}
    assert next(one.body for one in server.asked if one.prompt == "picture 0") == body


def test_what_a_server_does_not_know_is_left_out() -> None:
    outputs, server = ask("plain_drawer", always=True, n=3, options=",concurrency=1")
    assert [output.finish_reason for output in outputs] == ["stop"] * 3
    assert [sorted({"response_format", "seed"} & set(one.body)) for one in server.asked] == [
        ["response_format", "seed"],
        ["seed"],
        [],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("complaint", "seed"),
    [
        ("Unknown parameter: 'seed'.", False),
        ("[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted'}]", False),
        ("seed is not supported by this model", False),
        ("a sunflower seed cannot be drawn", True),
        ("size must be at least 256", True),
    ],
)
def test_complaints_about_a_seed_are_told_from_others(complaint: str, seed: bool) -> None:
    assert ImageDialect().adapted(complaint, may_stop_streaming=True) == ImageDialect(seed=seed)


@pytest.mark.parametrize("fault", ["blocked", "against_policy"])
def test_what_the_policy_forbids_is_refused(fault: str) -> None:
    outputs, server = ask(fault, always=True)
    assert outputs[0].finish_reason == "refused"
    assert outputs[0].image is None
    assert outputs[0].error is None
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "fault", ["busy", "broken", "cut", "two_images", "not_base64", "empty", "reset", "error_with_200"]
)
def test_what_may_be_over_is_asked_again(fault: str) -> None:
    outputs, server = ask(fault)
    assert np.array_equal(outputs[0].image, expected(request()))  # type: ignore[arg-type]
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("address", "the server gives an address where the image is, and addresses are not followed; have it give"),
        ("no_image", "the image: not an image that can be read"),
        ("bomb", "the image: more than 67108864 pixels"),
        ("see_through", "the image would have to be converted"),
        ("too_long", "the server refuses the request (400): maximum context length is 8 tokens"),
    ],
)
def test_what_will_not_be_over_is_an_error_of_its_sample(fault: str, message: str) -> None:
    outputs, server = ask(fault, always=True)
    assert outputs[0].finish_reason == "error"
    assert message in (outputs[0].error or "")
    assert len(server.asked) == 1


def test_an_image_in_its_address_is_read() -> None:
    outputs, _ = ask("data_address", always=True)
    assert np.array_equal(outputs[0].image, expected(request()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("size=big", r'option "size" must be WIDTHxHEIGHT, such as 1024x1024, or auto; got "big"'),
        ("size=0x4", r'option "size" must be'),
        ("stream=true", r'option "stream": there are no streams of images'),
        ("api=chat,size=4x4", r'option "size" is for api=images, and the api is chat'),
    ],
)
def test_wrong_options_are_refused(options: str, message: str) -> None:
    spec = LOCAL if "api=" not in options else LOCAL.removesuffix(",api=images")
    with pytest.raises(ModelError, match=message):
        open_model(f"{spec},{options}")


def test_a_fingerprint_is_of_the_size_too() -> None:
    prints = [open_model(LOCAL + more).fingerprint for more in ("", ",size=4x4", ",size=auto")]
    assert len({*prints, open_model(LOCAL.removesuffix(",api=images")).fingerprint}) == 4


def test_a_run_draws_and_scores(tmp_path: Path) -> None:
    with OpenAIServer() as running:
        spec = f"openai:tiny,base_url={running.url},api=images"
        task = load_task("picture_composition")
        with pytest.raises(UsageError, match=r"asks for images of 48 x 48 pixels, model .tiny. draws 32 x 64"):
            plan_run(open_model(f"{spec},size=64x32"), task, root=tmp_path)
        with pytest.raises(UsageError, match=r'asks for text, model "tiny" generates image'):
            plan_run(open_model(spec), load_task("ledger"), root=tmp_path)
        report = evaluate(f"{spec},size=48x48", "picture_composition", limit=6, output=tmp_path)[0]
    assert report.primary.n == 6
    assert report.primary.outcomes.get("error", 0) == 0
