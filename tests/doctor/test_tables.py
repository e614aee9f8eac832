"""The doctor's tables are those of the package: extras, what they add, and variables."""

from __future__ import annotations

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

from evalsuite.doctor.extras import ADDITIONS, EXTRAS
from evalsuite.doctor.requirements import module_name, own_requirements
from evalsuite.doctor.surroundings import VARIABLES
from evalsuite.executors import EXECUTORS
from evalsuite.extractors import BY_PATH
from evalsuite.metrics import METRICS
from evalsuite.models import MODELS
from evalsuite.trackers import TRACKERS

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_of_extras_is_that_of_the_package() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(EXTRAS) == set(extras) - {"test", "benchmarks", "dev", "all"}
    assert {one.extra for one in own_requirements()} >= set(EXTRAS)


def test_packages_are_imported_by_the_names_they_have() -> None:
    for requirement in own_requirements():
        if requirement.extra not in ("test", "benchmarks", "dev", "vllm") and requirement.name != "pytorch-fid":
            assert find_spec(module_name(requirement.name)), requirement


def test_what_they_add_is_there() -> None:
    for addition in (*EXTRAS.values(), *ADDITIONS.values()):
        for text in addition.adds:
            kind, name, *_ = text.split()
            if kind == "metric":
                assert name in METRICS.names()
            elif kind == "backend":
                assert name.removesuffix(":") in MODELS.names()
            elif kind == "extractor":
                assert name.removesuffix(":") in BY_PATH
            elif kind == "tokenizer":
                from evalsuite.text.tokenizers import TOKENIZERS

                assert name in TOKENIZERS
            elif kind == "tracker":
                assert name in TRACKERS.names()
            elif kind == "executor":
                assert name in EXECUTORS
            else:
                assert kind in ("decoder", "measure", "task")


def test_the_variables_are_those_that_the_source_reads() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "evalsuite").rglob("*.py") if "doctor" not in path.parts]
    assert {name for text in sources for name in re.findall(r"EVALSUITE_[A-Z0-9_]+", text)} <= set(VARIABLES)
