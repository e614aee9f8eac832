"""Metrics of images beside a reference of their own: where it is found, what is compared, what has no value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.datasets import load_images
from evalsuite.errors import InputError, UsageError
from evalsuite.images import psnr, ssim
from evalsuite.metrics import METRICS, _reference_images
from evalsuite.metrics._reference_images import data_uri
from evalsuite.metrics.image_features import example_images
from evalsuite.metrics.references import find_reference
from evalsuite.scoring import ScoringInput, score_all
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample, Score
from tests.media.images import png, write_folder

if TYPE_CHECKING:
    from pathlib import Path

CLOTHES = load_images("fashion_mnist/test")


def score(samples: list[Sample], images: Any, name: str, **options: Any) -> Score:
    metric = METRICS.get(name)(**options)
    data = ScoringInput(task_name="t", samples=samples, outputs=example_images(images))
    return score_all(data, [(MetricSpec(name=name, options=options), metric)])[0]


def named(*names: str, **metadata: Any) -> list[Sample]:
    return [Sample(id=name, input={}, metadata=metadata) for name in names]


def test_the_mean_over_images_and_over_pixels() -> None:
    torch = pytest.importorskip("torch")
    functional = pytest.importorskip("torchmetrics.functional.image")
    images, references = CLOTHES[:6], CLOTHES[6:12]
    samples = [Sample(id=str(i), input={}, references=(data_uri(one),)) for i, one in enumerate(references)]
    each = [psnr(a, b) for a, b in zip(images, references, strict=True)]
    found = score(samples, images, "psnr")
    assert found.value == pytest.approx(np.mean(each), rel=1e-12)
    assert found.interval is not None
    assert min(each) <= found.interval.low < np.mean(each) < found.interval.high <= max(each)
    pooled = functional.peak_signal_noise_ratio(
        torch.from_numpy(images.astype(float)), torch.from_numpy(references.astype(float)), data_range=255.0
    )
    assert score(samples, images, "psnr", average="pixels").value == pytest.approx(float(pooled), rel=1e-6)
    assert score(samples, images, "ssim").value == pytest.approx(
        np.mean([ssim(a, b) for a, b in zip(images, references, strict=True)]), rel=1e-12
    )


@pytest.mark.parametrize("average", ["images", "pixels"])
def test_a_mean_with_equal_images_is_finite(average: str) -> None:
    samples = [Sample(id=str(i), input={}, references=(data_uri(CLOTHES[0]),)) for i in range(2)]
    same = score(samples, [CLOTHES[0], CLOTHES[0]], "psnr", average=average)
    assert same.value == 100.0
    half = score(samples, [CLOTHES[0], CLOTHES[1]], "psnr", average=average)
    assert half.value is not None
    assert half.value == pytest.approx(
        (100 + psnr(CLOTHES[1], CLOTHES[0])) / 2 if average == "images" else psnr(CLOTHES[1], CLOTHES[0]) + 3.0103,
        rel=1e-5,
    )


def test_the_best_of_several_references_counts() -> None:
    sample = Sample(id="s", input={}, references=(data_uri(CLOTHES[3]), data_uri(CLOTHES[0])))
    for options in ({}, {"average": "pixels"}):
        assert score([sample], CLOTHES[:1], "psnr", **options).value == 100.0
    assert score([sample], CLOTHES[:1], "ssim").value == 1.0


def test_references_are_found_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    write_folder(folder, {f"x/{i}.png": png(CLOTHES[i]) for i in range(3)})
    whole = score(named("x/2.jpg", "x/0.png", "x/1"), CLOTHES[[2, 0, 1]], "psnr", reference_set=str(folder))
    assert whole.value == 100.0
    assert "reference:sha256:" in whole.signature
    assert "|m:3|" in whole.signature
    assert score(named("7", "9"), CLOTHES[[7, 9]], "ssim", reference_set="fashion_mnist/test").value == 1.0
    other = score(named("a", "b", reference_image="x/1.png"), CLOTHES[[1, 1]], "ssim", reference_set=str(folder))
    assert other.value == 1.0


def test_a_folder_is_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "real", {f"{i}.png": png(CLOTHES[i]) for i in range(30)})
    metric = METRICS.get("psnr")(reference_set=str(tmp_path / "real"))
    calls = []

    def counted(name: str) -> Any:
        calls.append(name)
        return find_reference(name)

    monkeypatch.setattr(_reference_images, "find_reference", counted)
    rows = metric.rows(named(*map(str, range(30))), example_images(CLOTHES[:30]))
    assert (rows.values == [100.0, 1.0]).all()
    assert len(calls) <= 2


def test_a_missing_reference_is_named(tmp_path: Path) -> None:
    write_folder(tmp_path / "real", {f"{i}.png": png(CLOTHES[i]) for i in range(5)})
    path = str(tmp_path / "real")
    with pytest.raises(
        ValueError, match=r'psnr: sample "7.png" has no reference image: .* has none called "7"; it has 0'
    ):
        score(named("7.png"), CLOTHES[:1], "psnr", reference_set=path)
    with pytest.raises(ValueError, match='psnr: sample "7" has no references: give it images as data URIs'):
        score(named("7"), CLOTHES[:1], "psnr")
    with pytest.raises(ValueError, match=r"references\[0\] must be an image as a data URI.* found \'a lake\'"):
        score([Sample(id="7", input={}, references=("a lake",))], CLOTHES[:1], "psnr")
    for text, message in ((",", "empty file"), (",====", "not base64"), (",AAAA", "not an image")):
        broken = Sample(id="7", input={}, references=(f"data:image/png;base64{text}",))
        with pytest.raises(InputError, match=rf'sample "7": .*references\[0\]: {message}'):
            score([broken], CLOTHES[:1], "psnr")


def test_names_that_differ_in_the_suffix_alone_are_refused(tmp_path: Path) -> None:
    write_folder(tmp_path / "real", {"0.png": png(CLOTHES[0]), "0.bmp": png(CLOTHES[1])})
    with pytest.raises(InputError, match=r"0.bmp and 0.png have one name but for the suffix"):
        score(named("0"), CLOTHES[:1], "psnr", reference_set=str(tmp_path / "real"))


def test_an_unreadable_reference_leaves_its_sample_without_a_value(tmp_path: Path) -> None:
    write_folder(tmp_path / "real", {"0.png": png(CLOTHES[0]), "1.png": b""})
    found = score(named("0", "1"), CLOTHES[:2], "psnr", reference_set=str(tmp_path / "real"))
    assert (found.value, found.n, found.n_unscored) == (100.0, 2, 1)
    assert found.outcomes == {"scored": 1, "error": 1}


def test_sizes_that_differ() -> None:
    samples = [Sample(id=str(i), input={}, references=(data_uri(CLOTHES[i]),)) for i in range(2)]
    found = score(samples, [CLOTHES[0], CLOTHES[1][:20]], "psnr")
    assert (found.value, found.n_unscored) == (100.0, 1)
    with pytest.raises(
        InputError, match=r'psnr: image of sample "0": `image` and `reference` must have one shape, got'
    ):
        score(samples[:1], [CLOTHES[0][:20]], "psnr")
    with pytest.raises(InputError, match=r'image of sample "0": images must have at least 161 pixels along each edge'):
        score(samples[:1], [CLOTHES[0]], "ms_ssim")


def test_grey_beside_colours_is_grey_in_all_of_them() -> None:
    colour = np.repeat(CLOTHES[0], 3, axis=2)
    grey = [Sample(id="0", input={}, references=(data_uri(CLOTHES[0]),))]
    assert score(grey, [colour], "psnr").value == 100.0
    assert score([Sample(id="0", input={}, references=(data_uri(colour),))], [CLOTHES[0]], "ssim").value == 1.0
    assert score(grey, [255 - colour], "psnr").value == pytest.approx(psnr(255 - CLOTHES[0], CLOTHES[0]), rel=1e-12)


def test_repeats_are_averaged() -> None:
    sample = Sample(id="0", input={}, references=(data_uri(CLOTHES[0]),))
    outputs = tuple(Output(image=CLOTHES[i], sample_id="0", repeat=i) for i in range(3))
    rows = METRICS.get("ssim")().rows([sample], [outputs])
    assert rows.values[0, 0] == pytest.approx(np.mean([ssim(CLOTHES[i], CLOTHES[0]) for i in range(3)]), rel=1e-12)
    assert rows.values[0, 1] == 1.0


def test_statistics_are_no_reference_images(tmp_path: Path) -> None:
    np.savez(tmp_path / "s.npz", mu=np.zeros(64), sigma=np.eye(64))
    with pytest.raises(InputError, match="holds statistics; the images are needed"):
        METRICS.get("psnr")(reference_set=str(tmp_path / "s.npz")).check()
    with pytest.raises(UsageError, match="psnr: `reference_set` must be one of"):
        METRICS.get("psnr")(reference_set=str(tmp_path / "none"))


def test_two_folders_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "real", {f"{i}.png": png(CLOTHES[i]) for i in range(4)})
    write_folder(tmp_path / "fake", {f"{i}.png": png(CLOTHES[i + (i > 1)]) for i in range(4)})
    arguments = ["score", "--real", "real", "--fake", "fake", "--metric", "psnr", "ssim", "kid", "--json"]
    assert main(arguments) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert [one["metric"] for one in scores] == ["psnr", "ssim", "kid"]
    expected = [100.0, 100.0, psnr(CLOTHES[3], CLOTHES[2]), psnr(CLOTHES[4], CLOTHES[3])]
    assert scores[0]["value"] == pytest.approx(np.mean(expected), rel=1e-12)
    pooled = ["--option", "psnr.average=pixels", "ssim.border=reflect"]
    assert main([*arguments, *pooled]) == 0
    of_pixels = json.loads(capsys.readouterr().out)["scores"]
    assert "|average:pixels|" in of_pixels[0]["signature"]
    assert "|border:reflect|" in of_pixels[1]["signature"]
    assert of_pixels[0]["value"] < scores[0]["value"]
    for option, message in (
        ("psnr.average=sum", 'psnr: `average` must be one of "images", "pixels", got "sum"'),
        ("psnr.reference_set=fake", "--option: psnr.reference_set is what --real says"),
        ("psnr.size=3", 'metric "psnr" has no option "size" (it has: reference_set, average)'),
        ("lpips.network=vgg", 'is for "lpips", which is not among the metrics asked for'),
    ):
        assert main([*arguments, "--option", option]) == 2
        assert message in capsys.readouterr().err
    write_folder(tmp_path / "fake", {"2.png": png(CLOTHES[2][:20])})
    assert main(arguments) == 0
    (psnr_score, *_) = json.loads(capsys.readouterr().out)["scores"]
    assert psnr_score["n_unscored"] == 1
    (note,) = psnr_score["notes"]
    assert note.startswith(
        'no value of image of sample "2.png": `image` and `reference` must have one shape, got (20, '
    )
    (tmp_path / "fake" / "3.png").rename(tmp_path / "fake" / "other.png")
    assert main(arguments) == 2
    assert 'error: --fake fake: psnr: sample "other.png" has no reference image' in capsys.readouterr().err
