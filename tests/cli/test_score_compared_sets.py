"""``evalsuite score --real R --fake A --fake B``: differences from the first set, paired where names are the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.datasets import load_images
from evalsuite.extractors.opening import open_extractor
from evalsuite.metrics import METRICS
from evalsuite.metrics.image_set import ImageSetMetric
from tests.media.images import png, write_folder

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real images; a model's; the same a little darker, under the same names; and others, under other names."""
    root = tmp_path_factory.mktemp("sets")
    images = load_images("fashion_mnist/heldout")[:900]
    np.savez(root / "real.npz", images[:400])
    a, other = images[400:600], images[600:800]
    write_folder(root / "a", {f"{i}.png": png(image) for i, image in enumerate(a)})
    write_folder(root / "darker", {f"{i}.png": png(image // 4 * 3) for i, image in enumerate(a)})
    write_folder(root / "other", {f"x{i}.png": png(image // 4 * 3) for i, image in enumerate(other)})
    return root


def test_the_table_has_each_difference_and_says_which_are_paired(sets: Path, capsys: Capture) -> None:
    arguments = ["score", "--real", str(sets / "real.npz"), "--metric", "frechet_distance", "precision"]
    for name in ("a", "darker", "other"):
        arguments += ["--fake", str(sets / name)]
    assert main(arguments) == 0
    out, _ = capsys.readouterr()
    table = [line for line in out.splitlines() if line.startswith(("frechet_distance  ", "precision  "))]
    assert len(table) == 6
    assert table[0].endswith("]")
    assert table[1].endswith("] paired")
    assert " +" in table[1]
    assert table[2].endswith("]")
    assert "paired: both sets have images of the same names" in out
    assert "frechet_distance of as many real images: about" in out
    assert "Lower is better: frechet_distance." in out


def test_a_paired_difference_is_surer_and_both_hold_what_the_sets_differ_by(sets: Path, capsys: Capture) -> None:
    names = ("a", "darker", "other")
    fakes = [argument for name in names for argument in ("--fake", str(sets / name))]
    metrics = ("frechet_distance", "kid", "precision", "recall", "density", "coverage", "cmmd", "vendi")
    assert main(["score", "--real", str(sets / "real.npz"), *fakes, "--metric", *metrics, "--json"]) == 0
    first, darker, other = json.loads(capsys.readouterr().out)
    for score, baseline in zip(darker["scores"], first["scores"], strict=True):
        difference = score["difference"]
        assert difference["value"] == pytest.approx(score["value"] - baseline["value"], rel=1e-12, abs=1e-12)
        assert difference["is_paired"] is True
        assert difference["interval"]["low"] <= difference["value"] <= difference["interval"]["high"]
    paired, apart = (one["scores"][0]["difference"] for one in (darker, other))
    assert apart["is_paired"] is False
    widths = [one["interval"]["high"] - one["interval"]["low"] for one in (paired, apart)]
    assert widths[0] < 0.8 * widths[1]


def test_pairs_are_found_whatever_stores_the_images(sets: Path, capsys: Capture) -> None:
    images = load_images("fashion_mnist/heldout")[400:600]
    np.savez(sets / "a.npz", images)
    fakes = [argument for name in ("a", "a.npz") for argument in ("--fake", str(sets / name))]
    metrics = ("--metric", "frechet_distance", "kid")
    assert main(["score", "--real", str(sets / "real.npz"), *fakes, *metrics, "--json"]) == 0
    for score in json.loads(capsys.readouterr().out)[1]["scores"]:
        assert score["difference"]["is_paired"] is True
        assert score["difference"]["interval"]["high"] == pytest.approx(0.0, abs=1e-9)


def test_sets_of_the_same_images_are_noticed(sets: Path, capsys: Capture) -> None:
    fakes = ["--fake", str(sets / "a"), "--fake", str(sets / "copy")]
    write_folder(sets / "copy", {f"y{path.name}": path.read_bytes() for path in (sets / "a").iterdir()})
    assert main(["score", "--real", str(sets / "real.npz"), *fakes, "--metric", "frechet_distance"]) == 0
    out, err = capsys.readouterr()
    assert f"warning: --fake {sets / 'a'} and {sets / 'copy'} hold the same images" in err
    assert "+0" in out


def test_a_device_that_is_not_there_is_refused_though_nothing_would_use_it(sets: Path, capsys: Capture) -> None:
    arguments = ["score", "--real", str(sets / "real.npz"), "--fake", str(sets / "a"), "--metric", "kid"]
    assert main([*arguments, "--device", "foo"]) == 2
    assert "foo" in capsys.readouterr().err


def test_protocols_and_sets_do_not_go_into_one_table(sets: Path, capsys: Capture) -> None:
    fakes = ["--fake", str(sets / "a"), "--fake", str(sets / "darker")]
    arguments = ["score", "--real", str(sets / "real.npz"), *fakes, "--metric", "fid", "--protocol", "all"]
    assert main(arguments) == 2
    assert "either protocols or sets" in capsys.readouterr().err


def test_a_set_that_is_not_there_is_named(sets: Path, capsys: Capture) -> None:
    fakes = ["--fake", str(sets / "a"), "--fake", str(sets / "none")]
    assert main(["score", "--real", str(sets / "real.npz"), *fakes, "--metric", "kid"]) == 2
    assert "none" in capsys.readouterr().err


@pytest.mark.parametrize("name", METRICS.names())
def test_left_out_values_are_those_of_the_set_without_a_block(name: str) -> None:
    """By definition: the value of what is left, for every metric that has them."""
    found = METRICS.get(name)
    if not (isinstance(found, type) and issubclass(found, ImageSetMetric)) or found.needs_samples:
        pytest.skip("scores no set of images beside a reference")
    metric = found()
    if metric.extractor != "fashion_convnet":
        pytest.skip(f"needs the weights of {metric.extractor}")
    images = load_images("fashion_mnist/heldout")
    reference = metric.reference(())
    assert reference is not None
    features = open_extractor(metric.extractor).features(list(images[:120]))
    clusters = np.arange(120) % 40
    left_out = metric.left_out(features, clusters, reference[:500])
    if left_out is None:
        pytest.skip("has none")
    for block in (0, 17, 39):
        expected = metric.value(features[clusters != block], reference[:500])
        if name == "cmmd":  # what pairs of a member with itself add is that of the whole set: 120 instead of 117
            assert left_out[block] == pytest.approx(expected, rel=0.1)
        else:
            assert left_out[block] == pytest.approx(expected, rel=1e-6, abs=1e-9)
