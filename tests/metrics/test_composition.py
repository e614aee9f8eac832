"""Metrics of pictures of shapes: what counts as right, and out of how many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalsuite.metrics.composition_accuracy import CompositionAccuracy
from evalsuite.metrics.constraint_accuracy import ConstraintAccuracy
from evalsuite.scoring import ScoringInput, score_outputs
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample
from evalsuite.worlds.picture_canvas import PALETTE, render_scene
from evalsuite.worlds.pictures import samples

SAMPLE = Sample(
    id="1",
    input={},
    metadata={
        "groups": [["circle", 2, "red"], ["square", 1, None]],
        "relations": [["circle", "above", "square"]],
    },
)
CIRCLES = [["circle", "red", 0, 0, 0, 0], ["circle", "red", 2, 1, 0, 0]]
SQUARE = ["square", "blue", 1, 3, 0, 0]


def doubtful() -> np.ndarray:
    """Return a picture that is right if its square is there, and whose circles may be red or purple."""
    image = render_scene([*CIRCLES, SQUARE]).astype(float)
    between = (np.array(PALETTE["red"]) + np.array(PALETTE["purple"]) * 0.81) / 2
    image[:24] = image[:24].max(axis=2, keepdims=True) / 230 * between
    return image.astype(np.uint8)


@pytest.mark.parametrize(
    ("output", "outcome", "whole", "parts"),
    [
        (Output(image=render_scene([*CIRCLES, SQUARE])), "right", [1, 1], [4, 4]),
        (Output(image=render_scene([CIRCLES[0], SQUARE])), "wrong", [0, 1], [3, 4]),
        (Output(image=render_scene(CIRCLES)), "wrong", [0, 1], [2, 4]),
        (Output(image=render_scene([*CIRCLES, SQUARE, ["cross", "red", 3, 3, 0, 0]])), "wrong", [0, 1], [4, 5]),
        (Output(image=doubtful()), "undecided", None, [3, 3]),
        (Output(image=np.zeros((48, 48, 3), np.uint8)), "wrong", [0, 1], [0, 4]),
        (Output(finish_reason="refused"), "refused", [0, 1], [0, 4]),
        (Output(finish_reason="error", error="x"), "error", None, None),
        (Output(text="no picture"), "error", None, None),
    ],
)
def test_row(output: Output, outcome: str, whole: Any, parts: Any) -> None:
    for metric, expected in ((CompositionAccuracy(), whole), (ConstraintAccuracy(), parts)):
        rows = metric.rows([SAMPLE], [[output]])
        assert rows.outcomes == (outcome,)
        np.testing.assert_array_equal(rows.values, [expected or [np.nan, np.nan]])


def test_repeats_are_summed() -> None:
    outputs = [
        Output(image=render_scene([*CIRCLES, SQUARE])),
        Output(image=render_scene(CIRCLES), repeat=1),
        Output(finish_reason="error", error="x", repeat=2),
    ]
    rows = CompositionAccuracy().rows([SAMPLE], [outputs])
    assert (rows.values.tolist(), rows.outcomes) == ([[1, 2]], ("scored",))
    assert ConstraintAccuracy().rows([SAMPLE], [outputs]).values.tolist() == [[6, 8]]


def test_scores_by_depth_have_wilsons_intervals() -> None:
    asked = samples(seed=2, n=96)
    wrong = {sample.id for sample in asked if sample.depth == 6}
    outputs = [
        (Output(image=render_scene(sample.metadata["scene"][sample.id in wrong :])),)  # type: ignore[index]
        for sample in asked
    ]
    data = ScoringInput(task_name="t", samples=asked, outputs=outputs)
    spec = MetricSpec(name="composition_accuracy", by=("depth",))
    score = score_outputs(data, spec, CompositionAccuracy())
    assert [part.key for part in score.slices["depth"]] == [1, 2, 3, 4, 5, 6]
    assert [part.value for part in score.slices["depth"]] == [1.0] * 5 + [0.0]
    assert all(part.interval and part.interval.method.startswith("wilson") for part in score.slices["depth"])
    assert score.value == 1 - len(wrong) / 96
    constraints = score_outputs(data, MetricSpec(name="constraint_accuracy", by=("depth",)), ConstraintAccuracy())
    # One object too few breaks its count, and a relation where it was the only one.
    assert 0.6 < constraints.slices["depth"][5].value < 1
    assert constraints.interval is not None


@pytest.mark.parametrize("metric", [CompositionAccuracy(), ConstraintAccuracy()])
def test_samples_without_constraints_are_named(metric: Any) -> None:
    with pytest.raises(ValueError, match=rf'{metric.name}: sample "7": metadata\["groups"\] must list'):
        metric.rows([Sample(id="7", input={})], [[Output(image=np.zeros((48, 48, 3), np.uint8))]])
