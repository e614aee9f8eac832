"""The words of METEOR as numbers, with their stems and synonyms."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from evalsuite.kernels.rouge_words import porter_stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Stemmer", "WordNet", "WordNumbers", "number_stems", "number_synonyms", "number_words"]


class Stemmer(Protocol):
    """Anything with nltk's method for stems."""

    def stem(self, word: str, /) -> str:
        """Return the stem of a word."""


WordNet: TypeAlias = Any
"""Anything with the method ``synsets(word)`` of nltk's corpus reader, ``"auto"``, or None."""


class WordNumbers(dict[str, int]):
    """Numbers of words, given in order of appearance."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def number_words(numbers: WordNumbers, texts: list[list[str]]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the numbers of all words, one text after the other, and how many each text has."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    words = map(numbers.__getitem__, chain.from_iterable(texts))
    return np.fromiter(words, dtype=np.uint32, count=int(lengths.sum())), lengths


def number_stems(numbers: WordNumbers, stemmer: Stemmer | None) -> NDArray[np.uint32]:
    """Return the number of each word's stem; stems that are no words get numbers of their own, and are their stems."""
    if stemmer is not None and not callable(getattr(stemmer, "stem", None)):
        raise TypeError(f"`stemmer` must have a method `stem`; found {type(stemmer).__name__}")
    words = list(numbers)
    stems = _porter_stems(words) if stemmer is None else [stemmer.stem(word) for word in words]
    found = [numbers[stem] for stem in stems]
    return np.array([*found, *range(len(found), len(numbers))], dtype=np.uint32)


def _porter_stems(words: list[str]) -> list[str]:
    """Return Porter's stems, by nltk itself for words with lone surrogates, which no encoding holds."""
    try:
        return porter_stems(words)
    except ValueError:
        from nltk.stem.porter import PorterStemmer

        stemmer = PorterStemmer()
        return [
            stemmer.stem(word)
            if any("\ud800" <= character <= "\udfff" for character in word)
            else porter_stems([word])[0]
            for word in words
        ]


def number_synonyms(
    numbers: WordNumbers, stems: NDArray[np.uint32], wordnet: WordNet
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return, for the stems of hypotheses, which other numbered words are their synonyms."""
    if not callable(getattr(wordnet, "synsets", None)):
        raise TypeError(f'`wordnet` must be "auto", None or have a method `synsets`; found {type(wordnet).__name__}')
    wanted = set(stems.tolist())
    counts, found = [], []
    for stem, number in numbers.items():
        names: set[str] = set()
        if number in wanted:
            names = {lemma.name() for synset in wordnet.synsets(stem) for lemma in synset.lemmas()}
        known = sorted(numbers[name] for name in names if "_" not in name and name in numbers)
        counts.append(len(known))
        found += known
    return np.array(counts, dtype=np.uint32), np.array(found, dtype=np.uint32)
