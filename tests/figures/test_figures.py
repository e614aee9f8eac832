"""Figures: curves of slices, outputs chosen by outcome and by height, grids of images by distance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.figures import Curve, Examples, FigureInput, ImageGrid, example_texts, feature_grids, random_grid
from evalsuite.figures.grids import nearest_rows
from evalsuite.figures.slices import slice_figures
from evalsuite.types import Interval, Outcome, Output, Sample, Score, Slice

SCORE = Score(
    metric="accuracy",
    signature="accuracy|version:1",
    value=0.5,
    interval=None,
    higher_is_better=True,
    primary=True,
    n=4,
    n_unscored=0,
    n_clusters=4,
    outcomes={},
)


def texts(outcomes: list[Outcome], values: list[float] | None = None, seed: int = 0) -> FigureInput:
    n = len(outcomes)
    return FigureInput(
        task_name="t",
        score=SCORE,
        samples=[Sample(id=f"s{i}", input={}, references=(f"r{i}",)) for i in range(n)],
        outputs=[(Output(text=f"o{i}"),) for i in range(n)],
        outcomes=tuple(outcomes),
        sample_values=None if values is None else np.asarray(values),
        seed=seed,
    )


def images(n: int, features: np.ndarray | None = None) -> FigureInput:
    return FigureInput(
        task_name="t",
        score=SCORE,
        samples=[Sample(id=f"s{i}", input={}) for i in range(n)],
        outputs=[(Output(image=np.full((2, 2, 1), i, dtype=np.uint8)),) for i in range(n)],
        values=features,
        outcomes=("scored",) * n,
        seed=3,
    )


def test_slices_become_curves() -> None:
    interval = Interval(low=0.1, high=0.9, level=0.9, method="")
    parts = (
        Slice(key=1, value=0.5, interval=interval, n=3, n_unscored=0),
        Slice(key=2, value=None, interval=None, n=1, n_unscored=1),
    )
    (figure,) = slice_figures(replace(SCORE, slices={"depth": parts, "kind": parts[:1]}), share=True)
    assert (figure.title, figure.caption.endswith("bands are 90 % intervals, point by point.")) == (
        "accuracy by depth",
        True,
    )
    assert isinstance(figure.content, Curve)
    assert (figure.content.x, figure.content.y, figure.content.low) == ((1, 2), (0.5, None), (0.1, None))


def test_two_outputs_of_each_outcome_are_chosen_by_the_seed() -> None:
    data = texts(["right"] * 5 + ["wrong"] * 5 + ["error"])
    figure = example_texts(data, ["p"] * 11)
    assert figure is not None
    assert isinstance(figure.content, Examples)
    items = figure.content.items
    assert [item.outcome for item in items] == ["right", "right", "wrong", "wrong", "error"]
    assert all(item.output[1:] == item.reference[1:] == item.sample_id[1:] for item in items)
    assert figure == example_texts(data, ["p"] * 11)
    others = {example_texts(replace(data, seed=seed), ["p"] * 11) for seed in range(5)}
    assert len(others) > 1


@pytest.mark.parametrize(("higher", "ids"), [(True, ["s1", "s3", "s2"]), (False, ["s2", "s3", "s1"])])
def test_scored_outputs_are_shown_at_three_heights(higher: bool, ids: list[str]) -> None:
    data = texts(["scored"] * 4, [np.nan, 0.9, 0.1, 0.4])
    figure = example_texts(replace(data, score=replace(SCORE, higher_is_better=higher)), ["p"] * 4)
    assert figure is not None
    assert isinstance(figure.content, Examples)
    assert [item.sample_id for item in figure.content.items] == ids
    assert [item.outcome for item in figure.content.items] == ["best", "median", "worst"]
    assert "accuracy 0.4" in {item.value for item in figure.content.items}


def test_a_random_grid_shows_the_same_samples_of_every_model() -> None:
    first, second = random_grid(images(100)), random_grid(images(100))
    assert first is not None
    assert second is not None
    assert isinstance(first.content, ImageGrid)
    assert isinstance(second.content, ImageGrid)
    shown = [int(image[0, 0, 0]) for image in first.content.images]
    assert shown == [int(image[0, 0, 0]) for image in second.content.images]
    assert len(set(shown)) == 32
    assert shown != sorted(shown)


def test_images_that_are_not_there_are_passed_over() -> None:
    data = images(3)
    lost = replace(data, outputs=[(Output(finish_reason="error", error="x"),), *data.outputs[1:]])
    figure = random_grid(lost)
    assert figure is not None
    assert isinstance(figure.content, ImageGrid)
    assert sorted(int(image[0, 0, 0]) for image in figure.content.images) == [1, 2]
    assert random_grid(replace(data, outputs=[(Output(text="no image"),)] * 3)) is None


def test_images_by_their_distance_from_real_ones() -> None:
    features = np.array([[5.0, 0.0], [0.1, 0.0], [np.nan, np.nan], [9.0, 1.0]])
    reference = np.array([[0.0, 0.0], [9.0, 0.0]])
    real = [np.full((2, 2, 1), 100 + i, dtype=np.uint8) for i in range(2)]
    near, far = feature_grids(images(4, features), reference, real.__getitem__)
    assert isinstance(near.content, ImageGrid)
    assert isinstance(far.content, ImageGrid)
    assert [int(image[0, 0, 0]) for image in near.content.images] == [1, 3, 0, 100, 101, 101]
    assert [int(image[0, 0, 0]) for image in far.content.images] == [0, 3, 1, 101, 101, 100]
    assert near.content.paired
    assert near.note == "distance 0.1 to 4"
    alone, _ = feature_grids(images(4, features), reference)
    assert isinstance(alone.content, ImageGrid)
    assert (len(alone.content.images), alone.content.paired) == (3, False)
    assert feature_grids(images(4), reference) == []


def test_nearest_rows_are_nearest() -> None:
    rng = np.random.default_rng(1)
    features, reference = rng.normal(size=(50, 7)), rng.normal(size=(300, 7))
    distance, index = nearest_rows(features.astype(np.float32), reference)
    every = np.linalg.norm(features[:, None] - reference[None], axis=2)
    np.testing.assert_array_equal(index, every.argmin(axis=1))
    np.testing.assert_allclose(distance, every.min(axis=1), rtol=1e-5)
