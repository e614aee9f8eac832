"""Fixtures that several test folders share: a small task in files, and its samples."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

# Processes that tests start from the top of the tree must import the installed package, which has the extension, and
# not the source beside them.
os.environ["PYTHONSAFEPATH"] = "1"
# One process a core, each with the threads of all cores, spend most of their time waiting for each other.
if "PYTEST_XDIST_WORKER" in os.environ:
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")

WORDS = ("lake", "hut", "path", "dog", "rain", "stone", "bridge", "fern")
METRICS = '[{ name = "exact_match", primary = true, by = ["depth", "kind"] }, { name = "chrf" }]'

WriteTask = Callable[..., Path]

# Files of few tests that take minutes: begun last, they would keep one worker busy and the others waiting.
LONG = (
    "test_quickstart.py",
    "zoo/images/",
    "cli/test_feature_options.py",
    "images/test_fidelity.py",
    "test_readme_commands.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Let workers take files in the order that is given here, and not by the number of their tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: next((i for i, name in enumerate(LONG) if name in item.nodeid), len(LONG)))


def sample_lines(n: int) -> list[str]:
    return [
        json.dumps(
            {
                "id": f"s{i:02}",
                "input": {"word": WORDS[i % len(WORDS)], "number": i},
                "references": [f"{WORDS[i % len(WORDS)]} {i}"],
                "cluster": f"c{i // 2}",
                "depth": 1 + i % 3,
                "metadata": {"kind": "even" if i % 2 == 0 else "odd"},
            }
        )
        for i in range(n)
    ]


@pytest.fixture
def write_task(tmp_path: Path) -> WriteTask:
    """Return a function that writes a task folder and returns the path of its ``task.toml``."""

    def write(
        n: int = 24,
        *,
        name: str = "tiny",
        lines: Sequence[str] | None = None,
        prompt: str = "Say {word} {number}.",
        metrics: str = METRICS,
        version: int = 1,
        more: str = "",
    ) -> Path:
        folder = tmp_path / "tasks" / name
        folder.mkdir(parents=True, exist_ok=True)
        content = "".join(line + "\n" for line in (sample_lines(n) if lines is None else lines)).encode()
        (folder / "samples.jsonl").write_bytes(content)
        path = folder / "task.toml"
        path.write_text(
            f'name = "{name}"\nversion = {version}\nsummary = "A small task."\n'
            f'samples = {{ file = "samples.jsonl", sha256 = "{hashlib.sha256(content).hexdigest()}" }}\n'
            f"prompt = {json.dumps(prompt)}\nmetrics = {metrics}\n{more}\n",
            "utf-8",
        )
        return path

    return write
