"""Statistics files: what is written is read, what others write is read, what is damaged or hostile is refused."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalsuite.errors import InputError, SaveError, UsageError
from evalsuite.feature_stats import (
    FORMATS,
    FeatureStatistics,
    check_comparable,
    check_target,
    is_statistics_file,
    make_statistics,
    read_statistics,
    write_statistics,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def draw(n: int = 50, d: int = 6, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(1.0, 2.0, (n, d)).astype(np.float32)


def made(drawn: NDArray[Any], **more: Any) -> FeatureStatistics:
    wide = drawn.astype(np.float64)
    return make_statistics("here", wide.mean(0), np.cov(wide.T).reshape(drawn.shape[1], -1), n=len(drawn), **more)


def refusal(path: Path, **more: Any) -> str:
    with pytest.raises(InputError) as error:
        read_statistics(path, **more)
    assert str(path) in str(error.value)
    return str(error.value)


def save(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def pickled(path: Path, what: Any, protocol: int = 4) -> Path:
    path.write_bytes(pickle.dumps(what, protocol=protocol))
    return path


@FEW
@given(
    n=st.integers(2, 40), d=st.integers(1, 9), seed=st.integers(0, 99), kept=st.sampled_from([None, "f2", "f4"]),
    words=st.text(max_size=20),
)  # fmt: skip
def test_ours_is_read_as_it_was_written(
    tmp_path: Path, n: int, d: int, seed: int, kept: str | None, words: str
) -> None:
    features = draw(n, d, seed)
    written = made(
        features, extractor=words, decoder=words, source="sha256:0a", made_by="x", image_set="0" * 64,
        features=None if kept is None else features.astype(kept),
    )  # fmt: skip
    write_statistics(tmp_path / "a.npz", written)
    found = read_statistics(tmp_path / "a.npz")
    assert found.mean.tobytes() == written.mean.tobytes()
    assert found.covariance.tobytes() == written.covariance.tobytes()
    assert found.notes == written.notes
    assert found.digest() == written.digest()
    if kept is not None:
        assert found.features is not None
        np.testing.assert_array_equal(found.features, features.astype(kept))
    assert list(tmp_path.iterdir()) == [tmp_path / "a.npz"]  # nothing is left of the way there


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_is_read_again(tmp_path: Path, form: str) -> None:
    written = made(draw())
    path = tmp_path / f"a{FORMATS[form][0]}"
    write_statistics(path, written, form)
    assert is_statistics_file(path)
    found = read_statistics(path)
    np.testing.assert_allclose(found.mean, written.mean, rtol=1e-12)
    np.testing.assert_allclose(found.covariance, written.covariance, rtol=1e-11, atol=1e-12)
    assert found.n == (50 if form in ("evalsuite", "edm2", "stylegan3") else None)
    assert found.extractor is None


def test_ours_is_read_by_numpy_and_says_what_it_is(tmp_path: Path) -> None:
    written = made(draw(), extractor="net:abc", decoder="Pillow 1")
    write_statistics(tmp_path / "a.npz", written)
    with np.load(tmp_path / "a.npz") as file:  # as pytorch-fid reads it; allow_pickle is False
        np.testing.assert_array_equal(file["mu"], written.mean)
        np.testing.assert_array_equal(file["sigma"], written.covariance)
        notes = json.loads(file["evalsuite"].tobytes())
    assert notes == {
        "schema_version": 1, "n": 50, "dimension": 6, "extractor": "net:abc", "decoder": "Pillow 1", "ddof": 1,
        "dtype": "float32", "image_set_sha256": None, "source": None, "made_by": None, "features": None,
        "content_sha256": written.digest(),
    }  # fmt: skip


def pytorch_fid() -> Any:
    from importlib.util import find_spec, module_from_spec, spec_from_file_location

    found = find_spec("pytorch_fid")
    assert found is not None
    assert found.submodule_search_locations is not None
    # Its network needs torchvision, which need not be there; its statistics do not.
    from types import ModuleType
    from unittest.mock import patch

    names = ("torchvision", "torchvision.transforms", "pytorch_fid.inception")
    fakes = {name: ModuleType(name) for name in names}
    fakes["torchvision"].transforms = fakes["torchvision.transforms"]  # type: ignore[attr-defined]
    fakes["pytorch_fid.inception"].InceptionV3 = type("InceptionV3", (), {"BLOCK_INDEX_BY_DIM": {64: 0}})  # type: ignore[attr-defined]
    path = Path(found.submodule_search_locations[0]) / "fid_score.py"
    with patch.dict(sys.modules, fakes):
        spec = spec_from_file_location("fid_score_of_pytorch_fid", path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def test_pytorch_fid_reads_ours_and_ours_is_read_by_pytorch_fid(tmp_path: Path, monkeypatch: Any) -> None:
    module, written = pytorch_fid(), made(draw())
    write_statistics(tmp_path / "a.npz", written)
    mean, covariance = module.compute_statistics_of_path(str(tmp_path / "a.npz"), None, 1, 64, "cpu")
    np.testing.assert_array_equal(mean, written.mean)
    np.testing.assert_array_equal(covariance, written.covariance)

    features = draw()
    methods = {"__init__": lambda *_: None, "to": lambda self, _: self, "BLOCK_INDEX_BY_DIM": {64: 0}}
    network = type("Network", (), methods)
    monkeypatch.setattr(module, "InceptionV3", network)
    monkeypatch.setattr(module, "get_activations", lambda *_, **__: features)
    (tmp_path / "images").mkdir()
    module.save_fid_stats([str(tmp_path / "images"), str(tmp_path / "b.npz")], 1, "cpu", 64)
    found = read_statistics(tmp_path / "b.npz")
    np.testing.assert_allclose(found.mean, features.mean(0), rtol=1e-6)
    np.testing.assert_array_equal(found.covariance, np.cov(features, rowvar=False))
    assert (found.form, found.n, found.extractor) == ("pytorch-fid", None, None)


def test_what_torch_fidelity_writes(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    features = draw()
    # torch_fidelity 0.4, metric_fid.py and utils.py: NumPy arrays in a dictionary, by torch.save.
    kept = {"mu": np.mean(features, axis=0), "sigma": np.cov(features, rowvar=False)}
    torch.save(kept, tmp_path / "numpy.pt")
    torch.save({key: torch.from_numpy(value).double() for key, value in kept.items()}, tmp_path / "tensor.pt")
    for name in ("numpy.pt", "tensor.pt"):
        found = read_statistics(tmp_path / name)
        np.testing.assert_array_equal(found.mean, kept["mu"].astype(np.float64))
        np.testing.assert_array_equal(found.covariance, kept["sigma"])
        assert found.form == "torch-fidelity"
    transposed = {"mu": torch.zeros(3), "sigma": torch.arange(9.0).reshape(3, 3).T[:3] * 0 + torch.eye(3).T}
    torch.save(transposed, tmp_path / "strided.pt")
    np.testing.assert_array_equal(read_statistics(tmp_path / "strided.pt").covariance, np.eye(3))
    write_statistics(tmp_path / "ours.pt", made(features), "torch-fidelity")
    again = torch.load(tmp_path / "ours.pt", weights_only=False)
    np.testing.assert_array_equal(again["sigma"], made(features).covariance)


def test_torch_fidelity_itself(tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np, torch\n"
        "from torch_fidelity.metric_fid import fid_features_to_statistics\n"
        "from torch_fidelity.utils_torch import torch_atomic_save\n"
        "found = fid_features_to_statistics(torch.from_numpy(np.load(sys.argv[1])))\n"
        "torch_atomic_save(found, sys.argv[2])\n"
    )
    np.save(tmp_path / "features.npy", draw())
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "features.npy", tmp_path / "a.pt"], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("torch-fidelity cannot be imported here")
    found = read_statistics(tmp_path / "a.pt")
    np.testing.assert_array_equal(found.covariance, np.cov(draw(), rowvar=False))


def test_clean_fid_itself(tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np, cleanfid, cleanfid.fid as fid\n"
        "features = np.load(sys.argv[1])\n"
        "cleanfid.__file__ = sys.argv[2] + '/x.py'\n"
        "fid.build_feature_extractor = lambda *_, **__: None\n"
        "fid.get_folder_features = lambda *_, **__: features\n"
        "fid.make_custom_stats('mine', 'images', device='cpu')\n"
    )
    np.save(tmp_path / "features.npy", draw())
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "features.npy", tmp_path], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("clean-fid cannot be imported here")
    found = read_statistics(tmp_path / "stats" / "mine_clean_custom_na.npz")
    np.testing.assert_array_equal(found.covariance, np.cov(draw(), rowvar=False))
    kid = tmp_path / "stats" / "mine_clean_custom_na_kid.npz"
    assert "expected statistics, mu and sigma; found feats" in refusal(kid)


@pytest.mark.parametrize("protocol", range(6))
def test_what_stylegan3_writes(tmp_path: Path, protocol: int) -> None:
    features, wide = draw(), draw().astype(np.float64)
    kept = {
        "capture_all": True, "capture_mean_cov": True, "max_items": 50, "num_items": 50, "num_features": 6,
        "all_features": [features[:25], features[25:]], "raw_mean": wide.sum(0), "raw_cov": wide.T @ wide,
    }  # fmt: skip
    found = read_statistics(pickled(tmp_path / "a.pkl", kept, protocol=max(protocol, 2)))
    # Its own covariance has n in the denominator; ours n - 1.
    np.testing.assert_allclose(found.covariance, np.cov(wide.T, ddof=1), rtol=1e-10)
    assert (found.n, found.form, found.ddof) == (50, "stylegan3", 0)
    only = {**kept, "capture_mean_cov": False, "raw_mean": None, "raw_cov": None}
    assert "expected sums raw_mean and raw_cov" in refusal(pickled(tmp_path / "b.pkl", only))
    assert "num_items of at least 2" in refusal(pickled(tmp_path / "c.pkl", {**kept, "num_items": 1}))


def test_what_edm2_writes(tmp_path: Path) -> None:
    small, large = made(draw(d=4)), made(draw(d=6))
    kept = {"num_images": 50, **{
        name: {"mu": one.mean, "sigma": one.covariance} for name, one in (("fid", small), ("fd_dinov2", large))
    }}  # fmt: skip
    path = pickled(tmp_path / "a.pkl", kept)
    for one in (small, large):
        found = read_statistics(path, dimension=one.dimension)
        np.testing.assert_array_equal(found.covariance, one.covariance)
        assert (found.n, found.form) == (50, "edm2")
    assert "expected one mean, the file has fid (4,), fd_dinov2 (6,)" in refusal(path)
    assert "expected one mean of 5 features" in refusal(path, dimension=5)


def test_what_guided_diffusion_and_fadtk_write(tmp_path: Path) -> None:
    one = made(draw())
    images = np.zeros((3, 8, 8, 3), np.uint8)
    path = save(
        tmp_path / "a.npz", mu=one.mean, sigma=one.covariance, mu_s=np.zeros(9), sigma_s=np.eye(9), arr_0=images
    )
    found = read_statistics(path)
    np.testing.assert_array_equal(found.covariance, one.covariance)
    assert found.form == "guided-diffusion"
    path = save(
        tmp_path / "b.npz", **{"clap.mu": one.mean, "clap.cov": one.covariance, "x.mu": [0.0], "x.cov": [[1.0]]}
    )
    found = read_statistics(path, dimension=6)
    np.testing.assert_array_equal(found.covariance, one.covariance)
    assert found.form == "fadtk"
    # fp32 covariances of N < d have eigenvalues a little below 0, and are not quite symmetric.
    few = draw(5, 40).astype(np.float64)
    path = save(tmp_path / "c.npz", mu=few.mean(0).astype("f4"), sigma=np.cov(few.T).astype("f4"))
    assert read_statistics(path).dimension == 40


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


def test_writing_whole_or_not_at_all(tmp_path: Path) -> None:
    one = made(draw())
    with pytest.raises(UsageError, match=r'unknown form of statistics "pytorch_fid"; did you mean "pytorch-fid"\?'):
        check_target(tmp_path / "a.npz", "pytorch_fid")
    with pytest.raises(UsageError, match=r"a file of the form torch-fidelity ends in \.pt"):
        check_target(tmp_path / "a.npz", "torch-fidelity")
    with pytest.raises(SaveError, match="cannot be written: No such file or directory"):
        check_target(tmp_path / "none" / "a.npz", "evalsuite")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(SaveError, match="it is a folder"):
        write_statistics(tmp_path / "folder.npz", one)
    (tmp_path / "folder.npz").rmdir()
    (tmp_path / "old.npz").write_bytes(b"old")
    (tmp_path / "link.npz").symlink_to(tmp_path / "old.npz")
    write_statistics(tmp_path / "link.npz", one)
    assert (tmp_path / "old.npz").read_bytes() == b"old"  # a link is replaced, not followed
    unknown = make_statistics("here", one.mean, one.covariance)
    with pytest.raises(InputError, match="says how many images there were, which is unknown here"):
        write_statistics(tmp_path / "a.pkl", unknown, "edm2")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.npz", "old.npz"]


class Network:
    """An extractor by its names."""

    name, signature, dimension = "fashion_convnet", "fashion_convnet:abc", 6

    def features(self, images: Any) -> Any:
        raise NotImplementedError


def test_what_differs_is_said_and_refused_unless_told() -> None:
    same, other, unknown = (
        made(draw(), extractor="fashion_convnet:abc"),
        made(draw(), extractor="fashion_convnet:old"),
        made(draw()),
    )
    assert check_comparable("x", same, Network()) is False
    assert check_comparable("x", other, Network(), "fashion_convnet") is True
    assert check_comparable("x", unknown, Network(), "fashion_convnet") is True
    with pytest.raises(
        InputError,
        match=r"made by fashion_convnet:old, the images' features are by \S+:abc.*assume-protocol fashion_convnet",
    ):
        check_comparable("x", other, Network(), "")
    with pytest.raises(InputError, match=r"does not say by which .*, weights and resizing .* mean nothing$"):
        check_comparable("x", unknown, Network())
    with pytest.raises(InputError, match='taken as made by "inception_fid@clean"'):
        check_comparable("x", unknown, Network(), "inception_fid@clean")
    with pytest.raises(InputError, match="has 3 features, but fashion_convnet:abc has 6"):
        check_comparable("x", made(draw(d=3)), Network(), "fashion_convnet")


def test_features_must_fit() -> None:
    features = draw()
    for given_features, message in (
        (features[:-1], r"must have shape \(50, 6\), found \(49, 6\)"),
        (features.astype(np.int32), "must be an array of float16"),
        (np.where(features > 5, np.float32(np.inf), features), "not finite"),
        (features + 1, "do not have the mean"),
    ):
        with pytest.raises(InputError, match=message):
            made(features, features=given_features)
