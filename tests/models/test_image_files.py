"""Images that a generator wrote: found, counted, referred to, and left alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evalsuite.errors import ModelError
from evalsuite.media import pixels_of
from evalsuite.models.image_files import ImageFilesModel
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Request
from tests.media.images import encode, noise, png, raw_png, write_folder, write_tar

Ask = Callable[..., Request]
CONFIG = GenerationConfig()
FILES = {f"{i}.png": png(noise(i)) for i in range(12)}


def opened(path: Path) -> ImageFilesModel:
    model = open_model(f"files:{path}")
    assert isinstance(model, ImageFilesModel)
    model.bind([f"s{i}" for i in range(20)])
    return model


@pytest.mark.parametrize("kind", ["folder", "tar", "npz"])
def test_images_belong_to_the_samples_in_natural_order(tmp_path: Path, ask: Ask, kind: str) -> None:
    path = tmp_path / f"x.{kind}"
    if kind == "npz":
        np.savez(path, np.stack([noise(i) for i in range(12)]))
    else:
        (write_tar if kind == "tar" else write_folder)(path, FILES)
    model = opened(path)
    name = "x.folder" if kind == "folder" else "x"
    assert (model.name, model.n_outputs, model.modalities) == (name, 12, {"image"})
    outputs = model.generate([ask("s10"), ask("s2"), ask("s12"), ask("s2", repeat=1), ask("z")], CONFIG)
    assert [np.array_equal(pixels_of(output), noise(i)) for output, i in zip(outputs, (10, 2), strict=False)] == [
        True
    ] * 2
    assert [output.finish_reason for output in outputs] == ["stop", "stop", "error", "error", "error"]
    assert 'has no image for sample "s12", repeat 0' in (outputs[2].error or "")
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_scored_is_an_error_of_its_sample(tmp_path: Path, ask: Ask) -> None:
    folder = write_folder(tmp_path / "x", {**FILES, "1.png": b"", "3.png": FILES["3.png"][:99]})
    (folder / "4.png").unlink()
    (folder / "4.png").symlink_to("nowhere")
    outputs = opened(folder).generate([ask(f"s{i}") for i in range(5)], CONFIG)
    assert [output.finish_reason for output in outputs] == ["stop", "error", "stop", "error", "error"]
    assert outputs[1].error == f"{folder}/1.png: empty file"
    assert outputs[3].error == f"{folder}/3.png: damaged or cut off"
    assert "4.png: cannot be read" in str(outputs[4].error)


def test_what_would_have_to_be_converted_is_an_error_of_its_sample(tmp_path: Path, ask: Ask) -> None:
    """A log has no place for what was done to an image."""
    palette = Image.fromarray(noise(1, 9, 9, 3)).quantize(4)
    folder = write_folder(
        tmp_path / "x",
        {
            "0.png": png(noise(0, 9, 9, 4)), "1.png": raw_png(noise(0, 9, 9, 3).astype(np.uint16)),
            "2.png": encode(palette), "3.tif": encode(Image.new("CMYK", (9, 9)), "TIFF"),
        },
    )  # fmt: skip
    outputs = opened(folder).generate([ask(f"s{i}") for i in range(4)], CONFIG)
    assert [output.finish_reason for output in outputs] == ["error", "error", "stop", "error"]
    assert (outputs[0].error or "").endswith(
        "0.png: would have to be converted (alpha over white); save the images as 8-bit grey or RGB"
    )
    assert "(16-bit to 8-bit)" in (outputs[1].error or "")
    assert "(CMYK to RGB)" in (outputs[3].error or "")


def test_arrays_and_folders_of_shards(tmp_path: Path, ask: Ask) -> None:
    np.save(tmp_path / "x.npy", np.stack([noise(i) for i in range(12)]))
    shards = tmp_path / "shards"
    shards.mkdir()
    for i in range(3):
        write_tar(shards / f"{i}.tar", dict(list(FILES.items())[4 * i : 4 * i + 4]))
    first, second = opened(tmp_path / "x.npy"), opened(shards)
    for model in (first, second):
        (output,) = model.generate([ask("s10")], CONFIG)
        assert np.array_equal(pixels_of(output), noise(10))
    assert second.name == "shards"
    before = second.fingerprint
    write_tar(shards / "2.tar", {"8.png": FILES["9.png"]})
    assert opened(shards).fingerprint != before


def test_parquet_is_for_score_alone(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "x").mkdir()
    parquet.write_table(pyarrow.table({"image": list(FILES.values())}), tmp_path / "x" / "a.parquet")
    with pytest.raises(ModelError, match="a run's log cannot refer to images in parquet; unpack them"):
        open_model(f"files:{tmp_path / 'x'}")


@pytest.mark.parametrize("kind", ["folder", "tar"])
def test_the_bytes_and_the_names_are_the_fingerprint(tmp_path: Path, kind: str) -> None:
    write = write_folder if kind == "folder" else write_tar
    first = opened(write(tmp_path / f"a.{kind}", FILES)).fingerprint
    assert opened(write(tmp_path / f"b.{kind}", FILES)).fingerprint == first
    changed = {**FILES, "0.png": png(noise(99))}
    renamed = {("z.png" if name == "0.png" else name): data for name, data in FILES.items()}
    found = {opened(write(tmp_path / f"{i}.{kind}", files)).fingerprint for i, files in enumerate((changed, renamed))}
    assert len(found | {first}) == 3


def test_the_current_folder_has_a_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_folder(tmp_path / "v1.5", FILES))
    assert opened(Path()).name == "v1.5"


def test_cannot_open(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x", FILES)
    with pytest.raises(ModelError, match=r'option "field" is for \.jsonl files and for tars; x holds images'):
        open_model(f"files:{folder},field=text")
    write_folder(tmp_path, {"y.npz": b"", "z.tar": b"x"})
    with pytest.raises(ModelError, match=r"y\.npz: cannot be read as an npz of images"):
        open_model(f"files:{tmp_path / 'y.npz'}")
    with pytest.raises(ModelError, match=r"z\.tar: is no uncompressed tar"):
        open_model(f"files:{tmp_path / 'z.tar'}")
