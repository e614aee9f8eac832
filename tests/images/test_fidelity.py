"""The calls of torch-fidelity and pytorch-fid: their dictionary, their numbers on the same images and weights."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from evalsuite.errors import InputError, UsageError
from evalsuite.extractors.inception import InceptionFid
from evalsuite.extractors.inception_weights import VARIABLE
from evalsuite.feature_stats import make_statistics, write_statistics
from evalsuite.images import calculate_fid_given_paths, calculate_metrics
from tests.media.images import png, write_folder
from tests.reference.extractors import random_inception

if TYPE_CHECKING:
    from pathlib import Path

N = (14, 11)
ALL: dict[str, Any] = {
    "isc": True, "fid": True, "kid": True, "prc": True, "feature_extractor": "inception-v3-compat",
    "kid_subset_size": 8, "kid_subsets": 5, "isc_splits": 3, "prc_neighborhood": 3,
}  # fmt: skip


def pictures(seed: int, n: int) -> Any:
    """Smooth colours with noise, so that random features tell them apart."""
    draw = np.random.default_rng(seed)
    colours = draw.uniform(0, 200, (n, 1, 1, 3)) * np.linspace(0.3, 1, 40)[:, None, None]
    return (colours + draw.uniform(0, 20 + 15 * seed, (n, 40, 36, 3))).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("fidelity")
    for seed, (name, n) in enumerate(zip(("fake", "real"), N, strict=True), 1):
        # Names whose order as text is not that of their numbers, and capitals.
        files = {f"{i}.{'PNG' if i % 5 == 4 else 'png'}": png(image) for i, image in enumerate(pictures(seed, n))}
        write_folder(root / name, {**files, "below/x.png": png(pictures(9, 1)[0]), "notes.txt": b"text"})
    # Random features are alike, and a random classifier sure of nothing: it is made to see in what they differ.
    state = random_inception(8)
    torch.save(state, root / "weights.pth")
    features = torch.from_numpy(InceptionFid(root / "weights.pth", "torch-fidelity").features(pictures(1, 14))).double()
    torch.manual_seed(1)
    classifier, mean = torch.randn(1008, 2048).double(), features.mean(dim=0)
    unlike = classifier - torch.outer(classifier @ mean / (mean @ mean), mean)
    state["fc.weight"], state["fc.bias"] = (2 * unlike / (features @ unlike.T).std()).float(), torch.randn(1008)
    torch.save(state, root / "weights.pth")
    return root


@pytest.fixture(autouse=True)
def _weights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(folder / "weights.pth"))


def quietly(**options: Any) -> dict[str, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return calculate_metrics(**options)


@pytest.fixture(scope="module")
def ours(folder: Path) -> dict[str, float]:
    paths = {"input1": str(folder / "fake"), "input2": folder / "real"}
    return quietly(**paths, **ALL, feature_extractor_weights_path=folder / "weights.pth")


def test_all_numbers_are_torch_fidelitys(folder: Path, ours: dict[str, float]) -> None:
    peer = pytest.importorskip("torch_fidelity", exc_type=Exception)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = peer.calculate_metrics(
            input1=str(folder / "fake"), input2=str(folder / "real"), **ALL, cuda=False, cache=False, verbose=False,
            feature_extractor_weights_path=str(folder / "weights.pth"), save_cpu_ram=True, batch_size=5,
        )  # fmt: skip
    assert ours.keys() == theirs.keys()
    assert theirs["inception_score_mean"] > 1.1
    assert 0 < theirs["precision"] < 1 or 0 < theirs["recall"] < 1
    for name, value in theirs.items():
        # Its Fréchet distance of fewer images than features is off by the roots of eigenvalues that should be 0.
        assert ours[name] == pytest.approx(value, rel=2e-4, abs=1e-7), name


def test_parts_of_it(folder: Path, ours: dict[str, float]) -> None:
    fake, real = str(folder / "fake"), str(folder / "real")
    only = quietly(input1=fake, isc=True, isc_splits=3)
    assert only == {name: ours[name] for name in ("inception_score_mean", "inception_score_std")}
    assert quietly(input1=fake, input2=real, fid=True, batch_size=8, cuda=False, verbose=False, cache=True) == {
        "frechet_inception_distance": pytest.approx(ours["frechet_inception_distance"], rel=1e-6)
    }
    reversed_sides = quietly(
        input1=real, input2=fake, prc=True, feature_extractor="inception-v3-compat", feature_layer_prc="2048"
    )
    assert (reversed_sides["precision"], reversed_sides["recall"]) == (ours["recall"], ours["precision"])


class Dataset:
    """As torch's, of uint8 tensors with channels first."""

    def __init__(self, images: Any) -> None:
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, i: int) -> torch.Tensor:
        return torch.from_numpy(self._images[i].transpose(2, 0, 1).copy())


def test_arrays_tensors_and_data_sets_are_the_files(folder: Path, tmp_path: Path) -> None:
    images = pictures(1, 14)
    expected = quietly(input1=str(folder / "fake"), input2=pictures(2, 11), fid=True)
    np.savez(tmp_path / "fake.npz", images)
    tensor = torch.from_numpy(images.transpose(0, 3, 1, 2).copy())
    for given in (images, tensor, Dataset(images), list(images), tmp_path / "fake.npz"):
        found = quietly(input1=given, input2=Dataset(pictures(2, 11)), fid=True, cache_root=tmp_path / "kept")
        assert found["frechet_inception_distance"] == pytest.approx(expected["frechet_inception_distance"], rel=1e-9)
    assert list((tmp_path / "kept").glob("*/*.features"))


def test_what_is_left_out_is_said(folder: Path, tmp_path: Path) -> None:
    files = {f"{i}.png": png(image) for i, image in enumerate(pictures(1, 4))}
    write_folder(tmp_path / "a", {**files, "cut.png": b"\x89PNG", "sub/0.png": files["0.png"], "0.webp": b""})
    with pytest.warns(UserWarning, match="are ") as told:
        calculate_metrics(input1=str(tmp_path / "a"), isc=True, isc_splits=1)
    texts = [str(one.message) for one in told]
    assert any("1 images in subfolders or of other formats are not looked at" in text for text in texts)
    assert any("2 images are left out: 1 x damaged or cut off, 1 x empty file" in text for text in texts)
    assert {one.filename for one in told} == {__file__}
    deep = quietly(input1=str(tmp_path / "a"), input2=pictures(1, 4)[[0, 0, 1, 2, 3]], fid=True, samples_find_deep=True)
    assert deep["frechet_inception_distance"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, UsageError, "ask for at least one of `isc`, `fid`, `kid` and `prc`"),
        ({"fid": True}, UsageError, "`input1`, the generated images, is missing"),
        ({"fid": True, "input1": "x"}, UsageError, "`input2`, the real images, is missing"),
        ({"isc": True, "ppl": True}, UsageError, "`ppl` can only be False here, got True"),
        ({"kid": True, "kid_kernel": "rbf"}, UsageError, "`kid_kernel` can only be 'poly' here, got 'rbf'"),
        ({"kid": True, "kid_kernel_poly_degree": 2}, UsageError, "`kid_kernel_poly_degree` can only be 3 here"),
        ({"fid": True, "feature_layer_fid": "64"}, UsageError, "`feature_layer_fid` can only be None or '2048' here"),
        ({"fid": True, "samples_resize_and_crop": 32}, UsageError, "`samples_resize_and_crop` can only be 0 here"),
        ({"isc": True, "input1_model_z_size": 3}, UsageError, "`input1_model_z_size` can only be None here, got 3"),
        ({"fid": True, "feature_extractor": "clip-vit-b-32"}, UsageError, '`feature_extractor` can only be "inception'),
        ({"prc": True}, UsageError, "`prc` is by features of VGG16 in torch-fidelity, which are not here"),
        ({"fid": True, "kid_kernell": 1}, TypeError, "no such argument `kid_kernell`; did you mean \"kid_kernel\"?"),
        ({"fid": True, "input1": 3, "input2": 3}, TypeError, "`input1`: expected the path of a folder"),
        ({"fid": True, "input1": np.zeros((2, 2)), "input2": 3}, ValueError, r"it has shape \(2, 2\)"),
        ({"isc": True, "input1": np.zeros((2, 4, 4, 3))}, InputError, "`input1`: image 0: the image is of float64"),
        ({"isc": True, "input1": "none"}, InputError, "none: cannot be read: No such file or directory"),
        ({"isc": True, "input1": np.zeros((2, 4, 4), np.uint8)}, UsageError, "`isc_splits`: `n_splits` must be from 1"),
        ({"kid": True, "input1": np.zeros((2, 4, 4), np.uint8), "input2": np.zeros((3, 4, 4), np.uint8)}, UsageError,
         "`kid_subset_size` must be from 2 to the size of the smaller set, 2; found 1000"),
        ({"fid": True, "input1": np.zeros((1, 4, 4), np.uint8), "input2": np.zeros((3, 4, 4), np.uint8)}, InputError,
         "needs at least 2 feature vectors on each side, got 1"),
    ],
)  # fmt: skip
def test_mistakes_are_explained(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message.replace("?", r"\?").replace("`", "`")):
        calculate_metrics(**options)


@pytest.mark.parametrize("dims", [64, 2048])
def test_the_distance_of_paths_is_pytorch_fids(folder: Path, dims: int, tmp_path: Path) -> None:
    paths = [str(folder / "fake"), str(folder / "real")]
    with pytest.warns(UserWarning, match="in subfolders"):
        found = calculate_fid_given_paths(paths, 7, "cpu", dims, num_workers=2)
    try:
        from pytorch_fid import fid_score, inception
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"pytorch-fid cannot be imported: {error}")
    state = torch.load(folder / "weights.pth", weights_only=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inception, "load_state_dict_from_url", lambda *_, **__: state)
        network = inception.InceptionV3([inception.InceptionV3.BLOCK_INDEX_BY_DIM[dims]]).eval()
    statistics = []
    for path, n in zip(paths, N, strict=True):
        # Of files whose names end in capitals it knows nothing.
        files = [f"{path}/{i}.{'PNG' if i % 5 == 4 else 'png'}" for i in range(n)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            features = fid_score.get_activations(files, network, 5, dims, "cpu", 0)
        statistics.append((features.mean(axis=0), np.cov(features, rowvar=False)))
    from evalsuite.distances import Moments, frechet_distance

    theirs = [Moments(n, mean, covariance * (n - 1)) for n, (mean, covariance) in zip(N, statistics, strict=True)]
    expected = frechet_distance(*theirs)
    assert expected > 1e-4
    assert found == pytest.approx(expected, rel=2e-4)
    if dims == 64:  # a file in the place of a folder
        for i, (mean, covariance) in enumerate(statistics):
            made = make_statistics("x", mean, covariance, n=N[i], extractor="x:1")
            write_statistics(tmp_path / f"{i}.npz", made, "pytorch-fid")
        saved = [tmp_path / "0.npz", tmp_path / "1.npz"]
        assert calculate_fid_given_paths(saved, 50, "cpu", 64) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("paths", "dims", "error", "message"),
    [
        (["fake", "real"], 1024, ValueError, "^`dims` must be one of 2048, 768, 192, 64, got 1024$"),
        (["fake"], 2048, ValueError, "^`paths` must be two paths, got 1$"),
        ("fake", 2048, TypeError, "^`paths` must be a list of two paths$"),
        (["fake", "gone"], 2048, InputError, "^gone: there is no such file or folder$"),
        (["weights.pth", "fake"], 2048, InputError, "weights.pth: "),
    ],
)
def test_wrong_paths(
    paths: Any, dims: int, error: type[Exception], message: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(error, match=message):
        calculate_fid_given_paths(paths, 50, "cpu", dims)
