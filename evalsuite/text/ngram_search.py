"""Which n-grams of some texts a corpus holds: by an index of the corpus, or by one pass over it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from evalsuite.kernels.contamination import NORMALIZER, UNICODE_VERSION, CorpusScan, text_ngrams
from evalsuite.text.corpus import CorpusFiles, batches, is_json_lines, not_utf8
from evalsuite.text.ngram_index import NgramIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Corpus", "FoundNgrams", "corpus_signature", "longest_run", "search_ngrams"]

Corpus: TypeAlias = "NgramIndex | CorpusFiles | Iterable[str]"
"""A corpus: its index, files, or documents one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoundNgrams:
    """What a corpus holds of some texts.

    Parameters
    ----------
    n_words : ndarray of int64, shape (n_texts,)
    counts : ndarray of int64, shape (n_texts,)
        N-grams of each text, repeated ones included.
    documents : ndarray of int64, shape (sum of counts,)
        In how many documents each of them is, text after text.
    first : ndarray of int64, shape (sum of counts,), optional
        The first of those documents, from 0; -1 where there is none. None where an index was asked.
    n_documents : int
        Documents of the corpus.
    files : tuple of (int, Path)
        Number of the first document of each file, where the corpus is files that were read.
    """

    n_words: NDArray[np.int64]
    counts: NDArray[np.int64]
    documents: NDArray[np.int64]
    first: NDArray[np.int64] | None
    n_documents: int
    files: tuple[tuple[int, Path], ...] = ()

    def where(self, document: int) -> str:
        """Return file and line of a document, or else its number from 1."""
        at = bisect_right(self.files, document, key=lambda entry: entry[0])
        if not at:
            return f"document {document + 1}"
        start, path = self.files[at - 1]
        return f"{path}:{document - start + 1}"


def search_ngrams(texts: Sequence[str], corpus: Corpus, *, n: int, min_words: int | None = None) -> FoundNgrams:
    """Look for the n-grams of texts in a corpus.

    Parameters
    ----------
    texts : sequence of str
    corpus : NgramIndex, CorpusFiles or iterable of str
        An index must be of n-grams of `n` words.
    n : int
        Words of an n-gram.
    min_words : int, optional
        A text of fewer than `n` words, but at least so many, is looked for as a whole, which an index cannot; by
        default it has no n-gram.

    Raises
    ------
    InputError
        If a file cannot be read.
    TypeError, ValueError
        If an argument is not as above.
    """
    if isinstance(corpus, NgramIndex):
        if corpus.n != n:
            raise ValueError(f"`corpus`: {corpus.path} has n-grams of {corpus.n} words, {n} were asked for")
        hashes, counts, n_words = text_ngrams(texts, n, seed=corpus.seed)
        documents = corpus.look_up(hashes).astype(np.int64)
        return FoundNgrams(
            n_words=n_words, counts=counts, documents=documents, first=None, n_documents=corpus.n_documents
        )
    scan = CorpusScan(texts, n, min_words=n if min_words is None else min_words)
    files: tuple[tuple[int, Path], ...] = ()
    if isinstance(corpus, CorpusFiles):
        files = _scan_files(scan, corpus)
    else:
        for batch in batches(corpus):
            scan.scan_texts(batch)
    documents, first = scan.found()
    return FoundNgrams(
        n_words=scan.n_words,
        counts=scan.counts,
        documents=documents[scan.places],
        first=first[scan.places],
        n_documents=scan.n_documents,
        files=files,
    )


def _scan_files(scan: CorpusScan, corpus: CorpusFiles) -> tuple[tuple[int, Path], ...]:
    files = []
    for path in corpus.files():
        start = scan.n_documents
        files.append((start, path))
        if is_json_lines(path):
            for batch in batches(corpus.documents(path)):
                scan.scan_texts(batch)
            continue
        for block in corpus.blocks(path):
            line = scan.n_documents - start
            try:
                scan.scan_lines(block)
            except ValueError:
                try:
                    block.decode("utf-8")
                except UnicodeDecodeError as error:
                    raise not_utf8(path, line, block, error.start) from error
                raise
    return tuple(files)


def corpus_signature() -> str:
    """Return what texts are compared by: the normaliser and its version of Unicode."""
    return f"normalizer:{NORMALIZER.partition(':')[0]}|unicode:{UNICODE_VERSION}"


def longest_run(found: NDArray[np.bool_]) -> tuple[int, int]:
    """Return start and length of the first longest run of True; (0, 0) where there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], found.astype(np.int8), [0]])))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    if not len(starts):
        return 0, 0
    longest = int(np.argmax(lengths))
    return int(starts[longest]), int(lengths[longest])
