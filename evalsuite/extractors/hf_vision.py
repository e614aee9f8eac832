"""A vision network of transformers in a local folder as an extractor. Nothing is downloaded."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import DependencyError, InputError
from evalsuite.extractors.base import check_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["HfVision", "open_folder"]

_HASHED = ("config.json", "preprocessor_config.json", "processor_config.json", "*.safetensors", "*.bin")


def open_folder(path: str) -> HfVision:
    """Open the network in a folder."""
    return HfVision(Path(path))


class HfVision:
    """What a network of transformers makes of images: CLIP's image embeddings, the pooled output of all others.

    Parameters
    ----------
    folder : Path
        What ``save_pretrained`` of model and image processor wrote.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``. The signature has the image processor's class besides, as there may
        be two for a network, which resize differently.

    Raises
    ------
    InputError
        If there is no network, or no image processor that transformers can open.
    DependencyError
        If transformers is missing.

    Notes
    -----
    Images become RGB; the processor resizes and normalises them as its config says. ``get_image_features`` is the
    vector where the network has it (CLIP, SigLIP), else ``pooler_output`` (DINOv2, ViT). It computes on the CPU in
    float32, one image at a time. Code that comes with a checkpoint does not run, and weights load without pickle's.
    """

    def __init__(self, folder: Path) -> None:
        self.name = "hf"
        self._folder = folder
        if not (folder / "config.json").is_file():
            raise InputError(
                f"hf:{folder}: there is no config.json: expected the folder that `save_pretrained` of transformers "
                "wrote, of the network and of its image processor"
            )
        try:
            digest = _hash(folder)
        except OSError as error:
            raise InputError(f"hf:{folder}: cannot be read: {error.strerror}") from error
        self._processor = _open(folder, "AutoImageProcessor")
        self.signature = f"hf:{digest[:12]}:{type(self._processor).__name__}"

    @cached_property
    def dimension(self) -> int:
        """Length of a feature vector."""
        import numpy as np

        return len(self._compute(np.zeros((64, 64, 3), dtype=np.uint8)))

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute features.

        Parameters
        ----------
        images : sequence of uint8 arrays, shape (height, width, 1 or 3)

        Returns
        -------
        float32, shape (n, dimension)
            Of an image alone, whatever the others.

        Raises
        ------
        InputError
            If an image is something else, or the network has no pooled output.
        """
        import numpy as np

        found = np.empty((len(images), self.dimension), dtype=np.float32)
        for i, image in enumerate(images):
            check_image(image, i)
            found[i] = self._compute(np.repeat(image, 3 // image.shape[2], axis=2))
        return found

    def _compute(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        import numpy as np
        import torch
        from PIL import Image

        # As PIL's image, whose channels are last: of an array of 3 x 3 pixels that would be a guess.
        read = self._processor(images=[Image.fromarray(image)], return_tensors="pt")
        embed = getattr(self._network, "get_image_features", self._network)
        with torch.inference_mode():
            made = embed(pixel_values=read["pixel_values"])
        pooled = made if isinstance(made, torch.Tensor) else getattr(made, "pooler_output", None)
        if pooled is None:
            raise InputError(f"hf:{self._folder}: {type(self._network).__name__} has no pooled output")
        return np.asarray(pooled.flatten().float().numpy())

    @cached_property
    def _network(self) -> Any:
        import torch
        import transformers

        named = "dtype" if int(transformers.__version__.split(".")[0]) >= 5 else "torch_dtype"
        return _open(self._folder, "AutoModel", **{named: torch.float32}).eval()


def _open(folder: Path, kind: str, **options: Any) -> Any:
    try:
        import transformers
        import transformers.utils.logging

        automatic = getattr(transformers, kind)
    except ImportError as error:
        raise DependencyError(
            f"hf:{folder}: takes transformers and torch: pip install 'evalsuite[hf]' ({error})"
        ) from error
    bars: Any = transformers.utils.logging
    had_bars = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        return automatic.from_pretrained(folder, local_files_only=True, trust_remote_code=False, **options)
    except (OSError, ValueError, KeyError, ImportError) as error:
        text = str(error).strip().splitlines()[:1] or [type(error).__name__]
        raise InputError(f"hf:{folder}: transformers' {kind} cannot open it: {text[0]}") from error
    finally:
        if had_bars:
            bars.enable_progress_bar()


def _hash(folder: Path) -> str:
    """Return the SHA-256 over names and bytes of configuration and weights."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _HASHED for path in folder.glob(pattern) if path.is_file()}):
        with path.open("rb") as file:
            digest.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()
