"""What every backend must do, asked of a small real instance of each."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest

from evalsuite.errors import ModelError
from evalsuite.models import MODELS
from evalsuite.models.base import Model
from evalsuite.models.spec import open_model
from evalsuite.types import FINISH_REASONS, GenerationConfig, Message, Modality, Output, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SAMPLED = GenerationConfig(max_new_tokens=12, temperature=1.0)
SOURCE = (
    "import hashlib\ndef answer(prompt, seed):\n    return hashlib.sha256(f'{prompt}{seed}'.encode()).hexdigest()\n"
)
IDS = [f"sample-{i}" for i in range(7)]


@dataclass(frozen=True)
class Case:
    """A model of a backend; the same with other content; a misspelt option; and what the backend can be held to."""

    spec: str
    change: Callable[[], str]
    misspelt: str | None
    closest: str | None
    modality: Modality = "text"
    counts_tokens: bool = True
    stops: bool = True


def openai_case(folder: Path) -> Case:
    pytest.importorskip("aiohttp")
    from tests.servers.openai_server import OpenAIServer

    server = OpenAIServer().__enter__()  # it ends with the process
    spec = f"base_url={server.url},concurrency=3"
    return Case(f"openai:tiny,{spec}", lambda: f"openai:other,{spec}", "base_urls", "base_url")


def openai_images_case(folder: Path) -> Case:
    case = openai_case(folder)
    return replace(
        case,
        spec=f"{case.spec},api=images",
        change=lambda: f"{case.change()},api=images",
        modality="image",
        counts_tokens=False,
        stops=False,
    )


def python_case(folder: Path) -> Case:
    def write(content: str) -> str:
        sys.modules.pop("contract_model", None)
        (folder / "contract_model.py").write_text(content)
        return "python:contract_model:answer"

    return Case(write(SOURCE), lambda: write(SOURCE + "#"), None, None, counts_tokens=False)


def files_case(folder: Path) -> Case:
    def write(extra: str) -> str:
        records = [{"id": i, "text": f"{i} says: it{extra}", "repeat": r} for i in IDS for r in range(2)]
        (folder / "out.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
        return f"files:{folder / 'out.jsonl'}"

    return Case(write(""), lambda: write("!"), "fields", "field", counts_tokens=False, stops=False)


def hf_case(builder: str) -> Callable[[Path], Case]:
    def case(folder: Path) -> Case:
        pytest.importorskip("transformers")
        path = Path(__file__).parents[1] / "models" / f"{builder}.py"
        spec = importlib.util.spec_from_file_location(f"{builder}_contract", path)
        assert spec is not None
        assert spec.loader is not None
        module: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return Case(
            f"hf:{module.build(folder / 'a')}", lambda: f"hf:{module.build(folder / 'b', seed=1)}", "dtypes", "dtype"
        )

    return case


def diffusers_case(kind: str, options: str, modality: Modality = "image") -> Callable[[Path], Case]:
    def case(folder: Path) -> Case:
        pytest.importorskip("diffusers")
        from tests.models.tiny_diffusers import build

        return Case(
            f"diffusers:{build(folder / 'a', kind=kind)},{options}",
            lambda: f"diffusers:{build(folder / 'b', kind=kind, seed=1)},{options}",
            "schedulers",
            "scheduler",
            modality=modality,
            counts_tokens=False,
            stops=False,
        )

    return case


def torchscript_case(folder: Path) -> Case:
    pytest.importorskip("torch")
    from tests.models.tiny_torchscript import build

    return Case(
        f"torchscript:{build(folder / 'a.pt')},latent=16",
        lambda: f"torchscript:{build(folder / 'b.pt', seed=1)},latent=16",
        "latents",
        "latent",
        modality="image",
        counts_tokens=False,
        stops=False,
    )


def scripted_case(folder: Path) -> Case:
    return Case("scripted:random,words=30", lambda: "scripted:random,words=31", "word", "words")


def vllm_case(folder: Path) -> Case:
    """Of the stand-in that refuses what vLLM does not have; vLLM itself needs a GPU."""
    pytest.importorskip("transformers")
    from tests.models.tiny_hf import build

    (folder / "vllm.py").write_text("from tests.models.vllm_standin import LLM, SamplingParams\n")
    sys.modules.pop("vllm", None)
    sys.path.insert(0, str(folder))
    return Case(f"vllm:{build(folder / 'a')}", lambda: f"vllm:{build(folder / 'b', seed=1)}", "dtypes", "dtype")


def zoo_case(folder: Path) -> Case:
    zoo: Any = pytest.importorskip("evalsuite.zoo", exc_type=ImportError)
    names = [name for name in sorted(zoo.TEXT_MODELS) if _opens(f"zoo:{name}")]
    if len(names) < 2:
        pytest.skip("the zoo's weights are not in this checkout")
    return Case(f"zoo:{names[0]}", lambda: f"zoo:{names[1]}", None, None)


def image_case(name: str, other: str, modality: Modality = "image") -> Callable[[Path], Case]:
    return lambda _: Case(
        f"zoo:{name}", lambda: f"zoo:{other}", None, None, modality=modality, counts_tokens=False, stops=False
    )


CASES: dict[str, Callable[[Path], Case]] = {
    "diffusers": diffusers_case("ddpm", "steps=2"),
    "diffusers:text": diffusers_case("sd", "steps=2"),
    "diffusers:video": diffusers_case("t2v", "steps=2,frames=2", "video"),
    "files": files_case,
    "hf": hf_case("tiny_hf"),
    "hf:seq2seq": hf_case("tiny_seq2seq"),
    "openai": openai_case,
    "openai:images": openai_images_case,
    "python": python_case,
    "scripted": scripted_case,
    "torchscript": torchscript_case,
    "vllm": vllm_case,
    "zoo": zoo_case,
    "zoo:fashion_autoencoder": image_case("fashion_autoencoder", "fashion_vae"),
    "zoo:fashion_autoregressive": image_case("fashion_autoregressive", "fashion_vae"),
    "zoo:fashion_ddpm": image_case("fashion_ddpm", "fashion_ddpm_early"),
    "zoo:fashion_gan": image_case("fashion_gan", "fashion_vae"),
    "zoo:fashion_vae": image_case("fashion_vae", "fashion_gan"),
    "zoo:films": image_case("films", "films_still", "video"),
    "zoo:films_other_way": image_case("films_other_way", "films_shuffled", "video"),
    "zoo:noise": image_case("noise", "real"),
    "zoo:picture_transformer": image_case("picture_transformer", "picture_transformer_early"),
    "zoo:real": image_case("real", "noise"),
}


def _opens(spec: str) -> bool:
    try:
        open_model(spec)
    except ModelError:
        return False
    return True


@pytest.fixture(scope="module", params=sorted(CASES))
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("case")
    here, path = Path.cwd(), list(sys.path)
    os.chdir(folder)
    try:
        yield CASES[request.param](folder)
    finally:
        sys.modules.pop("vllm", None)
        os.chdir(here)
        sys.path[:] = path


@pytest.fixture(scope="module")
def model(case: Case) -> Model:
    return opened(case.spec)


def opened(spec: str) -> Model:
    """Open a model and tell it the task's samples, as the runner does."""
    model = open_model(spec)
    bind = getattr(model, "bind", None)
    if bind is not None:
        bind(IDS)
    return model


def content(output: Output) -> str | bytes | None:
    """Return what a model said or drew."""
    made = output.image if output.video is None else output.video
    return made.tobytes() if isinstance(made, np.ndarray) else output.text


def same(left: Output, right: Output) -> bool:
    """Whether two outputs are the same down to the last bit, the time they took aside."""
    rest = {"image": None, "video": None, "seconds": None, "first_token_seconds": None}
    return content(left) == content(right) and replace(left, **rest) == replace(right, **rest)


def requests(repeats: int = 1) -> list[Request]:
    return [
        Request(
            sample_id=sample_id,
            repeat=repeat,
            turn=0,
            prompt=(prompt := f"Question {i}: " + "how " * i),
            messages=(Message(role="user", content=prompt),),
            seed=1000 * repeat + i,
        )
        for repeat in range(repeats)
        for i, sample_id in enumerate(IDS)
    ]


def padded(model: Model, batch: Sequence[Request], config: GenerationConfig = SAMPLED) -> list[Output]:
    """Ask as the runner does: of a model whose outputs depend on the batch's size, always the same size."""
    size = min(model.batch_size, 16)
    filler = [] if model.batch_invariant else [batch[-1]] * (size - len(batch))
    return list(model.generate([*batch, *filler], config))[: len(batch)]


def test_every_backend_has_a_case() -> None:
    builtin = [name for name in MODELS.names() if "from the package" not in MODELS.summary(name)]
    assert sorted({name.partition(":")[0] for name in CASES}) == builtin


def test_says_what_it_is(case: Case, model: Model) -> None:
    assert isinstance(model, Model)
    assert open_model(model.spec).fingerprint == model.fingerprint
    for text in (model.spec, model.name, model.fingerprint, model.dtype, model.device):
        assert isinstance(text, str)
    assert model.spec.partition(":")[0] == case.spec.partition(":")[0]
    assert model.name
    assert isinstance(model.modalities, frozenset)
    assert model.modalities
    assert model.modalities <= set(get_args(Modality))
    assert case.modality in model.modalities
    assert isinstance(model.batch_size, int)
    assert model.batch_size >= 1
    assert isinstance(model.batch_invariant, bool)


def test_answers_each_request_in_order(case: Case, model: Model) -> None:
    asked = requests()
    outputs = padded(model, asked)
    assert len(outputs) == len(asked)
    assert len({content(output) for output in outputs}) > 1
    for output in outputs:
        assert isinstance(output, Output)
        assert output.finish_reason in FINISH_REASONS
        if case.modality == "text":
            assert isinstance(output.text, str)
        else:
            made = getattr(output, case.modality)
            assert output.text is None
            assert isinstance(made, np.ndarray)
            assert made.dtype == np.uint8
            assert made.ndim == (4 if case.modality == "video" else 3)
            assert made.shape[-1] in (1, 3)


def test_nothing_asked_nothing_said(model: Model) -> None:
    assert list(model.generate([], SAMPLED)) == []


def test_same_seed_same_bytes(case: Case, model: Model) -> None:
    asked = requests(2)[:7]
    for before, after in zip(padded(model, asked), padded(opened(case.spec), asked), strict=True):
        assert same(before, after)


def test_batches_do_not_matter(model: Model) -> None:
    asked = requests(2)
    whole = {
        (r.sample_id, r.repeat): o
        for part in (asked[:7], asked[7:])
        for r, o in zip(part, padded(model, part), strict=True)
    }
    order = random.Random(0).sample(asked, len(asked))
    for size in (1, 3, 7):
        for start in range(0, len(order), size):
            part = order[start : start + size]
            for request, output in zip(part, padded(model, part), strict=True):
                assert same(output, whole[request.sample_id, request.repeat])


def test_token_budget(case: Case, model: Model) -> None:
    if not case.counts_tokens:
        pytest.skip("has no tokens of its own")
    outputs = padded(model, requests(), GenerationConfig(max_new_tokens=3, temperature=1.0))
    assert all(output.tokens_out is not None and output.tokens_out <= 3 for output in outputs)
    assert any(output.finish_reason == "length" for output in outputs)
    longer = padded(model, requests())
    for short, long in zip(outputs, longer, strict=True):
        assert (long.text or "").startswith((short.text or "").rstrip("\ufffd"))
        assert short.finish_reason == "length" or same(short, long)


def test_stop_strings(case: Case, model: Model) -> None:
    if not case.stops:
        pytest.skip("its outputs exist already")
    outputs = padded(model, requests())
    text = max((output.text or "" for output in outputs), key=len)
    stop = text[len(text) // 2]
    config = GenerationConfig(max_new_tokens=12, temperature=1.0, stop=(stop,))
    for before, after in zip(outputs, padded(model, requests(), config), strict=True):
        assert after.text == (before.text or "").partition(stop)[0]
        assert stop not in (before.text or "") or after.finish_reason == "stop"


def test_unknown_option(case: Case) -> None:
    with pytest.raises(ModelError, match='unknown option "not_an_option"'):
        open_model(f"{case.spec},not_an_option=1")
    if case.misspelt:
        with pytest.raises(ModelError, match=f'unknown option "{case.misspelt}"; did you mean "{case.closest}"'):
            open_model(f"{case.spec},{case.misspelt}=1")


def test_opening_is_cheap(case: Case) -> None:
    program = (
        "import sys; from evalsuite.models.spec import open_model; open_model(sys.argv[1]); "
        "print(sorted({'diffusers', 'torch', 'transformers', 'numpy'} & set(sys.modules)))"
    )
    path = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", program, case.spec],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_fingerprint_is_of_the_content(case: Case) -> None:
    first = open_model(case.spec).fingerprint
    assert open_model(case.spec).fingerprint == first
    assert open_model(case.change()).fingerprint != first
