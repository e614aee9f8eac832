"""Perceptual path length is torch-fidelity's for the same latents and distance, and measures no rounding unsaid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.images import Lpips, perceptual_path_length
from evalsuite.images.latents import INTERPOLATIONS, NOISES, draw_latents
from evalsuite.images.lpips_weights import NETWORKS
from evalsuite.images.path_length import trimmed_mean
from tests.images.lpips_weights import save_lpips_weights

if TYPE_CHECKING:
    from pathlib import Path

torch = pytest.importorskip("torch")
KEYS = {"latent_size": 6, "n_samples": 40, "batch_size": 16, "seed": 7}


def generator(classes: int = 0, size: int = 96, rounded: bool = False) -> Any:
    """Return a module from latents to smooth images, of 0 to 255."""
    draw = torch.Generator().manual_seed(3)
    waves = torch.randn((6, 3 * 4 * 4), generator=draw)
    shifts = torch.randn((max(classes, 1), 3 * 4 * 4), generator=draw)

    class Network(torch.nn.Module):
        def forward(self, latents: Any, labels: Any = None) -> Any:
            small = latents @ waves + (0 if labels is None else shifts[labels])
            images = torch.nn.functional.interpolate(small.reshape(-1, 3, 4, 4), (size, size), mode="bicubic")
            images = 127.5 + 127.5 * torch.tanh(images)
            return images.round().to(torch.uint8) if rounded else images

    return Network()


def squares(one: Any, other: Any) -> Any:
    return ((one - other) / 255).square().mean(dim=(1, 2, 3))


@pytest.fixture(scope="module")
def torch_fidelity() -> Any:
    """Return a function that computes raw path lengths by torch-fidelity, with any distance."""
    metric = pytest.importorskip("torch_fidelity.metric_ppl")
    from torch_fidelity.generative_model_modulewrapper import GenerativeModelModuleWrapper
    from torch_fidelity.registry import SAMPLE_SIMILARITY_REGISTRY
    from torch_fidelity.sample_similarity_base import SampleSimilarityBase
    from torch_fidelity.sample_similarity_lpips import SampleSimilarityLPIPS

    def run(network: Any, distance: Any, noise: str, classes: int, size: Any, **options: Any) -> Any:
        class Similarity(SampleSimilarityBase):
            def __init__(self, name: str, **kwargs: Any) -> None:
                super().__init__(name)

            def forward(self, one: Any, other: Any) -> Any:
                resize = SampleSimilarityLPIPS.resize
                pair = [image.float() if size is None else resize(image.float(), size) for image in (one, other)]
                return distance(*pair)

        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(SAMPLE_SIMILARITY_REGISTRY, "of the test", Similarity)
            found = metric.calculate_ppl(
                1,
                input1=GenerativeModelModuleWrapper(network, 6, noise, classes),
                input1_model_num_samples=KEYS["n_samples"],
                input1_model_z_type=noise,
                input1_model_z_size=6,
                input1_model_num_classes=classes,
                batch_size=KEYS["batch_size"],
                rng_seed=KEYS["seed"],
                cuda=False,
                verbose=False,
                ppl_reduction="none",
                ppl_sample_similarity="of the test",
                ppl_discard_percentile_lower=None,
                ppl_discard_percentile_higher=None,
                **options,
            )
        return found["perceptual_path_length_raw"], found["perceptual_path_length_mean"]

    return run


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize(("classes", "size", "epsilon"), [(0, 64, 1e-1), (5, 128, 1e-2), (0, None, 1e-2)])
def test_it_is_torch_fidelitys(
    torch_fidelity: Any, noise: Any, interpolation: Any, classes: int, size: int | None, epsilon: float
) -> None:
    network = generator(classes)
    raw, mean = torch_fidelity(
        network, squares, noise, classes, size, ppl_epsilon=epsilon, ppl_z_interp_mode=interpolation
    )
    options: Any = {"noise": noise, "interpolation": interpolation, "n_classes": classes, "epsilon": epsilon}
    found = perceptual_path_length(
        network, squares, resize=size, lower_percentile=None, upper_percentile=None, **options, **KEYS
    )
    np.testing.assert_allclose(found.lengths, raw, rtol=1e-5)
    assert found.value == pytest.approx(mean, rel=1e-5)
    assert found.deviation == pytest.approx(np.std(raw), rel=1e-4)


def test_with_lpips(torch_fidelity: Any, tmp_path: Path) -> None:
    save_lpips_weights(tmp_path)
    distance = Lpips("vgg", weights=tmp_path / NETWORKS["vgg"], linear=tmp_path / "vgg.pth").between
    raw, _ = torch_fidelity(generator(), distance, "normal", 0, 64, ppl_epsilon=0.1, ppl_z_interp_mode="lerp")
    found = perceptual_path_length(generator(), distance, epsilon=0.1, **KEYS)
    np.testing.assert_allclose(found.lengths, raw, rtol=1e-4)
    inner = raw[(raw >= np.sort(raw)[0]) & (raw <= np.sort(raw)[-1])]
    assert found.value == pytest.approx(inner.mean(), rel=1e-4)  # a hundredth of 40 is none


def test_the_trimmed_mean_is_numpys() -> None:
    """torch-fidelity names the percentiles' method by a keyword that numpy gave up; this is the same by its name."""
    draw = np.random.default_rng(0)
    for n in (1, 2, 99, 100, 101, 201, 1000, 1001):
        lengths = np.round(draw.exponential(size=n), 2)  # with ties
        low, high = np.percentile(lengths, 1, method="lower"), np.percentile(lengths, 99, method="higher")
        kept = lengths[(low <= lengths) & (lengths <= high)]
        assert trimmed_mean(lengths) == pytest.approx(kept.mean(), rel=1e-12)
        assert trimmed_mean(lengths, None, None) == pytest.approx(lengths.mean(), rel=1e-12)
        assert trimmed_mean(lengths, 50.0, None) >= trimmed_mean(lengths, None, 50.0)


def test_whole_numbers_are_warned_of() -> None:
    """At a small step the value of rounded images is far from that of the same without rounding."""
    options: Any = {"epsilon": 1e-4, **KEYS}
    exact = perceptual_path_length(generator(), squares, **options)
    assert exact.notes == ()
    with pytest.warns(
        UserWarning, match="returns whole numbers, and epsilon is 0.0001: the value measures their round"
    ):
        rounded = perceptual_path_length(generator(rounded=True), squares, **options)
    assert rounded.notes
    assert rounded.value > 2 * exact.value
    as_floats = generator(rounded=True)
    with pytest.warns(UserWarning, match="whole numbers"):
        perceptual_path_length(lambda latents: as_floats(latents).float(), squares, **options)
    large = perceptual_path_length(generator(rounded=True), squares, **{**options, "epsilon": 0.1})
    assert large.notes == ()
    assert large.value == pytest.approx(
        perceptual_path_length(generator(), squares, **{**options, "epsilon": 0.1}).value, rel=0.05
    )


def test_its_interval_holds_the_expectation() -> None:
    """Of 24 sets of 60 pairs: near 95 % hold the trimmed mean of 20,000."""

    def generate(latents: Any) -> Any:
        return 100 + 10 * latents[:, :3, None, None].expand(-1, -1, 2, 2)

    options: Any = {"latent_size": 3, "epsilon": 0.1, "resize": None, "batch_size": 20_000}
    truth = perceptual_path_length(generate, squares, n_samples=20_000, seed=1, **options).value
    found = [perceptual_path_length(generate, squares, n_samples=60, seed=seed, **options) for seed in range(2, 26)]
    held = sum(one.interval.low <= truth <= one.interval.high for one in found if one.interval)
    assert held >= 20


def test_the_same_seed_is_the_same() -> None:
    options: Any = {"epsilon": 0.1}
    first, again = (perceptual_path_length(generator(), squares, **options, **KEYS) for _ in range(2))
    assert (first.value, first.interval, first.signature) == (again.value, again.interval, again.signature)
    other = perceptual_path_length(generator(), squares, **options, **{**KEYS, "batch_size": 7})
    assert other.value == pytest.approx(first.value, rel=1e-5)
    assert other.signature == first.signature
    assert perceptual_path_length(generator(), squares, **options, **{**KEYS, "seed": 8}).value != first.value
    assert perceptual_path_length(generator(), squares, latent_size=6, n_samples=1, epsilon=0.1).interval is None


def test_latents_and_ways() -> None:
    draw = np.random.RandomState(0)
    unit = draw_latents(draw, 50, 4, "unit")
    assert torch.allclose(unit.norm(dim=1), torch.ones(50))
    a, b = draw_latents(draw, 50, 4, "normal"), draw_latents(draw, 50, 4, "normal")
    for way in INTERPOLATIONS.values():
        start = way(a, b, 0.0)
        assert torch.allclose(start / start.norm(dim=1, keepdim=True), a / a.norm(dim=1, keepdim=True), atol=1e-5)
        assert torch.isfinite(way(a, 2 * a, 0.3)).all()
        assert torch.isfinite(way(a, torch.zeros_like(a), 0.3)).all()


def test_what_is_wrong_is_said() -> None:
    network = generator()
    cases: list[tuple[str, Any, Any, dict[str, Any]]] = [
        ("`latent_size` must be an integer of at least 1", network, squares, {"latent_size": 0}),
        ("`n_samples` must be an integer", network, squares, {"n_samples": 1.5}),
        ("`seed` must be below", network, squares, {"seed": 1 << 32}),
        ("`noise` must be one of normal, unit, uniform_0_1, got 'gauss'", network, squares, {"noise": "gauss"}),
        ("`interpolation` must be one of", network, squares, {"interpolation": "slerp"}),
        ("`epsilon` must be above 0 and below 1", network, squares, {"epsilon": 0}),
        ("`epsilon` must be above 0 and below 1", network, squares, {"epsilon": math.nan}),
        ("`lower_percentile` and `upper_percentile`", network, squares, {"lower_percentile": 99.5}),
        ("`resize` must be None or", network, squares, {"resize": 0}),
        (r"`generate` must return a tensor of shape \(32, 3, height, width\), got \(32, 6\)", lambda z: z, squares, {}),
        (r"`generate` must return a tensor .* got ndarray|\(32", lambda z: np.zeros((32, 3, 4, 4)), squares, {}),
        ("`generate` must return finite values", lambda z: network(z) * math.nan, squares, {}),
        (r"`distance` must return a tensor of shape \(16,\), got \(\)", network, lambda a, b: squares(a, b).sum(), {}),
        ("`distance` must return finite numbers; that of pair 0 is", network, lambda a, b: squares(a, b) / 0, {}),
    ]
    for message, generate, distance, options in cases:
        with pytest.raises(ValueError, match=message):
            perceptual_path_length(generate, distance, **{**KEYS, **options})
