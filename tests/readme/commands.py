"""The commands of README.md, as they stand there, and what their words are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")

# Lines that other tests run, word for word or in the same words.
ELSEWHERE = {
    "pip install .": "tests/test_packaging.py reads it of .ci/run, which installs so before all tests",
    "evalsuite run": "tests/test_quickstart.py",
    "pip install '.[dev]'": ".ci/run, from requirements.lock",
    "cargo test --workspace && pytest -n auto --dist loadfile": ".ci/run; tests/test_packaging.py compares the two",
}


def shell_lines() -> list[str]:
    """Return all lines of README.md that are commands of a shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def words_of(line: str) -> list[str]:
    """Return the words of a command as a shell reads them."""
    return shlex.split(line, comments=True)


def commands() -> list[str]:
    """Return the lines that no other test runs."""
    return [line for line in shell_lines() if shlex.join(words_of(line)) not in _elsewhere()]


def _elsewhere() -> set[str]:
    return {shlex.join(shlex.split(line)) for line in ELSEWHERE}


def option(words: list[str], name: str) -> list[str]:
    """Return the words that follow an option, up to the next."""
    if name not in words:
        return []
    rest = words[words.index(name) + 1 :]
    return rest[: next((i for i, word in enumerate(rest) if word.startswith("--")), len(rest))]


def python_blocks() -> list[str]:
    """Return the blocks of Python of README.md."""
    return re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
