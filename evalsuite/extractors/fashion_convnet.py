"""The embedded extractor: a small convolutional network trained on Fashion-MNIST, 64 features."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.environment import one_thread
from evalsuite.errors import InputError, UsageError
from evalsuite.weights import check_weights, load_config, load_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch.nn import Linear

    from evalsuite.extractors.convnet import Convnet

__all__ = ["WEIGHTS", "FashionClassifier", "FashionConvnet", "open_classifier", "open_extractor"]

WEIGHTS = Path(__file__).parent / "weights"
_NAME = "fashion_convnet"
_CHUNK = 100  # images computed at once: always so many, the last ones repeated where there are fewer
_ADVICE = "fashion_convnet reads 28x28 images in grey; resize and convert the images, or use another extractor"


def open_extractor() -> FashionConvnet:
    """Open the extractor; its weights' hash is checked, and they load at the first use."""
    return FashionConvnet(WEIGHTS)


def open_classifier() -> FashionClassifier:
    """Open the same network for its scores of the classes."""
    return FashionClassifier(open_extractor())


class FashionConvnet:
    """Features of 28x28 grey images.

    Parameters
    ----------
    folder : Path
        Where ``fashion_convnet.json`` and ``fashion_convnet.safetensors`` lie.
    precision : {"float32", "bf16"}, default "float32"
        What the convolutions multiply in.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``.

    Raises
    ------
    ModelError
        If a file is missing, or the weights are not those the config names.

    Notes
    -----
    The features are the linear layer before the last activation. It computes on the CPU, on one thread, in float32.
    """

    def __init__(self, folder: Path, *, precision: str = "float32") -> None:
        if precision not in ("float32", "bf16"):
            raise UsageError(f"{_NAME}: computes on the CPU, in float32 or bf16, not in {precision}")
        self._folder = folder
        self._precision = precision
        config, _ = load_config(folder, _NAME)
        self._sha256 = str(config["weights_sha256"])
        check_weights(folder, _NAME, self._sha256)
        self.name = _NAME
        self.signature = f"{_NAME}:{self._sha256[:12]}" + ("" if precision == "float32" else f":{precision}")
        self.dimension = int(config["dimension"])
        self._network: Convnet | None = None

    def in_precision(self, precision: str) -> FashionConvnet:
        """Return the same extractor in another precision."""
        return FashionConvnet(self._folder, precision=precision)

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute features.

        Parameters
        ----------
        images : sequence of uint8 arrays, shape (28, 28, 1) or (28, 28, 3)
            Three channels must be equal: grey stored as colour.

        Returns
        -------
        float32, shape (n, 64)
            Of an image alone, whatever the others: splitting a batch changes no bit.

        Raises
        ------
        InputError
            If an image has another size, another type, or colours.
        """
        import numpy as np

        pixels = np.empty((len(images), 28, 28), dtype=np.uint8)
        for i, image in enumerate(images):
            pixels[i] = _grey(image, i)
        pooled = np.empty((len(images), self._load().project.in_features), dtype=np.float32)
        with one_thread():
            for start in range(0, len(images), _CHUNK):
                pooled[start : start + _CHUNK] = self._pool(pixels[start : start + _CHUNK])
        return _apply(self._load().project, pooled)

    def logits(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the scores of the ten classes before the softmax: float32, shape (n, 10); see `features`."""
        return self.logits_of(self.features(images))

    def logits_of(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores of images by their features: float32 of shape (n, 64) to (n, 10)."""
        import numpy as np

        return _apply(self._load().classify, np.maximum(features, 0))

    def classify(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.int64]:
        """Return the likeliest class of each image: int64, shape (n,), 0 to 9; see `features`."""
        import numpy as np

        return np.asarray(self.logits(images).argmax(axis=1), dtype=np.int64)

    def _pool(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        import numpy as np
        import torch

        # How an image is computed may depend on how many there are, so there are always as many.
        filled = np.concatenate([pixels, np.repeat(pixels[-1:], _CHUNK - len(pixels), axis=0)])
        with torch.inference_mode():
            pooled = self._load().pool(torch.from_numpy(filled).unsqueeze(1).float())
        return np.asarray(pooled[: len(pixels)], dtype=np.float32)

    def _load(self) -> Convnet:
        if self._network is None:
            from evalsuite.extractors.convnet import Convnet

            network = Convnet(self.dimension)
            network.load_state_dict(load_weights(self._folder, _NAME, self._sha256))
            if self._precision == "bf16":
                network.convolutions.bfloat16()
            self._network = network.eval()
        return self._network


class FashionClassifier:
    """Scores of the ten classes, before the softmax, as features: what an Inception score is made of.

    Parameters
    ----------
    network : FashionConvnet

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``. An ``evalsuite.extractors.base.DerivedExtractor``.
    source : FashionConvnet
        The network.
    """

    def __init__(self, network: FashionConvnet) -> None:
        self.source = network
        self.name = "fashion_classifier"
        self.signature = network.signature.replace(_NAME, self.name)
        self.dimension = 10

    def in_precision(self, precision: str) -> FashionClassifier:
        """Return the same extractor in another precision."""
        return FashionClassifier(self.source.in_precision(precision))

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute the scores: float32, shape (n, 10); see ``FashionConvnet.features``."""
        return self.source.logits(images)

    def derive(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores of images by their features: float32 of shape (n, 64) to (n, 10)."""
        return self.source.logits_of(features)


def _apply(layer: Linear, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Apply a linear layer, adding in one order: a matrix product may add in another for another row."""
    import numpy as np

    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    result = np.tile(bias, (len(inputs), 1))
    for i in range(weight.shape[1]):
        result += inputs[:, i, None] * weight[:, i]
    return result


def _grey(image: NDArray[np.uint8], i: int) -> NDArray[np.uint8]:
    """Return an image as 28x28 grey values."""
    import numpy as np

    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        found = f"an array of {image.dtype}" if isinstance(image, np.ndarray) else f"a {type(image).__name__}"
        raise InputError(f"image {i}: expected an array of uint8, found {found}; {_ADVICE}")
    if image.ndim != 3 or image.shape[:2] != (28, 28) or image.shape[2] not in (1, 3):
        raise InputError(f"image {i}: expected shape (28, 28, 1), found {image.shape}; {_ADVICE}")
    if image.shape[2] == 3 and not (image == image[:, :, :1]).all():
        raise InputError(f"image {i}: expected grey, found colours; {_ADVICE}")
    return image[:, :, 0]
