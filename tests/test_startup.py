"""Light until needed: what must not be imported, is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "aiohttp",
    "torch",
    "numpy",
    "rich",
    "transformers",
    "sacrebleu",
    "rouge_score",
    "jsonschema",
    "safetensors",
    "tokenizers",
    "jinja2",
    "plotly",
    "PIL",
}


def imported(code: str) -> set[str]:
    """Return the heavy packages that are there after the code has run in a fresh process."""
    text = f"import sys\n{code}\nprint('HEAVY', *(set(sys.modules) & {HEAVY!r}), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return set(done.stderr.rpartition("HEAVY")[2].split())


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["run", "--help"], ["doctor", "--help"], ["list"], ["rnu"]]
)
def test_the_command_line_is_light(arguments: list[str]) -> None:
    assert imported(f"from evalsuite.cli import main\nmain({arguments!r})") == set()


def test_importing_is_light() -> None:
    assert imported("import evalsuite\nevalsuite.load_task\nevalsuite.evaluate\nevalsuite.Report") == set()


def test_generating_with_a_light_model_needs_no_torch() -> None:
    code = (
        "import tempfile, evalsuite\n"
        "evalsuite.evaluate(lambda prompt: 'answer: 1', 'ledger', limit=4, output=tempfile.mkdtemp())"
    )
    assert imported(code) <= {"numpy"}


def test_scoring_files_reads_no_metadata_of_packages_and_starts_no_process() -> None:
    code = "import evalsuite.scoring, evalsuite.cli.score_files, sys\n"
    code += "assert not {'importlib.metadata', 'subprocess'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
