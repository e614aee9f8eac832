"""The backend of the OpenAI API against a server that others wrote: ``transformers serve``, with a tiny checkpoint."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Message, Request
from tests.models.tiny_hf import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

for package in ("aiohttp", "transformers"):
    pytest.importorskip(package)
for package in (
    "accelerate",
    "fastapi",
    "openai",
    "uvicorn",
):  # which `transformers[serving]` needs, and the lock does not have
    pytest.importorskip(package, reason="transformers serve needs it")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("checkpoint"), kind="llama", chat=True, positions=256)


@pytest.fixture(scope="module")
def url(checkpoint: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = "import sys; from transformers.cli.transformers import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "serve", str(checkpoint), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen([*command, "--device", "cpu"]) as process:
        try:
            deadline = time.monotonic() + 120
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                    break
                except (URLError, OSError):
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


@pytest.mark.parametrize("stream", ["auto", "false"])
def test_greedy_texts_are_those_of_the_same_checkpoint_here(url: str, checkpoint: Path, stream: str) -> None:
    requests = [
        Request(
            sample_id=f"s{i}",
            repeat=0,
            turn=0,
            prompt=prompt,
            messages=(Message(role="user", content=prompt),),
            seed=i,
        )
        for i, prompt in enumerate(["say lake", "count to nine", "why?"])
    ]
    config = GenerationConfig(max_new_tokens=20)
    here = open_model(f"hf:{checkpoint}", device="cpu").generate(requests, config)
    model = open_model(f"openai:{checkpoint},base_url={url},stream={stream},max_retries=1,timeout=60")
    model.load()  # type: ignore[attr-defined]
    there = model.generate(requests, config)
    assert [one.error for one in there] == [None] * 3
    assert [one.text for one in there] == [one.text for one in here]
    assert [one.finish_reason for one in there] == [one.finish_reason for one in here]
    assert [one.tokens_in for one in there] == [one.tokens_in for one in here]
    assert all((one.first_token_seconds is not None) == (stream == "auto") for one in there)
