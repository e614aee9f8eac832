"""Repetition within an output: repeated n-grams, by rep-n and seq-rep-n."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from evalsuite.kernels.diversity import distinct_counts
from evalsuite.kernels.token_ids import token_ids
from evalsuite.metrics._options import check_choice, check_flag
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._quotient import TextQuotientMetric
from evalsuite.metrics._words import TOKENIZATIONS, Tokenization
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.types import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Repetition4", "SequenceRepetition4"]


@dataclass(frozen=True)
class _Repetition(TextQuotientMetric):
    """Two sums of n-grams of each text: what repeats, and what could."""

    higher_is_better = False
    value_range = (0.0, 1.0)
    order: ClassVar[int] = 4

    tokenize: Tokenization = "none"
    lowercase: bool = False

    def __post_init__(self) -> None:
        check_choice(self.name, "tokenize", self.tokenize, TOKENIZATIONS)
        check_flag(self.name, "lowercase", self.lowercase)

    @abstractmethod
    def _divided(self, distinct: NDArray[np.int64], total: NDArray[np.int64]) -> FloatArray:
        """Turn different n-grams and n-grams of each text, shape (n,), into the two numbers, shape (n, 2)."""

    def _columns(self, texts: list[str]) -> FloatArray:
        tokens = token_ids(texts, tokenize=self.tokenize, lowercase=self.lowercase)
        _, counts = distinct_counts(tokens, max_order=self.order)
        return self._divided(counts[:, self.order - 1], counts[:, 2 * self.order - 1])

    def example(self) -> Example:
        """Return texts that repeat nothing, that repeat a phrase, and one word over and over."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(2))
        calm = "the lake lies still at dawn"
        return Example(
            samples=samples,
            best=example_outputs(samples, [calm, "dogs may come with us today"]),
            worse=example_outputs(samples, [calm, "dogs may come with us and dogs may come with us"]),
            worst=example_outputs(samples, ["la la la la la la la la", "no no no no no no no"]),
        )


@dataclass(frozen=True)
class Repetition4(_Repetition):
    """rep-4: share of 4-grams that repeat one of their own output, over all outputs, 0-1; lower is better.

    Parameters
    ----------
    tokenize : {"none", "13a", "char"}, default "none"
        Split on whitespace, BLEU's tokenisation, or single characters.
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    ``1 - different 4-grams / 4-grams``, different meaning within their text, both summed over all texts before dividing
    [1]_; long texts count more. Range 0 to 1; lower is better. A row is [repeated 4-grams, 4-grams], summed over the
    repeats of a sample. NaN where no text has four words.

    References
    ----------
    .. [1] Su, Lan, Wang, Yogatama, Kong and Collier, "A Contrastive Framework for Neural Text Generation", NeurIPS
       2022.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> rows = Repetition4().rows([Sample(id="1", input={})], [[Output(text="it is what it is what it is")]])
    >>> rows.values
    array([[2., 5.]])
    """

    name = "repetition_4"

    def _divided(self, distinct: NDArray[np.int64], total: NDArray[np.int64]) -> FloatArray:
        return np.column_stack([total - distinct, total]).astype(np.float64)


@dataclass(frozen=True)
class SequenceRepetition4(_Repetition):
    """seq-rep-4: share of 4-grams that repeat one of their own output, mean over outputs, 0-1; lower is better.

    Parameters
    ----------
    tokenize : {"none", "13a", "char"}, default "none"
        Split on whitespace, BLEU's tokenisation, or single characters.
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    The mean over texts of ``1 - different 4-grams / 4-grams`` [1]_; each text counts the same. Range 0 to 1; lower is
    better. A row is [share, texts], summed over the repeats of a sample; a text of fewer than four words adds nothing
    to either. NaN where no text has four words.

    References
    ----------
    .. [1] Welleck, Kulikov, Roller, Dinan, Cho and Weston, "Neural Text Generation with Unlikelihood Training", ICLR
       2020.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> rows = SequenceRepetition4().rows([Sample(id="1", input={})], [[Output(text="it is what it is what it is")]])
    >>> rows.values
    array([[0.4, 1. ]])
    """

    name = "seq_rep_4"

    def _divided(self, distinct: NDArray[np.int64], total: NDArray[np.int64]) -> FloatArray:
        share = np.divide(total - distinct, total, out=np.zeros(len(total)), where=total > 0)
        return np.column_stack([share, total > 0]).astype(np.float64)
