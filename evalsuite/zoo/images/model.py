"""A trained model of the zoo that draws images."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from evalsuite.environment import check_device, one_thread
from evalsuite.types import GenerationConfig, Modality, Output, Request
from evalsuite.weights import check_weights, load_config, load_weights
from evalsuite.worlds.fashion_classes import named_class

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.zoo.images.networks import ImageNetwork

__all__ = ["ImageModel", "image_output"]


class ImageModel:
    """A trained model of the zoo that draws 28x28 grey images.

    Parameters
    ----------
    name : str
        Files are ``NAME.json`` and ``NAME.safetensors``.
    folder : Path
        Where they lie.
    device : str
        A torch device.

    Raises
    ------
    ModelError
        If a file is missing, or the weights are not those the config names.
    """

    def __init__(self, name: str, folder: Path, *, device: str = "cpu") -> None:
        self.name = name
        self.spec = f"zoo:{name}"
        self.modalities: frozenset[Modality] = frozenset({"image"})
        self.batch_size = 250
        self.batch_invariant = False
        self.dtype = "float32"
        self.device = device
        self._folder = folder
        self._config, raw_config = load_config(folder, name)
        raw_weights = check_weights(folder, name, self._config["weights_sha256"])
        self.fingerprint = hashlib.sha256(raw_weights + raw_config).hexdigest()
        self._network: ImageNetwork | None = None

    def load(self) -> None:
        """Load the weights.

        Raises
        ------
        ModelError
            If torch cannot compute on the device.
        """
        check_device(self.device, self.spec)
        self._load()

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Draw an image for every request, in the same order.

        Parameters
        ----------
        requests : sequence of Request
            Of each, the seed counts, and the class of clothes that its prompt names, if it names one and the model
            knows classes; see ``evalsuite.worlds.fashion_classes.named_class``.
        config : GenerationConfig
            Is about text, and changes nothing here.

        Returns
        -------
        list of Output
            With images of uint8, shape (28, 28, 1).
        """
        from evalsuite.zoo.images.networks import draw_images

        if not requests:
            return []
        seeds = [request.seed for request in requests]
        wanted = [named_class(request.prompt) for request in requests]
        with one_thread():
            images = draw_images(self._load(), seeds, wanted, device=self.device)
        return [image_output(request, image) for request, image in zip(requests, images, strict=True)]

    def _load(self) -> ImageNetwork:
        if self._network is None:
            from evalsuite.zoo.images.networks import build_image_network

            network = build_image_network(self._config["architecture"], self._config["sizes"])
            network.load_state_dict(load_weights(self._folder, self.name, self._config["weights_sha256"]))
            self._network = network.to(self.device).eval()
        return self._network


def image_output(request: Request, image: NDArray[np.uint8] | None, error: str | None = None) -> Output:
    """Return the output that answers `request` with an image, or with an error."""
    return Output(
        image=image,
        finish_reason="stop" if error is None else "error",
        error=error,
        sample_id=request.sample_id,
        repeat=request.repeat,
        turn=request.turn,
        seed=request.seed,
    )
