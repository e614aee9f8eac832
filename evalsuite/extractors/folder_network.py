"""What networks in folders have in common as extractors: batches, devices, and one load for each of these."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from evalsuite.checkpoints import hash_folder
from evalsuite.errors import InputError
from evalsuite.extractors.base import batched_features, check_image
from evalsuite.extractors.devices import convolution_precision, is_cpu, resolve_devices
from evalsuite.extractors.settings import feature_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

__all__ = ["FolderNetwork"]

_ON_GPU = 64  # images computed at once, of one shape; on the CPU each alone


class FolderNetwork(ABC):
    """A network in a folder, in float32: on the CPU it computes one image at a time, else batches.

    Parameters
    ----------
    folder : Path
    hashed : sequence of str
        Patterns of the names of all files that could change a feature.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``. An ``evalsuite.extractors.base.BatchExtractor``.

    Raises
    ------
    InputError
        If a file cannot be read.
    """

    name: ClassVar[str]

    def __init__(self, folder: Path, hashed: Sequence[str]) -> None:
        self._folder = folder
        try:
            self._digest = hash_folder(folder, hashed)
        except OSError as error:
            raise InputError(f"{self._where}: cannot be read: {error.strerror}") from error
        self._networks: dict[str, Any] = {}
        self._loading = threading.Lock()

    @property
    def _where(self) -> str:
        """What the user called it."""
        return f"{self.name}:{self._folder}"

    @property
    @abstractmethod
    def signature(self) -> str:
        """Kind, hash of the files, and all else that could change a feature."""

    @property
    @abstractmethod
    def cache_identity(self) -> str:
        """All that could change a bit of a feature."""

    @abstractmethod
    def _load(self) -> Any:
        """Return the network in float32 on the CPU, in evaluation mode."""

    @abstractmethod
    def _read(self, image: Image) -> Tensor:
        """Return what the network takes of an RGB image: float32, shape (3, height, width)."""

    @abstractmethod
    def _vectors(self, network: Any, batch: Tensor) -> Tensor:
        """Return a vector an image: float32, shape (n, dimension)."""

    @cached_property
    def dimension(self) -> int:
        """Length of a feature vector, as a black image has it."""
        import numpy as np

        black = self.prepare(np.zeros((64, 64, 3), dtype=np.uint8), 0, "cpu")
        return len(self._vectors(self._network("cpu"), black[None])[0])

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute features on the first device of the settings in force.

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
            If an image is something else, or the network returns no vector.
        """
        (device,) = resolve_devices(feature_settings().devices[:1], "float32")
        return batched_features(self, images, device, self.batch_size(device))

    def batch_size(self, device: str) -> int:
        """Return how many images are computed at once unless somebody says otherwise."""
        return 1 if is_cpu(device) else _ON_GPU

    def prepare(self, image: NDArray[np.uint8], index: int, device: str) -> Tensor:
        """Return what the network takes of an image; see ``BatchExtractor.prepare``."""
        import numpy as np
        from PIL import Image

        del device
        check_image(image, index)
        # As PIL's image, whose channels are last: of an array of 3 x 3 pixels that would be a guess.
        return self._read(Image.fromarray(np.repeat(image, 3 // image.shape[2], axis=2)))

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

    def _network(self, device: str) -> Any:
        with self._loading:
            if device not in self._networks:
                self._networks[device] = self._load().to(device)
            return self._networks[device]
