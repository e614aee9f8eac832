"""FID's Inception as an extractor: 2,048 features or 1,008 scores of classes, by the protocol of any of four tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.extractors import DEFAULT_PROTOCOLS
from evalsuite.extractors.base import batched_features, check_image
from evalsuite.extractors.devices import convolution_precision, is_cpu, resolve_devices
from evalsuite.extractors.inception_state import CLASSIFIER, hash_weights, load_classifier, load_network, number_type
from evalsuite.extractors.inception_weights import find_weights
from evalsuite.extractors.resizing import INPUT_SIZE, PROTOCOLS, REVISION, resize_batch
from evalsuite.extractors.settings import feature_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["InceptionFid", "InceptionLogits", "open_classifier", "open_extractor"]

# Images computed at once: always so many, the last ones repeated where there are fewer.
_ON_CPU, _ON_GPU = 8, 256


def open_extractor(protocol: str = "pytorch-fid") -> InceptionFid:
    """Open the extractor; weights are looked for, downloaded if need be, and load at the first use."""
    return InceptionFid(find_weights(), protocol)


def open_classifier(protocol: str = "torch-fidelity") -> InceptionLogits:
    """Open the same network for its scores of the classes."""
    return InceptionLogits(find_weights(), protocol)


class InceptionFid:
    """FID's features of images of any size.

    Parameters
    ----------
    weights : Path
        A state dict with pytorch-fid's keys, as safetensors or saved by torch; the classifier's may be there.
    protocol : str, default "pytorch-fid"
        How images are resized and brought to the network's range; see ``evalsuite.extractors.resizing``.
    precision : {"float32", "tf32", "bf16"}, default "float32"
        What the convolutions multiply in.
    dimension : {2048, 768, 192, 64}, default 2048
        Features; all but 2048 are of an earlier layer, and of use to compare with pytorch-fid's ``--dims`` only.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``. An ``evalsuite.extractors.base.BatchExtractor``.
    sha256 : str
        Of the file.

    Raises
    ------
    InputError
        If the file cannot be read.

    Notes
    -----
    Grey images have three equal channels. The network's batch normalisations are folded into its convolutions, and
    images lie channels-last. All four tools have one network and one set of weights: what they feed it is all that
    differs.

    On the CPU an image is resized where it is prepared; a GPU gets it as uint8 and resizes all of one size together.
    """

    def __init__(
        self, weights: Path, protocol: str = "pytorch-fid", *, precision: str = "float32", dimension: int = 2048
    ) -> None:
        self.name = "inception_fid"
        self.dimension = dimension
        self._path = weights
        self._protocol = protocol
        self._precision = precision
        self.sha256 = hash_weights(weights)
        # Features by the default are stored and published with a signature that names none.
        base = self.name if protocol == DEFAULT_PROTOCOLS[self.name] else f"{self.name}@{protocol}"
        base = base if dimension == 2048 else f"{base}/{dimension}"
        self.signature = f"{base}:{self.sha256[:12]}{_suffix(precision)}"

    @property
    def cache_identity(self) -> str:
        """All that could change a feature."""
        import torch

        resized = f"{self._protocol} {REVISION}"
        parts = (self.name, self.dimension, resized, self.sha256, self._precision, "folded", torch.__version__)
        return "|".join(map(str, parts))

    def in_precision(self, precision: str) -> InceptionFid:
        """Return the same extractor in another precision."""
        return InceptionFid(self._path, self._protocol, precision=precision, dimension=self.dimension)

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute features on the first device of the settings in force.

        Parameters
        ----------
        images : sequence of uint8 arrays, shape (height, width, 1 or 3)

        Returns
        -------
        float32, shape (n, 2048)
            Of an image alone, whatever the others: splitting a batch changes no bit.

        Raises
        ------
        InputError
            If an image is something else, or the weights do not fit.
        """
        settings = feature_settings()
        (device,) = resolve_devices(settings.devices[:1], self._precision)
        size = settings.batch_size or self.batch_size(device)
        load_network(self._path, self.sha256, device, self._precision)
        return batched_features(self, images, device, size)

    def batch_size(self, device: str) -> int:
        """Return how many images are computed at once unless somebody says otherwise."""
        return _ON_CPU if is_cpu(device) else _ON_GPU

    def prepare(self, image: NDArray[np.uint8], index: int, device: str) -> Tensor:
        """Return an image resized for the CPU, or its bytes for another device; see ``BatchExtractor.prepare``."""
        import numpy as np
        import torch

        check_image(image, index)
        with torch.inference_mode():
            if is_cpu(device):
                return PROTOCOLS[self._protocol](image)
            return torch.from_numpy(np.require(image, requirements=["C", "W"]))

    def begin(self, prepared: Sequence[Tensor], device: str, batch_size: int) -> Callable[[], NDArray[np.float32]]:
        """Begin to compute a batch; see ``BatchExtractor.begin``."""
        import torch

        network = load_network(self._path, self.sha256, device, self._precision)
        n = len(prepared)
        with torch.inference_mode(), convolution_precision(self._precision, (device,)):
            batch = torch.empty(
                (batch_size, 3, INPUT_SIZE, INPUT_SIZE), device=device, memory_format=torch.channels_last
            )
            for places, images in _by_size(prepared, pinned=not is_cpu(device)):
                resized = images
                if not is_cpu(device):
                    # Channels are put first over there, where that takes no time.
                    there = images.to(device, non_blocking=True).permute(0, 3, 1, 2).contiguous()
                    resized = resize_batch(self._protocol, there)
                together = places if places[-1] - places[0] >= len(places) else slice(places[0], places[-1] + 1)
                batch[together] = resized.expand(-1, 3, -1, -1)
            # How an image is computed may depend on how many there are, so there are always as many.
            batch[n:] = batch[n - 1]
            made = network(batch.to(number_type(self._precision)), self.dimension)[:n]
            if is_cpu(device):
                features: NDArray[np.float32] = made.numpy()
                return lambda: features
            host = torch.empty(made.shape, dtype=made.dtype, pin_memory=True)
            host.copy_(made, non_blocking=True)
            done = torch.cuda.Event()  # type: ignore[no-untyped-call]
            done.record(torch.cuda.current_stream(device))

        def wait() -> NDArray[np.float32]:
            done.synchronize()
            arrived: NDArray[np.float32] = host.numpy()
            return arrived

        return wait


class InceptionLogits:
    """Scores of Inception's 1,008 classes: what an Inception score is made of.

    Parameters
    ----------
    weights : Path
        As for `InceptionFid`, with the classifier's.
    protocol : str, default "torch-fidelity"
        See `InceptionFid`.
    precision : {"float32", "tf32", "bf16"}, default "float32"
        Of the features; what becomes of these is always computed in float32.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``. An ``evalsuite.extractors.base.DerivedExtractor``.
    source : InceptionFid
        The features.

    Raises
    ------
    InputError
        If the file cannot be read.

    Notes
    -----
    Features times the classifier's weights, without its bias: torch-fidelity's ``logits_unbiased``, which its Inception
    score reads.
    """

    def __init__(self, weights: Path, protocol: str = "torch-fidelity", *, precision: str = "float32") -> None:
        self.name = "inception_logits"
        self.dimension = 1008
        self._path = weights
        self._protocol = protocol
        self.source = InceptionFid(weights, protocol, precision=precision)
        self.signature = f"{self.name}@{protocol}:{self.source.sha256[:12]}{_suffix(precision)}"

    def in_precision(self, precision: str) -> InceptionLogits:
        """Return the same extractor in another precision."""
        return InceptionLogits(self._path, self._protocol, precision=precision)

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute the scores: float32, shape (n, 1008); see ``InceptionFid.features``."""
        return self.derive(self.source.features(images))

    def derive(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores of images by their features: float32 of shape (n, 2048) to (n, 1008)."""
        import numpy as np
        import torch

        classifier = load_classifier(self._path, self.source.sha256)
        if classifier is None:
            raise InputError(f"{self._path}: has no {CLASSIFIER} of shape (1008, 2048), which {self.name} needs")
        found = np.empty((len(features), self.dimension), dtype=np.float32)
        with torch.inference_mode():
            for i, vector in enumerate(features):  # one by one: a product of matrices may add otherwise for another row
                found[i] = torch.mv(classifier, torch.from_numpy(np.ascontiguousarray(vector))).numpy()
        return found


def _suffix(precision: str) -> str:
    """Return what a signature ends in."""
    return "" if precision == "float32" else f":{precision}"


def _by_size(prepared: Sequence[Tensor], *, pinned: bool) -> Iterator[tuple[list[int], Tensor]]:
    """Yield images of one shape together, with their places in the batch; pinned, for a copy that nobody waits for."""
    import torch

    places: dict[tuple[int, ...], list[int]] = {}
    for i, planes in enumerate(prepared):
        places.setdefault(tuple(planes.shape), []).append(i)
    for shape, found in places.items():
        together = torch.empty((len(found), *shape), dtype=prepared[0].dtype, pin_memory=pinned)
        yield found, torch.stack([prepared[i] for i in found], out=together)
