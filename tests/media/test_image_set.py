"""Folders, tars and arrays of images: natural order, counted exclusions, nothing unpacked, nothing waited for."""

from __future__ import annotations

import io
import os
import tarfile
import tracemalloc
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import InputError
from evalsuite.media import list_images, read_image_set
from evalsuite.media import npz as npz_module
from evalsuite.media.listing import natural_key
from tests.media.images import noise, png, refused, write_folder, write_tar

if TYPE_CHECKING:
    from pathlib import Path

FILES = {f"{name}.png": png(noise(i)) for i, name in enumerate(["1", "2", "10", "b/3", "B/3", "a/b/0"])}
ORDER = ["1.png", "2.png", "10.png", "B/3.png", "a/b/0.png", "b/3.png"]


def pixels(images: Any) -> np.ndarray:
    return np.stack([image.pixels() for image in images])


EXPECTED = np.stack([noise(list(FILES).index(name)) for name in ORDER])


@pytest.mark.parametrize("kind", ["folder", "tar"])
def test_images_come_in_natural_order(tmp_path: Path, kind: str) -> None:
    path = write_folder(tmp_path / "x", FILES) if kind == "folder" else write_tar(tmp_path / "x.TAR", FILES)
    found = read_image_set(path)
    assert list(found.names) == ORDER
    assert np.array_equal(pixels(found.images), EXPECTED)
    assert (len(found), found.excluded, found.n_other, found.shapes) == (6, {}, 0, {(28, 28, 1): 6})
    assert sorted(path.parent.iterdir()) == [path]  # nothing was unpacked or cached


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("shape", [(7, 28, 28), (7, 5, 9, 1), (7, 5, 9, 3)])
def test_arrays(tmp_path: Path, save: Any, shape: tuple[int, ...]) -> None:
    array = noise(1, *shape)
    save(tmp_path / "x.npz", array, np.arange(7))
    found = read_image_set(tmp_path / "x.npz")
    assert list(found.names) == ["0", "1", "2", "3", "4", "5", "6"]
    assert np.array_equal(pixels(found.images).reshape(shape), array)
    save(tmp_path / "named.npz", images=np.asfortranarray(array), labels=np.arange(7))
    assert np.array_equal(pixels(read_image_set(tmp_path / "named.npz").images).reshape(shape), array)


def test_the_hash_is_of_the_pixels_whatever_holds_them(tmp_path: Path) -> None:
    files = {f"{i}.png": png(noise(i)) for i in range(5)}
    sets = [
        read_image_set(write_folder(tmp_path / "a", files)),
        read_image_set(
            write_folder(tmp_path / "b", {f"x/{9 - int(name[0])}.PNG": data for name, data in files.items()})
        ),
        read_image_set(write_tar(tmp_path / "c.tar", files)),
    ]
    np.savez(tmp_path / "d.npz", np.stack([noise(i) for i in range(5)]))
    sets.append(read_image_set(tmp_path / "d.npz"))
    assert len({found.sha256 for found in sets}) == 1
    fewer = read_image_set(write_folder(tmp_path / "e", dict(list(files.items())[1:])))
    twice = read_image_set(write_folder(tmp_path / "f", {**files, "again.png": files["0.png"]}))
    assert len({sets[0].sha256, fewer.sha256, twice.sha256}) == 3


@pytest.mark.parametrize("kind", ["folder", "tar"])
def test_what_cannot_be_scored_is_left_out_and_counted(tmp_path: Path, kind: str) -> None:
    bad = refused()
    files = {
        "ok/1.png": png(noise(1)),
        "ok/2.JPEG": png(noise(2, 4, 4, 3)),
        **{n: data for n, (data, _) in bad.items()},
    }
    others = {"notes.txt": b"x", ".hidden.png": b"x", "Thumbs.db": b"x", "ok/noext": b"x"}
    every = {**files, **others}
    found = read_image_set(
        write_folder(tmp_path / "x", every) if kind == "folder" else write_tar(tmp_path / "x.tar", every)
    )
    assert list(found.names) == ["ok/1.png", "ok/2.JPEG"]
    known = {name: reason for name, (_, reason) in bad.items() if not name.endswith(".eps")}
    assert found.excluded == known
    assert found.n_other == 5
    assert found.reasons["damaged or cut off"] == 4
    assert next(iter(found.reasons)) == "damaged or cut off"
    assert sum(found.reasons.values()) == len(known)
    assert found.shapes == {(28, 28, 1): 1, (4, 4, 3): 1}


def test_files_that_are_not_files(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "x", {"1.png": png(noise(1))})
    os.mkfifo(folder / "pipe.png")
    (folder / "broken.png").symlink_to("nowhere")
    (folder / "linked.png").symlink_to("1.png")
    (folder / "around").symlink_to(folder)
    (folder / "folder.png").mkdir()
    (folder / os.fsdecode(b"caf\xe9.png")).write_bytes(png(noise(2)))
    found = read_image_set(folder)
    assert list(found.names) == ["1.png", "caf\udce9.png", "linked.png"]
    assert found.excluded["pipe.png"] == "not a regular file"
    assert found.excluded["broken.png"] == "cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path / "none", "none: cannot be read: No such file"),
        (lambda path: write_folder(path, {}) / "\0", "cannot be read"),
        (lambda path: path, "there is no image in it$"),
        (lambda path: write_folder(path / "x", {"a.txt": b"", "b.json": b""}), "of its 2 other files none ends"),
        (lambda path: write_folder(path / "x", {"a.png": b"", "b.png": b"", "c.png": b"x"}),
         "none of its 3 images can be scored: 2 x empty file; 1 x not an image"),
        (lambda path: write_folder(path, {"a.png": png(noise(1))}) / "a.png", "it is a file of another kind"),
        (lambda path: write_folder(path, {"a.tar.gz": b""}) / "a.tar.gz", "another kind; unpack it, or store it"),
        (lambda path: write_folder(path, {"a.tar": b"x" * 2000}) / "a.tar", "is no uncompressed tar"),
        (lambda path: write_folder(path, {"a.tar": b""}) / "a.tar", "is no uncompressed tar"),
        (lambda path: write_folder(path, {"a.tar": b"\0" * 10240}) / "a.tar", "there is no image in it"),
        (lambda path: write_folder(path, {"a.npz": b""}) / "a.npz", "cannot be read as an npz of images"),
        (lambda path: write_folder(path, {"a.npz": b"PK\3\4" + b"x" * 99}) / "a.npz", "cannot be read as an npz"),
    ],
)  # fmt: skip
def test_nothing_to_score_is_an_error(tmp_path: Path, make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_image_set(make(tmp_path))


@pytest.mark.parametrize("cut", [700, 1500, -11_000, -10_241])
def test_a_tar_that_was_cut_off(tmp_path: Path, cut: int) -> None:
    path = write_tar(tmp_path / "x.tar", FILES)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError, match=r"cut off|damaged"):
        list_images(path)


def test_a_tar_with_a_damaged_header_in_the_middle(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", FILES)
    data = bytearray(path.read_bytes())
    at = data.index(b"10.png")
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"x\.tar: is damaged after 2 members"):
        list_images(path)


def test_a_tar_of_headers_that_belong_to_headers(tmp_path: Path) -> None:
    """Each says that the name of the next is a long one: tarfile reads the next from within the last."""
    long_name = tarfile.TarInfo("././@LongLink")
    long_name.type, long_name.size = tarfile.GNUTYPE_LONGNAME, 6
    one = long_name.tobuf(tarfile.GNU_FORMAT) + b"a.png".ljust(tarfile.BLOCKSIZE, b"\0")
    (tmp_path / "x.tar").write_bytes(2000 * one + bytes(2 * tarfile.BLOCKSIZE))
    with pytest.raises(InputError, match=r"x\.tar: is no uncompressed tar, or is damaged or cut off after 0 members"):
        read_image_set(tmp_path / "x.tar")


def test_links_and_names_in_a_tar_reach_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "secret.png"
    outside.write_bytes(png(noise(9)))
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (("a.png", tarfile.SYMTYPE), ("b.png", tarfile.LNKTYPE), ("c.png", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(outside)
            archive.addfile(info)
        for name in ("../../up.png", "/root.png", "same.png", "same.png"):
            data = png(noise(len(archive.getmembers())))
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    found = read_image_set(path)
    assert list(found.names) == ["../../up.png", "/root.png", "same.png"]
    assert np.array_equal(found.images[2].pixels(), noise(6))  # the last of one name, as when unpacking
    assert found.n_other == 3
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["secret.png", "x.tar"]


@pytest.mark.parametrize(
    ("arrays", "found"),
    [
        ({"mu": np.zeros(64), "sigma": np.zeros((64, 64))}, "mu and sigma are statistics, the images are needed"),
        ({"arr_0": np.zeros((2, 8, 8, 3), np.float32)}, r"found arr_0 float32 \(2, 8, 8, 3\)"),
        ({"arr_0": np.zeros((2, 3, 8, 8), np.uint8)}, r"found arr_0 uint8 \(2, 3, 8, 8\)"),
        ({"arr_0": np.zeros((2, 8, 8, 4), np.uint8)}, "with 1 or 3 channels"),
        ({"arr_0": np.zeros((2, 0, 8, 3), np.uint8)}, "found arr_0"),
        ({"a": np.zeros((2, 8, 8), np.uint8), "b": np.zeros((2, 8, 8), np.uint8)}, "of which one is called arr_0"),
        ({"arr_0": np.array([{}, {}], dtype=object)}, "found arr_0 object"),
        ({}, "found no array"),
    ],
)
def test_arrays_that_are_no_images(tmp_path: Path, arrays: dict[str, Any], found: str) -> None:
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(InputError, match=found):
        list_images(tmp_path / "x.npz")


def test_an_array_of_no_images(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", np.zeros((0, 8, 8), np.uint8))
    with pytest.raises(InputError, match="there is no image in it"):
        list_images(tmp_path / "x.npz")


def test_a_compressed_array_may_not_unpack_to_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz_module, "MAX_UNPACKED_BYTES", 1 << 20)
    np.savez_compressed(tmp_path / "x.npz", np.zeros((2000, 28, 28), np.uint8))
    with pytest.raises(InputError, match=r"unpacks to more than .*save it with np\.savez"):
        list_images(tmp_path / "x.npz")


def test_a_header_may_not_unpack_to_anything(tmp_path: Path) -> None:
    """A hundred kilobytes that would be a hundred megabytes of header, if it were read before it is refused."""
    n = 100 << 20
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("arr_0.npy", b"\x93NUMPY\x02\x00" + n.to_bytes(4, "little") + bytes(n))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r"x\.npz: cannot be read as an npz of images"):
            list_images(tmp_path / "x.npz")
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


def test_the_same_bytes_in_another_shape_are_another_image(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", noise(1, 4, 28, 28))
    image = read_image_set(tmp_path / "x.npz").images[0]
    np.savez(tmp_path / "x.npz", noise(1, 4, 28, 28).reshape(4, 14, 56))
    with pytest.raises(InputError, match="is not the one that was evaluated"):
        image.pixels()


@pytest.mark.parametrize("change", [lambda data: data[:-5], lambda data: data + b"more"])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_array_that_is_not_as_long_as_it_says(tmp_path: Path, compression: int, change: Any) -> None:
    buffer = io.BytesIO()
    np.save(buffer, noise(1, 9, 28, 28))
    with zipfile.ZipFile(tmp_path / "x.npz", "w", compression) as archive:
        archive.writestr("arr_0.npy", change(buffer.getvalue()))
    with pytest.raises(InputError, match="not as long as its header says"):
        list_images(tmp_path / "x.npz")


@pytest.mark.parametrize("kind", ["folder", "tar", "npz"])
def test_a_reference_notices_that_its_image_changed(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.{kind}"

    def write(seed: int) -> None:
        files = {"1.png": png(noise(seed)), "2.png": png(noise(2))}
        if kind == "npz":
            np.savez(path, np.stack([noise(seed), noise(2)]))
        elif kind == "tar":
            write_tar(path, files)
        else:
            write_folder(path, files)

    write(1)
    found = read_image_set(path)
    write(3)
    with pytest.raises(InputError, match=r"is not the one that was .*SHA-256 differs"):
        found.images[0].pixels()
    if kind == "folder":
        (path / "1.png").unlink()
    else:
        path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        found.images[0].pixels()


def test_names_with_numbers_of_any_length_sort() -> None:
    names = ["9" * 5000, "1" + "0" * 5000, "007", "7", "7a", "", "a", "7/1", "07"]
    ordered = sorted(names, key=natural_key)
    assert ordered.index("7") < ordered.index("9" * 5000) < ordered.index("1" + "0" * 5000)
