"""What is damaged, hostile or no statistics at all is refused, with a message."""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalsuite.errors import InputError
from evalsuite.feature_stats import (
    FORMATS,
    is_statistics_file,
    read_statistics,
    write_statistics,
)
from tests.feature_stats.statistics import draw, made, pickled, refusal, save

GOOD = np.eye(3) * 2


@pytest.mark.parametrize(
    ("mean", "covariance", "message"),
    [
        (np.zeros(3), np.eye(4), "found (3,) and (4, 4)"),
        (np.zeros((3, 1)), GOOD, "found (3, 1) and (3, 3)"),
        (np.zeros(0), np.zeros((0, 0)), "found (0,) and (0, 0)"),
        (np.array(0.0), np.array(1.0), "found () and ()"),
        (np.zeros(3), GOOD + np.triu(np.ones((3, 3)), 1), "is not symmetric"),
        (np.array([0.0, np.nan, 0.0]), GOOD, "mean (mu) has values that are not finite"),
        (np.zeros(3), np.full((3, 3), np.inf), "covariance (sigma) has values that are not finite"),
        (np.zeros(3), -GOOD, "this is no covariance"),
        (np.zeros(3), np.diag([1.0, 1.0, -0.1]), "this is no covariance"),
        (np.zeros(3), np.array([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]), "it has the eigenvalue -0.8"),
        (np.zeros(3), np.array([[1, 9.0, 0], [9.0, 1, 0], [0, 0, 1]]), "larger than the variances allow"),
        (np.zeros(3, complex), GOOD, "array of real numbers, found complex128"),
        (np.array(["a", "b", "c"]), GOOD, "array of real numbers, found <U1"),
        (np.zeros(3, bool), GOOD, "array of real numbers, found bool"),
    ],
)  # fmt: skip
def test_what_is_no_statistics_is_refused(tmp_path: Path, mean: Any, covariance: Any, message: str) -> None:
    assert message in refusal(save(tmp_path / "a.npz", mu=mean, sigma=covariance))
    if mean.dtype.kind in "fc":
        found = refusal(pickled(tmp_path / "a.pkl", {"num_images": 9, "fid": {"mu": mean, "sigma": covariance}}))
        assert message in found or "complex" in message


def test_files_that_are_something_else(tmp_path: Path) -> None:
    one = made(draw())
    assert "cannot be read: No such file" in refusal(tmp_path / "none.npz")
    (tmp_path / "empty.npz").touch()
    assert "an empty file" in refusal(tmp_path / "empty.npz")
    (tmp_path / "text.pkl").write_text("mu, sigma")
    assert "it is neither" in refusal(tmp_path / "text.pkl")
    (tmp_path / "folder.pt").mkdir()
    assert "it is a folder" in refusal(tmp_path / "folder.pt")
    os.mkfifo(tmp_path / "pipe.pt")
    assert "not a regular file" in refusal(tmp_path / "pipe.pt")
    (tmp_path / "loop.npz").symlink_to(tmp_path / "loop.npz")
    assert "cannot be read: Too many levels" in refusal(tmp_path / "loop.npz")
    assert not is_statistics_file(tmp_path / "loop.npz")
    assert "found feats" in refusal(save(tmp_path / "kid.npz", feats=draw()))
    assert not is_statistics_file(tmp_path / "kid.npz")
    assert "num_images" in refusal(pickled(tmp_path / "other.pkl", {"num_images": 3}))
    assert "expected a dictionary" in refusal(pickled(tmp_path / "list.pkl", [1, 2]))
    write_statistics(tmp_path / "there.npz", one)
    (tmp_path / "link.npz").symlink_to(tmp_path / "there.npz")
    assert read_statistics(tmp_path / "link.npz").digest() == one.digest()


@pytest.mark.parametrize("form", FORMATS)
def test_every_truncation_and_flipped_bytes_are_noticed_or_harmless(tmp_path: Path, form: str) -> None:
    one = made(draw(9, 3), extractor="net:abc")
    path = tmp_path / f"a{FORMATS[form][0]}"
    write_statistics(path, one, form)
    data = path.read_bytes()
    for end in range(0, len(data), max(len(data) // 60, 1)):
        path.write_bytes(data[:end])
        refusal(path)
    generator = np.random.default_rng(0)
    for _ in range(200):
        flipped = bytearray(data)
        flipped[generator.integers(len(data))] ^= 1 << generator.integers(8)
        path.write_bytes(flipped)
        try:
            found = read_statistics(path)
        except InputError:
            continue
        if form == "evalsuite":  # its metadata has the hash of all that is read
            assert found.digest() == one.digest()


class Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> Any:
        return os.system, (self.command,)


@pytest.mark.parametrize("protocol", range(6))
def test_no_code_is_run(tmp_path: Path, protocol: int) -> None:
    torch = pytest.importorskip("torch")
    trace = tmp_path / "trace"
    evil = Evil(f"touch {trace}")
    good = {"mu": np.zeros(2), "sigma": np.eye(2), "more": evil}
    path = pickled(tmp_path / "a.pkl", good, protocol)
    if protocol > 1:  # below, the first byte does not say that it is a pickle
        assert "posix.system, which is no array or plain value" in refusal(path)
    else:
        refusal(path)
    torch.save(good, tmp_path / "a.pt")
    assert "posix.system" in refusal(tmp_path / "a.pt")
    objects = np.array([evil, evil], dtype=object)
    for name, arrays in (("mu", {"mu": objects, "sigma": np.eye(2)}), ("sigma", {"mu": np.zeros(2), "sigma": objects})):
        np.savez(tmp_path / "a.npz", allow_pickle=True, **arrays)
        assert f"{name} holds Python objects" in refusal(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", allow_pickle=True, mu=np.zeros(2), sigma=np.eye(2), evalsuite=objects)
    refusal(tmp_path / "a.npz")
    assert not trace.exists()


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"mu": subprocess.Popen}, "it holds subprocess.Popen"),
        ({"mu": {1: 2}}, "damaged, or of an unknown form (int)"),
        ({"mu": np.array([None, 1], dtype=object)}, "array of O8, which are no numbers"),
        ({"mu": Path("x")}, "it holds pathlib"),
        ({"mu": {1, 2}}, "no array or plain value"),
        ({"mu": np.zeros(2, dtype="M8[s]")}, "array of M8, which are no numbers"),
        ({"mu": np.ma.zeros(3)}, "which is no array or plain value"),
    ],
)
def test_pickles_of_anything_else_are_refused_by_name(tmp_path: Path, what: Any, message: str) -> None:
    assert message in refusal(pickled(tmp_path / "a.pkl", what))


def test_pickles_that_would_use_up_memory_or_time_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    # A billion places in the memo, a string of 2 ** 62 bytes, a list within itself, a hundred thousand levels, one
    # string encoded again and again.
    programs = {
        b"\x80\x04}r\xff\xff\xff\x7f.": "found nothing",
        b"\x80\x05\x96" + (2**62).to_bytes(8, "little") + b"x.": "damaged or cut off",
        b"\x80\x04}\x8c\x02mu]\x94h\x00as.": "expected statistics",
        b"\x80\x04" + b"]" * 100_000 + b"a" * 99_999 + b".": "damaged or cut off",
        b"\x80\x02]q\x00(c_codecs\nencode\nq\x01X\x10'\x00\x00" + b"x" * 10_000
        + b"q\x02X\x06\x00\x00\x00latin1q\x03\x86q\x04R" + b"h\x01h\x04R" * 20 + b"e.": "several times its own size",
    }  # fmt: skip
    for program, message in programs.items():
        path.write_bytes(program)
        assert message in refusal(path)


def test_archives_that_would_use_up_memory_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"

    def header(shape: tuple[int, ...]) -> bytes:
        buffer = io.BytesIO()
        np.lib.format.write_array_header_1_0(buffer, {"descr": "<f8", "fortran_order": False, "shape": shape})
        return buffer.getvalue()

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mu.npy", header((10**9,)))
        archive.writestr("sigma.npy", header((10**9, 10**9)))
    assert "not as long as its header says" in refusal(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mu.npy", header((20_000,)) + bytes(160_000))
        archive.writestr("sigma.npy", header((2, 2)) + bytes(32))
    assert "at most 16,384 features" in refusal(path)


def test_changed_contents_are_noticed(tmp_path: Path) -> None:
    path, one = tmp_path / "a.npz", made(draw(), extractor="net:abc")
    write_statistics(path, one)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **{**arrays, "mu": arrays["mu"] + 1})
    assert "not those that were written (the SHA-256 differs)" in refusal(path)
    notes = json.loads(arrays["evalsuite"].tobytes())
    for change, message in (
        ({"extractor": "net:def"}, "SHA-256 differs"),
        ({"schema_version": 2}, "version 2 of the form, this evalsuite reads 1"),
        ({"n": "50"}, "the file says '50'"),
        ({"extractor": 3}, "metadata cannot be read"),
        ({"source": "sha256:0|m:50000"}, "metadata cannot be read"),
    ):
        text = np.frombuffer(json.dumps({**notes, **change}).encode(), np.uint8)
        np.savez(path, **{**arrays, "evalsuite": text})
        assert message in refusal(path)
