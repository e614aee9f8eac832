"""PSNR, SSIM and MS-SSIM equal torchmetrics, pytorch-msssim and piq, or say why they do not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from evalsuite.datasets import load_images
from evalsuite.images import ms_ssim, psnr, ssim, windows
from evalsuite.images.windows import BORDERS
from evalsuite.metrics.ssim import mosaics

torch = pytest.importorskip("torch")
functional = pytest.importorskip("torchmetrics.functional.image")

DRAW = np.random.default_rng(5)
CLOTHES = load_images("fashion_mnist/test")
SMALL: dict[str, tuple[Any, Any]] = {
    "clothes": (CLOTHES[0], CLOTHES[1]),
    "clothes, slightly off": (CLOTHES[2], np.clip(CLOTHES[2].astype(int) + 3, 0, 255).astype(np.uint8)),
    "noise in colours": tuple(DRAW.integers(0, 256, (2, 31, 47, 3), dtype=np.uint8)),
    "flat": (np.full((20, 20, 1), 7, np.uint8), np.full((20, 20, 1), 9, np.uint8)),
    "black and white": (np.zeros((15, 40, 3), np.uint8), np.full((15, 40, 3), 255, np.uint8)),
    "negative": (255 - CLOTHES[4], CLOTHES[4]),
    "one pixel off": (CLOTHES[5], CLOTHES[5] + (np.arange(784).reshape(28, 28, 1) == 400).astype(np.uint8)),
    "smallest": tuple(DRAW.integers(0, 256, (2, 11, 11, 1), dtype=np.uint8)),
}
MOSAICS = mosaics(4, 8)  # 224 by 224
LARGE: dict[str, tuple[Any, Any]] = {
    "mosaics": (MOSAICS[0], MOSAICS[1]),
    "blurred": (MOSAICS[2], ((MOSAICS[2].astype(int) + np.roll(MOSAICS[2], 1, 0)) // 2).astype(np.uint8)),
    "colours": (np.concatenate(MOSAICS[:3, None], axis=3)[0], np.concatenate(MOSAICS[1:, None], axis=3)[0]),
    "noise": tuple(DRAW.integers(0, 256, (2, 176, 240, 3), dtype=np.uint8)),
}


def window_of(image: Any) -> Any:
    """Return the window for pytorch-msssim in float64; its own is of float32, and off by some 1e-6."""
    weights = torch.exp(-((torch.arange(11, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
    return (weights / weights.sum()).repeat(image.shape[2], 1, 1, 1)


def tensors(pair: tuple[Any, Any]) -> list[Any]:
    return [torch.from_numpy(part.transpose(2, 0, 1)[None].astype(np.float64)) for part in pair]


@pytest.mark.parametrize("kind", SMALL)
def test_psnr_is_torchmetrics(kind: str) -> None:
    expected = float(functional.peak_signal_noise_ratio(*tensors(SMALL[kind]), data_range=255.0))
    assert psnr(*SMALL[kind]) == pytest.approx(expected, rel=1e-6, abs=1e-6)  # it has logarithms of float32
    floats = [part / 255 for part in SMALL[kind]]
    assert psnr(*floats, data_range=1.0) == pytest.approx(psnr(*SMALL[kind]), rel=1e-12)


def test_psnr_of_equal_images_is_infinite() -> None:
    assert psnr(CLOTHES[0], CLOTHES[0]) == math.inf
    assert psnr(np.zeros((1, 1)), np.zeros((1, 1)), data_range=1.0) == math.inf
    assert psnr(*SMALL["black and white"]) == 0.0


@pytest.mark.parametrize("kind", SMALL)
def test_ssim_with_mirrored_borders_is_torchmetrics(kind: str) -> None:
    expected = float(functional.structural_similarity_index_measure(*tensors(SMALL[kind]), data_range=255.0))
    assert ssim(*SMALL[kind], border="reflect") == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("kind", SMALL)
def test_ssim_within_the_image_is_pytorch_msssims_and_piqs(kind: str) -> None:
    pytorch_msssim, piq = pytest.importorskip("pytorch_msssim"), pytest.importorskip("piq")
    found = ssim(*SMALL[kind])
    window = window_of(SMALL[kind][0])
    other = pytorch_msssim.ssim(*tensors(SMALL[kind]), data_range=255, win=window)
    assert found == pytest.approx(float(other), abs=1e-10)
    assert found == pytest.approx(float(piq.ssim(*tensors(SMALL[kind]), data_range=255, downsample=False)), abs=1e-6)


@pytest.mark.parametrize("kind", LARGE)
def test_ms_ssim_with_mirrored_borders_is_torchmetrics(kind: str) -> None:
    whole = functional.multiscale_structural_similarity_index_measure
    expected = float(whole(*tensors(LARGE[kind]), data_range=255.0))
    assert ms_ssim(*LARGE[kind], border="reflect") == pytest.approx(expected, abs=1e-6)  # its weights are of float32


@pytest.mark.parametrize("kind", LARGE)
def test_ms_ssim_within_the_image_is_pytorch_msssims_and_piqs(kind: str) -> None:
    pytorch_msssim, piq = pytest.importorskip("pytorch_msssim"), pytest.importorskip("piq")
    found = ms_ssim(*LARGE[kind])
    window = window_of(LARGE[kind][0])
    other = pytorch_msssim.ms_ssim(*tensors(LARGE[kind]), data_range=255, win=window)
    assert found == pytest.approx(float(other), abs=1e-10)
    assert found == pytest.approx(float(piq.multi_scale_ssim(*tensors(LARGE[kind]), data_range=255)), abs=1e-6)


def test_odd_sizes_are_torchmetrics_with_mirrored_borders() -> None:
    pair = tuple(part[:203, :189] for part in (MOSAICS[0], MOSAICS[3]))
    whole = functional.multiscale_structural_similarity_index_measure
    expected = float(whole(*tensors(pair), data_range=255.0))
    assert ms_ssim(*pair, border="reflect") == pytest.approx(expected, abs=1e-6)


def test_an_odd_last_row_is_repeated_and_not_darkened() -> None:
    """Flat images differ in their means alone, at whatever size; padded with black, they get an edge."""
    pytorch_msssim = pytest.importorskip("pytorch_msssim")
    pair = np.full((175, 175, 1), 250, np.uint8), np.full((175, 175, 1), 100, np.uint8)
    means = (2 * 250 * 100 + 2.55**2) / (250**2 + 100**2 + 2.55**2)
    assert ms_ssim(*pair) == pytest.approx(means**0.1333, rel=1e-12)
    assert abs(float(pytorch_msssim.ms_ssim(*tensors(pair), data_range=255)) - means**0.1333) > 1e-3


@pytest.mark.parametrize("border", BORDERS)
def test_strips_make_no_difference(border: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [SMALL["noise in colours"], LARGE["colours"]]
    whole = [ssim(*pair, border=border) for pair in pairs] + [ms_ssim(*pairs[1], border=border)]
    for values in (1, 2000, 10_000):
        monkeypatch.setattr(windows, "_VALUES", values)
        parts = [ssim(*pair, border=border) for pair in pairs] + [ms_ssim(*pairs[1], border=border)]
        assert parts == pytest.approx(whole, rel=1e-13)


@pytest.mark.parametrize("border", BORDERS)
def test_equal_images_score_exactly_one(border: Any) -> None:
    for image in (CLOTHES[0], SMALL["noise in colours"][0], SMALL["flat"][0]):
        assert ssim(image, image, border=border) == 1.0
    assert ms_ssim(MOSAICS[0], MOSAICS[0], border=border) == 1.0


@pytest.mark.parametrize("function", [psnr, ssim, ms_ssim])
def test_what_is_no_pair_of_images_is_refused(function: Any) -> None:
    image = MOSAICS[0]
    cases: list[tuple[type[Exception], str, tuple[Any, Any], dict[str, Any]]] = [
        (ValueError, r"`image` and `reference` must have one shape, got \(224, 224, 1\) and", (image, image[1:]), {}),
        (ValueError, "must have one shape", (image, np.repeat(image, 3, axis=2)), {}),
        (ValueError, r"`image` must have shape \(height, width\)", (image[0, 0], image[0, 0]), {}),
        (ValueError, "none of them 0", (image[:0], image[:0]), {}),
        (TypeError, "`image` must be an array of uint8 or floats, got int64", (image.astype(int), image), {}),
        (TypeError, "`reference` must be an array of uint8 or floats, got list", (image, [[1]]), {}),
        (ValueError, "`data_range` must be given for floats", (image / 255, image / 255), {}),
        (ValueError, "`data_range` must be finite and above 0", (image, image), {"data_range": 0.0}),
        (ValueError, "`data_range` must be finite and above 0", (image, image), {"data_range": math.nan}),
        (TypeError, "`data_range` must be a number", (image, image), {"data_range": "255"}),
        (ValueError, "`reference` must be finite", (image / 255, image * np.nan), {"data_range": 1.0}),
    ]
    for error, message, pair, options in cases:
        with pytest.raises(error, match=message):
            function(*pair, **options)


@pytest.mark.parametrize(
    ("function", "border", "least"),
    [(ssim, "valid", 11), (ssim, "reflect", 6), (ms_ssim, "valid", 161), (ms_ssim, "reflect", 176)],
)
def test_the_smallest_image(function: Any, border: str, least: int) -> None:
    pair = DRAW.integers(0, 256, (2, least, least + 40, 1), dtype=np.uint8)
    assert math.isfinite(function(*pair, border=border))
    with pytest.raises(ValueError, match=f"images must have at least {least} pixels along each edge"):
        function(pair[0, 1:], pair[1, 1:], border=border)


@pytest.mark.parametrize("function", [ssim, ms_ssim])
def test_an_unknown_border_is_refused(function: Any) -> None:
    with pytest.raises(ValueError, match='`border` must be "valid" or "reflect", got \'same\''):
        function(MOSAICS[0], MOSAICS[0], border="same")
