"""Metrics of images of a class that was asked for: equal to plain ones class by class, and blind where they say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalsuite import stats
from evalsuite.datasets import load_images, load_labels
from evalsuite.distances import frechet_distance
from evalsuite.errors import UsageError
from evalsuite.extractors.opening import open_extractor
from evalsuite.metrics.frechet_distance import FrechetDistance
from evalsuite.metrics.intra_frechet_distance import IntraFrechetDistance
from evalsuite.metrics.label_agreement import LabelAgreement
from evalsuite.scoring import ScoringInput, score_outputs
from evalsuite.scoring.image_sets import score_image_sets
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample

IMAGES, LABELS = load_images("fashion_mnist/heldout"), load_labels("fashion_mnist/heldout")
NOTHING = (Output(finish_reason="error", error="nothing"),)


def asked(labels: Any) -> list[Sample]:
    return [
        Sample(id=str(i), input={}, cluster=f"wording {i % 48}", metadata={"label": int(label), "class": f"k{label}"})
        for i, label in enumerate(labels)
    ]


def drawn(images: Any) -> list[tuple[Output, ...]]:
    return [(Output(image=image),) for image in images]


def score(name: str, metric: Any, samples: Any, outputs: Any, by: tuple[str, ...] = ()) -> Any:
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    return score_outputs(data, MetricSpec(name=name, by=by), metric)


def test_intra_distance_is_the_mean_of_the_distances_of_the_classes() -> None:
    found = score(
        "intra_frechet_distance", IntraFrechetDistance(), asked(LABELS[:1500]), drawn(IMAGES[:1500]), ("class",)
    )
    extractor = open_extractor("fashion_convnet")
    fake = extractor.features(list(IMAGES[:1500]))
    real = extractor.features(list(load_images("fashion_mnist/test")))
    expected = [
        frechet_distance(fake[LABELS[:1500] == kind], real[load_labels("fashion_mnist/test") == kind])
        for kind in range(10)
    ]
    assert [part.value for part in found.slices["class"]] == pytest.approx(expected, rel=1e-6)
    assert found.value == pytest.approx(np.mean(expected), rel=1e-6)
    assert all(part.interval.low < part.value < part.interval.high for part in found.slices["class"])
    assert found.interval.low < found.value < found.interval.high
    assert found.signature.endswith("|n:1500")
    assert found.notes == ()


def test_its_interval_is_the_delete_block_jackknife_of_its_value() -> None:
    metric = IntraFrechetDistance()
    samples = asked(LABELS[:400])
    rows = metric.features(samples, drawn(IMAGES[:400]))
    reference = metric.reference(samples)
    clusters = np.arange(400) % 48
    slow = stats.jackknife_interval(
        rows.values, clusters, lambda part: metric.value(part, reference), value_range=(0.0, np.inf)
    )
    fast = metric.interval(rows.values, clusters, reference)
    assert slow is not None
    assert fast is not None
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high), rel=1e-9)
    # Wordings that not every class has: a block without an image of a class.
    few = np.where(LABELS[:400] == 3, 0, np.arange(400) % 48)
    assert metric.interval(rows.values, few, reference) is None
    few[np.flatnonzero(LABELS[:400] == 3)[:5]] = 1
    slow = stats.jackknife_interval(
        rows.values, few, lambda part: metric.value(part, reference), value_range=(0.0, np.inf)
    )
    fast = metric.interval(rows.values, few, reference)
    assert slow is not None
    assert fast is not None
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high), rel=1e-9)


def test_fine_images_of_another_class_are_seen() -> None:
    other = [(label + 1) % 10 for label in LABELS[:1000]]
    plain = FrechetDistance()
    right, wrong = (score("frechet_distance", plain, asked(k), drawn(IMAGES[:1000])) for k in (LABELS[:1000], other))
    assert right.value == wrong.value
    intra = IntraFrechetDistance()
    right, wrong = (
        score("intra_frechet_distance", intra, asked(k), drawn(IMAGES[:1000])) for k in (LABELS[:1000], other)
    )
    assert wrong.interval.low > 20 * right.interval.high
    agreement = LabelAgreement()
    right, wrong = (score("label_agreement", agreement, asked(k), drawn(IMAGES[:1000])) for k in (LABELS[:1000], other))
    assert right.value > 0.85
    assert wrong.value < 0.1


def test_what_is_missing_is_said() -> None:
    samples = asked(LABELS[:300])
    outputs = drawn(IMAGES[:300])
    outputs = [NOTHING if label == 4 else output for label, output in zip(LABELS, outputs, strict=False)]
    found = score("intra_frechet_distance", IntraFrechetDistance(), samples, outputs, ("class",))
    assert found.n_unscored == (LABELS[:300] == 4).sum()
    assert "the mean is over 9 classes; there is no image of the other 1" in found.notes
    assert any("some no more than there are features, 64" in note for note in found.notes)
    (lacking,) = (part for part in found.slices["class"] if part.key == "k4")
    assert (lacking.value, lacking.interval) == (None, None)
    alone = score("intra_frechet_distance", IntraFrechetDistance(), asked([1, 1, 2]), drawn(IMAGES[:3]))
    assert (alone.value, alone.interval) == (None, None)  # of one image of a class there is no covariance
    none = score("intra_frechet_distance", IntraFrechetDistance(), asked([1, 2]), [NOTHING] * 2)
    assert none.value is None


@pytest.mark.parametrize("metadata", [{}, {"label": 10}, {"label": -1}, {"label": True}, {"label": "3"}])
@pytest.mark.parametrize("metric", [IntraFrechetDistance(), LabelAgreement()])
def test_samples_without_a_label_are_named(metric: Any, metadata: dict[str, Any]) -> None:
    compute = getattr(metric, "rows", None) or metric.features
    with pytest.raises(
        ValueError, match=rf'{metric.name}: sample "7": metadata\["label"\] must be the class asked for'
    ):
        compute([Sample(id="7", input={}, metadata=metadata)], drawn(IMAGES[:1]))


def test_options_and_folders_are_refused() -> None:
    with pytest.raises(UsageError, match="`reference_set` must be one of"):
        IntraFrechetDistance(reference_set=".")
    for name in ("intra_frechet_distance", "label_agreement"):
        with pytest.raises(UsageError, match=f'"{name}" does not score sets of images'):
            score_image_sets("fashion_mnist/test", "fashion_mnist/heldout", [name])


def test_agreement_counts_images() -> None:
    labels = open_extractor("fashion_classifier").features(list(IMAGES[:50])).argmax(axis=1)
    told = [int(label) for label in labels]
    told[0] = (told[0] + 1) % 10
    samples = asked(told)
    outputs = drawn(IMAGES[:50])
    outputs[1] = NOTHING
    outputs[2] = (Output(image=IMAGES[2]), Output(image=IMAGES[int(np.flatnonzero(labels != told[2])[0])], repeat=1))
    rows = LabelAgreement().rows(samples, outputs)
    assert rows.outcomes[:4] == ("wrong", "error", "scored", "right")
    np.testing.assert_array_equal(rows.values[:4], [[0, 1], [np.nan, np.nan], [1, 2], [1, 1]])
    found = score("label_agreement", LabelAgreement(), samples, outputs)
    assert found.value == pytest.approx(48 / 50)
    assert found.interval.method.startswith("wilson")
    assert found.bounds == pytest.approx((48 / (50 + 50 / 49), (48 + 50 / 49) / (50 + 50 / 49)))


def test_the_ceiling_stands_beside_it() -> None:
    (note,) = score("label_agreement", LabelAgreement(), asked([1]), drawn(IMAGES[:1])).notes
    right = open_extractor("fashion_classifier").features(list(IMAGES)).argmax(axis=1) == LABELS
    assert note.startswith(f"ceiling: the classifier puts {100 * right.mean():.1f} % [")
    assert note.endswith("of 2,000 held-out real images into their class")
