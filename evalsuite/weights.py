"""Networks on disk: weights as safetensors in float16, and a JSON config that knows their hash."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from evalsuite.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn

__all__ = ["check_weights", "load_config", "load_weights", "save_model"]


def load_config(folder: Path, name: str) -> tuple[dict[str, Any], bytes]:
    """Read a model's config.

    Returns
    -------
    config : dict
        Architecture, sizes, vocabulary, hash of the weights, training.
    raw : bytes
        The file as it is.

    Raises
    ------
    ModelError
        If the file is missing or is not a config.
    """
    path = folder / f"{name}.json"
    raw = _read(path)
    try:
        config = json.loads(raw)
        if not isinstance(config, dict) or "weights_sha256" not in config:
            raise ValueError("no `weights_sha256`")
    except ValueError as error:
        raise ModelError(f"{path}: expected a model config in JSON: {error}; install evalsuite again") from None
    return config, raw


def check_weights(folder: Path, name: str, expected: str) -> bytes:
    """Read a model's weights as they are on disk.

    Parameters
    ----------
    folder : Path
        Where ``NAME.safetensors`` lies.
    name : str
        Of the model.
    expected : str
        SHA-256 of the file, in hexadecimal.

    Raises
    ------
    ModelError
        If the file is missing or is not the expected one.
    """
    path = folder / f"{name}.safetensors"
    raw = _read(path)
    found = hashlib.sha256(raw).hexdigest()
    if found != expected:
        raise ModelError(f"{path}: expected SHA-256 {expected}, found {found}; install evalsuite again")
    return raw


def load_weights(folder: Path, name: str, expected: str) -> dict[str, Tensor]:
    """Return a model's weights as float32 tensors on the CPU; see `check_weights`."""
    from safetensors.torch import load

    return {key: tensor.float() for key, tensor in load(check_weights(folder, name, expected)).items()}


def save_model(folder: Path, name: str, network: nn.Module, config: Mapping[str, Any]) -> None:
    """Write weights as float16, and `config` with their hash."""
    from safetensors.torch import save

    raw = save({key: tensor.detach().half().contiguous() for key, tensor in network.state_dict().items()})
    (folder / f"{name}.safetensors").write_bytes(raw)
    full = {"name": name, "weights_sha256": hashlib.sha256(raw).hexdigest(), **config}
    (folder / f"{name}.json").write_text(json.dumps(full, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); install evalsuite again") from None
