"""The contract of a feature extractor: images in, a vector each out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from evalsuite.environment import one_thread
from evalsuite.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["BatchExtractor", "DerivedExtractor", "Extractor", "batched_features", "check_image"]


class Extractor(Protocol):
    """What metrics need of a feature extractor.

    Attributes
    ----------
    name : str
        Registry name.
    signature : str
        Name, the first 12 digits of the weights' SHA-256, and every option that could change a feature. Features with
        different signatures are not comparable.
    dimension : int
        Length of a feature vector.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 (the attributes are described above)
    @property
    def signature(self) -> str: ...  # noqa: D102
    @property
    def dimension(self) -> int: ...  # noqa: D102

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute features.

        Parameters
        ----------
        images : sequence of uint8 arrays, shape (height, width, channels), 1 or 3 channels
            They need not be of one size unless the extractor says so.

        Returns
        -------
        float32, shape (n, dimension)
            Of an image alone, whatever the others: splitting a batch changes no bit.

        Raises
        ------
        InputError
            If an image is of a kind the extractor cannot read; what it expects is said.
        """
        ...


@runtime_checkable
class BatchExtractor(Extractor, Protocol):
    """An extractor that prepares each image by itself, on any thread, and computes a batch of them on a device.

    Attributes
    ----------
    cache_identity : str
        All that could change a feature, with whole hashes: by this features are kept from one process to another.
    """

    @property
    def cache_identity(self) -> str: ...  # noqa: D102

    def batch_size(self, device: str) -> int:
        """Return how many images are computed at once on a device unless somebody says otherwise."""
        ...

    def prepare(self, image: NDArray[np.uint8], index: int, device: str) -> Tensor:
        """Bring an image into the form in which it goes to the device; may be called from several threads.

        Raises
        ------
        InputError
            If it is of a kind the extractor cannot read; the message begins with ``image INDEX``.
        """
        ...

    def begin(self, prepared: Sequence[Tensor], device: str, batch_size: int) -> Callable[[], NDArray[np.float32]]:
        """Begin to compute a batch, filled up to `batch_size`; what is returned waits for its features when called.

        The features, shape (len(prepared), dimension), are those of each image alone for one `batch_size` and device.
        """
        ...


@runtime_checkable
class DerivedExtractor(Extractor, Protocol):
    """An extractor that only goes on from the features of another one, which need not be computed for both.

    Attributes
    ----------
    source : Extractor
    """

    @property
    def source(self) -> Extractor: ...  # noqa: D102

    def derive(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return its features by those of `source`: one row each."""
        ...


def batched_features(
    extractor: BatchExtractor, images: Sequence[NDArray[np.uint8]], device: str, size: int
) -> NDArray[np.float32]:
    """Compute features on a device, `size` images at a time, in the calling thread: float32, shape (n, dimension)."""
    import numpy as np

    found = np.empty((len(images), extractor.dimension), dtype=np.float32)
    for start in range(0, len(images), size):
        part = images[start : start + size]
        with one_thread():  # as on threads that read ahead: last digits of a resize depend on how many torch has
            prepared = [extractor.prepare(image, i, device) for i, image in enumerate(part, start)]
        found[start : start + len(part)] = extractor.begin(prepared, device, size)()
    return found


def check_image(image: NDArray[np.uint8], i: int) -> None:
    """Raise InputError unless an image, the `i`-th of those given, is uint8 of shape (height, width, 1 or 3)."""
    import numpy as np

    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (1, 3):
        found = f"{image.dtype} of shape {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
        raise InputError(f"image {i}: expected uint8 of shape (height, width, 1 or 3), found {found}")
