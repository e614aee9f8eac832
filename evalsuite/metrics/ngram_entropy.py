"""Entropy of n-grams, a measure of diversity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.kernels.diversity import ngram_frequencies
from evalsuite.metrics._options import check_integer
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._words import WordSetMetric
from evalsuite.metrics.base import Example
from evalsuite.text.diversity import entropy_of_counts
from evalsuite.types import Sample

if TYPE_CHECKING:
    from evalsuite.kernels.token_ids import TokenIds

__all__ = ["NgramEntropy"]


@dataclass(frozen=True)
class NgramEntropy(WordSetMetric):
    """N-gram entropy: how evenly the outputs' n-grams are spread, over all outputs together, in nats.

    Parameters
    ----------
    tokenize : {"none", "13a", "char"}, default "none"
        Split on whitespace, BLEU's tokenisation, or single characters.
    lowercase : bool, default False
        Fold case first.
    order : int, default 4
        Words of an n-gram, in [1, 16].

    Notes
    -----
    Ent-n of [1]_: ``-sum_w F(w) / T * log(F(w) / T)`` over the different n-grams w, F(w) being how often w occurs and T
    the sum of all F. Range 0 to log T; higher is more diverse. Bounded by the number of n-grams, it grows with the
    number of outputs, which is part of the score's signature. NaN where there is no n-gram.

    References
    ----------
    .. [1] Zhang, Galley, Gao, Gan, Li, Brockett and Dolan, "Generating Informative and Diverse Conversational Responses
       via Adversarial Information Maximization", NeurIPS 2018.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> metric = NgramEntropy(order=1)
    >>> features = metric.features([Sample(id="1", input={})], [[Output(text="a b c d")]])
    >>> round(metric.value(features.values), 4)  # log 4
    1.3863
    """

    name = "ngram_entropy"
    value_range = (0.0, math.inf)

    order: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer(self.name, "order", self.order, 1, 16)

    def scored_signature(self, n_outputs: int) -> str:
        """Return the signature with the number of outputs, with which the value grows."""
        return f"{self.signature()}|n:{n_outputs}"

    def _score(self, tokens: TokenIds) -> float:
        return entropy_of_counts(ngram_frequencies(tokens, order=self.order))

    def example(self) -> Example:
        """Return texts without a common word, texts that share most, and one word over and over."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(3))
        still, low = "the lake lies still at dawn", "the lake lies still at dusk"
        return Example(
            samples=samples,
            best=example_outputs(samples, [still, "a hut stands up there somewhere", "dogs may come with us today"]),
            worse=example_outputs(samples, [still, low, "dogs may come with us today"]),
            worst=example_outputs(samples, ["la la la la la la"] * 3),
        )
