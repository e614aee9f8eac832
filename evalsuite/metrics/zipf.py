"""Zipf coefficient: how unevenly words are used."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.kernels.diversity import ngram_frequencies
from evalsuite.metrics._options import check_integer
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._words import WordSetMetric
from evalsuite.metrics.base import Example
from evalsuite.text.diversity import zipf_of_counts
from evalsuite.types import Sample

if TYPE_CHECKING:
    from evalsuite.kernels.token_ids import TokenIds

__all__ = ["Zipf"]


@dataclass(frozen=True)
class Zipf(WordSetMetric):
    """Zipf coefficient: how steeply the outputs' word frequencies fall with rank; lower is flatter.

    Parameters
    ----------
    tokenize : {"none", "13a", "char"}, default "none"
        Split on whitespace, BLEU's tokenisation, or single characters.
    lowercase : bool, default False
        Fold case first.
    top : int, default 5000
        How many of the most frequent words are fitted, in [2, 1000000000].

    Notes
    -----
    ``s`` of the least-squares line ``log f = b - s log r`` through frequency and rank of the `top` most frequent words,
    each rank counted once, as in [1]_. Range 0 upwards. Lower means that more words share the work and is taken as
    better here, but no value is right by itself: the figure to aim at is that of human text of like size and
    tokenisation. It changes with the number of outputs, which is part of the score's signature. NaN with fewer than two
    different words.

    References
    ----------
    .. [1] Holtzman, Buys, Du, Forbes and Choi, "The Curious Case of Neural Text Degeneration", ICLR 2020.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> features = Zipf().features([Sample(id="1", input={})], [[Output(text="a a a a b b c")]])
    >>> round(Zipf().value(features.values), 4)
    1.2337
    """

    name = "zipf"
    higher_is_better = False
    value_range = (0.0, math.inf)

    top: int = 5000

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer(self.name, "top", self.top, 2, 10**9)

    def scored_signature(self, n_outputs: int) -> str:
        """Return the signature with the number of outputs, with which the value shifts."""
        return f"{self.signature()}|n:{n_outputs}"

    def _score(self, tokens: TokenIds) -> float:
        return zipf_of_counts(ngram_frequencies(tokens), top=self.top)

    def example(self) -> Example:
        """Return texts in which no word comes twice, texts that share some, and hardly anything but one word."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(3))
        return Example(
            samples=samples,
            best=example_outputs(samples, ["the lake lies still", "a hut up there", "dogs may come"]),
            worse=example_outputs(samples, ["the lake lies still", "the lake lies low", "dogs may come"]),
            worst=example_outputs(samples, ["la la la la la la", "la la la la la la", "la la dogs"]),
        )
