"""Controls: real images and noise, as if a model had drawn them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from evalsuite.datasets import DATASETS, load_images, load_labels
from evalsuite.errors import ModelError
from evalsuite.rng import CounterRng, derive_seed
from evalsuite.worlds.fashion_classes import CLASSES, named_class
from evalsuite.zoo.images.model import image_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import GenerationConfig, Modality, Output, Request

__all__ = ["NoiseModel", "RealModel"]

_HELD_OUT = "fashion_mnist/heldout"


class _Control:
    """What a control has of a model."""

    def __init__(self, name: str, content: str) -> None:
        self.name = name
        self.spec = f"zoo:{name}"
        self.fingerprint = hashlib.sha256(content.encode("ascii")).hexdigest()
        self.modalities: frozenset[Modality] = frozenset({"image"})
        self.batch_size = 250
        self.batch_invariant = True
        self.dtype = ""
        self.device = ""


class NoiseModel(_Control):
    """Images whose pixels are uniform noise from the request's seed: a score that no trained model should have."""

    def __init__(self) -> None:
        super().__init__("noise", "zoo:noise, version 1")

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Return an image of noise for every request; only its seed counts."""
        if not requests:
            return []
        from evalsuite.zoo.images.noise import bytes_of

        images = bytes_of([request.seed for request in requests], (28, 28, 1))
        return [image_output(request, image) for request, image in zip(requests, images, strict=True)]


class RealModel(_Control):
    """Held-out images of Fashion-MNIST, each of them once: a score that a perfect model would have.

    Notes
    -----
    The i-th sample of the task gets the i-th of the 2,000 images, in an order drawn once and for all. A run that asks
    for more, or for repeats, is refused before it begins; a later sample gets an error.

    A prompt that names a class of clothes gets an image with that label: the samples of the world `fashion_classes`
    ask for every class once in ten, so that the i-th gets the (i // 10)-th image of its class. There are 184 to 220 of
    each.
    """

    def __init__(self) -> None:
        super().__init__("real", f"zoo:real, version 2, {DATASETS[_HELD_OUT].sha256}")
        self.n_outputs = DATASETS[_HELD_OUT].n
        self._places: dict[str, int] | None = None

    def bind(self, task_sample_ids: Sequence[str]) -> None:
        """Note the places of the task's samples.

        Parameters
        ----------
        task_sample_ids : sequence of str
            All of the task's, in its order.
        """
        self._places = {sample_id: i for i, sample_id in enumerate(task_sample_ids)}

    def load(self) -> None:
        """Read the images.

        Raises
        ------
        InputError
            If the file is missing or is not the one that was shipped.
        """
        load_images(_HELD_OUT)

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Return an image for every request, or an error where there is none left.

        Raises
        ------
        ModelError
            If the task's samples were not told before, see `bind`, or a request is about another sample.
        """
        if not requests:
            return []
        if self._places is None:
            raise ModelError(f"{self.spec}: call bind() with the ids of all samples of the task first")
        images, labels = load_images(_HELD_OUT), load_labels(_HELD_OUT).tolist()
        order = CounterRng(derive_seed("zoo/real")).shuffled(range(len(images)))
        outputs = []
        for request in requests:
            if request.sample_id not in self._places:
                raise ModelError(f'{self.spec}: the task has no sample "{request.sample_id}"')
            place = self._places[request.sample_id]
            kind = named_class(request.prompt)
            if kind is not None:
                of_kind = [at for at in order if labels[at] == kind]
                outputs.append(self._of_class(request, images, of_kind, place // len(CLASSES), CLASSES[kind]))
                continue
            if place < len(images) and request.repeat == 0:
                outputs.append(image_output(request, images[order[place]]))
            else:
                lacking = (
                    f"there are {len(images)} held-out images, each for one output, and this is repeat "
                    f"{request.repeat} of sample {place + 1}; ask for at most {len(images)} samples "
                    f"(--limit {len(images)}) and no repeats"
                )
                outputs.append(image_output(request, None, lacking))
        return outputs

    def _of_class(
        self, request: Request, images: NDArray[np.uint8], of_kind: Sequence[int], place: int, kind: str
    ) -> Output:
        if place < len(of_kind) and request.repeat == 0:
            return image_output(request, images[of_kind[place]])
        lacking = (
            f'there are {len(of_kind)} held-out images of class "{kind}", each for one output, and this is repeat '
            f"{request.repeat} of number {place + 1}; ask for at most {len(CLASSES) * len(of_kind)} samples "
            f"(--limit {len(CLASSES) * len(of_kind)}) and no repeats"
        )
        return image_output(request, None, lacking)
