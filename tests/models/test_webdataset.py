"""Outputs as other tools write them: WebDataset's tars by its own package, guided-diffusion's npz, folders, texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from evalsuite.cli import main
from evalsuite.errors import InputError, ModelError
from evalsuite.evaluation import evaluate
from evalsuite.media import list_images, pixels_of
from evalsuite.media.braces import expand_braces
from evalsuite.models.image_files import ImageFilesModel
from evalsuite.models.spec import open_model
from evalsuite.runlog import read_log
from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Request
from tests.media.images import noise, png, write_folder, write_tar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ask = Callable[..., Request]

N = 8
IMAGES = [noise(i) for i in range(N)]
CONFIG = GenerationConfig()


def pillow(i: int) -> Image.Image:
    return Image.fromarray(IMAGES[i][:, :, 0])


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    webdataset = pytest.importorskip("webdataset")
    with webdataset.TarWriter(str(path)) as writer:
        for row in rows:
            writer.write(row)
    return path


def samples(**more: Callable[[int], Any]) -> list[dict[str, Any]]:
    return [{"__key__": f"{i:06d}", **{name: make(i) for name, make in more.items()}} for i in range(N)]


def shards(folder: Path) -> Path:
    webdataset = pytest.importorskip("webdataset")
    folder.mkdir()
    with webdataset.ShardWriter(str(folder / "s-%06d.tar"), maxcount=3, verbose=0) as writer:
        for row in samples(png=pillow, cls=lambda i: i % 10, json=lambda i: {"i": i}):
            writer.write(row)
    return folder


def made(kind: str, folder: Path) -> str:
    """Write the images as `kind`, and return the path to give."""
    if kind == "tar":
        return str(write(folder / "a.tar", samples(png=pillow, cls=lambda i: i % 10, json=lambda i: {"i": i})))
    if kind == "shards":
        return str(shards(folder / "s"))
    if kind == "pattern":
        return f"{shards(folder / 's')}/*.tar"
    if kind == "range":
        return f"{shards(folder / 's')}/s-{{000000..000002}}.tar"
    if kind == "npz":  # as guided-diffusion saves samples: images, and labels beside them
        np.savez(folder / "samples_8x28x28x3.npz", np.stack(IMAGES).repeat(3, axis=3), np.arange(N))
        return str(folder / "samples_8x28x28x3.npz")
    return str(write_folder(folder / "f", {f"{i}.png": png(image) for i, image in enumerate(IMAGES)}))


@pytest.mark.parametrize("kind", ["tar", "shards", "pattern", "range", "npz", "folder"])
def test_a_run_scores_the_images_that_were_written(tmp_path: Path, kind: str) -> None:
    output = tmp_path / "runs"
    spec = f"files:{made(kind, tmp_path)}"
    assert main(["run", "--model", spec, "--tasks", "fashion", "--limit", str(N), "--output", str(output), "-q"]) == 0
    (path,) = output.rglob("run.jsonl")
    log = read_log(path)
    ids = [sample.id for sample in load_task("fashion").samples[:N]]
    for i, sample_id in enumerate(ids):
        pixels = pixels_of(log.outputs[sample_id, 0, 0])
        assert np.array_equal(pixels[:, :, :1], IMAGES[i])


def test_a_jpeg_is_read_as_it_is(tmp_path: Path, ask: Ask) -> None:
    model = open_model(f"files:{write(tmp_path / 'a.tar', samples(jpg=pillow, cls=lambda i: i))}")
    assert isinstance(model, ImageFilesModel)
    model.bind([f"s{i}" for i in range(N)])
    (output,) = model.generate([ask("s5")], CONFIG)
    assert np.abs(pixels_of(output).astype(int) - IMAGES[5]).mean() < 20


def test_several_images_of_a_sample_are_not_taken_for_several_samples(tmp_path: Path, ask: Ask) -> None:
    def other(i: int) -> Image.Image:
        return pillow(N - 1 - i)

    path = write(tmp_path / "a.tar", samples(**{"input.png": other, "output.png": pillow}))
    with pytest.raises(
        ModelError, match=r"16 images of 8 samples, called KEY\.input\.png, KEY\.output\.png; .*field=inp"
    ):
        open_model(f"files:{path}")
    with pytest.raises(
        ModelError, match=r'option "field": 0 of 8 samples have an image called KEY\.out\.png; found KEY'
    ):
        open_model(f"files:{path},field=out.png")
    prints = set()
    for field, expected in (("output.png", IMAGES[2]), ("input.png", IMAGES[5])):
        model = open_model(f"files:{path},field={field}")
        assert isinstance(model, ImageFilesModel)
        assert model.n_outputs == N
        model.bind([f"s{i}" for i in range(N)])
        assert np.array_equal(pixels_of(model.generate([ask("s2")], CONFIG)[0]), expected)
        prints.add(model.fingerprint)
    assert len(prints) == 2
    plain = {f"{name}.png": png(noise(1)) for name in ("1", "1.5", "2", "2.5")}
    assert open_model(f"files:{write_tar(tmp_path / 'plain.tar', plain)}").n_outputs == 4  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["tar", "folder"])
def test_images_called_as_samples_are_belong_to_them(tmp_path: Path, ask: Ask, kind: str) -> None:
    names = {"b-2": 0, "a-10": 1, "c": 2}
    files = {f"{name}.png": png(IMAGES[i]) for name, i in names.items()}
    path = write_tar(tmp_path / "a.tar", files) if kind == "tar" else write_folder(tmp_path / "a", files)
    model = open_model(f"files:{path}")
    assert isinstance(model, ImageFilesModel)
    model.bind(["c", "x", "b-2", "a-10"])
    outputs = model.generate([ask(name) for name in ("b-2", "a-10", "c", "x")], CONFIG)
    assert all(np.array_equal(pixels_of(output), IMAGES[i]) for i, output in enumerate(outputs[:3]))
    assert 'has no image for sample "x"' in (outputs[3].error or "")
    model.bind(["c", "x", "b-2", "other"])  # not all are samples: by their order
    assert np.array_equal(pixels_of(model.generate([ask("c")], CONFIG)[0]), IMAGES[1])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.tar.gz", r"it is a file of another kind; unpack it, or store it without compression"),
        ("a.tgz", r"unpack it, or store it without compression"),
        ("a.parquet", r"cannot be read as parquet|pyarrow"),
        ("b.npz", r"cannot be read as an npz of images"),
        ("arrays.tar", r"there is no image in it; of its 8 other files none ends in \.bmp"),
        ("s-{000..002}.tar", r"stands for 3 files, 2 of which are not there: .*s-000\.tar, .*s-002\.tar"),
        ("s-{3..1}.tar", r"the range \{3\.\.1\} ends before it begins"),
        ("s-{0..999999999}.tar", r"its ranges stand for more than 100000 files"),
        ("x-*.tar", r"expected texts .* or images \(a folder, \.tar or \.npz, or a pattern such as 'shards/\*\.tar'\)"),
    ],
)
def test_what_cannot_be_read_is_not_taken_for_lines_of_text(tmp_path: Path, name: str, message: str) -> None:
    if name == "arrays.tar":
        write(tmp_path / name, samples(npy=lambda i: IMAGES[i]))
    elif "{" not in name and "*" not in name:
        (tmp_path / name).write_bytes(b"\x1f\x8b nothing")
    write_tar(tmp_path / "s-001.tar", {"1.png": png(noise(1))})
    with pytest.raises(ModelError, match=message):
        open_model(f"files:{tmp_path / name}")


def test_ranges_in_braces() -> None:
    assert expand_braces("a{8..10}/b-{00..01}.tar") == [f"a{i}/b-0{k}.tar" for i in (8, 9, 10) for k in (0, 1)]
    assert expand_braces("a{1,2}.tar") is None
    assert expand_braces("a-1..3.tar") is None


def test_a_file_with_braces_in_its_name_is_that_file(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a{1..2}.tar", {"1.png": png(noise(1))})
    assert len(list_images(path).entries) == 1
    path.unlink()
    with pytest.raises(InputError, match="stands for 2 files, 2 of which are not there"):
        list_images(path)


@pytest.mark.parametrize("kind", ["jsonl", "txt"])
def test_a_run_scores_the_texts_that_were_written(tmp_path: Path, kind: str) -> None:
    task = load_task("ledger")
    texts = [sample.references[0] for sample in task.samples]
    path = tmp_path / f"out.{kind}"
    if kind == "jsonl":
        records = [{"id": one.id, "text": text} for one, text in zip(task.samples[:N], texts, strict=False)]
        path.write_text("".join(json.dumps(record) + "\n" for record in reversed(records)))
    else:
        path.write_text("".join(text.replace("\n", " ") + "\n" for text in texts))
    report = evaluate(f"files:{path}", "ledger", limit=N, output=tmp_path / "runs")[0]
    assert report.primary.outcomes.get("error", 0) == 0
    assert report.primary.value == 1.0
