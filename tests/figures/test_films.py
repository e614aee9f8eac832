"""Film strips in a report: frames of videos that the run's seed chooses, evenly spaced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evalsuite.figures import FigureInput, ImageGrid, random_films
from evalsuite.media import StoredImage, StoredVideo
from evalsuite.types import Output, Sample, Score
from tests.media.images import noise

GONE = StoredVideo(strip=StoredImage(path=Path("/gone"), offset=0, length=9, sha256="0" * 64), n_frames=2)


def data(*videos: Output) -> FigureInput:
    score = Score(
        metric="flicker",
        signature="flicker|version:1",
        value=0.0,
        interval=None,
        higher_is_better=False,
        primary=True,
        n=len(videos),
        n_unscored=0,
        n_clusters=len(videos),
        outcomes={},
    )
    samples = tuple(Sample(id=str(i), input={}) for i in range(len(videos)))
    return FigureInput(task_name="t", score=score, samples=samples, outputs=[(video,) for video in videos])


def grid(given: FigureInput) -> ImageGrid:
    figure = random_films(given)
    assert figure is not None
    assert isinstance(figure.content, ImageGrid)
    return figure.content


def test_a_row_is_a_video_from_its_first_frame_to_its_last() -> None:
    videos = [noise(i, 15, 4, 4, 3) for i in range(6)]
    found = grid(data(*(Output(video=video) for video in videos)))
    assert found.columns == 8
    assert len(found.images) == 4 * 8
    firsts = [video[0].tobytes() for video in videos]
    for row in range(4):
        shown = found.images[8 * row : 8 * row + 8]
        video = videos[firsts.index(shown[0].tobytes())]
        assert [frame.tobytes() for frame in shown] == [video[2 * t].tobytes() for t in range(8)]
    assert grid(data(*(Output(video=video) for video in videos))).images[5].tobytes() == found.images[5].tobytes()


@pytest.mark.parametrize("n_frames", [1, 3])
def test_short_videos_have_short_rows(n_frames: int) -> None:
    found = grid(data(Output(video=noise(1, 12, 4, 4, 1)), Output(video=noise(2, n_frames, 4, 4, 1))))
    assert found.columns == n_frames
    assert len(found.images) == 2 * n_frames


def test_what_cannot_be_read_is_left_out() -> None:
    gone = Output(video=GONE)
    assert random_films(data(gone, Output(finish_reason="error", error="x"))) is None
    assert len(grid(data(gone, Output(video=noise(1, 2, 4, 4, 3)))).images) == 2
    assert random_films(data()) is None
    assert np.asarray(grid(data(replace(gone, video=noise(1, 2, 4, 4, 3)))).images[0]).shape == (4, 4, 3)
