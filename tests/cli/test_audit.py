"""``evalsuite audit``: what it prints, as text and as JSON, and what it says of what it cannot read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from evalsuite.cli import main
from tests.media.images import encode, noise, png, write_folder

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "real", {f"{i}.png": png(noise(i)) for i in range(10)})
    fake = {f"{i}.jpg": encode(Image.fromarray(noise(20 + i)[:, :, 0]), "JPEG", quality=85) for i in range(8)}
    write_folder(tmp_path / "fake", {**fake, "copy.png": png(noise(3)), "zero.png": b"", "a.txt": b""})
    np.save(tmp_path / "train.npy", np.stack([noise(3), noise(30)]))
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "bad", {"0.png": b""})


def call(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["audit", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_what_is_printed_of_one_set(capsys: Capture) -> None:
    code, out, err = call(capsys, "real", "--quiet")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "real: 10 images"
    assert lines[1].split() == ["formats", "PNG", "(10)"]
    assert lines[2].split("  ")[-1] == "28 x 28 (10)"
    assert lines[-1] == "Nothing to warn of."


def test_what_is_printed_of_two(capsys: Capture) -> None:
    code, out, err = call(capsys, "real", "fake", "--train", "train.npy", "--quiet")
    assert code == 0
    assert "  JPEG quality  about 85 (from 85 to 85)\n" in out
    assert "  left out      1 x empty file: zero.png\n" in out
    assert "Images of fake that are in real: 1, such as copy.png = 3.png\n" in out
    assert "Images of fake that are among the 2 training images: 1, such as copy.png = 0\n" in out
    assert [line.split(": ")[2] for line in err.splitlines()] == [
        "training images, pixel for pixel", "in real, too, pixel for pixel", "JPEG"
    ]  # fmt: skip
    assert "JPEG: 0 of real's 10 images and 8 of fake's 9; what its" in err


def test_json(capsys: Capture) -> None:
    code, out, err = call(capsys, "real", "fake", "--json")
    found: dict[str, Any] = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["schema_version"], found["training"], found["shared"]["n"]) == (1, None, 1)
    assert [one["name"] for one in found["sets"]] == ["real", "fake"]
    assert [warning["code"] for warning in found["warnings"]] == ["shared", "jpeg_on_one_side"]


def test_progress_is_told(capsys: Capture) -> None:
    assert "real: 10 images (" in call(capsys, "real")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none",), 'audit: there is no "none". Give a folder, tar, npz, npy or parquet of images, or a pattern'),
        (("empty",), "empty: there is no image in it"),
        (("bad",), "bad: none of its 1 images can be scored: 1 x empty file"),
        (("real", "fake", "real"), "audit: expected one or two sets of images, got 3; quote a pattern"),
        (("real", "--train", "none"), 'audit: there is no "none"'),
        (("statistics.npz",), "audit: statistics.npz: holds statistics; the images themselves are needed"),
    ],
)
def test_mistakes_are_explained(capsys: Capture, arguments: tuple[str, ...], message: str) -> None:
    np.savez("statistics.npz", mu=np.zeros(4), sigma=np.eye(4))
    code, out, err = call(capsys, *arguments, "--quiet")
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_names_cannot_steer_the_terminal(capsys: Capture, tmp_path: Path) -> None:
    write_folder(tmp_path / "x", {"\x1b[31m.png": b"", "a\x1b[2J.png": png(noise(1)), "b.png": png(noise(1))})
    code, out, err = call(capsys, "x")
    assert code == 0
    assert "\x1b" not in out + err
