"""How much of a text is copied from a corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels.arguments import check_integer, check_texts
from evalsuite.kernels.contamination import MAX_NGRAM, word_spans
from evalsuite.text.ngram_search import corpus_signature, longest_run, search_ngrams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.text.ngram_search import Corpus

__all__ = ["CopiedSpan", "OriginalityReport", "OutputOriginality", "score_originality"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedSpan:
    """A stretch of an output whose every n-gram is in the corpus.

    Parameters
    ----------
    first_word, n_words : int
        Where it starts among the output's words, from 0, and how many it has, at least n.
    start, end : int
        Where it stands in the output, in characters.
    text : str
        What stands there.
    """

    first_word: int
    n_words: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOriginality:
    """How much of one output is copied.

    Parameters
    ----------
    n_words, n_ngrams, n_copied : int
        Words, n-grams (repeated ones included), and those of them that the corpus holds.
    longest : CopiedSpan, optional
        The longest copied span, the first one of several; None where nothing is copied.
    """

    n_words: int
    n_ngrams: int
    n_copied: int
    longest: CopiedSpan | None

    @property
    def copy_rate(self) -> float:
        """Share of the n-grams that the corpus holds, 0-1; NaN for an output of fewer than n words."""
        return self.n_copied / self.n_ngrams if self.n_ngrams else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalityReport:
    """How much of some outputs is copied.

    Parameters
    ----------
    outputs : tuple of OutputOriginality
        One an output, in their order.
    n_documents : int
        Documents of the corpus.
    signature : str
        All that the numbers depend on beside outputs and corpus.
    """

    outputs: tuple[OutputOriginality, ...]
    n_documents: int
    signature: str

    @property
    def copy_rate(self) -> float:
        """Share of all n-grams of all outputs that the corpus holds, 0-1; NaN where there is none."""
        n_ngrams = sum(output.n_ngrams for output in self.outputs)
        return sum(output.n_copied for output in self.outputs) / n_ngrams if n_ngrams else float("nan")


def score_originality(outputs: Sequence[str], corpus: Corpus, *, ngram: int = 8) -> OriginalityReport:
    """Find out how much of each output is copied from a corpus.

    Parameters
    ----------
    outputs : sequence of str
    corpus : NgramIndex, CorpusFiles or iterable of str
        What may have been copied. Files and documents are read once and compared exactly, in memory that does not grow
        with them; an index answers by hashes.
    ngram : int, default 8
        Words of an n-gram, 1 to 64; an index's own.

    Returns
    -------
    OriginalityReport

    Raises
    ------
    InputError
        If a file cannot be read.
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    ``copy rate = n-grams of the output that the corpus holds / n-grams of the output``, one minus the novelty of [1]_.

    The longest span is the longest stretch all of whose n-grams are in the corpus, though not necessarily one after
    the other in one document: an upper bound of the longest passage copied at a stretch, and exact for a span of n
    words.

    References
    ----------
    .. [1] McCoy, Smolensky, Linzen, Gao and Celikyilmaz, "How much do language models copy from their training data?
       Evaluating linguistic novelty in text generation using RAVEN", TACL 2023.

    Examples
    --------
    >>> report = score_originality(["I say: it was the best of times, I think."],
    ...                            ["It was the best of times, it was the worst of times."], ngram=3)
    >>> report.outputs[0].n_copied, report.outputs[0].n_ngrams
    (4, 8)
    >>> report.outputs[0].longest.text
    'it was the best of times'
    """
    n = check_integer(ngram, "ngram", 1, MAX_NGRAM)
    listed = check_texts(outputs, "outputs", lowercase=False)
    found = search_ngrams(listed, corpus, n=n)
    ends = np.cumsum(found.counts).tolist()
    scored = []
    for text, n_words, n_ngrams, end in zip(listed, found.n_words.tolist(), found.counts.tolist(), ends, strict=True):
        copied = found.documents[end - n_ngrams : end] > 0
        scored.append(
            OutputOriginality(
                n_words=n_words,
                n_ngrams=n_ngrams,
                n_copied=int(copied.sum()),
                longest=_longest_span(text, copied, n) if copied.any() else None,
            )
        )
    signature = f"originality|ngram:{n}|{corpus_signature()}|version:1"
    return OriginalityReport(outputs=tuple(scored), n_documents=found.n_documents, signature=signature)


def _longest_span(text: str, copied: np.ndarray[tuple[int], np.dtype[np.bool_]], n: int) -> CopiedSpan:
    first, length = longest_run(copied)
    spans, _ = word_spans([text])
    start, end = int(spans[first, 0]), int(spans[first + length + n - 2, 1])
    return CopiedSpan(first_word=first, n_words=length + n - 1, start=start, end=end, text=text[start:end])
