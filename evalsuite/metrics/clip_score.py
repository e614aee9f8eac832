"""CLIPScore of images and the texts they were made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.datasets import load_images
from evalsuite.errors import UsageError
from evalsuite.images.clip import Clip, clip_folder, open_clip
from evalsuite.metrics._image_scores import ImageScoreMetric
from evalsuite.metrics._options import check_positive
from evalsuite.metrics.base import Example
from evalsuite.metrics.image_features import example_images
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from evalsuite.metrics.base import Rows, SampleOutputs

__all__ = ["ClipScore"]

_MOST = 100.0
_TEXTS = ("a boot", "a shirt with long sleeves", "a handbag", "grey noise")


@dataclass(frozen=True)
class ClipScore(ImageScoreMetric):
    """CLIPScore: how well each image goes with its text by CLIP, mean over samples; higher is better.

    Parameters
    ----------
    model : str, optional
        ``"hf:FOLDER"``, a CLIP model and its processor as save_pretrained of transformers wrote them; where None, the
        folder in the environment variable EVALSUITE_CLIP. Published figures are mostly of
        ``openai/clip-vit-base-patch32`` or ``openai/clip-vit-large-patch14``.
    weight : float, default 100
        What the cosine is multiplied by, above 0 and at most 100: 100 as torchmetrics has it, 2.5 as the paper.

    Notes
    -----
    ``weight * max(cos(image, text), 0)`` for each image [1]_, averaged over the repeats of a sample and then over
    samples. The text is the field ``prompt`` of a sample's input, or the only text there. torchmetrics takes the mean
    first and what is above 0 of it after; the two differ where a cosine is below 0. A text of more than 77 tokens is
    cut, and its last token, where CLIP reads a text, stays; torchmetrics cuts it off, and scores of long texts fall by
    a third.

    The interval is a bootstrap over samples. A row is [score, 1].

    References
    ----------
    .. [1] Hessel, Holtzman, Forbes, Le Bras and Choi, "CLIPScore: A reference-free evaluation metric for image
       captioning", EMNLP 2021.
    """

    name = "clip_score"
    higher_is_better = True
    # 100 is the end of the scale and far from what any image has.
    value_range = (0.0, float("inf"))

    model: str | None = None
    weight: float = 100.0

    def __post_init__(self) -> None:
        if self.model is not None:
            path = str(self.model).removeprefix("hf:")
            if not isinstance(self.model, str) or not self.model.startswith("hf:") or not Path(path).is_dir():
                raise UsageError(
                    f'{self.name}: `model` must be "hf:FOLDER" with a folder that is there, got "{self.model}"'
                )
        check_positive(self.name, "weight", self.weight)
        if self.weight > _MOST:
            raise UsageError(f"{self.name}: `weight` must be at most {_MOST:g}, got {self.weight}")

    def _open(self) -> Clip:
        return open_clip(clip_folder(self.model))

    def signature(self) -> str:
        """Return name, model with its weights' hash, options, version."""
        return f"{self.name}|model:{self._open().signature}|weight:{self.weight}|version:{self.version}"

    @property
    def reads_files(self) -> bool:
        """Whether files of the user's are read: the weights always are."""
        return True

    def check(self) -> None:
        """Find out whether there is a model that can be opened."""
        self._open()

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        if samples:
            self._open()  # a model that is missing is no fault of an image
        return super()._rows(samples, outputs)

    def _beside(self) -> Callable[[Sample], str]:
        return self._text

    def _text(self, sample: Sample) -> str:
        texts = {name: text for name, text in sample.input.items() if isinstance(text, str) and text.strip()}
        if "prompt" in texts or len(texts) == 1:
            return texts.get("prompt") or next(iter(texts.values()))
        found = ", ".join(sample.input) or "nothing"
        raise ValueError(
            f'{self.name}: sample "{sample.id}" has no text "prompt" in its input, nor one text alone; it has: {found}'
        )

    def _columns(self, pixels: NDArray[np.uint8], beside: object) -> tuple[float, float]:
        return self.weight * max(self._open().cosine(str(beside), pixels), 0.0), 1.0

    def example(self) -> Example:
        """Return for two texts the images of clothes, noise and grey that go with them best, less well and worst."""
        noise = np.random.default_rng(0).integers(0, 256, (12, 28, 28, 1), dtype=np.uint8)
        flat = np.arange(0, 252, 21, dtype=np.uint8)[:, None, None, None].repeat(28, 1).repeat(28, 2)
        images = np.concatenate([load_images("fashion_mnist/test")[:24], noise, flat, 255 - noise // 4])
        scores = np.array([[self._columns(image, text)[0] for image in images] for text in _TEXTS])
        chosen = np.argsort(np.ptp(scores, axis=1))[-2:]
        order = np.argsort(scores[chosen], axis=1)
        return Example(
            samples=tuple(Sample(id=str(i), input={"prompt": _TEXTS[i]}) for i in chosen),
            best=example_images(images[order[:, -1]]),
            worse=example_images([images[order[0, -1]], images[order[1, 0]]]),
            worst=example_images(images[order[:, 0]]),
        )
