"""Generators saved by torch.jit.save: noise by the seed, images by their range, and what is wrong is said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import ModelError
from evalsuite.evaluation import evaluate
from evalsuite.models.class_prompts import asked_class
from evalsuite.models.noise import normal_noise
from evalsuite.models.spec import open_model
from evalsuite.models.torchscript import TorchScriptModel
from evalsuite.rng import CounterRng
from evalsuite.types import GenerationConfig, Output, Request
from evalsuite.worlds.fashion_classes import CLASSES
from tests.models.tiny_torchscript import build

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

torch: Any = pytest.importorskip("torch")
CONFIG = GenerationConfig()
SEEDS = [0, 1, 7, 2**63, 2**64 - 1, 99, 100, 101]


def opened(path: Path, options: str = "latent=16") -> TorchScriptModel:
    model = open_model(f"torchscript:{path},{options}")
    assert isinstance(model, TorchScriptModel)
    return model


def ask(seed: int, prompt: str = "") -> Request:
    return Request(sample_id=str(seed), repeat=0, turn=0, prompt=prompt, messages=(), seed=seed)


def drawn(model: TorchScriptModel, seeds: Sequence[int] = SEEDS, prompt: str = "") -> list[np.ndarray]:
    return [pixels(output) for output in model.generate([ask(seed, prompt) for seed in seeds], CONFIG)]


def pixels(output: Output) -> np.ndarray:
    assert output.error is None
    assert isinstance(output.image, np.ndarray)
    assert output.image.dtype == np.uint8
    return output.image


def test_noise_is_the_counters_and_normal() -> None:
    noise = normal_noise(SEEDS, (2, 3))
    assert noise.shape == (8, 2, 3)
    rng, z = CounterRng(7), []
    for _ in range(6):
        u = ((rng.next_u64() >> 11) + 0.5) * 2.0**-52 - 1
        z.append(math.erf(float(noise[2].flatten()[len(z)]) / math.sqrt(2)) - u)
    assert max(map(abs, z)) < 1e-6
    many = normal_noise([3], (100_000,)).double()
    assert abs(float(many.mean())) < 4 / math.sqrt(100_000)
    assert abs(float(many.var()) - 1) < 4 * math.sqrt(2 / 100_000)
    kept = normal_noise([3], (100_000,), threshold=0.5)
    assert float(kept.abs().max()) <= 0.5
    assert float(kept.abs().max()) > 0.499
    # The variance of a normal variable within plus and minus t is 1 - 2 t phi(t) / erf(t / sqrt 2).
    density = math.exp(-0.125) / math.sqrt(2 * math.pi)
    assert float(kept.double().var()) == pytest.approx(1 - density / math.erf(0.5 / math.sqrt(2)), rel=0.02)


@pytest.mark.parametrize("kind", ["gan", "classes", "noisy"])
def test_images_depend_on_their_seeds_alone(tmp_path: Path, kind: str) -> None:
    options = "latent=16,classes=10" if kind == "classes" else "latent=16"
    model = opened(build(tmp_path / "g.pt", kind=kind), options)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    whole = drawn(model)
    assert torch.equal(torch.get_rng_state(), before)
    assert model._calls.alone == (kind == "noisy")
    assert len({one.tobytes() for one in whole}) == len(SEEDS)
    fresh = opened(tmp_path / "g.pt", options)
    for size in (1, 3):
        parts = [SEEDS[start : start + size] for start in range(0, len(SEEDS), size)]
        for one, other in zip([image for part in parts for image in drawn(fresh, part)], whole, strict=True):
            assert np.abs(one.astype(int) - other).max() <= 1


@pytest.mark.parametrize(("text", "low", "width"), [("-1..1", -1, 2), ("0..1", 0, 1), ("0..255", 0, 255)])
def test_numbers_are_brought_from_their_range(tmp_path: Path, text: str, low: float, width: float) -> None:
    factor = width / 8
    path = build(tmp_path / "plain.pt", kind="plain", factor=factor)
    (image,) = drawn(opened(path, f"latent=16,range={text}"), [5])
    noise = normal_noise([5], (4, 4)).double().numpy()[0]
    expected = (((noise * factor) - low) * 255 / width).round().clip(0, 255)
    assert np.abs(image[:, :, 0] - expected).max() <= 1
    assert (image[:, :, 0] == expected).mean() > 0.9


def test_bytes_are_taken_as_they_are(tmp_path: Path) -> None:
    (image,) = drawn(opened(build(tmp_path / "bytes.pt", kind="bytes"), "latent=16"), [5])
    noise = normal_noise([5], (4, 4))[0]
    assert np.array_equal(image[:, :, 0], (noise * 10 + 128).to(torch.uint8).numpy())


def test_the_range_must_be_possible(tmp_path: Path) -> None:
    path = build(tmp_path / "plain.pt", kind="plain", factor=100.0)
    with pytest.raises(
        ModelError, match=r'numbers from -\d+ to \d+, far outside -1\.\.1; .* another "range": -1\.\.1, 0'
    ):
        opened(path).load()


def test_a_range_that_is_much_too_wide_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path / "plain.pt", kind="plain", factor=0.1)
    with pytest.raises(ModelError, match=r"no number above 2\.5 for 4 images; with range=0\.\.255 they are black"):
        opened(path, "latent=16,range=0..255").load()


def test_classes_come_from_prompts(tmp_path: Path) -> None:
    model = opened(build(tmp_path / "g.pt", kind="classes"), "latent=16,classes=10")
    by_number = drawn(model, [5], "7")[0]
    assert np.array_equal(by_number, drawn(model, [5], "a picture of a sneaker")[0])
    assert not np.array_equal(by_number, drawn(model, [5], "8")[0])
    labels = [asked_class("", seed, n_classes=10, names={}) for seed in range(500)]
    assert all(30 <= labels.count(label) <= 75 for label in range(10))
    assert np.array_equal(drawn(model, [5])[0], drawn(model, [5], str(labels[5]))[0])
    outputs = model.generate([ask(0, prompt) for prompt in ("10", "a nice thing", "1")], CONFIG)
    assert "asks for class 10, and classes are numbered 0 to 9" in (outputs[0].error or "")
    assert "does not name one of the model's 10 classes: expected a number from 0 to 9 alone" in (
        outputs[1].error or ""
    )
    pixels(outputs[2])
    assert {asked_class(f"draw {name}", 0, n_classes=10, names={}) for name in CLASSES} == set(range(10))


def test_a_batch_that_does_not_fit_is_halved(tmp_path: Path) -> None:
    model = opened(build(tmp_path / "g.pt"))
    free, module, sizes = drawn(model), model._module, []

    def limited(noise: Any) -> Any:
        sizes.append(len(noise))
        if len(noise) > 3:
            raise RuntimeError("CUDA out of memory.\nIt is full.")
        return module(noise)

    model._module = limited
    for one, other in zip(drawn(model), free, strict=True):
        assert np.abs(one.astype(int) - other).max() <= 1
    assert sizes == [8, 4, 2, 2, 4, 2, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("range=0..1", r'give the shape of the noise that it reads for one image.*"latent=128" or "latent=4x8x8"'),
        ("latent=4xx8", r'option "latent" must be 1 to 4 sizes with "x" between them, .*; got "4xx8"'),
        ("latent=9999x9999", r'option "latent" must be .* 16777216 numbers at most'),
        ("latent=16,range=0..2", r'option "range" must be one of -1\.\.1, 0\.\.1, 0\.\.255; got "0\.\.2"'),
        ("latent=16,classes=0", r'option "classes" must be a whole number of at least 1'),
        ("latent=16,truncation=0", r'option "truncation" must be above 0'),
        ("latent=16,truncations=1", r'unknown option "truncations"; did you mean "truncation"'),
    ],
)
def test_wrong_options_are_refused(tmp_path: Path, options: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        opened(build(tmp_path / "g.pt"), options)


def test_what_is_no_generator_is_refused_before_a_run(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no file .*nothing\.pt; expected one that torch\.jit\.save wrote"):
        opened(tmp_path / "nothing.pt")
    (tmp_path / "text.pt").write_text("hello")
    with pytest.raises(ModelError, match=r"not a TorchScript module"):
        opened(tmp_path / "text.pt").load()
    with pytest.raises(ModelError, match=r"the module fails with an input of shape \(4, 8\)"):
        opened(build(tmp_path / "g.pt"), "latent=8").load()
    with pytest.raises(ModelError, match=r"must return images of shape \(4, channels, .*; found shape \(4, 16\)"):
        opened(build(tmp_path / "flat.pt", kind="flat")).load()
    with pytest.raises(ModelError, match=r'cannot compute on the device "nonsense"'):
        open_model(f"torchscript:{tmp_path / 'g.pt'},latent=16", device="nonsense").load()  # type: ignore[attr-defined]


def test_a_fingerprint_is_of_what_changes_images(tmp_path: Path) -> None:
    path = build(tmp_path / "g.pt")
    first = opened(path).fingerprint
    assert opened(path, "latent=16,batch_size=3").fingerprint == first
    changes = ("latent=4x4", "latent=16,range=0..1", "latent=16,truncation=0.5", "latent=16,classes=10")
    assert len({first, *(opened(path, change).fingerprint for change in changes)}) == 5


def test_a_run_draws_and_scores(tmp_path: Path) -> None:
    path = build(tmp_path / "g.pt", kind="classes")
    spec = f"torchscript:{path},latent=16,classes=10,batch_size=4"
    report = evaluate(spec, "fashion_conditional", limit=6, output=tmp_path / "runs")[0]
    assert report.primary.n == 6
    assert report.primary.outcomes.get("error", 0) == 0
