"""Networks and how they are trained: shapes, the path of diffusion, and the same weights for the same seed."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from evalsuite.datasets.source import DEBIAN
from evalsuite.errors import InputError, ModelError
from evalsuite.zoo.images.diffusion import denoise, velocity_loss
from evalsuite.zoo.images.networks import build_image_network, draw_images
from evalsuite.zoo.images.recipes import IMAGE_RECIPES
from evalsuite.zoo.images.train import train_images
from evalsuite.zoo.images.train_diffusion import train_diffusion
from evalsuite.zoo.images.train_once import train_gan, train_vae
from evalsuite.zoo.train import main


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Oracle(torch.nn.Module):
    """Knows the one image there is, and says the exact velocity towards it."""

    def __init__(self, image):
        super().__init__()
        self.image = image

    def forward(self, noisy, time, kind):
        angle = (math.pi / 2 * time)[:, None, None, None]
        noise = (noisy - angle.cos() * self.image) / angle.sin()
        return angle.cos() * noise - angle.sin() * self.image


def test_denoising_with_the_true_velocity_finds_the_image():
    torch.manual_seed(0)
    image = torch.rand(1, 1, 28, 28) * 2 - 1
    found = denoise(Oracle(image), torch.randn(5, 1, 28, 28), torch.zeros(5).long(), 20)
    torch.testing.assert_close(found, image.expand(5, -1, -1, -1), atol=1e-4, rtol=0)


def test_the_true_velocity_has_no_loss():
    torch.manual_seed(0)
    image = torch.rand(1, 1, 28, 28) * 2 - 1
    kinds = torch.zeros(64).long()
    assert velocity_loss(Oracle(image), image.repeat(64, 1, 1, 1), kinds).item() < 1e-6
    assert velocity_loss(Oracle(-image), image.repeat(64, 1, 1, 1), kinds).item() > 0.1


@pytest.mark.parametrize("name", IMAGE_RECIPES)
def test_networks_draw_bytes(name):
    torch.manual_seed(3)
    recipe = IMAGE_RECIPES[name]
    network = build_image_network(recipe.architecture, recipe.sizes).eval()
    assert sum(weight.numel() for weight in network.parameters()) < 1_000_000
    images = draw_images(network, [1, 2, 3])
    assert (images.shape, images.dtype) == ((3, 28, 28, 1), np.uint8)


def test_unknown_architecture():
    with pytest.raises(ModelError, match='unknown architecture "flow" of an image model'):
        build_image_network("flow", {})


@pytest.mark.parametrize(
    ("name", "train", "falls_to"),
    [("fashion_ddpm", train_diffusion, 0.8), ("fashion_vae", train_vae, 0.9), ("fashion_gan", train_gan, None)],
)
def test_a_step_changes_the_weights_and_the_loss_falls(name, train, falls_to):
    torch.manual_seed(1)
    sizes = {"width": 8, "inner": 16} if name == "fashion_ddpm" else {"z": 4, "width": 8}
    recipe = replace(IMAGE_RECIPES[name], sizes=sizes, steps=60, batch=16)
    images = torch.full((16, 1, 28, 28), -1.0)
    images[:, :, 8:20, 8:20] = 1.0
    losses, weights = [], []
    for network, loss in train(recipe, [(images, torch.zeros(16).long())] * 60):
        losses.append(loss)
        weights.append(torch.cat([weight.flatten() for weight in network.parameters()]).clone())
    assert not torch.equal(weights[0], weights[-1])
    assert all(math.isfinite(loss) for loss in losses)
    if falls_to:
        assert sum(losses[-5:]) < falls_to * sum(losses[:5])


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="needs Debian's package dataset-fashion-mnist")
@pytest.mark.parametrize("name", IMAGE_RECIPES)
def test_training_is_deterministic_and_records_itself(name, tmp_path):
    for run, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        main([name, "--steps", "3", "--seed", seed, "--out", str(tmp_path / run)])
    digests = [hashlib.sha256((tmp_path / run / f"{name}.safetensors").read_bytes()).hexdigest() for run in "abc"]
    assert digests[0] == digests[1] != digests[2]
    config = json.loads((tmp_path / "a" / f"{name}.json").read_text())
    assert config["weights_sha256"] == digests[0]
    assert (config["modality"], config["training"]["steps"]) == ("image", 3)


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="needs Debian's package dataset-fashion-mnist")
def test_checkpoints_are_of_the_same_run(tmp_path):
    recipe = replace(
        IMAGE_RECIPES["fashion_ddpm"], sizes={"width": 8, "inner": 16}, steps=4, batch=8, early={"early": 2}
    )
    train_images("late", recipe, DEBIAN, tmp_path)
    early, late = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("early", "late"))
    assert (early["training"]["steps"], late["training"]["steps"]) == (2, 4)
    assert early["training"]["planned"] == late["training"]["planned"] == 4
    assert early["weights_sha256"] != late["weights_sha256"]


def test_missing_data_is_named(tmp_path):
    with pytest.raises(InputError, match="apt-get install dataset-fashion-mnist"):
        main(["fashion_vae", "--steps", "1", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
