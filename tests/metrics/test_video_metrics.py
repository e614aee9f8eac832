"""Metrics of videos: what they count, what has no value, and that they rank films with one fault each."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import InputError, UsageError
from evalsuite.images.structural_similarity import ssim
from evalsuite.media import StoredImage, StoredVideo, film_strip
from evalsuite.metrics.base import RowMetric
from evalsuite.metrics.flicker import Flicker
from evalsuite.metrics.motion_accuracy import MotionAccuracy
from evalsuite.metrics.temporal_consistency import TemporalConsistency
from evalsuite.scoring import ScoringInput, score_all, task_metrics
from evalsuite.task import MetricSpec, load_task
from evalsuite.types import GenerationConfig, Output, Sample
from evalsuite.worlds.moving_film import render_film
from evalsuite.worlds.moving_shapes import read_movers, samples
from evalsuite.zoo import VIDEO_CONTROLS
from evalsuite.zoo.films import FilmControl
from tests.media.images import noise, png

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = samples(seed=3, n=2)[1]
FILM = render_film(read_movers(SAMPLE.metadata, "x"), SAMPLE.metadata["starts"])  # type: ignore[arg-type]
N = 36
PLAIN = Sample(id="a", input={})


@cache
def scores(name: str) -> dict[str, float]:
    task = load_task("moving_shapes")
    asked = [task.request(sample, repeat=0, turn=0, history=(), run_seed=0) for sample in task.samples[:N]]
    outputs = [(output,) for output in FilmControl(name).generate([r for r in asked if r], GenerationConfig())]
    found: dict[str, float] = {}
    for spec, metric in task_metrics(task):
        assert isinstance(metric, RowMetric)
        found[spec.name] = float(metric.value(metric.rows(task.samples[:N], outputs).values.sum(axis=0)))
    return found


def test_films_are_ranked() -> None:
    accuracy = {name: scores(name)["motion_accuracy"] for name in VIDEO_CONTROLS}
    assert accuracy["films"] == 1.0
    assert 0 < accuracy["films_other_way"] < 0.5
    assert accuracy["films_shuffled"] == accuracy["films_still"] == 0.0
    flicker = {name: scores(name)["flicker"] for name in VIDEO_CONTROLS}
    assert flicker["films_still"] == 0.0
    assert 0 < flicker["films"] < 0.7 * flicker["films_shuffled"]
    consistency = {name: scores(name)["temporal_consistency"] for name in VIDEO_CONTROLS}
    assert consistency["films_still"] == 1.0
    assert consistency["films"] > consistency["films_shuffled"] + 0.05


@pytest.mark.parametrize(
    ("output", "outcome", "row"),
    [
        (Output(video=FILM), "right", [1, 1]),
        (Output(video=FILM[::-1].copy()), "wrong", [0, 1]),
        (Output(video=np.zeros_like(FILM)), "wrong", [0, 1]),
        (Output(video=noise(1, *FILM.shape)), "wrong", [0, 1]),
        (Output(finish_reason="refused"), "refused", None),
        (Output(finish_reason="error", error="x"), "error", None),
        (Output(text="no video"), "error", None),
    ],
)
def test_motion_accuracy_of_a_video(output: Output, outcome: str, row: Any) -> None:
    rows = MotionAccuracy().rows([SAMPLE], [[output]])
    assert rows.outcomes == (outcome,)
    expected = [0, 1] if outcome == "refused" else row or [np.nan, np.nan]
    np.testing.assert_array_equal(rows.values, [expected])


def test_repeats_are_summed() -> None:
    outputs = [Output(video=FILM), Output(video=FILM[::-1].copy(), repeat=1), Output(finish_reason="error", repeat=2)]
    rows = MotionAccuracy().rows([SAMPLE], [outputs])
    assert (rows.values.tolist(), rows.outcomes) == ([[1, 2]], ("scored",))


@pytest.mark.parametrize("shape", [(2, 5, 4, 3), (7, 12, 12, 1), (3, 1, 1, 3)])
def test_flicker_is_the_mean_absolute_difference(shape: tuple[int, ...]) -> None:
    frames = noise(4, *shape)
    expected = np.abs(np.diff(frames.astype(np.float64), axis=0)).mean() / 255
    found = Flicker().rows([PLAIN], [[Output(video=frames)]]).values
    np.testing.assert_allclose(found, [[expected, 1.0]], rtol=1e-14)


def test_temporal_consistency_is_the_mean_ssim_of_neighbours() -> None:
    frames = noise(5, 4, 16, 16, 3) // 2 + noise(6, 1, 16, 16, 3) // 2
    expected = np.mean([ssim(frames[t], frames[t + 1]) for t in range(3)])
    found = TemporalConsistency().rows([PLAIN], [[Output(video=frames)]]).values
    np.testing.assert_allclose(found, [[expected, 1.0]], rtol=1e-14)


def test_temporal_consistency_is_that_of_another_ssim() -> None:
    torch = pytest.importorskip("torch")
    functional = pytest.importorskip("torchmetrics.functional.image")
    planes = torch.from_numpy(FILM.astype(np.float64)).permute(0, 3, 1, 2)
    # Its padding lets a window reach over the edge; the windows that lie within the image are cut out of its map.
    _, maps = functional.structural_similarity_index_measure(
        planes[:-1], planes[1:], data_range=255.0, return_full_image=True, reduction="none"
    )
    found = TemporalConsistency().rows([PLAIN], [[Output(video=FILM)]]).values[0, 0]
    assert found == pytest.approx(float(maps[..., 5:-5, 5:-5].mean()), rel=1e-6)


def test_temporal_consistency_by_a_network_is_the_mean_cosine() -> None:
    from evalsuite.datasets import load_images
    from evalsuite.extractors.opening import open_extractor

    frames = load_images("fashion_mnist/test")[:5]
    features = open_extractor("fashion_convnet").features(list(frames)).astype(np.float64)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    metric = TemporalConsistency(extractor="fashion_convnet")
    found = metric.rows([PLAIN], [[Output(video=frames)]]).values
    np.testing.assert_allclose(found, [[(unit[1:] * unit[:-1]).sum(axis=1).mean(), 1.0]], rtol=1e-12)
    assert metric.signature().startswith("temporal_consistency|extractor:fashion_convnet:")
    assert TemporalConsistency().signature() == "temporal_consistency|ssim|version:1"
    with pytest.raises(InputError, match=r'video of sample "a": .*28x28 images in grey'):
        metric.rows([PLAIN], [[Output(video=FILM)]])
    with pytest.raises(UsageError, match="temporal_consistency: `extractor` must be the name of a network, or none"):
        TemporalConsistency(extractor="no such")


@pytest.mark.parametrize(
    ("metric", "shape"),
    [
        (Flicker(), (1, 16, 16, 3)),
        (TemporalConsistency(), (1, 16, 16, 3)),
        (TemporalConsistency(), (3, 10, 16, 3)),
        (TemporalConsistency(extractor="fashion_convnet"), (1, 28, 28, 1)),
    ],
)
def test_a_video_without_neighbours_to_compare_has_no_value(
    metric: Flicker | TemporalConsistency, shape: tuple[int, ...]
) -> None:
    lacking = Output(video=noise(1, *shape))
    whole = Output(video=noise(1, 2, *((28, 28, 1) if shape[-1] == 1 else (16, 16, 3))))
    rows = metric.rows([PLAIN, PLAIN], [[lacking], [whole]])
    assert np.isnan(rows.values[0]).all()
    assert rows.outcomes == ("error", "scored")
    name, options = metric.name, {"extractor": "fashion_convnet"} if shape[-1] == 1 else {}
    data = ScoringInput(task_name="t", samples=[PLAIN], outputs=[[lacking]])
    (found,) = score_all(data, [(MetricSpec(name=name, options=options), metric)])
    assert (found.value, found.outcomes) == (None, {"error": 1})
    assert found.notes[0].startswith("no value: no output is a video of two frames or more")


@pytest.mark.parametrize("metric", [Flicker(), TemporalConsistency(), MotionAccuracy()])
def test_a_damaged_file_ends_the_scoring(metric: RowMetric, tmp_path: Path) -> None:
    data = png(film_strip(FILM))
    strip = StoredImage(path=tmp_path / "x.png", offset=0, length=len(data), sha256=sha256(data).hexdigest())
    damaged = Output(video=StoredVideo(strip=strip, n_frames=len(FILM)), sample_id=SAMPLE.id)
    strip.path.write_bytes(data)
    assert metric.rows([SAMPLE] * 2, [[damaged], [Output(video=FILM)]]).scored().all()
    strip.path.write_bytes(data[:60] + bytes([data[60] ^ 1]) + data[61:])
    with pytest.raises(InputError, match="SHA-256 differs"):
        metric.rows([SAMPLE] * 2, [[damaged], [Output(video=FILM)]])


def test_repeats_are_averaged_and_errors_have_no_value() -> None:
    frames = np.zeros((2, 4, 4, 1), np.uint8)
    frames[1] = 51
    outputs = [Output(video=frames), Output(video=frames[:1].repeat(2, axis=0), repeat=1)]
    rows = Flicker().rows([PLAIN] * 3, [outputs, [Output(finish_reason="error")], [Output(finish_reason="refused")]])
    np.testing.assert_array_equal(rows.values, [[0.1, 1.0], [np.nan, np.nan], [np.nan, np.nan]])
    assert rows.outcomes == ("scored", "error", "refused")
