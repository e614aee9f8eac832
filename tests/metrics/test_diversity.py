"""Diversity of images: of a set, of the images of one prompt, by features and by LPIPS."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.datasets import load_images, load_labels
from evalsuite.errors import InputError
from evalsuite.extractors.opening import open_extractor
from evalsuite.images.lpips import open_lpips
from evalsuite.metrics import METRICS
from evalsuite.metrics import diversity as module
from evalsuite.metrics.ssim import mosaics
from evalsuite.scoring import ScoringInput, score_all
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample, Score
from tests.images.lpips_weights import save_lpips_weights, set_lpips_weights
from tests.media.images import png, write_folder

if TYPE_CHECKING:
    from pathlib import Path

CLOTHES = load_images("fashion_mnist/test")


def score(groups: list[Any], name: str, **options: Any) -> Score:
    """Score samples of several images each."""
    samples = [Sample(id=str(i), input={}) for i in range(len(groups))]
    outputs = [
        tuple(Output(image=image, sample_id=str(i), repeat=k) for k, image in enumerate(group))
        for i, group in enumerate(groups)
    ]
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    return score_all(data, [(MetricSpec(name=name, options=options), METRICS.get(name)(**options))])[0]


def cosine_distances(images: Any) -> list[float]:
    x = open_extractor("fashion_convnet").features(list(images)).astype(float)
    x /= np.linalg.norm(x, axis=1)[:, None]
    return [1 - float(a @ b) for a, b in combinations(x, 2)]


@pytest.fixture
def lpips_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_lpips_weights(monkeypatch, save_lpips_weights(tmp_path))


def test_pairs_of_the_whole_set_and_of_a_prompt() -> None:
    groups = [CLOTHES[3 * i : 3 * i + 3] for i in range(6)]
    whole = score(groups, "feature_diversity")
    assert whole.value == pytest.approx(np.mean(cosine_distances(CLOTHES[:18])), rel=1e-6)
    of_prompts = [np.mean(cosine_distances(group)) for group in groups]
    found = score(groups, "feature_diversity", within="prompt")
    assert found.value == pytest.approx(np.mean(of_prompts), rel=1e-6)
    assert found.interval is not None
    # The jackknife of a mean is Student's interval of it.
    half = 2.5706 * np.std(of_prompts, ddof=1) / np.sqrt(6)
    assert found.interval.high - found.interval.low == pytest.approx(2 * half, rel=1e-4)
    assert found.notes == ()
    assert "|within:prompt|" in found.signature
    assert "|n:18" in found.signature


def test_prompts_with_one_image_are_told() -> None:
    found = score([CLOTHES[:3], CLOTHES[3:4], CLOTHES[4:6]], "feature_diversity", within="prompt")
    expected = (np.mean(cosine_distances(CLOTHES[:3])) + np.mean(cosine_distances(CLOTHES[4:6]))) / 2
    assert found.value == pytest.approx(expected, rel=1e-6)
    assert found.notes == (
        "1 of 3 samples have one image and so no pair: within=prompt takes several images of a prompt, as by --repeats",
    )
    alone = score([CLOTHES[:1], CLOTHES[1:2]], "feature_diversity", within="prompt")
    assert (alone.value, alone.interval) == (None, None)
    single = score([CLOTHES[:1]], "feature_diversity")
    assert (single.value, single.notes) == (None, ("no value: it takes at least 2 images, and 1 can be scored",))


def test_it_falls_with_the_number_of_classes() -> None:
    """A model that has lost modes is less diverse, in ever fewer classes ever less."""
    labels = load_labels("fashion_mnist/test")[:3000]
    values = []
    for classes in (10, 4, 1):
        images = CLOTHES[:3000][labels < classes][:200]
        values.append(score([[image] for image in images], "feature_diversity").value)
    assert values[0] > values[1] > values[2] > 0  # type: ignore[operator]


def test_its_interval_holds_the_expectation() -> None:
    """Of 300 simulated sets of 60 real images: near 95 %."""
    metric = METRICS.get("feature_diversity")()
    population = open_extractor("fashion_convnet").features(list(CLOTHES[:2000]))
    truth = metric.value(population)
    draw = np.random.default_rng(4)
    held = 0
    for _ in range(300):
        chosen = population[draw.integers(0, 2000, 60)]
        interval = metric.interval(chosen, np.arange(60))
        held += interval.low <= truth <= interval.high
    assert 0.91 < held / 300 < 0.985


@pytest.mark.usefixtures("lpips_weights")
def test_lpips_diversity_is_the_mean_over_pairs() -> None:
    images = mosaics(5, 2)  # 56 by 56
    lpips = open_lpips("alex")
    pairs = [lpips(a, b) for a, b in combinations(images, 2)]
    whole = score([[image] for image in images], "lpips_diversity", size=56)
    assert whole.value == pytest.approx(np.mean(pairs), rel=1e-5)
    assert whole.interval is not None
    prompts = score([images[:2], images[2:5]], "lpips_diversity", size=56, within="prompt")
    assert prompts.value == pytest.approx((pairs[0] + np.mean([pairs[7], pairs[8], pairs[9]])) / 2, rel=1e-5)
    assert f"{lpips.signature}:56|" in whole.signature
    assert score([[image] for image in images], "lpips_diversity", network="vgg", size=20).value > 0  # type: ignore[operator]


@pytest.mark.usefixtures("lpips_weights")
def test_too_many_activations_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 1 << 16)
    with pytest.raises(InputError, match="lpips_diversity: the activations of so many images would be"):
        score([[image] for image in mosaics(3, 2)], "lpips_diversity")


@pytest.mark.usefixtures("lpips_weights")
def test_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, start in (("real", 0), ("fake", 40)):
        write_folder(tmp_path / name, {f"{i}.png": png(CLOTHES[start + i]) for i in range(8)})
    names = ["feature_diversity", "lpips_diversity", "vendi", "kid"]
    assert main(["score", "--real", "real", "--fake", "fake", "--metric", *names, "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert [one["metric"] for one in scores] == names
    assert scores[0]["value"] == pytest.approx(np.mean(cosine_distances(CLOTHES[40:48])), rel=1e-6)
    assert scores[1]["value"] == pytest.approx(
        score([[image] for image in CLOTHES[40:48]], "lpips_diversity").value, rel=1e-6
    )
