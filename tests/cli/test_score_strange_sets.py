"""``evalsuite score --real R --fake F`` of sets that look right and are not: a message, a note or a count."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from evalsuite.cli import main
from evalsuite.datasets import load_images
from tests.media.images import png, write_folder

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]


class NoneForBright(torch.nn.Module):
    """Sixteen means of parts, or what is no number for bright images."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        values = images.float()
        found = torch.nn.functional.adaptive_avg_pool2d(values[:, :1], [4, 4]).flatten(1)
        return torch.where(values.mean() > 90, torch.full_like(found, float("nan")), found)


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    images = load_images("fashion_mnist/heldout")
    order = np.argsort(images.mean(axis=(1, 2, 3)))
    dark, bright = images[order[:120]], images[order[-3:]]
    write_folder(tmp_path / "real", {f"{i}.png": png(one) for i, one in enumerate(dark[::2])})
    write_folder(tmp_path / "fake", {f"{i}.png": png(one) for i, one in enumerate(dark[1::2])})
    write_folder(tmp_path / "bright", {f"{i}.png": png(one) for i, one in enumerate([*dark[:60], *bright])})
    write_folder(tmp_path / "one", {f"{i}.png": png(dark[0]) for i in range(20)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is deprecated; the files are still everywhere
        torch.jit.script(NoneForBright()).save(str(tmp_path / "net.pt"))
    return tmp_path


@pytest.mark.parametrize("metric", ["cmmd", "kid", "frechet_distance", "recall"])
def test_a_network_that_returns_no_numbers_for_real_images(sets: Path, capsys: Capture, metric: str) -> None:
    given = ["--extractor", f"torchscript:{sets / 'net.pt'}", "--metric", metric]
    code = main(["score", "--real", str(sets / "bright"), "--fake", str(sets / "fake"), *given])
    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert f"--real {sets / 'bright'}" in captured.err
    assert "must be finite; those of 3 of 63 images are not, the first of which is 60.png" in captured.err
    code = main(["score", "--real", str(sets / "real"), "--fake", str(sets / "bright"), *given, "--json"])
    (score,) = json.loads(capsys.readouterr().out)["scores"]
    assert (code, score["n_unscored"]) == (0, 3)


def test_a_link_to_itself_is_no_image(sets: Path, capsys: Capture) -> None:
    (sets / "fake" / "self.png").symlink_to("self.png")
    for real, fake in (("real", "fake"), ("fake", "real")):
        code = main(["score", "--real", str(sets / real), "--fake", str(sets / fake), "--metric", "kid"])
        captured = capsys.readouterr()
        assert code == 0, captured.err
        assert "left out" in captured.out + captured.err


@pytest.mark.parametrize(("real", "fake", "whose"), [("real", "one", "generated"), ("one", "real", "reference")])
def test_one_image_over_and_over(sets: Path, capsys: Capture, real: str, fake: str, whose: str) -> None:
    code = main(
        ["score", "--real", str(sets / real), "--fake", str(sets / fake), "--metric", "frechet_distance", "--json"]
    )
    (score,) = json.loads(capsys.readouterr().out)["scores"]
    assert code == 0
    assert any(f"all 20 {whose} images have the same features" in note for note in score["notes"])
