"""A vision network of timm in a local folder as an extractor. Nothing is downloaded."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from evalsuite.checkpoints import first_line
from evalsuite.errors import DependencyError, InputError
from evalsuite.extractors.folder_network import FolderNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image
    from torch import Tensor

__all__ = ["TimmVision", "open_folder"]

_CONFIG = "config.json"
_WEIGHTS = "model.safetensors"
_WANTED = "expected the folder that timm's save_for_hf(model, FOLDER, safe_serialization=True) or push_to_hf_hub wrote"


def open_folder(path: str) -> TimmVision:
    """Open the network in a folder."""
    return TimmVision(Path(path))


class TimmVision(FolderNetwork):
    """What a network of timm makes of images before its classifier: its pooled features.

    Parameters
    ----------
    folder : Path
        With ``config.json`` and ``model.safetensors``, as timm's ``save_for_hf`` writes them.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``. An ``evalsuite.extractors.base.BatchExtractor``.

    Raises
    ------
    InputError
        If there is no such network, or it does not take the images that its config asks for; weights that are missing,
        or of another network, are an error at the first use.
    DependencyError
        If timm is missing.

    Notes
    -----
    Images become RGB. timm's transform for evaluation resizes, crops and normalises them by the config's
    ``pretrained_cfg``: its ``input_size`` (never ``test_input_size``), ``interpolation``, ``crop_pct``, ``crop_mode``,
    ``mean`` and ``std``. In the usual mode, ``center``, the shorter side becomes the input's size by ``crop_pct``,
    rounded down, by Pillow and so with antialiasing, and the middle is cut out. The vector is what the network returns
    without a classifier (``reset_classifier(0)``). It computes in float32. Pickles are not opened.
    """

    name: ClassVar[str] = "timm"

    def __init__(self, folder: Path) -> None:
        where = f"timm:{folder}"
        try:
            config = json.loads((folder / _CONFIG).read_bytes())
        except FileNotFoundError:
            raise InputError(f"{where}: there is no {_CONFIG}: {_WANTED}") from None
        except OSError as error:
            raise InputError(f"{where}: {_CONFIG} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise InputError(f"{where}: {_CONFIG} is not JSON: {error}") from error
        if not isinstance(config, dict) or not isinstance(config.get("architecture"), str):
            raise InputError(f"{where}: {_CONFIG} names no `architecture`: {_WANTED}; transformers' is hf:FOLDER")
        if not (folder / _WEIGHTS).is_file():
            raise InputError(f"{where}: there is no {_WEIGHTS}, and pickles (.bin, .pth) are not opened: {_WANTED}")
        self._model_args = config["model_args"] if isinstance(config.get("model_args"), dict) else {}
        super().__init__(folder, (_CONFIG, _WEIGHTS))
        _import_timm(where)

    @property
    def signature(self) -> str:
        """Hash of configuration and weights."""
        return f"timm:{self._digest[:12]}"

    @property
    def cache_identity(self) -> str:
        """All that could change a bit of a feature."""
        import PIL
        import torch
        import torchvision

        versions = (_import_timm(self._where).__version__, torch.__version__, torchvision.__version__, PIL.__version__)
        return f"timm|{self._digest}|{'|'.join(versions)}"

    def _load(self) -> Any:
        import torch

        timm = _import_timm(self._where)
        options = [name for name in self._model_args if name.startswith("pretrained")]
        if options:
            raise InputError(f"{self._where}: {_CONFIG}: model_args: {options[0]} says nothing about the network")
        self._check_weights()
        try:
            with torch.random.fork_rng(devices=[]):  # weights are drawn before they are loaded
                network = timm.create_model(f"local-dir:{self._folder}", pretrained=True)
        except Exception as error:  # timm, torch and safetensors raise many kinds, all of them about this folder
            reason = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"{self._where}: timm cannot open it: {_shorten(reason)}") from error
        asked = network.pretrained_cfg.get("num_classes")
        if network.num_classes != asked:  # timm then lets any other weights be missing, too
            raise InputError(
                f"{self._where}: {_CONFIG}: the network has {network.num_classes} classes, and the weights {asked}"
            )
        network.reset_classifier(0)
        return network.eval().float()

    def _check_weights(self) -> None:
        """Raise InputError if the weights are no safetensors file, of which timm would not name the file."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self._folder / _WEIGHTS, framework="pt"):
                pass
        except (SafetensorError, OSError) as error:
            raise InputError(
                f"{self._where}: {_WEIGHTS} is not a whole safetensors file: {first_line(error)}"
            ) from error

    @cached_property
    def _transform(self) -> Callable[[Image], Tensor]:
        timm = _import_timm(self._where)
        options = timm.data.resolve_model_data_config(self._network("cpu"))
        if options["input_size"][0] != 3:
            raise InputError(
                f"{self._where}: {_CONFIG}: the network takes images of {options['input_size'][0]} channels, not of 3"
            )
        if options["interpolation"] == "random":
            raise InputError(f"{self._where}: {_CONFIG}: interpolation must be one way of resizing, not random")
        made: Callable[[Image], Tensor] = timm.data.create_transform(**options, is_training=False)
        return made

    @cached_property
    def dimension(self) -> int:
        """Length of a feature vector, as a black image has it: all images come to the network in one size."""
        try:
            return super().dimension
        except (RuntimeError, AssertionError, ValueError) as error:
            raise InputError(
                f"{self._where}: the network does not take images of the size {_CONFIG} asks for: {first_line(error)}"
            ) from error

    def _read(self, image: Image) -> Tensor:
        return self._transform(image)

    def _vectors(self, network: Any, batch: Tensor) -> Tensor:
        import torch

        with torch.inference_mode():
            made = network(batch)
        if not isinstance(made, torch.Tensor) or made.ndim != 2:
            found = f"shape {tuple(made.shape)}" if isinstance(made, torch.Tensor) else type(made).__name__
            raise InputError(f"{self._where}: the network has no pooled output: {found}, expected {len(batch)} vectors")
        return made.float()


def _import_timm(where: str) -> Any:
    try:
        import timm
        import timm.data
    except ImportError as error:
        raise DependencyError(f"{where}: takes timm: pip install 'evalsuite[timm]' ({error})") from error
    return timm


def _shorten(reason: str) -> str:
    """Return the beginning of a message: torch's names all the weights that do not fit."""
    return reason if len(reason) <= 300 else f"{reason[:300]}..."
