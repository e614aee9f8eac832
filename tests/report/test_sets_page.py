"""The page of ``evalsuite score --real --fake --html``: scores and pictures of sets, from hostile names too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.datasets import load_images
from tests.media.images import png, write_folder

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
HOSTILE = "<script>alert(1)<\u202e"


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    images = load_images("fashion_mnist/heldout")[:300]
    np.savez(tmp_path / "real.npz", images[:100])
    write_folder(tmp_path / "good", {f"{i}.png": png(image) for i, image in enumerate(images[100:200])})
    noise = np.random.default_rng(0).integers(0, 256, images[:100].shape, dtype=np.uint8)
    write_folder(tmp_path / HOSTILE, {f"{i}.png": png(image) for i, image in enumerate(noise)})
    return tmp_path


def page_of(sets: Path, *fakes: str, metrics: tuple[str, ...] = ("frechet_distance", "recall")) -> str:
    arguments = [argument for fake in fakes for argument in ("--fake", str(sets / fake))]
    path = sets / "pages" / "page.html"
    assert main(["score", "--real", str(sets / "real.npz"), *arguments, "--metric", *metrics, "--html", str(path)]) == 0
    return path.read_text("utf-8")


def test_it_has_scores_and_pictures(sets: Path, capsys: Capture) -> None:
    page = page_of(sets, "good", metrics=("frechet_distance", "recall", "memorisation"))
    out, err = capsys.readouterr()
    assert "page.html" in err
    score = re.search(r"^frechet_distance  (\S+ \[.*?\])", out, re.MULTILINE)
    assert score is not None
    assert score[1] in page
    titles = re.findall(r"<h3[^>]*>(.*?)</h3>", page)
    assert titles == [
        "Random samples",
        "Nearest to a real image",
        "Farthest from any real image",
        "Those that raise the distance most",
        "Closest to training images",
    ]
    assert page.count('<img src="data:image/png;base64,') == len(titles)
    assert "less the first" not in page


def test_several_sets_stand_side_by_side_and_names_are_text(sets: Path) -> None:
    page = page_of(sets, "good", HOSTILE)
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;" in page
    assert page.count('<img src="data:image/png;base64,') == 8
    assert "less the first" in page
    assert " paired</td>" in page
    assert "script-src" not in page.partition("default-src 'none'")[2].partition(">")[0]


def test_what_cannot_be_written_is_said(sets: Path, capsys: Capture) -> None:
    (sets / "file").write_text("")
    arguments = ["score", "--real", str(sets / "real.npz"), "--fake", str(sets / "good"), "--metric", "recall"]
    assert main([*arguments, "--html", str(sets / "file" / "page.html")]) == 4
    assert "page.html: cannot be written" in capsys.readouterr().err
    assert main(["score", "--hyp", "a", "--ref", "b", "--metric", "bleu", "--html", "x.html"]) == 2
    assert "--html is for --real and --fake" in capsys.readouterr().err
