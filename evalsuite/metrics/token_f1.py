"""Token F1."""

from __future__ import annotations

import re
import string
from collections import Counter
from dataclasses import dataclass

import numpy as np

from evalsuite.metrics._mean_score import BestReferenceMetric
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.types import Sample

__all__ = ["TokenF1"]

_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")


@dataclass(frozen=True)
class TokenF1(BestReferenceMetric):
    """Token F1: overlap of words with a reference as an F-score, mean over samples, 0-1.

    Notes
    -----
    ``F1 = 2 * P * R / (P + R)`` with ``P`` and ``R`` the common words, counted with repetition, over the words of the
    output and of the reference [1]_. Texts are folded to lower case, ASCII punctuation and the articles a, an and the
    are removed, and what remains is split at whitespace. Where either text has no word left, the score is 1 if neither
    has, else 0 [2]_ (the script of SQuAD 1.1 gives 0 for both). Of several references the best counts. Range 0 to 1;
    higher is better.

    A row is [F1, 1], F1 averaged over the repeats of a sample; F1 equals the evaluation script of SQuAD 2.0.

    References
    ----------
    .. [1] Rajpurkar, Zhang, Lopyrev and Liang, "SQuAD: 100,000+ questions for machine comprehension of text", EMNLP
       2016.
    .. [2] Rajpurkar, Jia and Liang, "Know what you don't know: unanswerable questions for SQuAD", ACL 2018.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("the Denver Broncos",))
    >>> TokenF1().rows([sample], [[Output(text="Denver won.")]]).values
    array([[0.5, 1. ]])
    """

    name = "token_f1"

    def _pair_scores(self, references: list[str], texts: list[str]) -> FloatArray:
        words: dict[str, list[str]] = {}
        for text in (*references, *texts):
            if text not in words:
                words[text] = _split(text)
        pairs = zip(references, texts, strict=True)
        return np.array([_f1(words[reference], words[text]) for reference, text in pairs], dtype=np.float64)

    def example(self) -> Example:
        """Return two matches, a part of one, and none."""
        samples = (
            Sample(id="1", input={}, references=("the Denver Broncos",)),
            Sample(id="2", input={}, references=("42", "forty-two")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["Denver Broncos.", "42"]),
            worse=example_outputs(samples, ["Denver", "about 42"]),
            worst=example_outputs(samples, ["", "43"]),
        )


def _split(text: str) -> list[str]:
    return _ARTICLE.sub(" ", text.lower().translate(_WITHOUT_PUNCTUATION)).split()


def _f1(reference: list[str], words: list[str]) -> float:
    if not reference or not words:
        return float(reference == words)
    common = (Counter(reference) & Counter(words)).total()
    if common == 0:
        return 0.0
    precision, recall = common / len(words), common / len(reference)
    return 2 * precision * recall / (precision + recall)
