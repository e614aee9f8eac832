"""Models of the zoo that draw pictures of shapes from a text: they write the code of each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.types import GenerationConfig, Modality, Output, Request
from evalsuite.zoo.images.codebook import CODES, picture_of_codes
from evalsuite.zoo.images.model import image_output
from evalsuite.zoo.model import ZooModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["PictureModel"]

_NUMBERS = {name: code for code, name in enumerate(CODES)}


class PictureModel(ZooModel):
    """A trained model of the zoo that reads a request and draws a picture of 48 by 48 pixels.

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

    Notes
    -----
    A transformer that reads the request as words and then writes 16 codes, one a cell, each drawn from its distribution
    given those before it. The codebook is fixed, see ``evalsuite.zoo.images.codebook``: what a code looks like is not
    learned, what to put where is.
    """

    def __init__(self, name: str, folder: Path, *, device: str = "cpu") -> None:
        super().__init__(name, folder, device=device)
        self.modalities: frozenset[Modality] = frozenset({"image"})

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Draw a picture for every request, in the same order.

        Parameters
        ----------
        requests : sequence of Request
            Of each prompt, the model reads what follows the last ``Request: ``.
        config : GenerationConfig
            Is about text, and changes nothing here: codes are drawn at temperature 1.

        Returns
        -------
        list of Output
            With images of uint8, shape (48, 48, 3).
        """
        del config
        written = super().generate(requests, GenerationConfig(temperature=1.0))
        return [
            image_output(request, picture_of_codes(_codes(one.text or "")))
            for request, one in zip(requests, written, strict=True)
        ]


def _codes(text: str) -> list[int]:
    """Return the codes that were written; a word in the place of a code leaves the cell empty."""
    return [_NUMBERS.get(word, 0) for word in text.split()]
