"""CLIP from a local folder: how well an image and a text go together. Nothing is downloaded."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evalsuite.checkpoints import hash_folder, open_network, open_transformers
from evalsuite.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CLIP_VARIABLE", "Clip", "clip_folder", "open_clip"]

CLIP_VARIABLE: Final = "EVALSUITE_CLIP"

_HASHED = (
    "config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "*.safetensors",
    "*.bin",
    "tokenizer*",
    "vocab.*",
    "merges.txt",
    "special_tokens*",
)


def clip_folder(given: str | None) -> Path:
    """Return the folder of ``"hf:FOLDER"``, or that in EVALSUITE_CLIP where None.

    Raises
    ------
    InputError
        If neither is there; the message says what is expected.
    """
    path = given.removeprefix("hf:") if given is not None else os.environ.get(CLIP_VARIABLE, "").removeprefix("hf:")
    if not path:
        raise InputError(
            f"clip: there is no checkpoint: give the metric model=hf:FOLDER, or set {CLIP_VARIABLE} to the folder that "
            "save_pretrained of transformers wrote of a CLIP model and its processor, such as "
            "openai/clip-vit-large-patch14"
        )
    if not (Path(path) / "config.json").is_file():
        raise InputError(
            f"hf:{path}: there is no config.json: expected the folder that save_pretrained of transformers wrote of a "
            "CLIP model and its processor"
        )
    return Path(path)


@cache
def open_clip(folder: Path) -> Clip:
    """Return the model in a folder: the same one at every call."""
    return Clip(folder)


class Clip:
    """A CLIP model of transformers: the cosine of a text's embedding and an image's.

    Parameters
    ----------
    folder : str or Path
        What ``save_pretrained`` of model and processor wrote.

    Attributes
    ----------
    signature : str
        Hash of configuration, weights and tokenizer, and the image processor's class.

    Raises
    ------
    InputError
        If transformers cannot open it, or it is another kind of model.
    DependencyError
        If transformers is missing.

    Notes
    -----
    A text of more tokens than the model has positions for (77) is cut between its first token and its last, which both
    stay: CLIP reads a text's embedding where it ends, so that one without an end is read at some other place. Float32
    on the CPU, one text and one image at a time. Code that comes with a checkpoint does not run.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        kind = str(open_transformers(self._folder, "AutoConfig").model_type)
        if kind != "clip":
            raise InputError(f'hf:{folder}: expected a CLIP model, found one of type "{kind}"')
        self._tokenizer = open_transformers(self._folder, "AutoTokenizer")
        self._processor = open_transformers(self._folder, "AutoImageProcessor")
        self._model = open_network(self._folder, "CLIPModel")
        self.max_tokens = int(self._model.config.text_config.max_position_embeddings)
        self.signature = f"hf:{hash_folder(self._folder, _HASHED)[:12]}:{type(self._processor).__name__}"
        self._embed_text = lru_cache(maxsize=1024)(self._compute_text)

    def token_ids(self, text: str) -> list[int]:
        """Return the tokens of a text as the model reads them: the first marks its beginning, the last its end."""
        found = self._tokenizer(text, truncation=True, max_length=self.max_tokens)
        return [int(token) for token in found["input_ids"]]

    def n_tokens(self, text: str) -> int:
        """Return how many tokens a text has, whether the model reads them all or not."""
        return len(self._tokenizer(text, truncation=False, verbose=False)["input_ids"])

    def cosine(self, text: str, image: NDArray[np.uint8]) -> float:
        """Return the cosine of a text's and an image's embedding, in [-1, 1].

        Parameters
        ----------
        text : str
        image : uint8, shape (height, width, 1 or 3)
        """
        return float(np.clip(self._embed_text(text) @ self._embed_image(image), -1.0, 1.0))

    def _compute_text(self, text: str) -> NDArray[np.float64]:
        import torch

        ids = torch.tensor([self.token_ids(text)])
        with torch.inference_mode():
            made = self._model.get_text_features(input_ids=ids, attention_mask=torch.ones_like(ids))
        return _unit(made)

    def _embed_image(self, image: NDArray[np.uint8]) -> NDArray[np.float64]:
        import torch
        from PIL import Image

        colours = np.repeat(image, 3 // image.shape[2], axis=2)
        read = self._processor(images=[Image.fromarray(colours)], return_tensors="pt")
        with torch.inference_mode():
            made = self._model.get_image_features(pixel_values=read["pixel_values"])
        return _unit(made)


def _unit(made: Any) -> NDArray[np.float64]:
    import torch

    pooled = made if isinstance(made, torch.Tensor) else made.pooler_output
    found = pooled.flatten().double().numpy()
    return np.asarray(found / np.linalg.norm(found))
