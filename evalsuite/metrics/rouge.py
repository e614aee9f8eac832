"""ROUGE-L, equal to rouge-score's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._options import check_flag
from evalsuite.metrics._outputs import example_outputs, final_texts, required_references
from evalsuite.metrics.base import Example, FloatArray, RowMetric, Rows, SampleOutputs
from evalsuite.types import Outcome, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["RougeL"]

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class RougeL(RowMetric):
    """ROUGE-L: F-score of the longest common subsequence of words, mean over samples, 0-1.

    Parameters
    ----------
    use_stemmer : bool, default False
        Reduce words of more than 3 characters to their stems (Porter) first.

    Notes
    -----
    ``F = 2 * P * R / (P + R)``, ``P = LCS / words of the output``, ``R = LCS / words of the reference`` [1]_; 0 where
    nothing is common. Words are runs of a-z and 0-9 after folding case, so that texts in other scripts score 0. Of
    several references the one with the best F counts. Range 0 to 1; higher is better.

    A row is [F, 1], F averaged over the repeats of a sample. F equals rouge-score 0.1.2 bit for bit; the subsequence is
    found with bit-parallel arithmetic [2]_, which needs no table.

    References
    ----------
    .. [1] Lin, "ROUGE: a package for automatic evaluation of summaries", ACL 2004 workshop, section 3.
    .. [2] Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004.

    Examples
    --------
    Five of the 9 words of the reference and of the 8 of the output are a common subsequence:

    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("The quick brown fox jumps over the lazy dog",))
    >>> rows = RougeL(use_stemmer=True).rows([sample], [[Output(text="The quick brown dog jumps on the log.")]])
    >>> rows.values.round(4)
    array([[0.5882, 1.    ]])
    """

    name = "rougeL"
    value_range = (0.0, 1.0)

    use_stemmer: bool = False

    def __post_init__(self) -> None:
        check_flag(self.name, "use_stemmer", self.use_stemmer)

    @property
    def n_columns(self) -> int:
        """F and 1."""
        return 2

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        tokenize = _make_tokenizer(self.use_stemmer)
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            references = [tokenize(reference) for reference in required_references(self.name, sample)]
            texts, outcome = final_texts(sample_outputs)
            outcomes.append(outcome)
            if texts:
                best = [max(_f_score(reference, words) for reference in references) for words in map(tokenize, texts)]
                values[i] = sum(best) / len(best), 1.0
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, sums: FloatArray) -> FloatArray:
        known = sums[..., 1] > 0
        return np.where(known, sums[..., 0] / np.where(known, sums[..., 1], 1.0), np.nan)

    def example(self) -> Example:
        """Return a match, a near match and nothing in common."""
        samples = (
            Sample(id="1", input={}, references=("The path leads to the lake.",)),
            Sample(id="2", input={}, references=("Dogs are welcome.", "Dogs may come along.")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["The path leads to the lake.", "Dogs may come along."]),
            worse=example_outputs(samples, ["The lake: a path leads to it.", "Welcome, dogs!"]),
            worst=example_outputs(samples, ["", "nothing like it"]),
        )


def _make_tokenizer(use_stemmer: bool) -> Callable[[str], list[str]]:
    if not use_stemmer:
        return lambda text: _WORD.findall(text.lower())
    from rouge_score.tokenizers import porter

    stemmer = porter.PorterStemmer()
    stems: dict[str, str] = {}

    def tokenize(text: str) -> list[str]:
        words = _WORD.findall(text.lower())
        for word in words:
            if word not in stems:
                stems[word] = stemmer.stem(word) if len(word) > 3 else word
        return [stem for word in words if _WORD.fullmatch(stem := stems[word])]

    return tokenize


def _f_score(reference: list[str], words: list[str]) -> float:
    if not reference or not words:
        return 0.0
    common = _lcs_length(reference, words)
    precision, recall = common / len(words), common / len(reference)
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def _lcs_length(a: list[str], b: list[str]) -> int:
    """Return the length of the longest common subsequence; the words of `a` are bits of one integer."""
    positions: dict[str, int] = {}
    for i, word in enumerate(a):
        positions[word] = positions.get(word, 0) | 1 << i
    mask = (1 << len(a)) - 1
    free = mask
    for word in b:
        matched = free & positions.get(word, 0)
        free = (free + matched) | (free - matched)
        free &= mask
    return len(a) - free.bit_count()
