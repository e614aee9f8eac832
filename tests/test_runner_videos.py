"""Video runs: what a model returns is stored exactly, or is an error of its sample; a kill loses nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import InputError
from evalsuite.media import StoredVideo, frames_of
from evalsuite.models.adapt import adapt_model
from evalsuite.runlog import RunLog, read_log
from evalsuite.runlog.reader import digest_outputs
from evalsuite.runner import RunPlan, generate, run_identity
from evalsuite.task import Task, load_task
from evalsuite.types import GenerationConfig, Output, Request
from tests.media.images import noise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

N = 10
CONFIG = GenerationConfig()


@pytest.fixture
def task(write_task: Callable[..., Path]) -> Task:
    return load_task(str(write_task(N, more='modality = "video"')))


def film(request: Request) -> np.ndarray:
    """Return noise by the seed, of 1 to 4 frames."""
    return noise(request.seed, 1 + request.seed % 4, 6, 5, 3)


def run(answer: Callable[[Any], Any], task: Task, root: Path, *, batch_size: int = 3, **settings: Any) -> RunLog:
    def model(request: Request) -> Any:
        return answer(request)

    made = adapt_model(model, fingerprint="fixed")
    folder = run_identity(task, made, CONFIG, 0).folder(root, made.name)
    return generate(RunPlan(task=task, model=made, config=CONFIG, folder=folder, batch_size=batch_size, **settings))


def shard(log: RunLog) -> Path:
    return log.path.parent / "media" / "images-00000.tar"


def digest(log: RunLog) -> str:
    return digest_outputs(log.sample_outputs(f"s{i:02}", 1, 1) for i in range(N))


def test_videos_are_stored_exactly_and_the_log_refers_to_them(task: Task, tmp_path: Path) -> None:
    log = run(film, task, tmp_path)
    assert len(log.outputs) == N
    for output in log.outputs.values():
        assert (output.text, output.image) == (None, None)
        assert isinstance(output.video, StoredVideo)
        assert np.array_equal(frames_of(output), noise(output.seed, 1 + output.seed % 4, 6, 5, 3))
    moved = log.path.parent.rename(tmp_path / "moved")
    assert {len(frames_of(output)) for output in read_log(moved / "run.jsonl").outputs.values()} <= {1, 2, 3, 4}
    with tarfile.open(moved / "media" / "images-00000.tar") as archive:
        assert sorted(archive.getnames()) == [f"s{i:02}_0_0.png" for i in range(N)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.full((2, 4, 4, 3), np.nan), "the video is of float64 and holds NaN"),
        (np.zeros((2, 4, 4, 3), np.float32), "of float32 from 0 to 1; convert it"),
        (np.zeros((0, 4, 4, 3), np.uint8), "has no frames"),
        (np.zeros((2, 4, 4, 2), np.uint8), "has shape (2, 4, 4, 2)"),
        (np.zeros((4, 4, 3), np.uint8), "the task asks for a video, the model returned an image"),
        ("a film", "the task asks for a video, the model returned a text"),
        (Output(text="x", video=noise(1, 2, 4, 4, 3)), "the task asks for a video, the model returned a text as well"),
        (Output(image=noise(1), video=noise(1, 2, 4, 4, 3)), "the model returned an image as well"),
        (Output(), "the model returned no video"),
        (Output(video=[noise(1, 4, 4, 3)]), "the video is a list"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_video_is_an_error_of_its_sample_alone(
    task: Task, tmp_path: Path, answer: Any, message: str
) -> None:
    log = run(lambda request: answer if request.sample_id == "s03" else film(request), task, tmp_path, limit=6)
    bad = log.outputs["s03", 0, 0]
    assert (bad.finish_reason, bad.text, bad.image, bad.video) == ("error", None, None, None)
    assert message in str(bad.error)
    assert sum(output.video is not None for output in log.outputs.values()) == 5


def test_a_video_of_another_size_is_an_error_where_the_task_says_which(task: Task, tmp_path: Path) -> None:
    task = replace(task, image_shape=(6, 5, 1))
    answers = {"s01": noise(1, 2, 5, 6, 1), "s02": noise(1, 2, 6, 5, 3)}
    log = run(lambda request: answers.get(request.sample_id, noise(1, 2, 6, 5, 1)), task, tmp_path, limit=3)
    errors = [output.error for output in log.outputs.values()]
    assert errors[:2] == [None, "the task asks for videos of 6 x 5 pixels, this one has 5 x 6"]
    assert "the task asks for videos in grey" in str(errors[2])


def test_a_video_is_refused_by_tasks_of_text_and_images(write_task: Callable[..., Path], tmp_path: Path) -> None:
    for modality, article in (("text", "a text"), ("image", "an image")):
        task = load_task(str(write_task(2, name=modality, more=f'modality = "{modality}"')))
        log = run(film, task, tmp_path)
        errors = {output.error for output in log.outputs.values()}
        assert errors == {f"the task asks for {article}, the model returned a video"}


def test_a_batch_of_videos_may_be_one_array() -> None:
    def model(prompts: Sequence[str]) -> np.ndarray:
        return noise(1, len(prompts), 2, 4, 4, 3)

    request = Request(sample_id="a", repeat=0, turn=0, prompt="", messages=(), seed=0)
    outputs = adapt_model(model).generate([request] * 3, CONFIG)
    assert [np.shape(output.video) for output in outputs] == [(2, 4, 4, 3)] * 3  # type: ignore[arg-type]


def test_the_digest_is_of_the_frames_and_their_number(task: Task, tmp_path: Path) -> None:
    log = run(film, task, tmp_path / "a")
    assert digest(log) == digest(run(film, task, tmp_path / "b", batch_size=1))
    assert digest(log) != digest(run(lambda request: film(request) // 2, task, tmp_path / "c"))
    frames = noise(1, 4, 6, 5, 3)
    several = [frames, frames.copy(), frames.reshape(2, 12, 5, 3)]
    one, same, other = (digest_outputs([(Output(video=each),)]) for each in several)
    assert one == same != other


def test_a_video_that_was_changed_is_found_out_when_it_is_read(task: Task, tmp_path: Path) -> None:
    log = run(film, task, tmp_path)
    video = log.outputs["s03", 0, 0].video
    assert isinstance(video, StoredVideo)
    data = bytearray(shard(log).read_bytes())
    data[video.strip.offset + 60] ^= 1
    shard(log).write_bytes(data)
    with pytest.raises(InputError, match=r"images-00000\.tar, bytes .*SHA-256 differs"):
        frames_of(read_log(log.path).outputs["s03", 0, 0])


CHILD = """
import os, signal, sys, time
from pathlib import Path
import numpy
from evalsuite.models.adapt import adapt_model
from evalsuite.runner import RunPlan, generate, run_identity
from evalsuite.task import load_task
from evalsuite.types import GenerationConfig

written = os.pwrite
def kill_after_media(fd, data, offset):
    done = written(fd, data, offset)
    if os.readlink(f"/proc/self/fd/{fd}").endswith(".tar") and offset > 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
os.pwrite = kill_after_media

def model(request):
    time.sleep(0.03)  # so that a batch is stored before the next is there
    shape = (1 + request.seed % 4, 6, 5, 3)
    return numpy.random.default_rng(request.seed).integers(0, 256, shape, dtype=numpy.uint8)

made, task, config = adapt_model(model, fingerprint="fixed"), load_task(sys.argv[1]), GenerationConfig()
folder = run_identity(task, made, config, 0).folder(Path(sys.argv[2]), made.name)
generate(RunPlan(task=task, model=made, config=config, folder=folder, batch_size=3))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_killed_between_videos_and_their_records(write_task: Callable[..., Path], task: Task, tmp_path: Path) -> None:
    whole = run(film, task, tmp_path / "whole")
    path = write_task(N, more='modality = "video"')
    command = [sys.executable, "-c", CHILD, str(path), str(tmp_path / "runs")]
    process = subprocess.run(command, capture_output=True, check=False)
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()
    (found,) = (tmp_path / "runs").rglob("run.jsonl")
    log = read_log(found)
    assert 0 < len(log.outputs) < N
    assert shard(log).stat().st_size > log.media["images-00000.tar"] + 1024  # a video that no line refers to
    log = run(film, task, tmp_path / "runs")
    assert digest(log) == digest(whole)
    assert shard(log).read_bytes() == shard(whole).read_bytes()
