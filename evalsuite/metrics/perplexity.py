"""Perplexity per token, word and byte, and bits per byte."""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

import numpy as np

from evalsuite.metrics._likelihoods import rated_choices, text_outputs, unrated
from evalsuite.metrics._options import check_choice
from evalsuite.metrics._outputs import judge_repeats, required_references
from evalsuite.metrics.base import Example, FloatArray, RowMetric, Rows, SampleOutputs
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.metrics._outputs import Judgement
    from evalsuite.types import Ask, Outcome

__all__ = ["BitsPerByte", "BytePerplexity", "Per", "Perplexity", "WordPerplexity"]

Per: TypeAlias = Literal["token", "text"]
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class _LikelihoodOfTexts(RowMetric):
    """A number made of the log-probability of all texts together, and of their length."""

    asks: ClassVar[tuple[Ask, ...]] = ("rolling", "choices")
    higher_is_better = False

    @property
    def n_columns(self) -> int:
        """Log-probability, length, and texts whose probability is 0."""
        return 3

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 3), np.nan)
        outcomes: list[Outcome] = []
        for sample in samples:
            required_references(self.name, sample)
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            outcome, row = judge_repeats(sample_outputs, partial(self._judge, sample))
            outcomes.append(outcome)
            if row is not None:
                values[i] = row
        return Rows(values=values, outcomes=tuple(outcomes))

    def _judge(self, sample: Sample, output: Output, _: str) -> Judgement:
        place = _place(self.name, sample, output)
        if place is None:
            return unrated(output)
        value = output.logprobs[place]
        ruled_out = math.isinf(value)
        length = float(self._length(sample.references[0], output.choice_tokens[place]))
        return "scored", (0.0 if ruled_out else value, length, float(ruled_out))

    @abstractmethod
    def _length(self, text: str, n_tokens: int) -> int:
        """Return what a text counts for."""

    def _value(self, sums: FloatArray) -> FloatArray:
        known = (sums[..., 1] > 0) & (sums[..., 2] == 0)
        mean = -sums[..., 0] / np.where(known, sums[..., 1], 1.0)
        with np.errstate(over="ignore"):
            value = self._of_mean(np.where(known, mean, np.nan))
        return np.where(np.isfinite(value), value, np.nan)

    def _of_mean(self, mean: FloatArray) -> FloatArray:
        """Turn the mean negative log-probability, in nats, into the score."""
        return np.asarray(np.exp(mean), dtype=np.float64)

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say why there is no value: a text is impossible, or the value beyond what a number can be."""
        del reference
        logprob, length, n_ruled_out = np.asarray(features, dtype=np.float64).reshape(-1, 3).sum(axis=0)
        if n_ruled_out:
            return (
                f"no value: the model gives {n_ruled_out:.0f} of the texts a probability of 0, so that it is infinite",
            )
        if length > 0 and np.isnan(self._value(np.array([logprob, length, 0.0]))):
            return (f"no value: too large for a number, its natural logarithm is {-logprob / length:.6g}",)
        return ()

    def example(self) -> Example:
        """Return texts that are certain, likely, and unlikely."""
        samples = (
            Sample(id="1", input={}, references=("The lake lies still.",)),
            Sample(id="2", input={}, references=("Rain fell on the hut.",)),
        )
        return Example(
            samples=samples,
            best=text_outputs(samples, [0.0, 0.0]),
            worse=text_outputs(samples, [-8.0, -12.0]),
            worst=text_outputs(samples, [-60.0, -90.0]),
        )


def _place(metric: str, sample: Sample, output: Output) -> int | None:
    """Return at which place an output has the first reference's log-probability; None where it has none."""
    n = len(output.logprobs)
    if n == 0 or len(output.choice_tokens) != n:
        return None
    if n == 1:  # of a whole text, or of the one choice there is
        return 0
    choices, _ = rated_choices(metric, sample)
    return choices.index(sample.references[0]) if len(choices) == n and sample.references[0] in choices else None


@dataclass(frozen=True)
class Perplexity(_LikelihoodOfTexts):
    r"""Perplexity: inverse probability of the texts per token, a geometric mean over all; lower is better.

    Parameters
    ----------
    per : {"token", "text"}, default "token"
        What the mean is over: the model's own tokens, or texts, each as a whole.

    Notes
    -----
    ``exp(-sum log P(text) / sum tokens)`` [1]_, the sums over all samples. Models with different vocabularies differ in
    what a token is: `word_perplexity`, `byte_perplexity` and `bits_per_byte` compare them. In a task of choices the
    text is the right choice; with ``per = "text"`` the value is then ``perplexity`` of lm-evaluation-harness, as of
    LAMBADA. Range 1 to infinity; lower is better. Where the model rules a text out, which is an infinite perplexity,
    there is no value, and a note says so.

    A row is [log-probability in nats, tokens, ruled out], summed over the repeats of a sample; the outcome is
    ``scored``, or ``undecided`` of an output without log-probabilities.

    References
    ----------
    .. [1] Jelinek, Mercer, Bahl and Baker, "Perplexity: a measure of the difficulty of speech recognition tasks",
       Journal of the Acoustical Society of America 62, 1977.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("a b c d",))
    >>> output = Output(text="", logprobs=(-8.0,), choice_tokens=(4,), greedy=(False,))
    >>> rows = Perplexity().rows([sample], [[output]])
    >>> Perplexity().value(rows.values.sum(axis=0)).round(3)
    np.float64(7.389)
    """

    name = "perplexity"
    value_range = (1.0, math.inf)

    per: Per = "token"

    def __post_init__(self) -> None:
        check_choice(self.name, "per", self.per, ("token", "text"))

    def _length(self, text: str, n_tokens: int) -> int:
        return n_tokens if self.per == "token" else 1


@dataclass(frozen=True)
class WordPerplexity(_LikelihoodOfTexts):
    r"""Word perplexity: inverse probability of the texts per word, a geometric mean over all; lower is better.

    Notes
    -----
    ``exp(-sum log P(text) / sum words)``, where a text has as many words as white space (``\s+``) parts it into, empty
    ones at its ends included: ``word_perplexity`` of lm-evaluation-harness [1]_. It does not depend on the model's
    vocabulary. Range 1 to infinity; lower is better. Rows are those of `evalsuite.metrics.perplexity.Perplexity`, with
    words in place of tokens.

    References
    ----------
    .. [1] Gao et al., "A framework for few-shot language model evaluation", 2021, doi:10.5281/zenodo.5371628.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("one two three four",))
    >>> output = Output(text="", logprobs=(-8.0,), choice_tokens=(9,), greedy=(False,))
    >>> rows = WordPerplexity().rows([sample], [[output]])
    >>> WordPerplexity().value(rows.values.sum(axis=0)).round(3)
    np.float64(7.389)
    """

    name = "word_perplexity"
    value_range = (1.0, math.inf)

    def _length(self, text: str, n_tokens: int) -> int:
        del n_tokens
        return len(_SPACE.split(text))


@dataclass(frozen=True)
class BytePerplexity(_LikelihoodOfTexts):
    """Byte perplexity: inverse probability of the texts per byte, a geometric mean over all; lower is better.

    Notes
    -----
    ``exp(-sum log P(text) / sum bytes)`` of the texts in UTF-8: ``byte_perplexity`` of lm-evaluation-harness [1]_, and
    2 to the power of `bits_per_byte`. It does not depend on the model's vocabulary. Range 1 to infinity; lower is
    better. Rows are those of `evalsuite.metrics.perplexity.Perplexity`, with bytes in place of tokens.

    References
    ----------
    .. [1] Gao et al., "A framework for few-shot language model evaluation", 2021, doi:10.5281/zenodo.5371628.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("Vögel",))
    >>> output = Output(text="", logprobs=(-6.0,), choice_tokens=(2,), greedy=(False,))
    >>> rows = BytePerplexity().rows([sample], [[output]])
    >>> BytePerplexity().value(rows.values.sum(axis=0)).round(3)
    np.float64(2.718)
    """

    name = "byte_perplexity"
    value_range = (1.0, math.inf)

    def _length(self, text: str, n_tokens: int) -> int:
        del n_tokens
        return len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class BitsPerByte(BytePerplexity):
    """Bits per byte: what the texts would be compressed to by the model, over their length; lower is better.

    Notes
    -----
    ``-sum log2 P(text) / sum bytes`` of the texts in UTF-8 [1]_: ``bits_per_byte`` of lm-evaluation-harness. It does
    not depend on the model's vocabulary; a model that takes all bytes for equally likely has 8. Range 0 to infinity;
    lower is better. Rows are those of `evalsuite.metrics.perplexity.Perplexity`, with bytes in place of tokens.

    References
    ----------
    .. [1] Gao et al., "The Pile: an 800GB dataset of diverse text for language modeling", 2020, arXiv:2101.00027,
       section 3.1.

    Examples
    --------
    >>> import math
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("Vögel",))
    >>> output = Output(text="", logprobs=(-12 * math.log(2),), choice_tokens=(2,), greedy=(False,))
    >>> rows = BitsPerByte().rows([sample], [[output]])
    >>> BitsPerByte().value(rows.values.sum(axis=0)).round(3)
    np.float64(2.0)
    """

    name = "bits_per_byte"
    value_range = (0.0, math.inf)

    def _of_mean(self, mean: FloatArray) -> FloatArray:
        return np.asarray(mean / math.log(2.0), dtype=np.float64)
