from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.models import openai_retries
from evalsuite.types import Message, Request

if TYPE_CHECKING:
    from collections.abc import Callable


def builder(name: str) -> Callable[..., Path]:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    build: Callable[..., Path] = module.build
    return build


@pytest.fixture(scope="session")
def build_hf() -> Callable[..., Path]:
    return builder("tiny_hf")


@pytest.fixture(scope="session")
def build_seq2seq() -> Callable[..., Path]:
    return builder("tiny_seq2seq")


@pytest.fixture(scope="session", params=["gpt2", "llama"])
def folder(
    request: pytest.FixtureRequest, build_hf: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return build_hf(tmp_path_factory.mktemp("hf") / request.param, kind=request.param)


@pytest.fixture(scope="session", params=["t5", "bart"])
def seq2seq_folder(
    request: pytest.FixtureRequest, build_seq2seq: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    seeds = {"t5": 2, "bart": 0}  # of weights that end some texts early
    kind = request.param
    return build_seq2seq(tmp_path_factory.mktemp("hf") / kind, kind=kind, seed=seeds[kind])


@pytest.fixture(scope="session")
def ask() -> Callable[..., Request]:
    def make(prompt: str, *, seed: int = 0, sample_id: str | None = None, repeat: int = 0) -> Request:
        return Request(
            sample_id=prompt if sample_id is None else sample_id,
            repeat=repeat,
            turn=0,
            prompt=prompt,
            messages=(Message(role="user", content=prompt),),
            seed=seed,
        )

    return make


@pytest.fixture
def quick_without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no key be set, and next to no time pass between a request to a server and the next attempt."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setattr(openai_retries, "BACKOFF_SECONDS", 0.002)
