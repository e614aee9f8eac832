"""Which items of a benchmark a training corpus holds: clean ones, dirty ones, and those too short to tell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from evalsuite.kernels.arguments import check_integer, check_texts
from evalsuite.kernels.contamination import MAX_NGRAM, normalize_words
from evalsuite.text.ngram_index import NgramIndex
from evalsuite.text.ngram_search import corpus_signature, longest_run, search_ngrams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.text.ngram_search import Corpus, FoundNgrams

__all__ = ["ContaminationReport", "ItemContamination", "Verdict", "find_contamination"]

Verdict: TypeAlias = Literal["clean", "dirty", "too_short"]
_MOST_DOCUMENTS = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemContamination:
    """What a corpus holds of one item.

    Parameters
    ----------
    verdict : {"clean", "dirty", "too_short"}
    n_words, n_ngrams, n_found : int
        Words, n-grams (repeated ones included; 1 for an item compared as a whole), and those that the corpus holds and
        that count.
    overlap : float, optional
        ``n_found / n_ngrams``, 0-1; None where the item is too short.
    covered : float, optional
        Share of the words that are part of such an n-gram, 0-1; None where the item is too short.
    longest_words : int
        Most words in a row that are part of such n-grams: an upper bound of the longest passage in one document.
    evidence : str, optional
        The first n-gram found, normalised.
    document : int, optional
        The first document that holds it, from 0; None also where an index was asked.
    where : str, optional
        File and line of that document, or its number from 1.
    """

    verdict: Verdict
    n_words: int
    n_ngrams: int
    n_found: int
    overlap: float | None
    covered: float | None
    longest_words: int
    evidence: str | None
    document: int | None
    where: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContaminationReport:
    """What a corpus holds of the items of a benchmark.

    Parameters
    ----------
    items : tuple of ItemContamination
        One an item, in their order.
    n_documents : int
        Documents of the corpus.
    signature : str
        All that the verdicts depend on beside items and corpus.
    """

    items: tuple[ItemContamination, ...]
    n_documents: int
    signature: str

    def split(self, verdict: Verdict) -> list[int]:
        """Return which items have this verdict, by their numbers from 0."""
        return [index for index, item in enumerate(self.items) if item.verdict == verdict]

    @property
    def dirty_share(self) -> float:
        """Dirty items over dirty and clean ones, 0-1; NaN where there is neither."""
        n_dirty = len(self.split("dirty"))
        n_judged = n_dirty + len(self.split("clean"))
        return n_dirty / n_judged if n_judged else float("nan")


def find_contamination(
    items: Sequence[str],
    corpus: Corpus,
    *,
    ngram: int = 13,
    min_words: int = 8,
    max_documents: int | None = None,
    min_overlap: float = 0.0,
) -> ContaminationReport:
    """Find the items that a training corpus contaminates.

    Parameters
    ----------
    items : sequence of str
        What a model is evaluated by, such as question and answer of each item.
    corpus : NgramIndex, CorpusFiles or iterable of str
        What the model may have learned from. Files and documents are read once and compared exactly, in memory that
        does not grow with them; an index answers by hashes.
    ngram : int, default 13
        Words of an n-gram, 1 to 64; an index's own.
    min_words : int, default 8
        An item of fewer words than `ngram` is compared as a whole if it has at least so many; shorter ones occur by
        chance, and are ``too_short``. With an index all items of fewer than `ngram` words are.
    max_documents : int, optional
        Pass over n-grams in more documents than this, which are set phrases rather than the item; GPT-3's authors took
        10. At most 254 with an index. By default all count.
    min_overlap : float, default 0
        Least share of an item's n-grams for it to be dirty, 0-1; by default one n-gram is enough.

    Returns
    -------
    ContaminationReport

    Raises
    ------
    InputError
        If a file cannot be read.
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    The rule of GPT-3 [1]_ (section 4 and appendix C): an item is dirty if it has a 13-gram in common with the corpus,
    or occurs in it as a whole where it is shorter; 8 is its least n. ``ngram=8, min_overlap=0.7`` is PaLM's rule [2]_
    (section 8). `covered` is the share of contaminated tokens of Llama 2 [3]_ (appendix A.6), of words and without
    skipped ones.

    References
    ----------
    .. [1] Brown et al., "Language models are few-shot learners", NeurIPS 2020.
    .. [2] Chowdhery et al., "PaLM: Scaling language modeling with Pathways", JMLR 2023.
    .. [3] Touvron et al., "Llama 2: Open foundation and fine-tuned chat models", 2023.

    Examples
    --------
    >>> report = find_contamination(
    ...     ["Who wrote the book on the table?", "Name the largest lake of the three in the north."],
    ...     ["Quiz night! Name the largest lake of the three in the north. Answer: ..."], ngram=8)
    >>> [item.verdict for item in report.items]
    ['too_short', 'dirty']
    >>> report.items[1].evidence, report.items[1].where
    ('name the largest lake of the three in', 'document 1')
    """
    n = check_integer(ngram, "ngram", 1, MAX_NGRAM)
    least = check_integer(min_words, "min_words", 1, MAX_NGRAM)
    if max_documents is not None:
        max_documents = check_integer(max_documents, "max_documents", 1, 2**62)
        if isinstance(corpus, NgramIndex) and max_documents > _MOST_DOCUMENTS:
            raise ValueError(
                f"`max_documents` must be 1 to {_MOST_DOCUMENTS} with an index, which counts no further; "
                f"found {max_documents}"
            )
    share = _check_share(min_overlap, "min_overlap")
    listed = check_texts(items, "items", lowercase=False)
    found = search_ngrams(listed, corpus, n=n, min_words=least)
    present = found.documents > 0
    if max_documents is not None:
        present &= found.documents <= max_documents
    ends = np.concatenate([[0], np.cumsum(found.counts)])
    n_found = np.diff(np.concatenate([[0], np.cumsum(present)])[ends]).tolist()
    judged = tuple(
        _judge(listed[index], found, present[start:end] if n_found[index] else None, index, start, n, share)
        for index, (start, end) in enumerate(pairwise(ends.tolist()))
    )
    if isinstance(corpus, NgramIndex):
        least = max(least, n)  # an index knows n-grams of one length only
    signature = (
        f"contamination|ngram:{n}|min_words:{least}|max_documents:{max_documents or 'any'}|min_overlap:{share:g}"
        f"|{corpus_signature()}|version:1"
    )
    return ContaminationReport(items=judged, n_documents=found.n_documents, signature=signature)


def _judge(
    text: str, found: FoundNgrams, present: NDArray[np.bool_] | None, index: int, start: int, n: int, min_overlap: float
) -> ItemContamination:
    """Judge an item by which of its n-grams are present, from `start` on; None where none is."""
    n_words, n_ngrams = int(found.n_words[index]), int(found.counts[index])
    n_found = 0 if present is None else int(present.sum())
    overlap = n_found / n_ngrams if n_ngrams else None
    # An item compared as a whole is one n-gram of all its words.
    length = min(n, n_words)
    covered, longest, evidence, document = 0, 0, None, None
    if present is not None:
        steps = np.zeros(n_words + 1, dtype=np.int64)
        places = np.flatnonzero(present)
        np.add.at(steps, places, 1)
        np.add.at(steps, places + length, -1)
        covered = int((np.cumsum(steps)[:-1] > 0).sum())
        longest = longest_run(present)[1] + length - 1
        first = int(places[0])
        evidence = " ".join(normalize_words([text])[0].split(" ")[first : first + length])
        if found.first is not None:
            document = int(found.first[start + first])
    verdict: Verdict = "clean"
    if overlap is None:
        verdict = "too_short"
    elif n_found and overlap >= min_overlap:
        verdict = "dirty"
    return ItemContamination(
        verdict=verdict,
        n_words=n_words,
        n_ngrams=n_ngrams,
        n_found=n_found,
        overlap=overlap,
        covered=covered / n_words if n_ngrams else None,
        longest_words=longest,
        evidence=evidence,
        document=document,
        where=None if document is None else found.where(document),
    )


def _check_share(value: float, name: str) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"`{name}` must be a number; found {type(value).__name__}")
    if not 0 <= value <= 1:
        raise ValueError(f"`{name}` must be 0 to 1; found {value}")
    return float(value)
