"""What is installed is what is in the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import metadata, version
from importlib.resources import files
from pathlib import Path

import evalsuite

ROOT = Path(__file__).resolve().parent.parent


def test_version_is_the_one_in_cargo_toml():
    cargo = tomllib.loads((ROOT / "Cargo.toml").read_text())
    assert version("evalsuite") == cargo["workspace"]["package"]["version"] == evalsuite.__version__


def test_extension_imports():
    from evalsuite import _rust

    assert _rust.__all__


def test_a_folder_of_sources_says_what_is_missing(tmp_path: Path):
    """Python takes the folder it runs in before what is installed: in a clone, sources that were not built."""
    ignored = shutil.ignore_patterns("*.so", "__pycache__", "weights")
    shutil.copytree(Path(evalsuite.__file__).parent, tmp_path / "evalsuite", ignore=ignored)
    code = "from evalsuite.text import BLEU\nBLEU().corpus_score(['a'], [['a']])"
    usual = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=usual, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Run Python from another folder; or build the part here: pip install -e ." in done.stderr.splitlines()[-1]


def test_tasks_are_installed_as_they_are_in_the_tree():
    installed = files("evalsuite") / "tasks"
    for path in sorted((ROOT / "tasks").rglob("*")):
        if path.is_file():
            assert (installed / str(path.relative_to(ROOT / "tasks"))).read_bytes() == path.read_bytes(), path


def test_weights_schemas_and_types_are_installed():
    package = files("evalsuite")
    assert (package / "py.typed").is_file()
    assert (package / "_rust.pyi").is_file()
    assert (package / "schemas" / "report-1.json").is_file()
    assert (package / "horizon" / "gsm8k_counts" / "counts.csv").is_file()
    assert (package / "horizon" / "gsm8k_counts" / "LICENCE.txt").is_file()
    assert list((package / "zoo" / "weights").iterdir())
    assert (package / "extractors" / "weights" / "fashion_convnet.safetensors").is_file()


def test_data_and_its_licence_are_installed():
    installed = files("evalsuite") / "datasets" / "fashion_mnist"
    in_tree = ROOT / "evalsuite" / "datasets" / "fashion_mnist"
    names = {path.name for path in in_tree.iterdir()}
    assert {"LICENCE.txt", "heldout-images.gz", "test-images.gz", "train-features.npy"} <= names
    for name in names:
        assert (installed / name).read_bytes() == (in_tree / name).read_bytes(), name


def test_licence_is_apache():
    assert metadata("evalsuite")["License-Expression"] == "Apache-2.0"


NOT_LOCKED = {"vllm", "lm-eval", "inspect-ai"}  # they pin versions of their own, and no test of .ci/run needs them


def test_lock_covers_every_dependency_but_those_it_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    locked = {line.split("==")[0].replace("_", "-") for line in lines if "==" in line}
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(name for extra in extras for name in extra)]
    names = {re.split(r"[<>=\[ ]", name)[0].lower().replace("_", "-") for name in wanted} - {"evalsuite"}
    assert names - NOT_LOCKED <= locked
    assert names - locked >= NOT_LOCKED
    assert all(f'"{name}"' in (ROOT / ".ci" / "lock").read_text() for name in NOT_LOCKED)


def test_ci_and_contributing_run_the_commands_of_the_readme():
    readme, ci, contributing = (
        (ROOT / name).read_text("utf-8") for name in ("README.md", ".ci/run", "CONTRIBUTING.md")
    )
    command = re.search(r"## Test\n\n```sh\n.*\n(.*)\n```", readme)
    assert command
    assert command[1] in ci.splitlines()
    assert command[1] in contributing.splitlines()
    for line in re.search(r"## Three commands.*?```sh\n(.*?)```", contributing, re.DOTALL)[1].splitlines():
        assert line in ci.splitlines()
