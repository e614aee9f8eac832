"""Density, coverage, CMMD, Vendi, Inception score, authenticity and distances freed of size: values and intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalsuite.datasets import load_images, load_training_features
from evalsuite.distances import inception_score, kernel_distance, vendi_score
from evalsuite.errors import UsageError
from evalsuite.extractors.opening import open_extractor
from evalsuite.metrics import METRICS
from evalsuite.metrics.image_set import example_images
from evalsuite.metrics.memorisation import Authenticity
from evalsuite.metrics.references import reference_features
from evalsuite.scoring import ScoringInput, make_metric, score_all
from evalsuite.task import MetricSpec
from evalsuite.types import Sample, Score


def score(images: Any, *names: str, **options: Any) -> list[Score]:
    outputs = example_images(images)
    samples = [Sample(id=str(i), input={}) for i in range(len(outputs))]
    specs = [MetricSpec(name=name, options=options) for name in names]
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    return score_all(data, [(spec, make_metric(spec, "here")) for spec in specs])


@pytest.fixture(scope="module")
def heldout() -> Any:
    return load_images("fashion_mnist/heldout")


@pytest.fixture(scope="module")
def features(heldout: Any) -> Any:
    return open_extractor("fashion_convnet").features(list(heldout[:1000]))


@pytest.fixture(scope="module")
def reference() -> Any:
    return reference_features("fashion_convnet", "fashion_mnist/test")


def test_unseen_real_images(heldout: Any) -> None:
    """They are as dense as the reference, and a distance freed of the sets' sizes has 0 in its interval."""
    density, coverage, infinity = score(heldout[:1000], "density", "coverage", "frechet_infinity")
    assert density.value == pytest.approx(1, abs=0.15)
    # 1 - (m - 1) ... (m - 5) / ((n + m - 1) ... (n + m - 5)) for n = 1,000 and m = 10,000.
    assert coverage.value == pytest.approx(1 - np.prod([(10_000 - i) / (11_000 - i) for i in range(1, 6)]), abs=0.05)
    assert infinity.interval is not None
    assert infinity.value is not None
    assert infinity.interval.low < 0 < infinity.interval.high
    assert abs(infinity.value) < 0.05 < 0.1 < score(heldout[:1000], "frechet_distance")[0].value  # type: ignore[operator]


@pytest.mark.parametrize("name", ["density", "coverage"])
def test_density_and_coverage_are_prdcs(name: str, features: Any, reference: Any) -> None:
    prdc = pytest.importorskip("prdc")
    x, y = features[:300], reference[:400]
    expected = prdc.compute_prdc(y.astype(float), x.astype(float), 5)[name]
    assert METRICS.get(name)().value(x, y) == pytest.approx(expected, rel=1e-12)


def test_cmmd_is_the_definition(features: Any, reference: Any) -> None:
    """The mean over all pairs, those of a member with itself included, of features of unit length."""
    x, y = (part.astype(float) / np.linalg.norm(part.astype(float), axis=1)[:, None] for part in (features, reference))
    x, y = x[:80], y[:120]

    def mean(a: Any, b: Any, sigma: float) -> Any:
        return np.exp(-((a[:, None] - b[None]) ** 2).sum(axis=2) / (2 * sigma**2)).mean()

    for sigma in (10.0, 0.5):
        expected = 1000 * (mean(x, x, sigma) + mean(y, y, sigma) - 2 * mean(x, y, sigma))
        metric = METRICS.get("cmmd")(sigma=sigma)
        assert metric.value(features[:80], reference[:120]) == pytest.approx(expected, rel=1e-9)
        assert metric.value(3 * features[:80], reference[:120]) == pytest.approx(expected, rel=1e-6)
    assert METRICS.get("cmmd")().value(reference[:100], reference[:100]) == pytest.approx(0, abs=1e-9)


def test_vendi_and_inception_score_need_no_reference(heldout: Any, features: Any) -> None:
    vendi, inception = score(heldout[:1000], "vendi", "inception_score")
    assert vendi.value == pytest.approx(vendi_score(features), rel=1e-12)
    logits = open_extractor("fashion_classifier").features(list(heldout[:1000]))
    assert inception.value == pytest.approx(inception_score(logits), rel=1e-12)
    assert inception.value is not None
    assert 5 < inception.value < 10  # of ten classes; labels were smoothed
    assert "reference" not in vendi.signature
    assert "n:1000" in inception.signature


def test_an_inception_score_of_features_that_are_no_classes_is_refused() -> None:
    with pytest.raises(UsageError, match=r'^inception_score: `extractor` must be .*"?fashion_classifier'):
        METRICS.get("inception_score")(extractor="fashion_convnet")


def test_classes_are_those_the_network_tells(heldout: Any) -> None:
    network = open_extractor("fashion_convnet")
    logits = open_extractor("fashion_classifier").features(list(heldout[:50]))
    np.testing.assert_array_equal(logits.argmax(axis=1), network.classify(list(heldout[:50])))  # type: ignore[attr-defined]
    alone = [open_extractor("fashion_classifier").features([image])[0] for image in heldout[:5]]
    np.testing.assert_array_equal(np.stack(alone), logits[:5])


def test_kid_of_subsets_is_torch_fidelitys(features: Any, reference: Any) -> None:
    torch = pytest.importorskip("torch")
    peer = pytest.importorskip("torch_fidelity.metric_kid")
    metric = METRICS.get("kid_subsets")(n_subsets=10, subset_size=300)
    expected = peer.kid_features_to_metric(
        torch.from_numpy(features.copy()),
        torch.from_numpy(reference.copy()),
        kid_subsets=10,
        kid_subset_size=300,
        kid_kernel="poly",
        kid_kernel_poly_degree=3,
        kid_kernel_poly_gamma=None,
        kid_kernel_poly_coef0=1,
        rng_seed=2020,
        verbose=False,
    )
    assert metric.value(features, reference) == expected["kernel_inception_distance_mean"]
    exact = kernel_distance(features, reference).value
    found = metric.interval(features, np.arange(len(features)), reference)
    assert found is not None
    assert found.low < exact < found.high
    narrow = METRICS.get("kid")().interval(features, np.arange(len(features)), reference)
    assert narrow is not None
    assert found.high - found.low > narrow.high - narrow.low


def test_subsets_of_a_small_set_are_all_of_it(features: Any, reference: Any) -> None:
    metric = METRICS.get("kid_subsets")(n_subsets=3)
    assert metric.notes(features[:50], reference) == (
        "subsets of 50, as the smaller set has no more; others refuse such sets",
    )
    assert np.isfinite(metric.value(features[:50], reference))


def test_authenticity(reference: Any) -> None:
    metric = Authenticity()
    stored, _ = load_training_features("fashion_mnist/train", open_extractor("fashion_convnet").signature)
    assert metric.value(stored[:200].astype(np.float32), reference) == 0
    share = metric.value(reference, reference)
    assert 0.3 < share < 0.9
    assert metric.notes(reference[:10], reference) == (
        f"the reference images, which no model learned from, score {share:.3f}",
    )
    noise = np.random.default_rng(0).normal(scale=50, size=(100, reference.shape[1])).astype(np.float32)
    assert metric.value(noise, reference) == 1


def test_a_distance_freed_of_size_says_what_the_size_adds(features: Any, reference: Any) -> None:
    metric = METRICS.get("frechet_infinity")()
    (note, *rough) = metric.notes(features, reference)
    assert note.startswith("at this size the distance is 0.1")
    assert rough == []
    assert metric.notes(features[:200], reference)[1].startswith("200 generated images for 64 features: the extrapol")
    assert metric.value(features[::-1], reference) == pytest.approx(metric.value(features, reference), rel=1e-9)
