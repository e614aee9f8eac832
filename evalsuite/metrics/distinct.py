"""Distinct n-grams, a measure of diversity."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite.metrics._options import check_choice, check_flag
from evalsuite.metrics._outputs import example_outputs, final_texts
from evalsuite.metrics.base import Example, FloatArray, Rows, SampleOutputs, SetMetric
from evalsuite.types import Outcome, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Distinct2"]

_PADDING = -1.0


@dataclass(frozen=True)
class Distinct2(SetMetric):
    """Distinct-2: share of bigrams that are different, over all outputs together, 0-1.

    Parameters
    ----------
    tokenize : {"none", "13a"}, default "none"
        ``"none"`` splits on whitespace, as published figures mostly do; ``"13a"`` is BLEU's tokenisation.
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    ``distinct-2 = different bigrams / bigrams``, counted over the whole set, after Li et al. [1]_ (who divide by the
    number of words; the field's practice, and ours, is to divide by the number of bigrams). Bigrams do not cross from
    one text to the next. Range 0 to 1; higher is better. The value falls as texts are added: compare sets of like
    size only. NaN where there is no bigram.

    Features are float64, shape (n_samples, most bigrams in a sample): each bigram as the first 53 bits of its BLAKE2b
    hash, which a float64 holds exactly, padded with -1. Feature matrices of different width join by padding. Two of a
    million different bigrams share a hash with a probability of 6e-5.

    References
    ----------
    .. [1] Li, Galley, Brockett, Gao and Dolan, "A diversity-promoting objective function for neural conversation
       models", NAACL 2016.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> samples = [Sample(id="1", input={}), Sample(id="2", input={})]
    >>> features = Distinct2().features(samples, [[Output(text="I do not know")], [Output(text="I do not think so")]])
    >>> features.values.shape
    (2, 4)
    >>> Distinct2().value(features.values)  # "I do" and "do not" are said twice
    0.7142857142857143
    """

    name = "distinct_2"
    value_range = (0.0, 1.0)

    tokenize: Literal["none", "13a"] = "none"
    lowercase: bool = False

    def __post_init__(self) -> None:
        check_choice(self.name, "tokenize", self.tokenize, ("none", "13a"))
        check_flag(self.name, "lowercase", self.lowercase)

    def _features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        del samples
        hashes: dict[tuple[str, str], float] = {}
        bigrams: list[list[float] | None] = []
        outcomes: list[Outcome] = []
        for sample_outputs in outputs:
            texts, outcome = final_texts(sample_outputs)
            outcomes.append(outcome)
            found: list[float] = []
            for words in self._split(texts):
                for pair in itertools.pairwise(words):
                    if pair not in hashes:
                        hashes[pair] = _hash_pair(pair)
                    found.append(hashes[pair])
            bigrams.append(found if texts else None)
        width = max((len(found) for found in bigrams if found), default=1)
        values = np.full((len(bigrams), width), _PADDING)
        for row, found_or_none in zip(values, bigrams, strict=True):
            if found_or_none is None:
                row[:] = np.nan
            else:
                row[: len(found_or_none)] = found_or_none
        return Rows(values=values, outcomes=tuple(outcomes))

    def _split(self, texts: list[str]) -> list[list[str]]:
        if self.tokenize == "13a":
            from evalsuite import kernels

            texts = kernels.tokenize_13a(texts, lowercase=self.lowercase)
        elif self.lowercase:
            texts = [text.lower() for text in texts]
        return [text.split() for text in texts]

    def _value(self, features: FloatArray, reference: FloatArray | None) -> float:
        del reference
        bigrams = features[features != _PADDING]
        return len(np.unique(bigrams)) / len(bigrams) if len(bigrams) else float("nan")

    def example(self) -> Example:
        """Return texts without a common bigram, texts that share some, and one bigram over and over."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(3))
        return Example(
            samples=samples,
            best=example_outputs(samples, ["the lake lies still", "a hut up there", "dogs may come"]),
            worse=example_outputs(samples, ["the lake lies still", "the lake lies low", "dogs may come"]),
            worst=example_outputs(samples, ["la la la la la la", "la la la la la la", "la la la la la la"]),
        )


def _hash_pair(pair: tuple[str, str]) -> float:
    """Return 53 bits of the hash of two words, neither of which holds a space."""
    digest = blake2b(" ".join(pair).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return float(int.from_bytes(digest, "big") >> 11)
