"""Loop rate: how many outputs end in a loop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalsuite.kernels.degeneration import ending_loops
from evalsuite.kernels.token_ids import token_ids
from evalsuite.metrics._options import check_choice, check_flag, check_integer
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._quotient import TextQuotientMetric
from evalsuite.metrics._words import TOKENIZATIONS, Tokenization
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.types import Sample

__all__ = ["LoopRate"]


@dataclass(frozen=True)
class LoopRate(TextQuotientMetric):
    """Loop rate: share of outputs that end in a loop, 0-1; lower is better.

    Parameters
    ----------
    min_repetitions : int, default 3
        Fewest whole repetitions of a loop, in [2, 1000000].
    min_span : int, default 6
        Fewest words from a loop's start to the end of the output, in [0, 1000000].
    tokenize : {"none", "13a", "char"}, default "none"
        Split on whitespace, BLEU's tokenisation, or single characters.
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    The last m words have period p if each equals the one p before it, so the last repetition may be cut off anywhere.
    An output ends in a loop if for some p, m is at least ``min_repetitions * p`` and at least `min_span`. With the
    defaults: a phrase of two words or more stands at the end three times in a row [1]_, or one word six times. Range 0
    to 1; lower is better.
    A row is [texts that end in a loop, texts], summed over the repeats of a sample.

    References
    ----------
    .. [1] Holtzman, Buys, Du, Forbes and Choi, "The Curious Case of Neural Text Degeneration", ICLR 2020.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> LoopRate().rows([Sample(id="1", input={})], [[Output(text="and so on and so on and so on and")]]).values
    array([[1., 1.]])
    """

    name = "loop_rate"
    higher_is_better = False
    value_range = (0.0, 1.0)
    proportion = True

    min_repetitions: int = 3
    min_span: int = 6
    tokenize: Tokenization = "none"
    lowercase: bool = False

    def __post_init__(self) -> None:
        check_integer(self.name, "min_repetitions", self.min_repetitions, 2, 10**6)
        check_integer(self.name, "min_span", self.min_span, 0, 10**6)
        check_choice(self.name, "tokenize", self.tokenize, TOKENIZATIONS)
        check_flag(self.name, "lowercase", self.lowercase)

    def _columns(self, texts: list[str]) -> FloatArray:
        tokens = token_ids(texts, tokenize=self.tokenize, lowercase=self.lowercase)
        loops = ending_loops(tokens, min_repetitions=self.min_repetitions, min_span=self.min_span)[:, 0] > 0
        return np.column_stack([loops, np.ones(len(loops))])

    def example(self) -> Example:
        """Return outputs that end well, one that loops, and loops alone."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(2))
        loop = "the lake lies still and so on and so on and so on and"
        return Example(
            samples=samples,
            best=example_outputs(samples, ["the lake lies still", "dogs may come"]),
            worse=example_outputs(samples, [loop, "dogs may come"]),
            worst=example_outputs(samples, [loop, "no no no no no no no"]),
        )
