"""The doctor: what it says of an installation that works, and what it never shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.doctor import model as model_module
from evalsuite.doctor.check import SECTIONS, STATES
from evalsuite.doctor.requirements import installed_version
from evalsuite.doctor.secrets import conceal, secret_names
from tests.doctor.breakages import CANARY

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
CHECK_KEYS = ["section", "name", "state", "needed", "found", "remedy", "details"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path, str]:
    """The doctor's report of what is installed here, from a folder with a cache that cannot be written."""
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "file").write_bytes(b"")
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "file" / "cache"), "OPENAI_API_KEY": CANARY}
    done = subprocess.run(
        [sys.executable, "-m", "evalsuite", "doctor", "--json", "-o", "new/runs"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout), folder, done.stdout + done.stderr


def by_name(checks: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in checks}


def test_the_report_of_an_installation_that_works(report: tuple[dict[str, Any], Path, str]) -> None:
    record, _, _ = report
    assert list(record) == ["kind", "schema_version", "evalsuite", "ok", "checks"]
    assert (record["kind"], record["schema_version"], record["ok"]) == ("doctor", 1, True)
    checks = record["checks"]
    assert all(list(check) == CHECK_KEYS for check in checks)
    assert [section for section in SECTIONS if any(check["section"] == section for check in checks)] == list(
        dict.fromkeys(check["section"] for check in checks)
    )
    assert {check["state"] for check in checks} <= set(STATES)
    assert len({(check["section"], check["name"]) for check in checks}) == len(checks)
    found = by_name(checks)
    assert found["evalsuite"]["details"]["version"] == record["evalsuite"] == installed_version("evalsuite")
    needed = {check["name"] for check in checks if check["needed"] and check["section"] == "installation"}
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert needed == {"Python", "evalsuite", "Rust extension", *(re.split("[>=]", text)[0] for text in declared)}
    assert found["cpu"]["details"]["threads"] >= 1


def test_the_embedded_model_really_ran(report: tuple[dict[str, Any], Path, str]) -> None:
    details = by_name(report[0]["checks"])[model_module.MODEL]["details"]
    assert details["value"] >= model_module.LEAST_VALUE
    assert details["n"] == model_module.LIMIT == sum(details["outcomes"].values())
    assert details["seconds"] > 0


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(report: tuple[dict[str, Any], Path, str]) -> None:
    record, folder, _ = report
    cache = by_name(record["checks"])["feature cache"]
    assert (cache["state"], cache["needed"]) == ("warning", False)
    assert (
        cache["found"]
        == f"{folder}/file/cache/evalsuite/features: cannot be written: {folder}/file is a file, not a folder"
    )
    assert "--no-cache" in cache["remedy"]
    assert cache["details"] == {
        "path": f"{folder}/file/cache/evalsuite/features",
        "can_be_written": False,
        "free_bytes": None,
    }


def test_it_leaves_nothing_behind_and_shows_no_key(report: tuple[dict[str, Any], Path, str]) -> None:
    record, folder, printed = report
    assert [path.name for path in folder.iterdir()] == ["file"]
    assert CANARY not in printed
    assert "OPENAI_API_KEY" in by_name(record["checks"])["keys"]["found"]


def test_keys_are_concealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", CANARY)
    monkeypatch.setenv("MAX_TOKENS", "12")
    monkeypatch.setenv("SSH_AUTH_SOCK", str(ROOT))
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    assert "SOME_TOKEN" in secret_names()
    assert not {"MAX_TOKENS", "SSH_AUTH_SOCK", "TOKENIZERS_PARALLELISM"} & set(secret_names())
    assert conceal(f"{ROOT}/x is false") == f"{ROOT}/x is false"
    assert conceal(f"bad key {CANARY}: https://me:{CANARY}@host/x 12") == "bad key ...: https://...@host/x 12"


def test_the_doctor_himself_imports_nothing_that_may_be_broken() -> None:
    """Whatever is tried is tried elsewhere, and so a broken package does not keep him from saying so."""
    code = """
import sys
from collections import defaultdict

class Broken:
    def find_spec(self, name, path=None, target=None):
        if name in NAMES:
            raise OSError(name)

NAMES = {"torch", "numpy", "rich", "transformers", "jinja2", "PIL", "sacrebleu", "plotly", "safetensors", "filelock"}
sys.meta_path.insert(0, Broken())
from evalsuite.doctor import child, devices, model, packages
packages.try_imports = lambda modules, seconds: dict.fromkeys(modules, "")
devices.run_script = model.run_script = lambda *_, **__: child.Ending(records=[], trouble="crashed")
from evalsuite.cli import main
assert main(["doctor"]) == 1
assert not NAMES & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
