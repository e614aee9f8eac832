"""FID's Inception as an extractor: 2,048 features or 1,008 scores of classes, by the protocol of any of four tools."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.extractors import DEFAULT_PROTOCOLS
from evalsuite.extractors.base import check_image
from evalsuite.extractors.inception_weights import find_weights
from evalsuite.extractors.resizing import INPUT_SIZE, PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from evalsuite.extractors.inception_network import InceptionFeatures

__all__ = ["InceptionFid", "InceptionLogits", "open_classifier", "open_extractor"]

_CHUNK = 8  # images computed at once: always so many, the last ones repeated where there are fewer
_CLASSIFIER = "fc.weight"


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

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``.
    sha256 : str
        Of the file.

    Raises
    ------
    InputError
        If the file cannot be read.

    Notes
    -----
    Grey images have three equal channels. It computes on the CPU in float32. All four tools have one network and one
    set of weights: what they feed it is all that differs.
    """

    def __init__(self, weights: Path, protocol: str = "pytorch-fid") -> None:
        self.name = "inception_fid"
        self.dimension = 2048
        self._path = weights
        self._resize = PROTOCOLS[protocol]
        self.sha256 = _hash(weights)
        # Features by the default are stored and published with a signature that names none.
        base = self.name if protocol == DEFAULT_PROTOCOLS[self.name] else f"{self.name}@{protocol}"
        self.signature = f"{base}:{self.sha256[:12]}"

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute features.

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
        import numpy as np
        import torch

        found = np.empty((len(images), 2048), dtype=np.float32)
        network = _load(self._path, self.sha256)[0]
        with torch.inference_mode():
            for start in range(0, len(images), _CHUNK):
                part = list(self._read(images[start : start + _CHUNK], start))
                # How an image is computed may depend on how many there are, so there are always as many.
                filled = torch.stack(part + [part[-1]] * (_CHUNK - len(part)))
                found[start : start + len(part)] = network(filled)[: len(part)].numpy()
        return found

    def _read(self, images: Sequence[NDArray[np.uint8]], start: int) -> Iterator[Tensor]:
        for i, image in enumerate(images, start):
            check_image(image, i)
            yield self._resize(image).expand(3, INPUT_SIZE, INPUT_SIZE)


class InceptionLogits:
    """Scores of Inception's 1,008 classes: what an Inception score is made of.

    Parameters
    ----------
    weights : Path
        As for `InceptionFid`, with the classifier's.
    protocol : str, default "torch-fidelity"
        See `InceptionFid`.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``.

    Raises
    ------
    InputError
        If the file cannot be read.

    Notes
    -----
    Features times the classifier's weights, without its bias: torch-fidelity's ``logits_unbiased``, which its Inception
    score reads.
    """

    def __init__(self, weights: Path, protocol: str = "torch-fidelity") -> None:
        self.name = "inception_logits"
        self.dimension = 1008
        self._path = weights
        self._network = InceptionFid(weights, protocol)
        self._sha256 = self._network.sha256
        self.signature = f"{self.name}@{protocol}:{self._sha256[:12]}"

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute the scores: float32, shape (n, 1008); see ``InceptionFid.features``."""
        import numpy as np
        import torch

        classifier = _load(self._path, self._sha256)[1]
        if classifier is None:
            raise InputError(f"{self._path}: has no {_CLASSIFIER} of shape (1008, 2048), which {self.name} needs")
        pooled = self._network.features(images)
        found = np.empty((len(images), self.dimension), dtype=np.float32)
        with torch.inference_mode():
            for i, vector in enumerate(pooled):  # one by one: a product of matrices may add otherwise for another row
                found[i] = torch.mv(classifier, torch.from_numpy(vector)).numpy()
        return found


def _hash(weights: Path) -> str:
    try:
        with weights.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{weights}: weights of inception_fid cannot be read: {error.strerror}") from error


@lru_cache(maxsize=1)
def _load(path: Path, sha256: str) -> tuple[InceptionFeatures, Tensor | None]:
    """Return the network and its classifier's weights, if they fit: the same for all protocols."""
    from evalsuite.extractors.inception_network import InceptionFeatures

    del sha256  # by which a file that has changed is another
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
    classifier = whole.get(_CLASSIFIER)
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
