"""Self-BLEU: how much the outputs are like one another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.kernels.self_bleu import nltk_bleu_scores, self_bleu_statistics
from evalsuite.metrics._options import check_integer
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._words import WordSetMetric
from evalsuite.metrics.base import Example
from evalsuite.types import Sample

if TYPE_CHECKING:
    from evalsuite.kernels.token_ids import TokenIds

__all__ = ["SelfBleu"]


@dataclass(frozen=True)
class SelfBleu(WordSetMetric):
    """Self-BLEU: mean BLEU of each output against all the others, 0-1; lower is more diverse.

    Parameters
    ----------
    tokenize : {"none", "13a", "char"}, default "none"
        ``"none"`` splits on whitespace, as published figures mostly do; ``"13a"`` is BLEU's tokenisation; ``"char"``
        takes single characters.
    lowercase : bool, default False
        Fold case first.
    max_order : int, default 4
        Longest n-grams, in [1, 16], all with the same weight.
    smoothing : int, default 1
        Number of nltk's smoothing method, in [0, 4]. Methods 5 to 7, which may give more than 1 or none at all, are
        left to `evalsuite.text.selfbleu`.

    Notes
    -----
    The mean of ``sentence_bleu`` of nltk over the outputs, all others being the references [1]_: equal to nltk's bit
    for bit, text by text. Range 0 to 1; lower is better. The value grows with the number of outputs, which is part of
    the score's signature, and so is comparable only between sets of one size. NaN with fewer than two texts.

    References
    ----------
    .. [1] Zhu, Lu, Zheng, Guo, Zhang, Wang and Yu, "Texygen: A Benchmarking Platform for Text Generation Models",
       SIGIR 2018.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> texts = ["the cat sat on the mat", "the cat sat down", "a dog ran"]
    >>> samples = [Sample(id=text, input={}) for text in texts]
    >>> features = SelfBleu().features(samples, [[Output(text=text)] for text in texts])
    >>> round(SelfBleu().value(features.values), 4)
    0.1999
    """

    name = "self_bleu"
    higher_is_better = False
    value_range = (0.0, 1.0)

    max_order: int = 4
    smoothing: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer(self.name, "max_order", self.max_order, 1, 16)
        check_integer(self.name, "smoothing", self.smoothing, 0, 4)

    def scored_signature(self, n_outputs: int) -> str:
        """Return the signature with the number of outputs, with which the value grows."""
        return f"{self.signature()}|n:{n_outputs}"

    def _score(self, tokens: TokenIds) -> float:
        if len(tokens.ends) < 2:
            return math.nan
        statistics = self_bleu_statistics(tokens, max_order=self.max_order)
        weights = (1 / self.max_order,) * self.max_order
        scores = nltk_bleu_scores(statistics, weights, smoothing=self.smoothing)
        # Rounding may lift a perfect score above 1 by an ulp.
        return min(math.fsum(scores) / len(scores), 1.0)

    def example(self) -> Example:
        """Return texts without a common word, texts that share some, and one text over and over."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(3))
        return Example(
            samples=samples,
            best=example_outputs(samples, ["the lake lies still", "a hut up there", "dogs may come"]),
            worse=example_outputs(samples, ["the lake lies still", "the lake lies low", "dogs may come"]),
            worst=example_outputs(samples, ["the lake lies still"] * 3),
        )
