"""Image runs: what a model returns is stored exactly, or is an error of its sample; damage is never scored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from evalsuite.errors import InputError, RunLogError, SaveError, UsageError
from evalsuite.evaluation import plan_run
from evalsuite.media import StoredImage, pixels_of
from evalsuite.models.spec import open_model
from evalsuite.runlog import RunLog, RunLogWriter, read_log
from evalsuite.runlog.reader import digest_outputs
from evalsuite.runner import RunPlan, generate, run_identity
from evalsuite.task import Task, load_task
from evalsuite.types import GenerationConfig, Output, Request
from tests.media.images import noise, png, write_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

N = 20
CONFIG = GenerationConfig()


@pytest.fixture
def task(write_task: Callable[..., Path]) -> Task:
    return load_task(str(write_task(N, more='modality = "image"')))


class Painter:
    """Paints noise by the seed, or what a function of the request returns."""

    spec, name, fingerprint = "painter:", "painter", "painter"
    modalities = frozenset({"image"})
    batch_size = 8
    batch_invariant = True
    dtype = device = ""

    def __init__(self, paint: Callable[[Request], Any] | None = None, **settings: Any) -> None:
        self._paint = paint or picture
        self.calls: list[list[str]] = []
        vars(self).update(settings)

    def generate(self, requests: Sequence[Request], config: object) -> list[Output]:
        self.calls.append([request.sample_id for request in requests])
        made = [self._paint(request) for request in requests]
        return [one if isinstance(one, Output) else Output(image=one) for one in made]


def picture(request: Request) -> np.ndarray:
    return noise(request.seed, 6, 5, 3)


def plan(model: Any, task: Task, root: Path, **settings: Any) -> RunPlan:
    # Not by plan_run: it would want metrics that read images.
    folder = run_identity(task, model, CONFIG, 0).folder(root, model.name)
    return RunPlan(task=task, model=model, config=CONFIG, folder=folder, **settings)


def run(model: Any, task: Task, root: Path, **settings: Any) -> RunLog:
    return generate(plan(model, task, root, **settings))


def shard(log: RunLog) -> Path:
    return log.path.parent / "media" / "images-00000.tar"


def test_images_are_stored_exactly_and_the_log_refers_to_them(task: Task, tmp_path: Path) -> None:
    log = run(Painter(), task, tmp_path)
    assert len(log.outputs) == N
    for output in log.outputs.values():
        assert output.text is None
        assert isinstance(output.image, StoredImage)
        assert np.array_equal(pixels_of(output), noise(output.seed, 6, 5, 3))
    assert [path.name for path in sorted(log.path.parent.iterdir())] == ["media", "run.jsonl", "run.lock"]
    assert b"/" not in log.path.read_bytes().split(b'"media":')[1].split(b"}")[0]  # the folder can be moved
    moved = log.path.parent.rename(tmp_path / "moved")
    assert {pixels_of(output).sum() for output in read_log(moved / "run.jsonl").outputs.values()}


@pytest.mark.parametrize("mode", ["L", "RGB", "1", "P"])
def test_pillow_images_are_stored(task: Task, tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(noise(1, 9, 4, 3)).convert(mode)
    log = run(Painter(lambda request: image), task, tmp_path, limit=2)
    expected = np.asarray(image.convert("RGB" if mode == "P" else "L" if mode == "1" else mode))
    assert np.array_equal(pixels_of(log.outputs["s00", 0, 0]).squeeze(), expected)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.full((4, 4), np.nan), "the image is of float64 and holds NaN"),
        (np.zeros((4, 4), np.float32), "of float32 from 0 to 1; convert it"),
        (np.zeros((4, 4), np.uint16), "of uint16"),
        (np.zeros((1, 4, 4), np.uint8), "channels first; put them last"),
        (np.zeros((4, 4, 4), np.uint8), "has shape (4, 4, 4)"),
        (np.zeros((0, 4), np.uint8), "has no pixels"),
        (Image.new("RGBA", (2, 2)), "alpha channel"),
        (b"\x89PNG", "the image is a bytes"),
        (Output(), "the model returned no image"),
        (Output(text="a cat"), "the task asks for an image, the model returned a text"),
        (Output(text="a cat", image=noise(1)), "the task asks for an image, the model returned a text as well"),
        (Output(image=noise(1), error="broke", finish_reason="error"), "broke"),
        (StoredImage(path=Path("/etc/passwd"), offset=0, length=9, sha256="0" * 64), "the image is a StoredImage"),
    ],
)
def test_what_is_no_image_is_an_error_of_its_sample_alone(
    task: Task, tmp_path: Path, answer: Any, message: str
) -> None:
    model = Painter(lambda request: answer if request.sample_id == "s03" else picture(request))
    log = run(model, task, tmp_path, limit=8)
    bad = log.outputs["s03", 0, 0]
    assert (bad.finish_reason, bad.text, bad.image) == ("error", None, None)
    assert message in str(bad.error)
    assert model.calls == [[f"s{i:02}" for i in range(8)]]  # asking again would not change it
    assert sum(output.image is not None for output in log.outputs.values()) == 7


def test_an_image_of_another_size_is_an_error_where_the_task_says_which(task: Task, tmp_path: Path) -> None:
    task = replace(task, image_shape=(6, 5, 1))
    sizes = {"s01": (5, 6, 3), "s02": (6, 5), "s03": (12, 10, 3)}
    model = Painter(lambda request: noise(1, *sizes.get(request.sample_id, (6, 5, 1))))
    log = run(model, task, tmp_path / "runs", limit=4)
    said = "the task asks for images of 6 x 5 pixels, this one has"
    assert [output.error for output in log.outputs.values()] == [None, f"{said} 5 x 6", None, f"{said} 12 x 10"]
    folder = write_folder(tmp_path / "mine", {"0.png": png(noise(0, 6, 5, 1)), "1.png": png(noise(1))})
    log = run(open_model(f"files:{folder}"), task, tmp_path / "runs", limit=2)
    assert [output.error for output in log.outputs.values()] == [None, f"{said} 28 x 28"]


def test_colours_are_an_error_where_the_task_asks_for_grey(task: Task, tmp_path: Path) -> None:
    task = replace(task, image_shape=(6, 5, 1))
    grey_stored_as_colours = noise(1, 6, 5, 1).repeat(3, axis=2)
    model = Painter(lambda request: noise(1, 6, 5, 3) if request.sample_id == "s01" else grey_stored_as_colours)
    log = run(model, task, tmp_path / "runs", limit=3)
    said = "the task asks for images in grey, this one has colours; convert it, with Pillow by convert('L')"
    assert [output.error for output in log.outputs.values()] == [None, said, None]
    log = run(model, replace(task, image_shape=(6, 5, 3), name="colours"), tmp_path / "runs", limit=3)
    assert [output.error for output in log.outputs.values()] == [None] * 3


def test_an_image_for_a_task_of_text_is_an_error(write_task: Callable[..., Path], tmp_path: Path) -> None:
    task = load_task(str(write_task(3)))
    log = run(Painter(), task, tmp_path)
    assert {output.error for output in log.outputs.values()} == {
        "the task asks for a text, the model returned an image"
    }


def test_a_refusal_may_have_no_image(task: Task, tmp_path: Path) -> None:
    log = run(Painter(lambda request: Output(finish_reason="refused")), task, tmp_path, limit=2)
    assert {(output.finish_reason, output.image) for output in log.outputs.values()} == {("refused", None)}


def test_a_run_that_was_cut_short_ends_like_one_that_was_not(task: Task, tmp_path: Path) -> None:
    whole = run(Painter(), task, tmp_path / "whole")
    log = run(Painter(), task, tmp_path / "cut")
    lines = log.path.read_bytes().splitlines(keepends=True)
    for kept in range(1, len(lines)):
        log.path.write_bytes(b"".join(lines[:kept]) + lines[kept][:20])
        again = run(Painter(), task, tmp_path / "cut")
        assert digest(again) == digest(whole)
        assert end(again) == shard(again).stat().st_size - 1024  # nothing but the end of a tar is unreferenced
    assert shard(again).read_bytes() == shard(whole).read_bytes()


def digest(log: RunLog) -> str:
    return digest_outputs(log.sample_outputs(f"s{i:02}", 1, 1) for i in range(N))


def end(log: RunLog) -> int:
    (last,) = log.media.values()
    return last


def test_the_digest_is_of_the_images_too(task: Task, tmp_path: Path) -> None:
    whole = run(Painter(), task, tmp_path / "whole")
    other = run(Painter(lambda request: picture(request) // 2), task, tmp_path / "other")
    assert digest(whole) != digest(other)
    assert digest(whole) == digest(run(Painter(batch_size=3), task, tmp_path / "again"))
    pixels = [(Output(image=noise(i)),) for i in (1, 1, 2)]
    assert digest_outputs(pixels[:1]) == digest_outputs(pixels[1:2]) != digest_outputs(pixels[2:])


def test_several_shards(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = RunLogWriter.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "shard_bytes", 5000)
    log = run(Painter(batch_size=2), task, tmp_path, limit=9)
    log = run(Painter(), task, tmp_path)
    assert len(log.media) > 1  # a shard has what was stored in one go, which may be several batches
    assert sorted(path.name for path in shard(log).parent.iterdir()) == sorted(log.media)
    for output in log.outputs.values():
        assert np.array_equal(pixels_of(output), picture_of(output))


def picture_of(output: Output) -> np.ndarray:
    return noise(output.seed, 6, 5, 3)


@pytest.mark.parametrize("damage", ["gone", "short"])
def test_a_shard_that_is_gone_or_short_is_named(task: Task, tmp_path: Path, damage: str) -> None:
    log = run(Painter(), task, tmp_path, limit=9)
    if damage == "gone":
        shard(log).unlink()
    else:
        shard(log).write_bytes(shard(log).read_bytes()[: end(log) - 1])
    for again in (lambda: read_log(log.path), lambda: run(Painter(), task, tmp_path)):
        with pytest.raises(RunLogError, match=r"media/images-00000\.tar: the run's log refers to .*restore it from"):
            again()


def test_a_shard_that_was_changed_is_found_out_when_it_is_read(task: Task, tmp_path: Path) -> None:
    log = run(Painter(), task, tmp_path)
    image = log.outputs["s03", 0, 0].image
    assert isinstance(image, StoredImage)
    data = bytearray(shard(log).read_bytes())
    data[image.offset + 60] ^= 1
    shard(log).write_bytes(data)
    log = read_log(log.path)
    assert np.array_equal(pixels_of(log.outputs["s02", 0, 0]), picture_of(log.outputs["s02", 0, 0]))
    with pytest.raises(InputError, match=r"images-00000\.tar, bytes .*SHA-256 differs"):
        pixels_of(log.outputs["s03", 0, 0])


def test_a_disk_that_is_full_ends_the_run_and_it_continues(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    real, written = os.pwrite, 0

    def limited(fd: int, data: Any, offset: int) -> int:
        nonlocal written
        written += len(data)
        if written > 9000:
            raise OSError(28, "No space left on device")
        return real(fd, data, offset)

    monkeypatch.setattr(os, "pwrite", limited)
    with pytest.raises(SaveError, match=r"No space left on device\. What was finished is kept"):
        run(Painter(batch_size=3), task, tmp_path / "cut")
    monkeypatch.undo()
    log = run(Painter(batch_size=3), task, tmp_path / "cut")
    assert digest(log) == digest(run(Painter(), task, tmp_path / "whole"))


def test_files_are_referred_to_and_never_copied(task: Task, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", {f"{i}.png": png(noise(i)) for i in range(N)})
    (folder / "7.png").write_bytes(b"")
    model = open_model(f"files:{folder}")
    log = run(model, task, tmp_path / "runs")
    assert not (log.path.parent / "media").exists()
    assert np.array_equal(pixels_of(log.outputs["s11", 0, 0]), noise(11))
    assert log.outputs["s07", 0, 0].error == f"{folder}/7.png: empty file"
    (folder / "11.png").write_bytes(png(noise(99)))
    with pytest.raises(InputError, match=r"mine/11\.png: the image is not the one that was stored"):
        pixels_of(read_log(log.path).outputs["s11", 0, 0])


def test_an_array_of_images_is_referred_to(task: Task, tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", np.stack([noise(i) for i in range(N)]))
    log = run(open_model(f"files:{tmp_path / 'x.npz'}"), task, tmp_path / "runs")
    assert b'"index":11' in log.path.read_bytes()
    assert np.array_equal(pixels_of(log.outputs["s11", 0, 0]), noise(11))


def test_more_than_there_are_is_refused_before_anything_is_made(
    write_task: Callable[..., Path], tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "mine", {f"{i}.png": png(noise(i)) for i in range(5)})
    model = open_model(f"files:{folder}")
    task = load_task(str(write_task(N, more='modality = "image"')))
    with pytest.raises(UsageError, match=r'mine has 5 outputs, task "tiny" asks for 20; give --limit 5'):
        plan_run(model, task, root=tmp_path / "runs")
    with pytest.raises(UsageError, match=r"has one output a sample, --repeats 2 asks for more"):
        plan_run(model, task, root=tmp_path / "runs", limit=5, repeats=2)
    with pytest.raises(UsageError, match='task "tiny" asks for text, model "mine" generates image'):
        plan_run(model, load_task(str(write_task(N))), root=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_images_are_not_kept_in_memory(task: Task, tmp_path: Path) -> None:
    import gc
    import weakref

    made: list[weakref.ref[np.ndarray]] = []

    def paint(request: Request) -> np.ndarray:
        gc.collect()
        assert sum(ref() is not None for ref in made) <= 4  # of the batch that is being made, and its copy
        image = picture(request)
        made.append(weakref.ref(image))
        return image

    log = run(Painter(paint, batch_size=2), task, tmp_path)
    assert {output.finish_reason for output in log.outputs.values()} == {"stop"}
