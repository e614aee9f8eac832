"""The doctor: what it says of an installation that works, lacks something, or is broken; and what it never shows."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.cli import doctor as command
from evalsuite.cli import main
from evalsuite.doctor import Check, all_is_well, describe, examine
from evalsuite.doctor import devices as devices_module
from evalsuite.doctor import model as model_module
from evalsuite.doctor import packages as packages_module
from evalsuite.doctor import requirements as requirements_module
from evalsuite.doctor import storage as storage_module
from evalsuite.doctor.check import SECTIONS, STATES
from evalsuite.doctor.child import Ending, try_imports
from evalsuite.doctor.extras import ADDITIONS, EXTRAS
from evalsuite.doctor.requirements import Requirement, installed_version, module_name, own_requirements
from evalsuite.doctor.secrets import conceal, secret_names
from evalsuite.doctor.surroundings import VARIABLES
from evalsuite.executors import EXECUTORS
from evalsuite.extractors import BY_PATH
from evalsuite.metrics import METRICS
from evalsuite.models import MODELS
from evalsuite.trackers import TRACKERS
from evalsuite.zoo.card import CARDS

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
LONG = 120.0
CANARY = "sk-canary-0123456789"
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


def test_output_that_cannot_be_written_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    found = {check.name: check for check in storage_module.check_storage(tmp_path / "file")}
    assert (found["output"].state, found["output"].needed) == ("broken", True)
    assert "is a file, not a folder" in found["output"].found
    assert "--output" in found["output"].remedy
    assert not all_is_well([found["output"]])
    assert found["weights of the zoo"].state == "ok"


def test_little_room_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(storage_module.shutil.disk_usage(tmp_path))(2**40, 2**40 - 2**20, 2**20)
    monkeypatch.setattr(storage_module.shutil, "disk_usage", lambda _: usage)
    found = {check.name: check for check in storage_module.check_storage(tmp_path)}["output"]
    assert (found.state, found.details["free_bytes"]) == ("warning", 2**20)
    assert found.remedy == "make room: less than 1 GiB is left"


def test_damaged_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALSUITE_INCEPTION_WEIGHTS", str(tmp_path / "weights.pth"))
    monkeypatch.setattr("evalsuite.zoo.weights.WEIGHTS", tmp_path)
    (tmp_path / "weights.pth").write_bytes(b"cut off")
    found = {check.name: check for check in storage_module.check_storage(tmp_path)}
    inception, zoo = found["weights inception"], found["weights of the zoo"]
    assert (inception.state, inception.needed) == ("broken", False)
    assert "is another file, or damaged: SHA-256" in inception.found
    assert (zoo.state, zoo.needed) == ("broken", True)
    assert "cannot be read" in zoo.found


def test_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", unknown)
    check = storage_module.check_storage(tmp_path)[-1]
    assert (check.name, check.state, check.needed) == ("caches", "warning", False)
    assert check.found.endswith("Could not determine home directory.")


BREAK = {
    "raises": 'raise ValueError("no such\\nthing")',
    "is_silent": "class Odd(BaseException):\n def __str__(self): raise RuntimeError\nraise Odd",
    "exits": "import os; os._exit(7)",
    "leaves": "import sys; sys.exit(0)",
    "crashes": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "calls": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)",
    "prints": "print('{}'); import os; os.write(1, b'{\"module\": \"raises\"}\\n')",
}


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


def test_nothing_is_run_where_what_it_needs_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = Check(section="installation", name="torch", state="broken", found="crashes", needed=True)
    module = sys.modules["evalsuite.doctor.examine"]
    monkeypatch.setattr(module, "check_packages", lambda **_: [torch])
    monkeypatch.setattr(module, "check_devices", lambda **_: pytest.fail("there is no torch to look for devices"))
    checks = examine(tmp_path, seconds=LONG)
    assert checks[-1].name == model_module.MODEL
    assert checks[-1].found == "was not tried: it needs what is broken: torch"
    assert describe(checks)["ok"] is False


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (Ending(records=[], trouble="was ended by SIGKILL: it crashed"), "running it was ended by SIGKILL"),
        (Ending(records=[{"problem": "ModelError: no weights"}], trouble=""), "ModelError: no weights"),
        (
            Ending(
                records=[
                    {"problem": "", "metric": "accuracy", "value": 0.5, "n": 4, "outcomes": {"right": 2, "wrong": 2},
                     "seconds": 1.0}
                ],
                trouble="",
            ),
            "accuracy 0.5 on 4 items (2 right, 2 wrong), where its card has 1.0",
        ),
    ],
)  # fmt: skip
def test_a_model_that_does_not_run(monkeypatch: pytest.MonkeyPatch, ending: Ending, told: str) -> None:
    monkeypatch.setattr(model_module, "run_script", lambda *_, **__: ending)
    check = model_module.check_model(seconds=LONG)
    assert (check.state, check.needed) == ("broken", True)
    assert told in check.found


def test_the_card_of_the_model_says_so() -> None:
    card = (CARDS / f"{model_module.MODEL.partition(':')[2]}.md").read_text("utf-8")
    assert "greedily: 100.0% right" in card


TORCH = {"kind": "torch", "version": "2.9", "cuda": "12.8", "hip": None, "threads": 4}
CPU = {"kind": "device", "device": "cpu", "problem": "", "memory_bytes": None}
GPU = {"kind": "device", "device": "cuda:0", "title": "H200", "memory_bytes": 139 << 30, "free_bytes": 100 << 30,
       "capability": "9.0", "problem": ""}  # fmt: skip


def devices(monkeypatch: pytest.MonkeyPatch, *records: dict[str, Any], trouble: str = "") -> dict[str, Check]:
    monkeypatch.setattr(devices_module, "run_script", lambda *_, **__: Ending(records=list(records), trouble=trouble))
    return {check.name: check for check in devices_module.check_devices(seconds=LONG)}


def test_devices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    version = tmp_path / "version"
    monkeypatch.setattr(devices_module, "_DRIVER", version)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert set(devices(monkeypatch, TORCH, CPU)) == {"cpu"}
    version.write_text(
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build\nGCC 12.1.0\n"
    )
    gpu = devices(monkeypatch, TORCH, CPU, GPU)["cuda:0"]
    assert gpu.found == "H200, 139.0 GiB, 100.0 free, driver 570.86.15, torch for CUDA 12.8"
    assert gpu.details["memory_bytes"] == 139 << 30
    unfit = devices(monkeypatch, TORCH, CPU, {**GPU, "problem": "RuntimeError: no kernel image"})["cuda:0"]
    assert (unfit.state, unfit.needed) == ("broken", False)
    assert unfit.found.startswith("cannot compute (RuntimeError: no kernel image), H200")
    assert "--device cpu" in unfit.remedy
    unseen = devices(monkeypatch, {**TORCH, "cuda": None}, CPU)["cuda"]
    assert (unseen.state, unseen.found) == (
        "warning",
        "there is an NVIDIA driver (570.86.15), but torch is built without CUDA",
    )
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert devices(monkeypatch, TORCH, CPU)["cuda"].found.endswith("but CUDA_VISIBLE_DEVICES is ''")


def test_devices_that_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    found = devices(monkeypatch, TORCH, CPU, trouble="was ended by SIGSEGV: it crashed")
    assert found["cpu"].state == "ok"
    assert found["other devices"].state == "broken"
    assert found["other devices"].found == "looking for devices was ended by SIGSEGV: it crashed"
    found = devices(monkeypatch, trouble="did not end within 5 seconds")
    assert (found["cpu"].state, found["cpu"].needed) == ("broken", True)


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


ODD = [
    Check(
        section="installation", name="torch", state="broken", found="\x1b[31mbad\u202e", needed=True, remedy="do\nit"
    ),
    Check(section="extras", name="[red]x", state="missing", found="would add [bold]y", remedy="pip install 'x[y]'"),
]


def test_lines_in_a_pipe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("evalsuite.doctor.examine", lambda *_, **__: ODD)
    assert main(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert not [char for char in out if unicodedata.category(char)[0] == "C" and char != "\n"]
    assert out.splitlines() == [
        "installation",
        "  broken   torch   ?[31mbad?",
        "                   -> do?it",
        "extras",
        "  missing  [red]x  would add [bold]y",
        "                   -> pip install 'x[y]'",
        "needed and broken: torch",
    ]


def test_a_table_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "60")
    command._print_table(ODD)
    out = terminal.getvalue()
    assert "\u202e" not in out
    assert "\x1b[31mbad" not in out
    for text in ("?[31mbad?", "[red]x", "would add [bold]y", "pip install 'x[y]'", "needed and broken: torch"):
        assert text in out


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon"])
def test_seconds_must_be_positive(capsys: pytest.CaptureFixture[str], seconds: str) -> None:
    assert main(["doctor", "--timeout", seconds]) == 2
    assert "--timeout" in capsys.readouterr().err
