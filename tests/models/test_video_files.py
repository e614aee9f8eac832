"""``files:`` of videos: each is its sample's, exactly, and what is none is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.errors import ModelError, UsageError
from evalsuite.evaluation import evaluate, plan_run
from evalsuite.media import frames_of
from evalsuite.models.spec import open_model
from evalsuite.runlog import read_log
from evalsuite.task import load_task
from evalsuite.worlds.moving_film import render_film
from evalsuite.worlds.moving_shapes import read_movers
from tests.media.images import noise

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", ["savez", "savez_compressed", "save"])
def test_videos_are_those_of_the_file(tmp_path: Path, kind: str) -> None:
    samples = load_task("moving_shapes").samples[:4]
    films = [render_film(read_movers(one.metadata, "x"), one.metadata["starts"]) for one in samples]  # type: ignore[arg-type]
    films[2] = films[2][::-1]
    path = tmp_path / ("x.npy" if kind == "save" else "x.npz")
    getattr(np, kind)(path, np.stack(films))
    report = evaluate(f"files:{path}", "moving_shapes", limit=4, output=tmp_path / "runs")[0]
    assert report.primary.outcomes == {"right": 3, "wrong": 1}
    (found,) = (tmp_path / "runs").rglob("run.jsonl")
    log = read_log(found)
    for sample, film in zip(samples, films, strict=True):
        assert np.array_equal(frames_of(log.outputs[sample.id, 0, 0]), film)
    with pytest.raises(UsageError, match=r"has 4 outputs, task .moving_shapes. asks for 144; give --limit 4"):
        plan_run(open_model(f"files:{path}"), load_task("moving_shapes"), root=tmp_path / "runs")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            noise(1, 2, 3, 4, 5, 3).astype(np.float32),
            r"one uint8 array .* arr_0 float32 \(2, 3, 4, 5, 3\)",
        ),
        (noise(1, 2, 3, 4, 5, 2), r"found arr_0 uint8 \(2, 3, 4, 5, 2\)"),
        (noise(1, 2, 0, 4, 5, 3), r"found arr_0 uint8 \(2, 0, 4, 5, 3\)"),
    ],
)
def test_what_is_no_array_of_videos_is_refused(tmp_path: Path, array: np.ndarray, message: str) -> None:
    np.savez(tmp_path / "x.npz", array)
    with pytest.raises(ModelError, match=message):
        open_model(f"files:{tmp_path / 'x.npz'}")


def test_arr_0_is_what_is_meant_where_it_holds_images(tmp_path: Path) -> None:
    images = noise(1, 4, 5, 6, 3)
    np.savez(tmp_path / "x.npz", images, v=noise(1, 2, 3, 4, 5, 3))
    model = open_model(f"files:{tmp_path / 'x.npz'}")
    assert model.modalities == {"image"}
    np.savez(tmp_path / "y.npz", np.arange(2), v=noise(1, 2, 3, 4, 5, 3))
    assert open_model(f"files:{tmp_path / 'y.npz'}").modalities == {"video"}


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_what_holds_no_videos_says_so(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x.{suffix}"
    save = np.save if suffix == "npy" else np.savez
    save(path, np.zeros((0, 3, 4, 5, 3), np.uint8))
    with pytest.raises(ModelError, match=r"holds no videos: its array has shape \(0, 3, 4, 5, 3\)"):
        open_model(f"files:{path}")
    save(path, np.zeros((2, 3, 4, 5, 3)))
    with pytest.raises(ModelError, match=r"or of videos \(n, frames, height, width, channels\), .* float64"):
        open_model(f"files:{path}")


def test_several_arrays_of_which_none_is_named_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=noise(1, 2, 3, 4, 5, 3), b=noise(1, 2, 3, 4, 5, 3))
    with pytest.raises(ModelError, match=r"shape \(n, frames, height, width, channels\) .* which one is called arr_0"):
        open_model(f"files:{tmp_path / 'x.npz'}")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", noise(1, 2, 3, 4, 5, 3))
    (tmp_path / "x.npz").write_bytes((tmp_path / "x.npz").read_bytes()[:200])
    with pytest.raises(ModelError, match=r"x\.npz: cannot be read as an npz"):
        open_model(f"files:{tmp_path / 'x.npz'}")
