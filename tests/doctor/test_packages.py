"""The doctor on packages that are missing, too old, broken, or hang."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalsuite.doctor import Check, all_is_well
from evalsuite.doctor import packages as packages_module
from evalsuite.doctor import requirements as requirements_module
from evalsuite.doctor.child import try_imports
from evalsuite.doctor.extras import ADDITIONS, EXTRAS
from evalsuite.doctor.requirements import Requirement, installed_version, module_name, own_requirements
from tests.doctor.breakages import BREAK, CANARY, LONG

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Modules that cannot be imported, each in its own way, and one that can but is noisy."""
    for name, code in BREAK.items():
        (tmp_path / f"{name}.py").write_text(code, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return list(BREAK)


def test_packages_that_are_broken_are_told_apart(broken: list[str]) -> None:
    problems = try_imports([*broken, "json", "there_is_none"], seconds=LONG)
    assert problems == {
        "raises": "importing it raises ValueError: no such",
        "is_silent": "importing it raises Odd",
        "exits": "importing it ended with exit code 7",
        "leaves": "importing it raises SystemExit: 0",
        "crashes": "importing it was ended by SIGSEGV: it crashed",
        "calls": "importing it raises OSError: the doctor refuses the network",
        "prints": "",
        "json": "",
        "there_is_none": "importing it raises ModuleNotFoundError: No module named 'there_is_none'",
    }


def test_a_package_that_tells_a_key_is_not_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_API_KEY", CANARY)
    (tmp_path / "tells.py").write_text(
        "import os\nraise ValueError('x' * 280 + os.environ['SERVICE_API_KEY'])", "utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    problem = try_imports(["tells"], seconds=LONG)["tells"]
    assert problem == f"importing it raises ValueError: {'x' * 280}..."


def test_a_package_that_hangs_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hangs.py").write_text("import time\nwhile True: time.sleep(60)", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert try_imports(["hangs"], seconds=1.5) == {"hangs": "importing it did not end within 1.5 seconds"}


def packages(monkeypatch: pytest.MonkeyPatch, versions: dict[str, str | None], *needed: str) -> dict[str, Check]:
    """Return the checks of a few packages, of which the metadata say that these versions are installed."""
    asked = [Requirement(name=name, versions=">=2,<3") for name in needed]
    extras = [one for one in own_requirements() if one.extra in ("decode", "mauve")]
    monkeypatch.setattr(packages_module, "own_requirements", lambda: [*asked, *extras])
    monkeypatch.setattr(packages_module, "installed_version", lambda name: versions.get(name))
    return {check.name: check for check in packages_module.check_packages(seconds=LONG)}


def test_extras_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = packages(monkeypatch, {"evalsuite": "0.1", "faiss-cpu": "1.9"})
    assert all_is_well(list(found.values()))
    assert (found["decode"].state, found["decode"].remedy) == ("missing", "pip install 'evalsuite[decode]'")
    assert found["decode"].found == "would add decoder JPEG (faster, the same pixels)"
    assert found["decode"].details["packages"] == {"simplejpeg": None}
    assert found["mauve"].state == "missing"  # half of it is there
    assert found["mauve"].details["packages"] == {"faiss-cpu": "1.9", "scikit-learn": None}


def test_an_extra_that_is_too_old_or_broken_is_no_reason_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "simplejpeg.py").write_text(BREAK["crashes"], "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = packages(monkeypatch, {"evalsuite": "0.1", "simplejpeg": "1.8", "faiss-cpu": "1.7.9", "scikit-learn": "2"})
    assert all_is_well(list(found.values()))
    assert found["decode"].state == found["mauve"].state == "broken"
    assert found["decode"].found.startswith("simplejpeg 1.8: importing it was ended by SIGSEGV: it crashed. Without it")
    assert found["mauve"].found.startswith("faiss-cpu 1.7.9, but >=1.8 is needed. Without it: no metric mauve")


def test_what_is_needed_and_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("newer", "raises"):
        (tmp_path / f"{name}.py").write_text(BREAK["raises"] if name == "raises" else "", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = packages(monkeypatch, {"newer": "3.0", "raises": "2.5"}, "gone", "newer", "raises")
    told = {name: (found[name].state, found[name].found, found[name].remedy) for name in ("gone", "newer", "raises")}
    assert told == {
        "gone": ("broken", "is not installed", "pip install 'gone>=2,<3'"),
        "newer": ("broken", "3.0, but >=2,<3 is needed", "pip install 'newer>=2,<3'"),
        "raises": (
            "broken",
            "2.5, but importing it raises ValueError: no such",
            "pip install --force-reinstall raises",
        ),
    }
    assert found["evalsuite"].state == "broken"
    assert "not installed" in found["evalsuite"].found
    assert not all_is_well(list(found.values()))


def test_files_that_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> str:
        raise requirements_module.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(requirements_module.metadata, "requires", unknown)
    monkeypatch.setattr(requirements_module.metadata, "version", unknown)
    found = {check.name: check for check in packages_module.check_packages(seconds=LONG)}
    assert found["evalsuite"].state == "broken"
    assert found["evalsuite"].remedy == "pip install evalsuite; or pip install -e . in a clone"
    assert found["Rust extension"].state == "ok"
    assert {found[name].state for name in (*EXTRAS, *ADDITIONS)} == {"missing"}


@pytest.mark.parametrize(
    ("versions", "version", "will_do"),
    [
        (">=2.5,<3", "2.5", True),
        (">=2.5,<3", "2.10.1+cu128", True),
        (">=2.5,<3", "2.4.9", False),
        (">=2.5,<3", "3.0.0", False),
        ("<3,>=2.5", "3", False),
        ("", "0.1", True),
        (">=2", "?", True),
        ("==0.1.25", "0.1.25", True),
        ("==0.1.25", "0.1.24", False),
    ],
)
def test_versions(versions: str, version: str, will_do: bool) -> None:
    assert Requirement(name="x", versions=versions).allows(version) is will_do


def test_damaged_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise KeyError(name)

    monkeypatch.setattr(requirements_module.metadata, "version", version)
    assert installed_version("torch") == "?"
    assert module_name("scikit-learn") == "sklearn"
