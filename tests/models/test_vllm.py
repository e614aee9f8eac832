"""The backend of vLLM against its recorded interface: what it is called with, and what is made of its outputs.

vLLM itself needs a GPU and is not run here.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.errors import DependencyError, ModelError
from evalsuite.evaluation import evaluate
from evalsuite.models.openai_wire import fold_seed
from evalsuite.models.spec import open_model
from evalsuite.models.vllm import VllmModel
from evalsuite.types import GenerationConfig, Message, Request
from tests.models.tiny_hf import build
from tests.models.vllm_standin import INTERFACE, LLM, Recorded, SamplingParams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Ask = Callable[..., Request]

pytest.importorskip("transformers")
GREEDY = GenerationConfig(max_new_tokens=8)
SAMPLED = GenerationConfig(max_new_tokens=8, temperature=0.7, top_k=5, top_p=0.9, stop=("zz", ""))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("vllm")
    return build(root / "plain"), build(root / "chat", chat=True)


@pytest.fixture(autouse=True)
def standin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "vllm.py").write_text("from tests.models.vllm_standin import LLM, SamplingParams\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, "vllm", raising=False)
    yield
    sys.modules.pop("vllm", None)


def opened(folder: Path, options: str = "") -> VllmModel:
    model = open_model(f"vllm:{folder}{options}")
    assert isinstance(model, VllmModel)
    return model


def test_the_recorded_interface_refuses_what_vllm_does_not_have() -> None:
    assert INTERFACE["version"] == "0.33.0"
    with pytest.raises(TypeError, match=r"vLLM 0\.33\.0: SamplingParams has no max_new_tokens"):
        SamplingParams(max_new_tokens=3)
    with pytest.raises(TypeError, match=r"LLM has no tensor_parallel"):
        LLM("nowhere", tensor_parallel=2)
    with pytest.raises(TypeError, match=r"CompletionOutput has no tokens"):
        Recorded("CompletionOutput", tokens=[])


def test_the_engine_is_started_as_the_spec_says(folders: tuple[Path, Path]) -> None:
    options = ",max_model_len=48,quantization=awq,gpu_memory_utilization=0.5,tensor_parallel_size=2,dtype=bfloat16"
    model = opened(folders[0], options)
    model.load()
    assert model._engine.settings == {
        "dtype": "bfloat16",
        "trust_remote_code": False,
        "seed": 0,
        "disable_log_stats": False,
        "max_model_len": 48,
        "quantization": "awq",
        "gpu_memory_utilization": 0.5,
        "tensor_parallel_size": 2,
    }
    assert (model.dtype, model.device, model.batch_size, model.name) == ("bfloat16", "cuda", 256, "plain")
    assert opened(folders[0]).dtype == "float32"


def test_requests_are_asked_with_the_runs_settings(folders: tuple[Path, Path], ask: Ask) -> None:
    model = opened(folders[0])
    outputs = model.generate([ask("a", seed=2**63 + 5), ask("bcd", seed=1)], SAMPLED)
    tokenizer = model._engine.get_tokenizer()
    expected = {"temperature": 0.7, "max_tokens": 8, "stop": ["zz"], "top_k": 5, "top_p": 0.9}
    assert model._engine.asked == [
        (tokenizer.encode("a"), {**expected, "seed": fold_seed(2**63 + 5)}),
        (tokenizer.encode("bcd"), {**expected, "seed": fold_seed(1)}),
    ]
    assert 0 <= fold_seed(2**63 + 5) < 2**31
    for output, prompt in zip(outputs, ("a", "bcd"), strict=True):
        assert output.error is None
        assert output.tokens_in == len(tokenizer.encode(prompt))
        assert 1 <= (output.tokens_out or 0) <= 8
        assert output.first_token_seconds == 0.25
    model.generate([ask("a")], GREEDY)
    assert model._engine.asked[-1][1] == {"temperature": 0.0, "max_tokens": 8, "stop": None}


def test_a_conversation_goes_through_the_template_as_that_of_hf(folders: tuple[Path, Path], ask: Ask) -> None:
    from evalsuite.models.hf import HfModel

    one = ask("why?")
    unfinished = Request(
        sample_id="u",
        repeat=0,
        turn=0,
        prompt="why? as",
        messages=(Message(role="user", content="why?"), Message(role="assistant", content="as")),
        seed=0,
    )
    for folder in folders:
        model = opened(folder)
        model.generate([one, unfinished], GREEDY)
        transformed = open_model(f"hf:{folder}")
        assert isinstance(transformed, HfModel)
        loaded = transformed._load()
        expected = [transformed._encode(loaded, request) for request in (one, unfinished)]
        assert [tokens for tokens, _ in model._engine.asked] == expected
    assert not opened(folders[1], ",chat=false").chat
    with pytest.raises(ModelError, match=r"chat=true, but the tokenizer in .* has no chat template"):
        opened(folders[0], ",chat=true")


def test_what_does_not_fit_is_an_error_of_its_sample(folders: tuple[Path, Path], ask: Ask) -> None:
    model = opened(folders[0], ",max_model_len=10")
    outputs = model.generate([ask("x" * 10), ask("ab"), ask("x" * 9), ask("")], GREEDY)
    assert outputs[0].error == "the prompt has 10 tokens, but the context holds 10, at least 1 of them for the answer"
    assert outputs[0].tokens_in == 10
    assert outputs[1].error is None
    assert outputs[2].error is None
    assert outputs[2].tokens_out == 1
    assert outputs[3].error == "the prompt has no tokens"
    assert len(model._engine.asked) == 2


def test_padding_is_asked_once(folders: tuple[Path, Path], ask: Ask) -> None:
    model = opened(folders[0])
    outputs = model.generate([ask("a"), ask("b"), *[ask("b")] * 20], SAMPLED)
    assert len(model._engine.asked) == 2
    assert all(output == outputs[1] for output in outputs[2:])
    repeats = model.generate([ask("a", seed=1), ask("a", seed=2, repeat=1)], SAMPLED)
    assert repeats[0].text != repeats[1].text


@pytest.mark.parametrize(
    ("said", "reason"), [("stop", "stop"), ("length", "length"), ("repetition", "length"), ("abort", "error")]
)
def test_reasons_are_mapped(folders: tuple[Path, Path], ask: Ask, said: str, reason: str) -> None:
    model = opened(folders[0])
    model.load()
    model._engine.reasons[3] = said
    output, other = model.generate([ask("abc"), ask("ab")], GREEDY)
    assert output.finish_reason == reason
    assert (output.error is None) == (reason != "error")
    assert reason != "error" or output.error == 'vLLM gave the answer up (finish_reason "abort")'
    assert other.error is None


def test_every_reason_of_vllm_has_a_place(folders: tuple[Path, Path]) -> None:
    from evalsuite.models.vllm import _REASONS

    assert set(_REASONS) <= set(INTERFACE["finish reasons"])
    assert set(INTERFACE["finish reasons"]) - set(_REASONS) == {"abort", "error"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (",max_len=3", r'unknown option "max_len"; did you mean "max_model_len"'),
        (",gpu_memory_utilization=1.5", r'"gpu_memory_utilization" must be above 0 and at most 1; got "1\.5"'),
        (",gpu_memory_utilization=0", r'"gpu_memory_utilization" must be above 0'),
        (",tensor_parallel_size=0", r'option "tensor_parallel_size" must be a whole number of at least 1'),
        (",quantization=a b", r'option "quantization" must be a method of vLLM, such as awq'),
        (",dtype=int8", r'option "dtype" must be one of auto, float32'),
    ],
)
def test_wrong_options_are_refused(folders: tuple[Path, Path], options: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        opened(folders[0], options)


def test_what_is_missing_is_said_when_it_is_opened(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError, match=r"vllm:.*nowhere: there is no folder .*: vllm:path/to/model\."):
        opened(tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r'takes the devices that it finds, and the device "cpu" was asked for'):
        open_model(f"vllm:{folders[0]}", device="cpu")
    monkeypatch.setattr("evalsuite.models.vllm.find_spec", lambda name: None)
    with pytest.raises(DependencyError, match=r'needs the package vllm: pip install "evalsuite\[vllm\]"'):
        opened(folders[0])


def test_an_engine_that_does_not_start_is_an_error_of_the_model(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: Any, **__: Any) -> None:
        raise RuntimeError("Failed to infer device type")

    monkeypatch.setattr(LLM, "__init__", start)
    with pytest.raises(ModelError, match=r"vLLM cannot load .*plain: RuntimeError: Failed to infer device type"):
        opened(folders[0]).load()


def test_a_fingerprint_is_of_what_changes_texts(folders: tuple[Path, Path]) -> None:
    first = opened(folders[0]).fingerprint
    assert opened(folders[0], ",gpu_memory_utilization=0.5,batch_size=3,tensor_parallel_size=2").fingerprint == first
    changes = [",dtype=float16", ",quantization=fp8", ",max_model_len=9"]
    assert len({first, *(opened(folders[0], change).fingerprint for change in changes)}) == 4
    assert open_model(f"hf:{folders[0]}").fingerprint != first


def test_a_run_writes_and_scores(folders: tuple[Path, Path], tmp_path: Path) -> None:
    report = evaluate(f"vllm:{folders[0]},max_model_len=4000", "ledger", limit=6, output=tmp_path / "runs")[0]
    assert report.primary.n == 6
    assert report.primary.outcomes.get("error", 0) == 0
