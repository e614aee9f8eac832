"""Distinct n-grams, a measure of diversity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalsuite.kernels.diversity import distinct_counts
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._words import WordSetMetric
from evalsuite.metrics.base import Example
from evalsuite.types import Sample

if TYPE_CHECKING:
    from evalsuite.kernels.token_ids import TokenIds

__all__ = ["Distinct1", "Distinct2", "Distinct3", "Distinct4"]


@dataclass(frozen=True)
class _Distinct(WordSetMetric):
    """Different n-grams by n-grams."""

    value_range = (0.0, 1.0)
    order: ClassVar[int]

    def _score(self, tokens: TokenIds) -> float:
        of_set, _ = distinct_counts(tokens, max_order=self.order)
        distinct, total = of_set[-1].tolist()
        return distinct / total if total else math.nan

    def example(self) -> Example:
        """Return texts without a common word, texts that share some, and one word over and over."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(3))
        still, low = "the lake lies still at dawn", "the lake lies still at dusk"
        return Example(
            samples=samples,
            best=example_outputs(samples, [still, "a hut stands up there", "dogs may come with us"]),
            worse=example_outputs(samples, [still, low, "dogs may come with us"]),
            worst=example_outputs(samples, ["la la la la la la"] * 3),
        )


@dataclass(frozen=True)
class Distinct1(_Distinct):
    """Distinct-1: share of words that are different, over all outputs together, 0-1.

    Parameters
    ----------
    tokenize : {"none", "13a", "char"}, default "none"
        ``"none"`` splits on whitespace, as published figures mostly do; ``"13a"`` is BLEU's tokenisation; ``"char"``
        takes single characters.
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    ``distinct-1 = different words / words``, counted over the whole set [1]_. Range 0 to 1; higher is better. The value
    falls as texts are added or grow longer: compare sets of like size only. NaN where there is no word.

    References
    ----------
    .. [1] Li, Galley, Brockett, Gao and Dolan, "A diversity-promoting objective function for neural conversation
       models", NAACL 2016.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> samples = [Sample(id="1", input={}), Sample(id="2", input={})]
    >>> features = Distinct1().features(samples, [[Output(text="I do not know")], [Output(text="I do not think so")]])
    >>> round(Distinct1().value(features.values), 4)
    0.6667
    """

    name = "distinct_1"
    order = 1


@dataclass(frozen=True)
class Distinct2(_Distinct):
    """Distinct-2: share of bigrams that are different, over all outputs together, 0-1.

    Parameters
    ----------
    tokenize : {"none", "13a", "char"}, default "none"
        ``"none"`` splits on whitespace, as published figures mostly do; ``"13a"`` is BLEU's tokenisation; ``"char"``
        takes single characters.
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    ``distinct-2 = different bigrams / bigrams``, counted over the whole set, after Li et al. [1]_ (who divide by the
    number of words; the field's practice, and ours, is to divide by the number of bigrams). Bigrams do not cross from
    one text to the next. Range 0 to 1; higher is better. The value falls as texts are added: compare sets of like
    size only. NaN where there is no bigram.

    Features are float64, shape (n_samples, most words in a sample): each word as the first 53 bits of its BLAKE2b
    hash, which a float64 holds exactly, padded with -1 and with -2 between repeats. Feature matrices of different width
    join by padding. Two of a million different words share a hash with a probability of 6e-5. All metrics of the words
    of a set share these features.

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
    (2, 5)
    >>> Distinct2().value(features.values)  # "I do" and "do not" are said twice
    0.7142857142857143
    """

    name = "distinct_2"
    order = 2


@dataclass(frozen=True)
class Distinct3(_Distinct):
    """Distinct-3: share of trigrams that are different, over all outputs together, 0-1.

    Parameters
    ----------
    tokenize : {"none", "13a", "char"}, default "none"
        Split on whitespace, BLEU's tokenisation, or single characters.
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    As `distinct_2`, of three words [1]_. Range 0 to 1; higher is better; NaN where there is no trigram.

    References
    ----------
    .. [1] Li, Galley, Brockett, Gao and Dolan, "A diversity-promoting objective function for neural conversation
       models", NAACL 2016.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> samples = [Sample(id="1", input={}), Sample(id="2", input={})]
    >>> features = Distinct3().features(samples, [[Output(text="I do not know")], [Output(text="I do not think so")]])
    >>> Distinct3().value(features.values)
    0.8
    """

    name = "distinct_3"
    order = 3


@dataclass(frozen=True)
class Distinct4(_Distinct):
    """Distinct-4: share of 4-grams that are different, over all outputs together, 0-1.

    Parameters
    ----------
    tokenize : {"none", "13a", "char"}, default "none"
        Split on whitespace, BLEU's tokenisation, or single characters.
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    As `distinct_2`, of four words [1]_. Range 0 to 1; higher is better; NaN where there is no 4-gram. Close to 1 for
    most sets of a few hundred short texts, where it tells little.

    References
    ----------
    .. [1] Li, Galley, Brockett, Gao and Dolan, "A diversity-promoting objective function for neural conversation
       models", NAACL 2016.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> samples = [Sample(id="1", input={}), Sample(id="2", input={})]
    >>> features = Distinct4().features(samples, [[Output(text="I do not know")], [Output(text="I do not know why")]])
    >>> round(Distinct4().value(features.values), 4)
    0.6667
    """

    name = "distinct_4"
    order = 4
