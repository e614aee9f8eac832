"""The weights of FID's Inception in memory: read, checked, folded and on a device, once a process."""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from evalsuite.extractors.inception_network import InceptionFeatures

__all__ = ["CLASSIFIER", "hash_weights", "load_classifier", "load_network", "number_type"]

CLASSIFIER = "fc.weight"
_loading = threading.Lock()


def hash_weights(weights: Path) -> str:
    """Return the SHA-256 of a file of weights; InputError if it cannot be read."""
    try:
        with weights.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{weights}: weights of inception_fid cannot be read: {error.strerror}") from error


def load_network(path: Path, sha256: str, device: str, precision: str) -> InceptionFeatures:
    """Return the network, folded, on a device and in a precision: the same at every call and for all protocols.

    Parameters
    ----------
    path : Path
    sha256 : str
        Of the file: one that has changed is another.
    device, precision : str

    Raises
    ------
    InputError
        If the file holds no weights, or those of another network.
    """
    with _loading:
        return _folded(path, sha256, device, precision)


@lru_cache(maxsize=2)
def load_classifier(path: Path, sha256: str) -> Tensor | None:
    """Return the classifier's weights, float32 of shape (1008, 2048), if they are there; see `load_network`."""
    del sha256
    return _read(path)[1]


def number_type(precision: str) -> Any:
    """Return torch's type of what a network of a precision computes with."""
    import torch

    return torch.bfloat16 if precision == "bf16" else torch.float32


@lru_cache(maxsize=16)
def _folded(path: Path, sha256: str, device: str, precision: str) -> InceptionFeatures:
    import torch

    del sha256
    network = _read(path)[0]
    network.fold()
    network.to(memory_format=torch.channels_last)
    return network.to(device=device, dtype=number_type(precision))


def _read(path: Path) -> tuple[InceptionFeatures, Tensor | None]:
    """Return a network and its classifier's weights, if they fit."""
    from evalsuite.extractors.inception_network import InceptionFeatures

    network = InceptionFeatures()
    expected = network.state_dict().keys()
    whole = _read_state(path)
    state = {key: tensor for key, tensor in whole.items() if not key.startswith("fc.")}
    # Old weights lack the counter of batches, which only training reads.
    missing = sorted(key for key in expected - state.keys() if not key.endswith("num_batches_tracked"))
    unknown = sorted(state.keys() - expected)
    if missing or unknown:
        listed = ", ".join([*(f"no {key}" for key in missing[:2]), *(f"unknown {key}" for key in unknown[:2])])
        raise InputError(f"{path}: not the weights of FID's Inception ({listed})")
    try:
        network.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise InputError(f"{path}: not the weights of FID's Inception: {error}") from error
    classifier = whole.get(CLASSIFIER)
    fits = classifier is not None and tuple(classifier.shape) == (1008, 2048)
    return network.eval(), classifier.float().contiguous() if classifier is not None and fits else None


def _read_state(path: Path) -> dict[str, Any]:
    import torch

    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever torch and safetensors raise over bytes that are no weights
        raise InputError(f"{path}: not weights: {type(error).__name__}: {error}") from error
    if not isinstance(state, dict):
        raise InputError(f"{path}: expected a state dict, found {type(state).__name__}")
    return state
