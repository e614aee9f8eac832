"""The zoo's models in the order that is known of them, by every metric of sets of images that claims to see it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalsuite.datasets.source import DEBIAN, N_LEARNED, read_split
from evalsuite.metrics import METRICS
from evalsuite.scoring import ScoringInput, score_outputs
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample
from evalsuite.zoo import CONTROLS, IMAGE_MODELS
from evalsuite.zoo.images.measure import draw_samples
from evalsuite.zoo.model import open_model

N = 500
# How far images are from real ones, as a whole: sees noise, too little training, and what is left to real images.
DISTANCES = ("frechet_distance", "frechet_infinity", "kid", "cmmd")
# Whether images look real (and not whether all kinds come up), and whether all kinds come up.
FIDELITY = ("precision", "density")
DIVERSITY = ("recall", "coverage")
TRAINED = [name for name in IMAGE_MODELS if not name.endswith("_early")]


def score(metric: str, images: Any) -> Any:
    samples = [Sample(id=str(i), input={}) for i in range(len(images))]
    data = ScoringInput(task_name="t", samples=samples, outputs=[(Output(image=image),) for image in images])
    return score_outputs(data, MetricSpec(name=metric), METRICS.get(metric)())


class Scores(dict[str, dict[str, Any]]):
    """The scores of all models, by metric, computed when they are first asked for."""

    def __init__(self) -> None:
        self.images = {name: draw_samples(open_model(name, {}), N)[0] for name in (*IMAGE_MODELS, *CONTROLS)}

    def __missing__(self, metric: str) -> dict[str, Any]:
        self[metric] = {name: score(metric, images) for name, images in self.images.items()}
        return self[metric]


@pytest.fixture(scope="module")
def scores() -> Scores:
    return Scores()


def better(scores: dict[str, dict[str, Any]], metric: str, best: str, worse: str) -> bool:
    """Whether one model is better than another by more than both intervals."""
    above, below = scores[metric][best], scores[metric][worse]
    if not above.higher_is_better:
        return bool(above.interval.high < below.interval.low)
    return bool(above.interval.low > below.interval.high)


@pytest.mark.parametrize("metric", DISTANCES)
def test_distances_see_noise_training_and_what_is_real(scores: Any, metric: str) -> None:
    assert better(scores, metric, "fashion_ddpm_early", "noise")
    assert better(scores, metric, "fashion_ddpm", "fashion_ddpm_early")
    assert better(scores, metric, "real", "fashion_ddpm")
    for name in TRAINED:
        assert better(scores, metric, name, "noise"), name
        assert better(scores, metric, "real", name), name


@pytest.mark.parametrize("metric", FIDELITY)
def test_fidelity_sees_noise_and_training(scores: Any, metric: str) -> None:
    for name in (*TRAINED, "real"):
        assert better(scores, metric, name, "noise"), name
    assert scores[metric]["noise"].value < 0.01
    assert scores[metric]["fashion_ddpm"].value > scores[metric]["fashion_ddpm_early"].value


@pytest.mark.parametrize("metric", DIVERSITY)
def test_diversity_sees_noise_and_that_no_model_has_all_there_is(scores: Any, metric: str) -> None:
    for name in TRAINED:
        assert better(scores, metric, name, "noise"), name
        assert better(scores, metric, "real", name), name
    assert scores[metric]["noise"].value < 0.01


def test_inception_score_sees_noise_and_training_but_not_what_is_real(scores: Any) -> None:
    for name in (*TRAINED, "real"):
        assert better(scores, "inception_score", name, "noise"), name
    assert better(scores, "inception_score", "fashion_ddpm", "fashion_ddpm_early")


def test_no_model_of_the_zoo_copies(scores: Any) -> None:
    for name in (*IMAGE_MODELS, *CONTROLS):
        assert scores["memorisation"][name].interval.low < 0.02, name
        assert scores["authenticity"][name].value > 0.5, name


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="needs Debian's package dataset-fashion-mnist")
def test_a_model_that_returns_training_images_is_caught(scores: Any) -> None:
    images = read_split("train")[0][:N_LEARNED]
    copied = images[np.random.default_rng(0).choice(N_LEARNED, N, replace=False)]
    # By distances alone it would be as good as real images.
    assert score("frechet_distance", copied).value < scores["frechet_distance"]["fashion_ddpm"].interval.low
    memorised, authentic = score("memorisation", copied), score("authenticity", copied)
    assert memorised.interval.low > 0.95
    assert authentic.interval.high < 0.05
