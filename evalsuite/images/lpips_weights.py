"""Where LPIPS's weights are: torchvision's of the network, and those that LPIPS learned, by path. Nothing downloads."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evalsuite.errors import InputError
from evalsuite.extractors.inception_weights import checkpoints
from evalsuite.extractors.weight_files import WeightsFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

__all__ = [
    "LINEAR_VARIABLE",
    "NETWORKS",
    "NETWORK_VARIABLES",
    "cached_path",
    "find_linear",
    "find_network",
    "load_tensors",
    "network_files",
]

NETWORKS: Final[Mapping[str, str]] = {"alex": "alexnet-owt-7be5be79.pth", "vgg": "vgg16-397923af.pth"}
"""Networks, and the names that torchvision publishes their weights by."""

NETWORK_VARIABLES: Final[Mapping[str, str]] = {
    "alex": "EVALSUITE_ALEXNET_WEIGHTS",
    "vgg": "EVALSUITE_VGG16_WEIGHTS",
}
LINEAR_VARIABLE: Final = "EVALSUITE_LPIPS_WEIGHTS"

_ADDRESS = "https://download.pytorch.org/models/"


def find_network(network: str, given: str | Path | None = None) -> Path:
    """Return the path of a network's weights: that given, that of the environment variable, that in torch's cache.

    Raises
    ------
    InputError
        If there are none; the message has the name, the address and the path.
    """
    file_name, variable = NETWORKS[network], NETWORK_VARIABLES[network]
    path = given or os.environ.get(variable)
    if path is not None:
        if not Path(path).is_file():
            raise InputError(f"lpips: {path}: there is no file; expected torchvision's {file_name}")
        return Path(path)
    cached = cached_path(network)
    if cached.is_file():
        return cached
    raise InputError(
        f"lpips: the weights of its network are missing: put {file_name} ({_ADDRESS}{file_name}) at {cached}, or set "
        f"{variable} to its path"
    )


def cached_path(network: str) -> Path:
    """Return where torch keeps a network's weights."""
    return checkpoints() / NETWORKS[network]


def network_files() -> list[WeightsFile]:
    """Return the files of both networks, as ``evalsuite weights`` shows them."""
    return [
        WeightsFile(
            name=name,
            extractors=(),
            metrics=("lpips", "lpips_diversity"),
            sha256=Path(NETWORKS[network]).stem.rpartition("-")[2],  # torch's files are named after its first digits
            n_bytes=None,
            path=Path(os.environ.get(NETWORK_VARIABLES[network]) or cached_path(network)),
            variable=NETWORK_VARIABLES[network],
            known_as=(NETWORKS[network],),
        )
        for network, name in (("alex", "alexnet"), ("vgg", "vgg16"))
    ]


def find_linear(network: str, given: str | Path | None = None) -> Path:
    """Return the path of the weights that LPIPS learned: that given, in the folder of the variable, in package lpips.

    Raises
    ------
    InputError
        If there are none.
    """
    file_name = f"{network}.pth"
    folder = os.environ.get(LINEAR_VARIABLE)
    path = given or (Path(folder) / file_name if folder is not None else None)
    if path is not None:
        if not Path(path).is_file():
            raise InputError(f"lpips: {path}: there is no file; expected {file_name} of the package lpips")
        return Path(path)
    package = find_spec("lpips")  # which is not imported: it imports torchvision
    for root in (package.submodule_search_locations or []) if package else []:
        found = Path(root) / "weights" / "v0.1" / file_name
        if found.is_file():
            return found
    raise InputError(
        f"lpips: the weights it learned are missing: pip install lpips, which has them, or set {LINEAR_VARIABLE} to a "
        f"folder with {file_name}, as is in weights/v0.1 of that package"
    )


def load_tensors(path: Path) -> Mapping[str, Tensor]:
    """Read a file of tensors by name; nothing in it runs.

    Raises
    ------
    InputError
        If it cannot be read or holds something else.
    """
    import torch

    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises whatever comes to hand over damaged bytes
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputError(f"lpips: {path}: cannot be read as weights: {said}") from error
    if not isinstance(found, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in found.values()):
        raise InputError(f"lpips: {path}: expected tensors by name, as torchvision saves them")
    return found
