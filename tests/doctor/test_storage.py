"""The doctor on folders and weights: what cannot be written, is short of room or damaged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.doctor import all_is_well
from evalsuite.doctor import storage as storage_module

if TYPE_CHECKING:
    import pytest


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
