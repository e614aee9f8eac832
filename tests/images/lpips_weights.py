"""Random weights of LPIPS's networks, as files with the keys of torchvision's and of package lpips'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.images.lpips import open_embedding, open_lpips
from evalsuite.images.lpips_weights import LINEAR_VARIABLE, NETWORK_VARIABLES, NETWORKS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

__all__ = ["save_lpips_weights", "set_lpips_weights"]


def save_lpips_weights(folder: Path) -> Path:
    """Write the files of both networks into a folder and return it."""
    import torch

    from evalsuite.images.lpips_network import LpipsNetwork

    for network, file_name in NETWORKS.items():
        draw = torch.Generator().manual_seed(1)
        model = LpipsNetwork(network)
        tensors = {}
        for key, shape in model.expected().items():
            # So spread that activations are of one size in all layers, and some of them below 0.
            spread = (2 / torch.tensor(shape[1:]).prod()).sqrt() if key.endswith("weight") else torch.tensor(0.1)
            tensors[key] = spread * torch.randn(shape, generator=draw)
        tensors["classifier.6.bias"] = torch.zeros(1000)
        torch.save(tensors, folder / file_name)
        linear = {
            f"lin{layer}.model.1.weight": torch.rand((1, len(weights), 1, 1), generator=draw)
            for layer, weights in enumerate(model.linear)
        }
        torch.save(linear, folder / f"{network}.pth")
    return folder


def set_lpips_weights(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let metrics find the files of a folder."""
    for network, variable in NETWORK_VARIABLES.items():
        patch.setenv(variable, str(folder / NETWORKS[network]))
    patch.setenv(LINEAR_VARIABLE, str(folder))
    open_lpips.cache_clear()
    open_embedding.cache_clear()
