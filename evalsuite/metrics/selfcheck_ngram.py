"""SelfCheckGPT with n-grams: how surprising each output of a sample is to all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np

from evalsuite.kernels.surprise import ngram_surprise
from evalsuite.kernels.token_ids import token_ids
from evalsuite.metrics._options import check_choice, check_flag, check_integer
from evalsuite.metrics._paths import PathMetric
from evalsuite.metrics._votes import repeated_outputs
from evalsuite.metrics._words import TOKENIZATIONS, Tokenization
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.types import Sample

__all__ = ["SelfCheckNgram"]


@dataclass(frozen=True)
class SelfCheckNgram(PathMetric):
    r"""SelfCheckGPT n-gram: -log p of outputs under the n-grams of all of a sample, in nats; lower is better.

    Parameters
    ----------
    order : int, default 1
        Tokens of an n-gram, in [1, 64].
    summary : {"mean", "max"}, default "mean"
        Of an output, the mean over its tokens, or the greatest of each line, mean over lines.
    smoothing : int, default 0
        Added to the count of each n-gram that occurs and of one that does not, in [0, 1000000].
    tokenize : {"none", "13a", "char"}, default "13a"
        Split on whitespace, BLEU's tokenisation, or single characters.
    lowercase : bool, default True
        Fold case first.

    Notes
    -----
    For each output the score of SelfCheckGPT's n-gram variant [1]_, by `evalsuite.kernels.surprise.ngram_surprise`,
    with all outputs of the sample as the model, the one that is scored among them, as there; the mean over outputs,
    then over samples. It takes two outputs with a token at least (else ``undecided``). From 0 up; lower is more
    consistent.

    What an output says alone is rare in all, and so surprising. The value rises with vocabulary and length, too:
    compare models on one task. The package finds sentences and tokens by spaCy; here a line is a sentence, as steps are
    written.

    A row is [mean surprise, 1].

    References
    ----------
    .. [1] Manakul, Liusie and Gales, "SelfCheckGPT: zero-resource black-box hallucination detection for generative
       large language models", EMNLP 2023, arXiv:2303.08896, section 5.3.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=text, repeat=i) for i, text in enumerate(["a b", "a c"])]
    >>> SelfCheckNgram().rows([Sample(id="1", input={})], [outputs]).values.round(3)
    array([[1.04, 1.  ]])
    """

    name = "selfcheck_ngram"
    higher_is_better = False
    value_range = (0.0, float("inf"))

    order: int = 1
    summary: Literal["mean", "max"] = "mean"
    smoothing: int = 0
    tokenize: Tokenization = "13a"
    lowercase: bool = True

    def __post_init__(self) -> None:
        check_integer(self.name, "order", self.order, 1, 64)
        check_choice(self.name, "summary", self.summary, ("mean", "max"))
        check_integer(self.name, "smoothing", self.smoothing, 0, 10**6)
        check_choice(self.name, "tokenize", self.tokenize, TOKENIZATIONS)
        check_flag(self.name, "lowercase", self.lowercase)

    def _numbers(self, groups: list[list[str]]) -> FloatArray:
        lines = [text.split("\n") for text in chain.from_iterable(groups)]
        segments = token_ids(list(chain.from_iterable(lines)), tokenize=self.tokenize, lowercase=self.lowercase)
        text_sizes = np.array([len(text) for text in lines], dtype=np.int64)
        group_sizes = np.array([len(group) for group in groups], dtype=np.int64)
        found = ngram_surprise(segments, text_sizes, group_sizes, order=self.order, smoothing=float(self.smoothing))
        n_tokens = np.diff(segments.ends, prepend=np.int64(0))
        weights = n_tokens if self.summary == "mean" else n_tokens > 0
        starts = np.concatenate([[0], np.cumsum(text_sizes)[:-1]])
        sums = np.add.reduceat(found[:, 0 if self.summary == "mean" else 1], starts)
        n = np.add.reduceat(weights.astype(np.float64), starts)
        of_texts = np.divide(sums, n, out=np.full(len(n), np.nan), where=n > 0)
        return np.array(
            [
                part[~np.isnan(part)].mean() if (~np.isnan(part)).sum() > 1 else np.nan
                for part in np.split(of_texts, np.cumsum(group_sizes)[:-1])
            ]
        )

    def example(self) -> Example:
        """Return one word over and over, two words, and as many words as outputs."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(2))
        one, two, four = ["five"] * 4, ["five", "five", "six", "six"], ["five", "six", "seven", "eight"]
        return Example(
            samples=samples,
            best=repeated_outputs(samples, [one, one]),
            worse=repeated_outputs(samples, [one, two]),
            worst=repeated_outputs(samples, [four, four]),
        )
