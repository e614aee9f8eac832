"""A batch that runs out of memory is halved; none of its answers is lost or changed."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.evaluation import plan_run
from evalsuite.models.hf import HfModel
from evalsuite.models.spec import open_model
from evalsuite.runner import generate
from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytest.importorskip("transformers")
PROMPTS = ["a", "What is 12 + 30?", "The quick brown fox", "xyz " * 8, "Q: why?", "b", "cc", "ddd"]
GREEDY = GenerationConfig(max_new_tokens=6)
SAMPLED = GenerationConfig(max_new_tokens=6, temperature=1.0)


@pytest.fixture(scope="module")
def gpt2(build_hf: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_hf(tmp_path_factory.mktemp("memory") / "gpt2")


def limited(
    folder: Path, fits: Callable[[int, int], bool], error: Callable[[], Exception], options: str = ""
) -> tuple[HfModel, list[int]]:
    """Return a model whose generate raises `error` unless (rows, columns) fit, and the rows of each call."""
    model = open_model(f"hf:{folder}{options}")
    assert isinstance(model, HfModel)
    model.load()
    assert model._loaded is not None
    network = model._loaded.model
    generate_all = network.generate
    calls: list[int] = []

    def generate_if_it_fits(**inputs: Any) -> Any:
        calls.append(len(inputs["input_ids"]))
        if not fits(*inputs["input_ids"].shape):
            raise error()
        return generate_all(**inputs)

    network.generate = generate_if_it_fits
    return model, calls


@pytest.fixture(scope="module", autouse=True)
def quick_collections(gpt2: Path) -> Iterator[None]:
    """Leave all that other tests have made out of garbage collection, which each error asks for."""
    gc.freeze()
    yield
    gc.unfreeze()


def cuda_error() -> Exception:
    import torch

    return torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nGPU 0 has 1 GiB.")


def asked(ask: Callable[..., Request]) -> list[Request]:
    return [ask(prompt, seed=i) for i, prompt in enumerate(PROMPTS)]


@pytest.mark.parametrize("config", [GREEDY, SAMPLED], ids=["greedy", "sampled"])
def test_the_batch_is_halved_until_it_fits_and_stays_small(
    gpt2: Path, ask: Callable[..., Request], config: GenerationConfig
) -> None:
    model, calls = limited(gpt2, lambda rows, _: rows <= 3, cuda_error)
    free = open_model(f"hf:{gpt2}").generate(asked(ask), config)
    assert model.generate(asked(ask), config) == free
    assert calls == [8, 4, 2, 2, 4, 2, 2]
    calls.clear()
    assert model.generate(asked(ask), config) == free
    assert calls == [2, 2, 2, 2]
    assert model.batch_size == 8  # the runner's slices stay


def test_a_run_loses_nothing(gpt2: Path, write_task: Callable[..., Path], tmp_path: Path) -> None:
    task = load_task(str(write_task(11)))
    model, calls = limited(gpt2, lambda rows, _: rows <= 3, cuda_error)
    free = open_model(f"hf:{gpt2}")
    logs = [
        generate(plan_run(one, task, root=tmp_path / name, generation={"max_new_tokens": 4}))
        for name, one in (("limited", model), ("free", free))
    ]
    texts, expected = ({key: output.text for key, output in log.outputs.items()} for log in logs)
    assert texts == expected
    assert len(texts) == 11
    assert not any(output.error for output in logs[0].outputs.values())
    assert calls == [8, 4, 2, 2, 4, 2, 2, 2, 2, 2, 2]
    assert logs[0].header["batch_size"] == 8


def test_an_odd_batch_is_halved(gpt2: Path, ask: Callable[..., Request]) -> None:
    model, calls = limited(gpt2, lambda rows, _: rows <= 4, cuda_error)
    requests = asked(ask)[:7]
    assert model.generate(requests, GREEDY) == open_model(f"hf:{gpt2}").generate(requests, GREEDY)
    assert calls == [7, 4, 3]


def test_a_request_that_does_not_fit_alone_is_an_error_of_its_own(gpt2: Path, ask: Callable[..., Request]) -> None:
    model, calls = limited(gpt2, lambda rows, columns: columns <= 30, cuda_error)
    outputs = model.generate(asked(ask), GREEDY)
    free = open_model(f"hf:{gpt2}").generate(asked(ask), GREEDY)
    assert outputs[:3] + outputs[4:] == free[:3] + free[4:]
    failed = outputs[3]
    assert (failed.text, failed.finish_reason, failed.tokens_in) == (None, "error", 32)
    assert failed.error == (
        "out of memory with this request alone, of 32 tokens and up to 6 more: CUDA out of memory. Tried to allocate "
        "2.00 GiB."
    )
    calls.clear()
    model.generate(asked(ask)[4:], GREEDY)
    assert calls == [4]  # that one row does not fit says nothing of how many others do


def test_nothing_fits(gpt2: Path, ask: Callable[..., Request]) -> None:
    model, calls = limited(gpt2, lambda rows, _: False, cuda_error)
    outputs = model.generate(asked(ask), GREEDY)
    assert {output.finish_reason for output in outputs} == {"error"}
    assert sorted(calls) == [1] * 8 + [2] * 4 + [4] * 2 + [8]


def test_memory_that_runs_out_midway_costs_no_token(gpt2: Path, ask: Callable[..., Request]) -> None:
    # The first round ends where the longest prompt has filled the context; the second one does not fit.
    requests = [ask("x" * n, seed=n) for n in (94, 70, 60, 50)]
    config = GenerationConfig(max_new_tokens=8, temperature=1.0)
    model, calls = limited(gpt2, lambda rows, columns: columns == 94 or rows == 1, cuda_error)
    assert model.generate(requests, config) == open_model(f"hf:{gpt2}").generate(requests, config)
    assert calls == [4, 3, 2, 1, 1, 1]


def test_beams_and_encoders_are_halved_too(
    build_seq2seq: Callable[..., Path], tmp_path: Path, ask: Callable[..., Request]
) -> None:
    folder = build_seq2seq(tmp_path / "t5", kind="t5", seed=2)
    model, calls = limited(folder, lambda rows, _: rows <= 4, cuda_error)
    assert model.generate(asked(ask), SAMPLED) == open_model(f"hf:{folder}").generate(asked(ask), SAMPLED)
    assert calls == [8, 4, 4]
    model, calls = limited(folder, lambda rows, _: rows <= 4, cuda_error, options=",num_beams=3")
    free = open_model(f"hf:{folder},num_beams=3")
    assert model.generate(asked(ask), GREEDY) == free.generate(asked(ask), GREEDY)
    assert calls == [8, 4, 4]


@pytest.mark.parametrize(
    "message",
    ["[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory", "MPS backend out of memory"],
)
def test_other_devices_say_it_in_words(gpt2: Path, ask: Callable[..., Request], message: str) -> None:
    model, calls = limited(gpt2, lambda rows, _: rows <= 4, lambda: RuntimeError(message))
    assert all(output.error is None for output in model.generate(asked(ask), GREEDY))
    assert calls == [8, 4, 4]


def test_other_errors_are_the_runners(gpt2: Path, ask: Callable[..., Request]) -> None:
    model, calls = limited(gpt2, lambda rows, _: False, lambda: RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError, match="shapes do not match"):
        model.generate(asked(ask), GREEDY)
    assert calls == [8]
