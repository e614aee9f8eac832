"""The doctor on a model that does not run, and on devices that cannot compute."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.doctor import Check, describe, examine
from evalsuite.doctor import devices as devices_module
from evalsuite.doctor import model as model_module
from evalsuite.doctor.child import Ending
from evalsuite.zoo.card import CARDS
from tests.doctor.breakages import LONG

if TYPE_CHECKING:
    from pathlib import Path


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
