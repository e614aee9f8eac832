"""Runs against a server that takes 200 ms, 64 requests at a time: ours beside a bare loop over aiohttp's client.

Run with ``pytest tests/benchmarks/test_openai.py --benchmark-enable``. The server is a process of its own. What it
measured of ours is recorded: the share of its 64 places that had a request, from the first request to the last answer.
Ours renders prompts, checks outputs and writes the log besides.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from evalsuite.evaluation import plan_run
from evalsuite.models.openai_wire import Dialect, request_body
from evalsuite.models.spec import open_model
from evalsuite.runner import generate
from evalsuite.task import Task, load_task
from tests.benchmarks.race import time_in_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AT_ONCE = 64


@contextmanager
def server(seconds: float) -> Iterator[str]:
    program = Path(__file__).parents[1] / "servers" / "openai_server.py"
    command = [sys.executable, str(program), str(seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()


def ours(url: str, task: Task, folder: Path) -> dict[str, str | None]:
    """Run the task; return texts by sample."""
    model = open_model(f"openai:tiny,base_url={url},concurrency={AT_ONCE},stream=false")
    log = generate(plan_run(model, task, root=folder))
    return {sample: output.text for (sample, _, _), output in log.outputs.items()}


def bare(url: str, task: Task) -> dict[str, str | None]:
    """Ask the same with as little as there can be around aiohttp's client."""
    return asyncio.run(_bare(url, task))


async def _bare(url: str, task: Task) -> dict[str, str | None]:
    import aiohttp

    found: dict[str, str | None] = {}
    bodies = iter(list(_bodies(task)))
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def work() -> None:
            for name, body in bodies:
                async with session.post(f"{url}/chat/completions", data=body, headers=headers) as response:
                    record = json.loads(await response.read())
                found[name] = record["choices"][0]["message"]["content"]

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return found


def _bodies(task: Task) -> Iterator[tuple[str, bytes]]:
    for sample in task.samples:
        request = task.request(sample, repeat=0, turn=0, history=(), run_seed=0, num_fewshot=0)
        assert request is not None
        body = request_body(request, task.generation, model="tiny", api="chat", dialect=Dialect(stream=False))
        yield sample.id, body


@pytest.mark.parametrize("tool", ["evalsuite", "aiohttp"])
def test_64_at_a_time(benchmark: Any, tool: str, write_task: Callable[..., Path], tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    n, seconds = (AT_ONCE + 5, 0.01) if benchmark.disabled else (20 * AT_ONCE, 0.2)
    task = load_task(str(write_task(n)))
    folders = (tmp_path / f"runs-{i}" for i in itertools.count())
    with server(seconds) as url:
        found = ours(url, task, next(folders))
        with urlopen(f"{url}/measured") as answer:
            measured = json.load(answer)
        assert len(found) == measured["n"] == n
        assert found == bare(url, task)
        group = f"{n} requests of 200 ms, {AT_ONCE} at a time"
        if tool == "evalsuite":
            benchmark.extra_info["busy"] = measured["busy"] / (AT_ONCE * measured["seconds"])
            time_in_group(benchmark, group, tool, lambda: ours(url, task, next(folders)), rounds=3)
        else:
            time_in_group(benchmark, group, tool, lambda: bare(url, task), rounds=3, target=0.9)
