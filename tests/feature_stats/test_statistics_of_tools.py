"""What other tools write is read, and what is written here is read by them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalsuite.feature_stats import (
    read_statistics,
    write_statistics,
)
from tests.feature_stats.statistics import draw, made, pickled, refusal, save


def pytorch_fid() -> Any:
    from importlib.util import find_spec, module_from_spec, spec_from_file_location

    found = find_spec("pytorch_fid")
    assert found is not None
    assert found.submodule_search_locations is not None
    # Its network needs torchvision, which need not be there; its statistics do not.
    from types import ModuleType

    names = ("torchvision", "torchvision.transforms", "pytorch_fid.inception")
    fakes = {name: ModuleType(name) for name in names}
    fakes["torchvision"].transforms = fakes["torchvision.transforms"]  # type: ignore[attr-defined]
    fakes["pytorch_fid.inception"].InceptionV3 = type("InceptionV3", (), {"BLOCK_INDEX_BY_DIM": {64: 0}})  # type: ignore[attr-defined]
    path = Path(found.submodule_search_locations[0]) / "fid_score.py"
    with pytest.MonkeyPatch.context() as patch:
        for name, fake in fakes.items():  # and no others: what is imported here stays, as much cannot be imported twice
            patch.setitem(sys.modules, name, fake)
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
