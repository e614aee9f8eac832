"""The same images in whatever holds them are the same set; several files of one kind are one set."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from evalsuite.errors import DependencyError, InputError
from evalsuite.media import image_files_at, list_images, read_image_set
from evalsuite.media import parquet as parquet_module
from tests.media.images import encode, noise, png, write_folder, write_tar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 12
ARRAY = np.stack([noise(i, 10, 8, 3) for i in range(N)])
FILES = {f"{i}.png": png(image) for i, image in enumerate(ARRAY)}


def write_parquet(path: Path, column: Any, name: str = "image", *, group: int = 5, **more: Any) -> Path:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet

    table = pa.table({"label": list(range(len(column))), name: column, **more})
    pyarrow.parquet.write_table(table, path, row_group_size=group)
    return path


def mixed_folder(path: Path) -> Path:
    """Formats and depths of all kinds."""
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        ("png", "PNG", {}), ("BMP", "BMP", {}), ("tif", "TIFF", {}), ("WebP", "WEBP", {"lossless": True})
    ]  # fmt: skip
    made = {}
    for i, image in enumerate(ARRAY):
        suffix, kind, settings = kinds[i % 4]
        made[f"{'deep/' * (i % 3)}{i}.{suffix}"] = encode(Image.fromarray(image), kind, **settings)
    return write_folder(path, made)


def web_dataset(path: Path, numbers: range) -> Path:
    members: dict[str, bytes] = {}
    for i in numbers:
        members |= {f"{i:06}.json": b"{}", f"{i:06}.png": FILES[f"{i}.png"], f"{i:06}.txt": b"a caption"}
    return write_tar(path, members)


def shards(folder: Path) -> Path:
    folder.mkdir()
    for i in range(3):
        web_dataset(folder / f"shard-{i}.tar", range(4 * i, 4 * i + 4))
    return folder


def as_npy(path: Path, array: Any = ARRAY) -> Path:
    np.save(path, array)
    return path


def as_npz(path: Path) -> Path:
    np.savez(path, ARRAY)
    return path


HOLDERS: dict[str, Callable[[Path], Any]] = {
    "folder": lambda root: write_folder(root / "x", FILES),
    "mixed folder": lambda root: mixed_folder(root / "x"),
    "tar": lambda root: write_tar(root / "x.tar", FILES),
    "WebDataset": lambda root: web_dataset(root / "x.tar", range(N)),
    "folder of tars": lambda root: shards(root / "x"),
    "pattern": lambda root: shards(root / "x") / "*.tar",
    "npz": lambda root: as_npz(root / "x.npz"),
    "npy": lambda root: as_npy(root / "x.npy"),
    "npy by columns": lambda root: as_npy(root / "x.npy", np.asfortranarray(ARRAY)),
    "npy shards": lambda root: (
        [as_npy(root / f"x{i}.npy", ARRAY[4 * i : 4 * i + 4]) for i in range(3)] and root / "x?.npy"
    ),
    "parquet": lambda root: write_parquet(root / "x.parquet", list(FILES.values())),
    "parquet of Hugging Face": lambda root: write_parquet(
        root / "x.parquet", [{"bytes": data, "path": name} for name, data in FILES.items()]
    ),
    "parquet shards": lambda root: [
        write_parquet(root / f"x-{i}.parquet", list(FILES.values())[6 * i : 6 * i + 6]) for i in range(2)
    ] and root / "*.parquet",
}  # fmt: skip


@pytest.mark.parametrize("holder", HOLDERS)
def test_all_hold_the_same_images(tmp_path: Path, holder: str) -> None:
    found = read_image_set(HOLDERS[holder](tmp_path))
    expected = read_image_set(as_npz(tmp_path / "expected.npz"))
    assert found.sha256 == expected.sha256
    assert (len(found), found.excluded) == (N, {})
    assert len({image.sha256 for image in found.images}) == N
    if holder != "mixed folder":  # whose names have another order
        np.testing.assert_array_equal(np.stack([image.pixels() for image in found.images]), ARRAY)
        assert list(found.digests) == list(expected.digests)
    assert found.n_other == (2 * N if holder in ("WebDataset", "folder of tars", "pattern") else 0)


def test_names_say_in_which_file_an_image_is(tmp_path: Path) -> None:
    shards(tmp_path / "x")
    for path in (tmp_path / "x", tmp_path / "x" / "shard-*.tar"):
        found = list_images(path)
        assert (found.kind, found.entries[4].name) == ("shards", "shard-1.tar/000004.png")
        assert [file.name for file in found.files] == ["shard-0.tar", "shard-1.tar", "shard-2.tar"]
    as_npy(tmp_path / "a.npy")
    as_npy(tmp_path / "b.npy")
    assert list_images(tmp_path / "?.npy").entries[N].name == "b.npy/0"
    assert image_files_at(tmp_path / "*.npy") == [tmp_path / "a.npy", tmp_path / "b.npy"]
    assert image_files_at(tmp_path / "*.none") == image_files_at("\0") == image_files_at("x" * 5000) == []


def test_images_beside_archives_are_what_is_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x", FILES)
    write_tar(folder / "backup.tar", FILES)
    found = read_image_set(folder)
    assert (len(found), found.n_other) == (N, 1)


def test_a_file_of_a_patterns_name_is_that_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "run[1]", FILES)
    assert len(read_image_set(folder)) == N


@pytest.mark.parametrize(
    ("names", "pattern", "message"),
    [
        (("a.tar", "b.npy"), "*", "expected files of one kind .*, found 2 files of npy, tar; give a pattern"),
        (("a.tar", "b.npy"), "", "expected files of one kind"),
        (("a.txt", "b.txt"), "*.txt", "found 2 files of txt"),
        (("a.tar",), "*.npz", r"\*\.npz: cannot be read: No such file"),
    ],
)
def test_patterns_that_are_no_set(tmp_path: Path, names: tuple[str, ...], pattern: str, message: str) -> None:
    folder = write_folder(tmp_path / "x", dict.fromkeys(names, b""))
    with pytest.raises(InputError, match=message):
        list_images(folder / pattern)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 4, 4, 4), np.uint8), r"found uint8 \(3, 4, 4, 4\)"),
        (np.zeros((3, 4, 4, 3), np.float32), "found float32"),
        (np.array([{}, {}], dtype=object), "found object"),
        (np.zeros((0, 4, 4), np.uint8), "there is no image in it"),
    ],
)
def test_an_npy_of_something_else(tmp_path: Path, array: Any, message: str) -> None:
    np.save(tmp_path / "x.npy", array, allow_pickle=array.dtype == object)
    with pytest.raises(InputError, match=message):
        list_images(tmp_path / "x.npy")


@pytest.mark.parametrize(
    "change", [lambda d: d[:-1], lambda d: d + b"x", lambda d: d[:50], lambda _: b"", lambda d: b"x" + d]
)
def test_a_damaged_npy(tmp_path: Path, change: Any) -> None:
    path = as_npy(tmp_path / "x.npy")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(InputError, match=r"x\.npy: (is damaged or cut off|cannot be read as an npy of images)"):
        list_images(path)


def test_an_npy_is_not_read_into_memory(tmp_path: Path) -> None:
    """64 GiB of holes, of which one image is read."""
    path = tmp_path / "x.npy"
    header = np.lib.format.magic(1, 0)
    text = repr({"descr": "|u1", "fortran_order": False, "shape": (1 << 16, 1024, 1024)}).encode().ljust(117) + b"\n"
    with path.open("wb") as file:
        file.write(header + len(text).to_bytes(2, "little") + text)
        file.truncate(file.tell() + (1 << 36))
    found = list_images(path)
    image, pixels = found.entries[60_000].load()
    assert pixels.shape == (1024, 1024, 1)
    assert np.array_equal(image.pixels(), pixels)


class TestParquet:
    def test_rows_without_an_image_are_counted(self, tmp_path: Path) -> None:
        good = {"bytes": FILES["0.png"], "path": None}
        path = write_parquet(
            tmp_path / "x.parquet",
            [
                good,
                {"bytes": None, "path": "/etc/passwd"},
                None,
                {"bytes": b"", "path": ""},
                {"bytes": b"x", "path": ""},
            ],
            group=2,
        )
        found = read_image_set(path)
        assert list(found.names) == ["0"]
        assert found.excluded == {
            "1": "no bytes of an image in the row",  # a path in a data set is never followed
            "2": "no bytes of an image in the row",
            "3": "empty file",
            "4": "not an image that can be read",
        }

    def test_the_column_is_found_or_asked_for(self, tmp_path: Path) -> None:
        data = list(FILES.values())
        assert len(read_image_set(write_parquet(tmp_path / "a.parquet", data, "photo"))) == N
        found = read_image_set(write_parquet(tmp_path / "b.parquet", data, "Image", mask=data[::-1]))
        np.testing.assert_array_equal(found.images[0].pixels(), ARRAY[0])
        with pytest.raises(InputError, match=r"expected one column of images, .* found several: a, b; keep one"):
            read_image_set(write_parquet(tmp_path / "c.parquet", data, "a", b=data))
        with pytest.raises(InputError, match=r"found none; its columns: label \(int64\), text \(string\)"):
            read_image_set(write_parquet(tmp_path / "d.parquet", ["x"] * N, "text"))

    @pytest.mark.parametrize(
        "change", [lambda d: d[:-9], lambda d: b"x" * len(d), lambda _: b"", lambda d: d[: len(d) // 2]]
    )
    def test_damaged(self, tmp_path: Path, change: Any) -> None:
        path = write_parquet(tmp_path / "x.parquet", list(FILES.values()))
        path.write_bytes(change(path.read_bytes()))
        with pytest.raises(InputError, match=r"x\.parquet: cannot be read as parquet: "):
            read_image_set(path)

    def test_damaged_in_the_middle(self, tmp_path: Path) -> None:
        path = write_parquet(tmp_path / "x.parquet", list(FILES.values()), group=N)
        data = bytearray(path.read_bytes())
        data[4:2000] = bytes(1996)
        path.write_bytes(data)
        with pytest.raises(InputError, match=r"none of its 12 images can be scored|no value of its type"):
            read_image_set(path)

    def test_a_change_is_noticed(self, tmp_path: Path) -> None:
        path = write_parquet(tmp_path / "x.parquet", list(FILES.values()))
        image = read_image_set(path).images[7]
        write_parquet(path, list(FILES.values())[::-1])
        with pytest.raises(InputError, match=r"row 2 of group 1: the image is not the one .* SHA-256 differs"):
            image.pixels()
        path.unlink()
        with pytest.raises(InputError, match="cannot be read: No such file"):
            image.pixels()

    def test_a_row_group_is_all_that_is_in_memory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write_parquet(tmp_path / "x.parquet", list(FILES.values()))
        monkeypatch.setattr(parquet_module, "MAX_GROUP_BYTES", 1000)
        with pytest.raises(InputError, match="write the file with smaller row groups"):
            read_image_set(path)

    def test_without_pyarrow_it_says_what_to_install(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write_folder(tmp_path, {"x.parquet": b""}) / "x.parquet"
        monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
        with pytest.raises(
            DependencyError, match=r"reading parquet needs pyarrow; .* pip install 'evalsuite\[parquet\]'"
        ):
            read_image_set(path)


def test_loops_of_links(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x", {**FILES, "deep/er/12.png": FILES["0.png"]})
    (folder / "deep" / "er" / "up").symlink_to(folder)
    (folder / "self.png").symlink_to("self.png")
    (folder / "a.png").symlink_to("b.png")
    (folder / "b.png").symlink_to("a.png")
    found = read_image_set(folder)
    assert len(found) == N + 1
    assert set(found.reasons) == {"cannot be read: Too many levels of symbolic links"}
    assert (len(found.excluded), found.n_other) == (3, 1)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="loop: cannot be read"):
        read_image_set(tmp_path / "loop")


def test_a_file_that_may_not_be_read_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "x", FILES)
    real = os.open

    def refuse(path: Any, *arguments: Any, **settings: Any) -> int:
        if str(path).endswith("/3.png"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *arguments, **settings)

    monkeypatch.setattr(os, "open", refuse)  # the tests may run as root, who may read anything
    found = read_image_set(folder)
    assert found.excluded == {"3.png": "cannot be read: Permission denied"}
    assert len(found) == N - 1


def test_a_folder_that_may_not_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "x", {"a/1.png": FILES["1.png"], "b/2.png": FILES["2.png"]})
    real = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("/b"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="x/b: cannot be read: Permission denied"):
        read_image_set(folder)


def test_images_of_extreme_sizes(tmp_path: Path) -> None:
    from tests.media.images import bomb

    long = np.zeros((1, 20_000, 1), np.uint8)
    folder = write_folder(
        tmp_path / "x",
        {
            "1.png": png(noise(1, 1, 1, 3)), "long.png": png(long), "tall.png": png(long.transpose(1, 0, 2)),
            "bomb.png": bomb(FILES["0.png"], 20_000, 20_000), "huge.png": bomb(FILES["0.png"], 2**31 - 1, 2**31 - 1),
        },
    )  # fmt: skip
    found = read_image_set(folder)
    assert found.shapes == {(1, 1, 3): 1, (1, 20_000, 1): 1, (20_000, 1, 1): 1}
    assert set(found.excluded) == {"bomb.png", "huge.png"}
    assert found.excluded["bomb.png"] == "more than 67108864 pixels"
