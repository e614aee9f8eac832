"""METEOR with nltk's conventions, and its results bit for bit."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite.kernels.meteor import meteor_scores as score_statistics
from evalsuite.kernels.meteor import meteor_statistics
from evalsuite.text.meteor_words import Stemmer, WordNet, WordNumbers, number_stems, number_synonyms, number_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["find_wordnet", "meteor_score", "meteor_scores", "single_meteor_score"]


def meteor_scores(
    references: Sequence[Sequence[Iterable[str]]],
    hypotheses: Sequence[Iterable[str]],
    *,
    preprocess: Callable[[str], str] = str.lower,
    stemmer: Stemmer | None = None,
    wordnet: WordNet | Literal["auto"] = "auto",
    alpha: float = 0.9,
    beta: float = 3.0,
    gamma: float = 0.5,
) -> NDArray[np.float64]:
    """METEOR of each hypothesis: that of its best reference.

    Parameters
    ----------
    references : sequence of sequences of iterables of str, length n
        ``references[i]`` are the references of ``hypotheses[i]``, each as words. At least one.
    hypotheses : sequence of iterables of str, length n
        The texts to score, as words: ``text.split()``, or what a tokenizer gives.
    preprocess : callable, default str.lower
        What is done to each word first.
    stemmer : optional
        An object with ``stem(word)``; by default Porter's stemmer as nltk's ``PorterStemmer()``.
    wordnet : "auto", None, or an object with ``synsets(word)``
        Where synonyms come from. "auto" takes nltk's WordNet where its data is on this machine and goes without where
        it is not: ask `find_wordnet` which, since scores differ. None goes without.
    alpha, beta, gamma : float
        Weight of precision in the mean, exponent and weight of the penalty for fragments.

    Returns
    -------
    ndarray of float64, shape (n,)
        Scores, 0 to 1 with the default parameters. A perfect match of m words has ``1 - gamma / m**beta``, not 1.

    Raises
    ------
    TypeError
        If a text is a str or bytes instead of words, or a word is not a str.
    ValueError
        If the lengths differ, a hypothesis has no reference, or a parameter is negative or not finite.

    Notes
    -----
    See ``evalsuite.kernels.meteor`` for formula and alignment. Bit for bit
    ``max(nltk.translate.meteor_score.single_meteor_score(...))`` of nltk 3.10 [1]_ [2]_, whose synonyms are those of
    the *stems* of the words that are left, and compared with stems.

    References
    ----------
    .. [1] Lavie and Agarwal, "METEOR: an automatic metric for MT evaluation with high levels of correlation with human
       judgments", WMT 2007.
    .. [2] Bird, Klein and Loper, "Natural Language Processing with Python", O'Reilly 2009.

    Examples
    --------
    >>> hypothesis = "the cat sat on the mat".split()
    >>> references = [["on the mat sat the cat".split(), "a cat was sitting on the mat".split()]]
    >>> meteor_scores(references, [hypothesis], wordnet=None).round(4)
    array([0.5435])
    """
    if isinstance(references, str | bytes) or isinstance(hypotheses, str | bytes):
        raise TypeError("`references` and `hypotheses` must be sequences of texts as words, not one str")
    listed, groups = list(hypotheses), [_group(group, index) for index, group in enumerate(references)]
    if len(groups) != len(listed):
        raise ValueError(
            f"`references` must have one entry for each of the {len(listed)} `hypotheses`; found {len(groups)}"
        )
    for index, group in enumerate(groups):
        if not group:
            raise ValueError(f"`references[{index}]` has no reference: each hypothesis needs at least one")
    outputs = [_words(text, f"hypotheses[{i}]", preprocess) for i, text in enumerate(listed)]
    targets = [_words(text, f"references[{i}]", preprocess) for i, group in enumerate(groups) for text in group]
    counts = np.fromiter(map(len, groups), dtype=np.int64, count=len(groups))
    if not counts.size:
        return np.zeros(0)
    numbers = WordNumbers()
    output_numbers, output_lengths = number_words(numbers, outputs)
    n_of_outputs = len(numbers)
    target_numbers, target_lengths = number_words(numbers, targets)
    stems = number_stems(numbers, stemmer)
    source = find_wordnet() if isinstance(wordnet, str) and wordnet == "auto" else wordnet
    synonyms = None if source is None else number_synonyms(numbers, stems[:n_of_outputs], source)
    statistics = meteor_statistics(
        output_numbers, output_lengths, target_numbers, target_lengths, counts, stems, synonyms
    )
    scores = score_statistics(statistics, alpha=alpha, beta=beta, gamma=gamma)
    return np.maximum.reduceat(scores, np.cumsum(counts) - counts)


def meteor_score(
    references: Iterable[Iterable[str]],
    hypothesis: Iterable[str],
    preprocess: Callable[[str], str] = str.lower,
    stemmer: Stemmer | None = None,
    wordnet: WordNet | Literal["auto"] = "auto",
    alpha: float = 0.9,
    beta: float = 3.0,
    gamma: float = 0.5,
) -> float:
    """METEOR of one hypothesis with its best reference, with the arguments of nltk's function.

    Parameters
    ----------
    references : iterable of iterables of str
        References as words.
    hypothesis : iterable of str
        The text to score, as words.
    preprocess, stemmer, wordnet, alpha, beta, gamma
        See `meteor_scores`, which is much faster for many texts.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        See `meteor_scores`.

    Examples
    --------
    >>> meteor_score([["the", "cats", "sat"], ["a", "dog"]], ["the", "cat", "sat"], wordnet=None)
    0.9814814814814815
    """
    group = list(references) if not isinstance(references, str | bytes) else references
    scores = meteor_scores(
        [group],
        [hypothesis],
        preprocess=preprocess,
        stemmer=stemmer,
        wordnet=wordnet,
        alpha=alpha,
        beta=beta,
        gamma=gamma,
    )
    return float(scores[0])


def single_meteor_score(
    reference: Iterable[str],
    hypothesis: Iterable[str],
    preprocess: Callable[[str], str] = str.lower,
    stemmer: Stemmer | None = None,
    wordnet: WordNet | Literal["auto"] = "auto",
    alpha: float = 0.9,
    beta: float = 3.0,
    gamma: float = 0.5,
) -> float:
    """METEOR of one hypothesis with one reference, with the arguments of nltk's function.

    Parameters
    ----------
    reference, hypothesis : iterable of str
        Texts as words.
    preprocess, stemmer, wordnet, alpha, beta, gamma
        See `meteor_scores`.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        See `meteor_scores`.

    Examples
    --------
    >>> single_meteor_score(["this", "is", "a", "cat"], ["non", "matching", "hypothesis"], wordnet=None)
    0.0
    """
    return meteor_score([reference], hypothesis, preprocess, stemmer, wordnet, alpha, beta, gamma)


@cache
def find_wordnet() -> WordNet:
    """Return nltk's WordNet where its data is on this machine, else None. Downloads nothing.

    Examples
    --------
    >>> find_wordnet() is find_wordnet()
    True
    """
    try:
        from nltk.corpus import wordnet

        wordnet.ensure_loaded()
    except (ImportError, LookupError):
        return None
    return wordnet


def _group(group: Sequence[Iterable[str]], index: int) -> list[Iterable[str]]:
    if isinstance(group, str | bytes):
        raise TypeError(f"`references[{index}]` must be a sequence of references, each as words; found one str")
    try:
        return list(group)
    except TypeError:
        found = type(group).__name__
        raise TypeError(f"`references[{index}]` must be a sequence of references; found {found}") from None


def _words(text: Iterable[str], name: str, preprocess: Callable[[str], str]) -> list[str]:
    if isinstance(text, str | bytes):
        raise TypeError(f"`{name}` must be words, a sequence of str; found one {type(text).__name__}: split it")
    try:
        return list(map(preprocess, text))
    except TypeError as error:
        raise TypeError(f"`{name}` must be words, a sequence of str: {error}") from None
