"""BERTScore over any encoder of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import UsageError
from evalsuite.metrics._mean_score import MeanScoreMetric
from evalsuite.metrics._options import check_integer
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.text.bertscore import BertScorer
from evalsuite.text.encoders import check_encoder, open_token_encoder
from evalsuite.types import Sample

if TYPE_CHECKING:
    from evalsuite.text.encoders import TokenEncoder

__all__ = ["BertScore"]


@dataclass(frozen=True)
class BertScore(MeanScoreMetric):
    """BERTScore: F of each token's best match by the cosine of their vectors, mean over samples.

    Parameters
    ----------
    encoder : str, default "hashed_subwords"
        What gives tokens their vectors: ``"hf:FOLDER"`` with the folder of a checkpoint of transformers, or
        ``"hashed_subwords"``, which needs no weights, knows spelling and not meaning, and whose scores compare with no
        published ones. It is in the signature, with the weights' hash.
    num_layers : int, optional
        Layer of ``"hf:FOLDER"``, the last by default; bert-score takes the 17th of RoBERTa large.

    Notes
    -----
    ``F = 2 P R / (P + R)``, without weights by frequency and without rescaling [1]_; see ``evalsuite.text.bertscore``,
    which has both. Of several references the one with the best F counts. Range -1 to 1, in practice 0.8 to 1 for
    RoBERTa; higher is better. An empty output has 0.

    A row is [F, 1], averaged over the repeats of a sample.

    References
    ----------
    .. [1] Zhang, Kishore, Wu, Weinberger and Artzi, "BERTScore: evaluating text generation with BERT", ICLR 2020.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("the lake",))
    >>> BertScore().rows([sample], [[Output(text="the lakes")]]).values.round(4)
    array([[0.7981, 1.    ]])
    """

    name = "bertscore"
    value_range = (-1.0, 1.0)

    encoder: str = "hashed_subwords"
    num_layers: int | None = None

    def __post_init__(self) -> None:
        check_encoder(self.name, "encoder", self.encoder, "hashed_subwords")
        if self.num_layers is not None:
            check_integer(self.name, "num_layers", self.num_layers, 0, 1000)
            if self.encoder == "hashed_subwords":
                raise UsageError(f'{self.name}: `num_layers` is for "hf:FOLDER"; hashed_subwords has no layers')

    def _open(self) -> TokenEncoder:
        return open_token_encoder(self.encoder, num_layers=self.num_layers)

    def signature(self) -> str:
        """Return the encoder's signature, with its weights' hash and layer, and the version."""
        return f"{self.name}|encoder:{self._open().signature}|idf:no|rescaled:no|version:{self.version}"

    @property
    def reads_files(self) -> bool:
        """Whether the encoder is a checkpoint of the user's."""
        return self.encoder.startswith("hf:")

    def check(self) -> None:
        """Open the encoder and run it once; see ``Metric.check``."""
        self._open().embed(["a"])

    def _scores(self, texts: list[str], references: list[tuple[str, ...]]) -> FloatArray:
        return np.clip(BertScorer(self._open()).score(texts, references).f1, -1.0, 1.0)

    def example(self) -> Example:
        """Return a match, a near match and nothing in common."""
        samples = (
            Sample(id="1", input={}, references=("lakes",)),
            Sample(id="2", input={}, references=("dogs", "cats")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["lakes", "cats"]),
            worse=example_outputs(samples, ["lake", "dog"]),
            worst=example_outputs(samples, ["", ""]),
        )
