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
from evalsuite.zoo.images.autoencoder import Autoencoder
from evalsuite.zoo.images.autoregressive import Autoregressive, levels_of, negative_log_likelihood, patches_of
from evalsuite.zoo.images.diffusion import denoise, velocity_loss
from evalsuite.zoo.images.networks import build_image_network, draw_images
from evalsuite.zoo.images.recipes import IMAGE_RECIPES
from evalsuite.zoo.images.train import train_images
from evalsuite.zoo.images.train_autoregressive import train_autoregressive
from evalsuite.zoo.images.train_diffusion import train_diffusion
from evalsuite.zoo.images.train_once import train_autoencoder, train_gan, train_vae
from evalsuite.zoo.sampling import counter_uniform
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
    [
        ("fashion_autoencoder", train_autoencoder, 0.5),
        ("fashion_autoregressive", train_autoregressive, 0.8),
        ("fashion_ddpm", train_diffusion, 0.8),
        ("fashion_vae", train_vae, 0.9),
        ("fashion_gan", train_gan, None),
    ],
)
def test_a_step_changes_the_weights_and_the_loss_falls(name, train, falls_to):
    torch.manual_seed(1)
    sizes = {
        "fashion_autoregressive": {"width": 16, "layers": 1, "heads": 2, "hidden": 8, "levels": 4},
        "fashion_ddpm": {"width": 8, "inner": 16},
    }.get(name, {"z": 4, "width": 8})
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


@pytest.fixture
def pixel_network():
    torch.manual_seed(5)
    network = Autoregressive(width=16, layers=2, heads=2, hidden=8, levels=8).eval()
    with torch.no_grad():  # layers that begin at 0 would hide what flows through them
        for weight in network.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return network


def test_pixels_are_drawn_from_what_the_network_says_of_them(pixel_network):
    seeds, kinds = [11, 12, 13, 14], np.array([0, 3, 9, 3])
    levels = levels_of(pixel_network.draw(seeds, kinds), 8)
    assert len(torch.unique(levels)) == 8
    with torch.inference_mode():
        share = pixel_network(levels, torch.from_numpy(kinds)).double().softmax(dim=-1).cumsum(dim=-1)
    uniform = torch.from_numpy(counter_uniform(np.array(seeds, dtype=np.uint64), 1, 784))
    # In one pass over the whole image, each pixel's level is where the same number falls.
    found = (share < uniform.view(-1, 16, 1)).sum(dim=-1).clamp(max=7)
    assert (found.view(4, 49, 16) == patches_of(levels)).float().mean() > 0.999


def test_a_pixel_knows_those_before_it_only(pixel_network):
    torch.manual_seed(6)
    levels, kinds = torch.randint(0, 8, (1, 28, 28)), torch.tensor([4])
    order = torch.arange(784).view(1, 28, 28)
    by_patch = patches_of(order).flatten()  # the pixels in the order they are drawn in
    with torch.inference_mode():
        before = pixel_network(levels, kinds).flatten(0, 1)
        for place in (0, 17, 200, 783):
            changed = levels.clone().flatten()
            changed[by_patch[place]] = (changed[by_patch[place]] + 3) % 8
            after = pixel_network(changed.view(1, 28, 28), kinds).flatten(0, 1)
            same = torch.isclose(before, after, atol=1e-5).all(dim=1)
            assert same[: place + 1].all()
            assert place == 783 or not same[place + 1 :].all()
        assert not torch.isclose(pixel_network(levels, torch.tensor([5])).flatten(0, 1), before).all(dim=1).any()


def test_an_untrained_pixel_network_says_that_all_levels_are_alike_likely():
    network = Autoregressive(width=16, layers=1, heads=2, hidden=8, levels=8)
    loss = negative_log_likelihood(network, torch.rand(3, 1, 28, 28) * 2 - 1, torch.zeros(3).long())
    assert loss.item() == pytest.approx(784 * math.log(8), rel=1e-5)


def test_pixels_do_not_hang_on_how_many_images_are_drawn(pixel_network):
    whole = draw_images(pixel_network, list(range(130)))
    assert np.array_equal(draw_images(pixel_network, [7, 129]), whole[[7, 129]])
    told = draw_images(pixel_network, [7, 7], [2, None])
    assert np.array_equal(told[1], whole[7])
    assert not np.array_equal(told[0], whole[7])


def test_codes_are_drawn_from_the_density_of_their_class():
    torch.manual_seed(8)
    network = Autoencoder(z=3, width=8).eval()
    bright = torch.rand(600, 1, 1, 1)
    images = (torch.rand(600, 1, 28, 28) * bright) * 2 - 1
    kinds = torch.arange(600) % 2
    images[kinds == 1] *= -1
    kept = network.means[5].clone()
    network.fit_density(images, kinds)
    with torch.no_grad():
        codes = network.encoder(images)
    for kind in (0, 1):
        own = codes[kinds == kind]
        torch.testing.assert_close(network.means[kind], own.mean(dim=0), atol=1e-5, rtol=1e-5)
        covariance = network.roots[kind] @ network.roots[kind].T
        torch.testing.assert_close(covariance, own.T.cov(), atol=1e-3 * own.var().item(), rtol=1e-2)
    assert torch.equal(network.means[5], kept)  # of no image
    drawn = draw_images(network, list(range(6)), [0, 1, None, 0, 1, None])
    assert drawn.shape == (6, 28, 28, 1)


def test_the_density_is_fitted_where_a_model_is_kept():
    recipe = replace(
        IMAGE_RECIPES["fashion_autoencoder"], sizes={"z": 2, "width": 8}, steps=6, batch=32, early={"e": 3}
    )
    torch.manual_seed(9)
    stream = [(torch.rand(32, 1, 28, 28) * 2 - 1, torch.arange(32) % 2) for _ in range(6)]
    fitted = [bool(network.means.any()) for network, _ in train_autoencoder(recipe, stream)]
    assert fitted == [False, False, True, True, True, True]
