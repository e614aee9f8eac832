"""Images to features on the CPU beside pytorch-fid: the network's forward pass, and a folder from files to a score.

Run with ``pytest tests/benchmarks/test_image_pipeline.py --benchmark-enable``. Weights are random, which costs the
same; both get the same. ``--benchmark-timer=time.process_time`` compares work, whatever else the machine does; the wall
clock, besides, what is gained where threads read while others compute.
"""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from evalsuite.distances import frechet_distance
from evalsuite.extractors.inception_network import InceptionFeatures
from evalsuite.extractors.inception_weights import VARIABLE
from evalsuite.images import calculate_fid_given_paths
from tests.benchmarks.race import time_in_group
from tests.reference.extractors import random_inception

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.extractors.inception_network import InceptionFeatures

FORWARD = "Inception's forward pass, float32, 8 images"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inception") / "random.pth"
    torch.save(random_inception(0), path)
    return path


def peer_network(weights: Path) -> Any:
    """pytorch-fid's network with these weights."""
    inception = pytest.importorskip("pytorch_fid.inception", exc_type=Exception)
    state = torch.load(weights, weights_only=True)
    state["fc.weight"], state["fc.bias"] = torch.zeros(1008, 2048), torch.zeros(1008)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inception, "load_state_dict_from_url", lambda *_, **__: state)
        return inception.InceptionV3([3]).eval()


def our_network(weights: Path) -> InceptionFeatures:
    from evalsuite.extractors.inception_state import hash_weights, load_network

    return load_network(weights, hash_weights(weights), "cpu", "float32")


@pytest.fixture(scope="module")
def batch() -> torch.Tensor:
    """In [0, 1], as pytorch-fid reads it."""
    return torch.rand((8, 3, 299, 299), generator=torch.Generator().manual_seed(0))


@torch.inference_mode()
def test_forward_ours(benchmark: Any, weights: Path, batch: torch.Tensor) -> None:
    network = our_network(weights)
    ready = (2 * batch - 1).contiguous(memory_format=torch.channels_last)
    expected = peer_network(weights)(batch[:2])[0].flatten(1)
    torch.testing.assert_close(network(ready[:2]), expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max()))
    time_in_group(benchmark, FORWARD, "evalsuite", lambda: network(ready), rounds=5)


@torch.inference_mode()
def test_forward_peer(benchmark: Any, weights: Path, batch: torch.Tensor) -> None:
    network = peer_network(weights)
    assert network(batch[:1])[0].shape == (1, 2048, 1, 1)
    time_in_group(benchmark, FORWARD, "pytorch-fid", lambda: network(batch), rounds=5, target=1.4)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], int]:
    """Two folders of JPEGs of 256 pixels."""
    from PIL import Image

    root = tmp_path_factory.mktemp("folders")
    n = 24
    draw = np.random.default_rng(0)
    for side in ("a", "b"):
        (root / side).mkdir()
        for i in range(n):
            coarse = draw.integers(0, 256, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(coarse).resize((256, 256)).save(root / side / f"{i}.jpg", quality=95)
    return [str(root / side) for side in ("a", "b")], n


def peer_score(paths: list[str], weights: Path) -> float:
    """What pytorch-fid makes of the folders; its distance, which needs an older SciPy, is ours."""
    from pathlib import Path

    fid_score = pytest.importorskip("pytorch_fid.fid_score", exc_type=Exception)
    network = peer_network(weights)
    sides = []
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for path in paths:
            files = sorted(Path(path).glob("*.jpg"))
            sides.append(fid_score.get_activations(files, network, 50, 2048, "cpu", 2))
    return frechet_distance(*sides)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_folder_ours(
    benchmark: Any, weights: Path, folders: tuple[list[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if benchmark.disabled:
        pytest.skip("takes a minute")
    paths, n = folders
    monkeypatch.setenv(VARIABLE, str(weights))
    assert calculate_fid_given_paths(paths) == pytest.approx(peer_score(paths, weights), rel=1e-3)
    name = f"two folders of {n} JPEGs of 256 pixels to a score"
    time_in_group(benchmark, name, "evalsuite", lambda: calculate_fid_given_paths(paths), rounds=2)


def test_a_folder_peer(benchmark: Any, weights: Path, folders: tuple[list[str], int]) -> None:
    if benchmark.disabled:
        pytest.skip("takes a minute")
    paths, n = folders
    name = f"two folders of {n} JPEGs of 256 pixels to a score"
    time_in_group(benchmark, name, "pytorch-fid", lambda: peer_score(paths, weights), rounds=2)
