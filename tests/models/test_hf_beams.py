"""Beam search: each answer is that of transformers' own generate for the prompt alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.errors import ModelError
from evalsuite.models.hf import HfModel
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Output, Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("transformers")
PROMPTS = ["a", "What is 12 + 30?", "The quick brown fox jumps over", "xyz " * 8, "Q: why?"]


@pytest.fixture(scope="session", params=["causal", "seq2seq"])
def any_folder(request: pytest.FixtureRequest, build_hf: Any, build_seq2seq: Any, tmp_path_factory: Any) -> Path:
    path = tmp_path_factory.mktemp("beams") / request.param
    built: Path = build_hf(path) if request.param == "causal" else build_seq2seq(path, kind="t5", seed=2)
    return built


def opened(spec: str) -> HfModel:
    model = open_model(spec)
    assert isinstance(model, HfModel)
    return model


class Reference:
    """What transformers makes of one prompt at a time."""

    def __init__(self, folder: Path) -> None:
        import transformers

        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        config = transformers.AutoConfig.from_pretrained(folder)
        self.starts = config.is_encoder_decoder
        loader = transformers.AutoModelForSeq2SeqLM if self.starts else transformers.AutoModelForCausalLM
        self.network: Any = loader.from_pretrained(folder).eval()

    def new_tokens(self, prompt: str, **settings: Any) -> list[int]:
        import torch

        ids = torch.tensor([self.tokenizer(prompt)["input_ids"]])
        mask = torch.ones_like(ids)
        written = self.network.generate(ids, attention_mask=mask, do_sample=False, pad_token_id=0, **settings)
        tokens: list[int] = written[0, 1 if self.starts else ids.shape[1] :].tolist()
        return tokens

    def check(self, prompt: str, output: Output, **settings: Any) -> None:
        new = self.new_tokens(prompt, **settings)
        assert output.text == self.tokenizer.decode(new, skip_special_tokens=True)
        assert output.tokens_out == len(new)
        assert output.finish_reason == ("stop" if new[-1] == self.tokenizer.eos_token_id else "length")


@pytest.mark.parametrize(("num_beams", "length_penalty"), [(2, 1.0), (4, 1.0), (4, 3.0), (5, 0.0)])
def test_beams_equal_transformers_for_each_prompt_alone(
    any_folder: Path, ask: Callable[..., Request], num_beams: int, length_penalty: float
) -> None:
    option = "" if length_penalty == 1.0 else f",length_penalty={length_penalty}"
    model, reference = opened(f"hf:{any_folder},num_beams={num_beams}{option}"), Reference(any_folder)
    outputs = model.generate([ask(prompt) for prompt in PROMPTS], GenerationConfig(max_new_tokens=20))
    settings = {"num_beams": num_beams, "length_penalty": length_penalty, "max_new_tokens": 20}
    for prompt, output in zip(PROMPTS, outputs, strict=True):
        reference.check(prompt, output, **settings)
    greedy = opened(f"hf:{any_folder}").generate([ask(p) for p in PROMPTS], GenerationConfig(max_new_tokens=20))
    assert greedy != outputs


def test_stop_strings_end_beams_as_those_of_transformers_do(any_folder: Path, ask: Callable[..., Request]) -> None:
    model, reference = opened(f"hf:{any_folder},num_beams=3"), Reference(any_folder)
    requests = [ask(prompt) for prompt in PROMPTS]
    whole = model.generate(requests, GenerationConfig(max_new_tokens=20))
    # transformers finds a string that begins with ">" in the name of the token that decoders begin with, "<pad>".
    texts = [output.text or "" for output in whole]
    stop = tuple(sorted({text[3:5] for text in texts if len(text) > 6 and text[3] != ">"}))
    assert len(stop) > 1
    outputs = model.generate(requests, GenerationConfig(max_new_tokens=20, stop=stop))
    for prompt, output in zip(PROMPTS, outputs, strict=True):
        new = reference.new_tokens(
            prompt, num_beams=3, max_new_tokens=20, stop_strings=list(stop), tokenizer=reference.tokenizer
        )
        text = reference.tokenizer.decode(new, skip_special_tokens=True)
        cuts = [at for item in stop if (at := text.find(item)) >= 0]
        assert output.text == text[: min(cuts, default=None)]
        assert output.tokens_out == len(new)
        ended = bool(cuts) or new[-1] == reference.tokenizer.eos_token_id
        assert output.finish_reason == ("stop" if ended else "length")
    assert whole != outputs


def test_beams_end_where_the_context_does(folder: Path, ask: Callable[..., Request]) -> None:
    model, reference = opened(f"hf:{folder},num_beams=3"), Reference(folder)
    lengths = (90, 70, 95, 90, 96)
    outputs = model.generate([ask("x" * n) for n in lengths], GenerationConfig(max_new_tokens=12))
    assert "the context holds 96" in (outputs.pop().error or "")
    for n, output in zip(lengths, outputs, strict=False):
        reference.check("x" * n, output, num_beams=3, max_new_tokens=min(12, 96 - n))


def test_beams_do_not_sample(any_folder: Path, ask: Callable[..., Request]) -> None:
    with pytest.raises(ModelError, match=r"num_beams=3 needs temperature 0, got 0\.7\. Leave num_beams out to sample"):
        opened(f"hf:{any_folder},num_beams=3").generate([ask("a")], GenerationConfig(temperature=0.7))


def test_beams_are_in_the_fingerprint(any_folder: Path) -> None:
    greedy, *others = (
        opened(f"hf:{any_folder}{options}").fingerprint
        for options in ("", ",num_beams=2", ",num_beams=3", ",num_beams=3,length_penalty=2")
    )
    assert len({greedy, *others}) == 4
    assert opened(f"hf:{any_folder},num_beams=1").fingerprint == greedy
    assert opened(f"hf:{any_folder},num_beams=3,length_penalty=1").fingerprint == others[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("num_beams=0", r'option "num_beams" must be a whole number of at least 1; got "0"'),
        ("num_beams=2,length_penalty=x", r'option "length_penalty" must be a number of at least 0; got "x"'),
        ("length_penalty=2", r'option "length_penalty" is for beam search.*give num_beams=2 or more'),
    ],
)
def test_options_are_checked(any_folder: Path, options: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        open_model(f"hf:{any_folder},{options}")
