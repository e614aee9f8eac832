"""A vision network of transformers in a local folder as an extractor. Nothing is downloaded."""

from __future__ import annotations

import hashlib
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import DependencyError, InputError
from evalsuite.extractors.base import batched_features, check_image
from evalsuite.extractors.devices import convolution_precision, is_cpu, resolve_devices
from evalsuite.extractors.settings import feature_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["HfVision", "open_folder"]

_ON_GPU = 64  # images computed at once, of one shape; on the CPU each alone
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
        be two for a network, which resize differently. An ``evalsuite.extractors.base.BatchExtractor``.

    Raises
    ------
    InputError
        If there is no network, or no image processor that transformers can open.
    DependencyError
        If transformers is missing.

    Notes
    -----
    Images become RGB; the processor resizes and normalises them as its config says. ``get_image_features`` is the
    vector where the network has it (CLIP, SigLIP), else ``pooler_output`` (DINOv2, ViT). It computes in float32, on the
    CPU one image at a time. Code that comes with a checkpoint does not run, and weights load without pickle's.
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
        self._digest = digest
        self._networks: dict[str, Any] = {}
        self._loading = threading.Lock()
        self.signature = f"hf:{digest[:12]}:{type(self._processor).__name__}"

    @cached_property
    def dimension(self) -> int:
        """Length of a feature vector."""
        import numpy as np

        black = self.prepare(np.zeros((64, 64, 3), dtype=np.uint8), 0, "cpu")
        return len(self._vectors(self._network("cpu"), black[None])[0])

    @property
    def cache_identity(self) -> str:
        """All that could change a feature."""
        import torch
        import transformers

        kind = type(self._processor).__name__
        return f"hf|{self._digest}|{kind}|{transformers.__version__}|{torch.__version__}"

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
        (device,) = resolve_devices(feature_settings().devices[:1], "float32")
        size = self.batch_size(device)
        return batched_features(self, images, device, size)

    def batch_size(self, device: str) -> int:
        """Return how many images are computed at once unless somebody says otherwise."""
        return 1 if is_cpu(device) else _ON_GPU

    def prepare(self, image: NDArray[np.uint8], index: int, device: str) -> Tensor:
        """Return what the image processor makes of an image; see ``BatchExtractor.prepare``."""
        import numpy as np
        from PIL import Image

        del device
        check_image(image, index)
        # As PIL's image, whose channels are last: of an array of 3 x 3 pixels that would be a guess.
        read = self._processor(
            images=[Image.fromarray(np.repeat(image, 3 // image.shape[2], axis=2))], return_tensors="pt"
        )
        ready: Tensor = read["pixel_values"][0]
        return ready

    def begin(self, prepared: Sequence[Tensor], device: str, batch_size: int) -> Callable[[], NDArray[np.float32]]:
        """Begin to compute a batch; see ``BatchExtractor.begin``."""
        import torch

        network = self._network(device)
        places: dict[tuple[int, ...], list[int]] = {}
        for i, image in enumerate(prepared):
            places.setdefault(tuple(image.shape), []).append(i)
        vectors: list[Any] = [None] * len(prepared)
        with convolution_precision("float32", (device,)):
            for found in places.values():
                # How an image is computed may depend on how many there are: always as many, on the CPU one.
                at_once = [found] if not is_cpu(device) else [[i] for i in found]
                for several in at_once:
                    fill = [several[-1]] * (0 if is_cpu(device) else batch_size - len(several))
                    batch = torch.stack([prepared[i] for i in [*several, *fill]])
                    made = self._vectors(network, batch.to(device, non_blocking=True))
                    for i, vector in zip(several, made, strict=False):
                        vectors[i] = vector
        return lambda: torch.stack(vectors).cpu().numpy()

    def _vectors(self, network: Any, batch: Tensor) -> Tensor:
        """Return a vector an image: float32, shape (n, dimension)."""
        import torch

        embed = getattr(network, "get_image_features", network)
        with torch.inference_mode():
            made = embed(pixel_values=batch)
            pooled = made if isinstance(made, torch.Tensor) else getattr(made, "pooler_output", None)
            if pooled is None:
                raise InputError(f"hf:{self._folder}: {type(network).__name__} has no pooled output")
            return torch.as_tensor(pooled).flatten(1).float()

    def _network(self, device: str) -> Any:
        import torch
        import transformers

        with self._loading:
            if device not in self._networks:
                named = "dtype" if int(transformers.__version__.split(".")[0]) >= 5 else "torch_dtype"
                loaded = _open(self._folder, "AutoModel", **{named: torch.float32}).eval()
                self._networks[device] = loaded.to(device)
            return self._networks[device]


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
