"""A vision network of transformers in a local folder as an extractor. Nothing is downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from evalsuite.checkpoints import open_network, open_transformers
from evalsuite.errors import InputError
from evalsuite.extractors.folder_network import FolderNetwork

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

__all__ = ["HfVision", "open_folder"]

_HASHED = ("config.json", "preprocessor_config.json", "processor_config.json", "*.safetensors", "*.bin")


def open_folder(path: str) -> HfVision:
    """Open the network in a folder."""
    return HfVision(Path(path))


class HfVision(FolderNetwork):
    """What a network of transformers makes of images: CLIP's image embeddings, the pooled output of all others.

    Parameters
    ----------
    folder : Path
        What ``save_pretrained`` of model and image processor wrote.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``. The signature has the image processor's class besides, as there may
        be two for a network, which resize differently. An ``evalsuite.extractors.base.BatchExtractor``.

    Raises
    ------
    InputError
        If there is no network, or no image processor that transformers can open, or weights are missing.
    DependencyError
        If transformers is missing.

    Notes
    -----
    Images become RGB; the processor resizes and normalises them as its config says. ``get_image_features`` is the
    vector where the network has it (CLIP, SigLIP), else ``pooler_output`` (DINOv2, ViT). It computes in float32, on the
    CPU one image at a time. Code that comes with a checkpoint does not run, and weights load without pickle's.
    """

    name: ClassVar[str] = "hf"

    def __init__(self, folder: Path) -> None:
        if not (folder / "config.json").is_file():
            raise InputError(
                f"hf:{folder}: there is no config.json: expected the folder that `save_pretrained` of transformers "
                "wrote, of the network and of its image processor"
            )
        super().__init__(folder, _HASHED)
        self._processor = open_transformers(folder, "AutoImageProcessor")

    @property
    def signature(self) -> str:
        """Hash of the files, and the image processor's class."""
        return f"hf:{self._digest[:12]}:{type(self._processor).__name__}"

    @property
    def cache_identity(self) -> str:
        """All that could change a bit of a feature."""
        import torch
        import transformers

        kind = type(self._processor).__name__
        return f"hf|{self._digest}|{kind}|{transformers.__version__}|{torch.__version__}"

    def _load(self) -> Any:
        return open_network(self._folder, "AutoModel")

    def _read(self, image: Image) -> Tensor:
        ready: Tensor = self._processor(images=[image], return_tensors="pt")["pixel_values"][0]
        return ready

    def _vectors(self, network: Any, batch: Tensor) -> Tensor:
        import torch

        embed = getattr(network, "get_image_features", network)
        with torch.inference_mode():
            made = embed(pixel_values=batch)
            pooled = made if isinstance(made, torch.Tensor) else getattr(made, "pooler_output", None)
            if pooled is None:
                raise InputError(f"{self._where}: {type(network).__name__} has no pooled output")
            return torch.as_tensor(pooled).flatten(1).float()
