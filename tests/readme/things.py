"""What the commands of README.md name, made in a folder under just those names: small, and quick to run."""

from __future__ import annotations

import json
import os
import shutil
import socket
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard

from evalsuite.datasets import load_images
from evalsuite.task import load_task
from tests.media.images import png, write_folder

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
HYPOTHESES = ["The dog bit the man.", "Rain fell on the old stone bridge.", "We met at the lake at noon."]
REFERENCES = ["The dog bit the man.", "Rain fell upon the old bridge of stone.", "We met by the lake at noon."]
WORSE = ["The dog bit a cat.", "It rained.", "We met at noon at some lake."]
QUESTION = "name the largest lake of the three lakes in the north of the country"
VLLM = """
import vllm_standin
from vllm_standin import SamplingParams


class LLM(vllm_standin.LLM):
    n_tokens = 4

    def __init__(self, model, **settings):
        super().__init__(model, **{"max_model_len": 2048, **settings})
"""


@dataclass
class Place:
    """A folder that a command runs in, its environment, and what ends with it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)


def language_model(place: Place) -> None:
    """Make a model of one small layer that says nothing: its last layer norm points at the end of text."""
    pytest.importorskip("transformers", reason="needs the package transformers")
    from safetensors.torch import load_file, save_file

    from tests.models.tiny_hf import build

    folder = build(place.folder / "PATH", positions=2048, layers=1, width=8)
    weights = load_file(folder / "model.safetensors")
    weights["transformer.ln_f.weight"].zero_()
    weights["transformer.ln_f.bias"].copy_(4 * weights["transformer.wte.weight"][0])
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def vllm_model(place: Place) -> None:
    """Put what stands for vLLM in the place of it, with room for a prompt and quick to end its texts."""
    language_model(place)
    site = place.folder / "site"
    site.mkdir()
    for name in ("vllm_standin.py", "vllm_interface.json"):
        shutil.copy(ROOT / "tests" / "models" / name, site)
    (site / "vllm.py").write_text(VLLM)
    place.environment["PYTHONPATH"] = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])


def server(place: Place) -> None:
    """Start a server at the address of the command."""
    pytest.importorskip("aiohttp", reason="needs the package aiohttp")
    from tests.servers.openai_server import OpenAIServer

    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", 8000))
        except OSError as error:
            pytest.skip(f"port 8000, which README.md names, is taken: {error}")
    place.stack.enter_context(OpenAIServer(port=8000))


def pipeline(place: Place) -> None:
    """Make a diffusion model of one convolution or two."""
    pytest.importorskip("diffusers", reason="needs the package diffusers")
    from tests.models.tiny_diffusers import build

    build(place.folder / "PATH", kind="least", size=28)


def generator(place: Place) -> None:
    """Save a generator that takes as much noise as the command says."""
    from tests.models.tiny_torchscript import build

    build(place.folder / "gan.pt", latent=128)


def module(place: Place) -> None:
    """Write a function that always gives the same answer, after the name in the command."""
    (place.folder / "my_module.py").write_text('def answer(prompt):\n    return "answer: 7"\n')


def outputs(place: Place) -> None:
    """Write outputs for a task: right for every other sample, and wrong for the rest."""
    samples = load_task("ledger").samples
    texts = [f"answer: {sample.references[0] if i % 2 else 'none'}" for i, sample in enumerate(samples)]
    lines = [json.dumps({"id": sample.id, "text": text}) for sample, text in zip(samples, texts, strict=True)]
    (place.folder / "outputs.jsonl").write_text("\n".join(lines) + "\n")


def clothes(name: str, start: int, end: int) -> Callable[[Place], None]:
    """Return what writes real images, some of those that no model has seen, to a folder."""

    def write(place: Place) -> None:
        images = load_images("fashion_mnist/heldout")[start:end]
        write_folder(place.folder / name, {f"{i:04}.png": png(image) for i, image in enumerate(images)})

    return write


def lines(name: str, texts: list[str]) -> Callable[[Place], None]:
    """Return what writes a text a line, compressed if the name says so."""

    def write(place: Place) -> None:
        content = "".join(f"{text}\n" for text in texts).encode()
        (place.folder / name).write_bytes(zstandard.compress(content) if name.endswith(".zst") else content)

    return write


def corpus(place: Place) -> None:
    """Write a corpus that has one of the questions in it."""
    (place.folder / "corpus").mkdir()
    (place.folder / "corpus" / "a.txt").write_text("nothing of interest\n")
    (place.folder / "corpus" / "b.txt").write_text(f"Quiz: {QUESTION.title()}. Answer: the middle one\n")


THINGS: dict[str, Callable[[Place], None]] = {
    "hf:PATH": language_model,
    "openai:MODEL,base_url=http://localhost:8000/v1": server,
    "vllm:PATH": vllm_model,
    "diffusers:PATH,steps=50": pipeline,
    "torchscript:gan.pt,latent=128": generator,
    "python:my_module:answer": module,
    "files:outputs.jsonl": outputs,
    "files:images/": clothes("images", 0, 500),
    "a.txt": lines("a.txt", HYPOTHESES),
    "b.txt.zst": lines("b.txt.zst", WORSE),
    "ref.txt": lines("ref.txt", REFERENCES),
    "corpus/": corpus,
    "questions.txt": lines("questions.txt", [QUESTION, "how many boats lie in the harbour of the town on the island"]),
    "real/": clothes("real", 0, 300),
    "samples/": clothes("samples", 300, 600),
}
