"""ROUGE with the API of rouge-score: the same scores, in batches too."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from evalsuite.errors import DependencyError
from evalsuite.kernels.arguments import check_flag, check_texts
from evalsuite.kernels.rouge import (
    check_rouge_types,
    check_targets,
    rouge_scores,
    rouge_statistics,
    rouge_statistics_of_words,
)
from evalsuite.text.rouge_tokenizers import DefaultTokenizer, UnicodeTokenizer

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

__all__ = ["RougeScorer", "Score", "Tokenizer"]


class Score(NamedTuple):
    """Precision, recall and F-measure of one prediction, each 0 to 1."""

    precision: float
    recall: float
    fmeasure: float


class Tokenizer(Protocol):
    """Anything with a method ``tokenize``, which cuts a text into words that can be compared and hashed."""

    def tokenize(self, text: str) -> Sequence[Hashable]:
        """Return the words of `text`."""


class RougeScorer:
    """ROUGE of texts, equal to ``rouge_score.rouge_scorer.RougeScorer`` of rouge-score 0.1.2 bit for bit.

    Parameters
    ----------
    rouge_types : sequence of str
        Of "rouge1" to "rouge9", "rougeL" and "rougeLsum".
    use_stemmer : bool, default False
        Compare Porter stems of words of more than three characters. A `tokenizer` of your own decides for itself.
    split_summaries : bool, default False
        Find the sentences of "rougeLsum" by nltk's ``sent_tokenize`` instead of at line feeds.
    tokenizer : Tokenizer, optional
        By default rouge-score's own: runs of a-z and 0-9 in lower case, so that text in other scripts scores 0.
        ``UnicodeTokenizer()`` reads all scripts. Any object with ``tokenize(text)`` will do; these two are the fast
        ones.

    Raises
    ------
    TypeError
        If `rouge_types` is a str, or `tokenizer` has no method ``tokenize``.
    ValueError
        If a type is unknown; rouge-score says so when it scores first.
    DependencyError
        When scoring with `split_summaries`, if nltk or its punkt data is missing.

    Notes
    -----
    ``P = hits / words of the prediction``, ``R = hits / words of the target``, ``F = 2 * P * R / (P + R)``, and so for
    n-grams. Hits are clipped n-gram matches (rouge1 to rouge9), the length of a longest common subsequence (rougeL),
    or the words of the target's sentences that are in a longest common subsequence with any sentence of the
    prediction (rougeLsum), each no more often than the prediction has it [1]_.

    References
    ----------
    .. [1] Lin, "ROUGE: a package for automatic evaluation of summaries", ACL 2004 workshop.

    Examples
    --------
    >>> scorer = RougeScorer(["rouge1", "rougeL"], use_stemmer=True)
    >>> scores = scorer.score("The quick brown fox jumps over the lazy dog", "The quick brown dog jumps on the log.")
    >>> scores["rouge1"]
    Score(precision=0.75, recall=0.6666666666666666, fmeasure=0.7058823529411765)
    >>> scorer.score_batch(["a fox", "a dog"], ["a fox", "a cat"])["rougeL"]
    array([[1. , 1. , 1. ],
           [0.5, 0.5, 0.5]])
    """

    def __init__(
        self,
        rouge_types: Sequence[str],
        use_stemmer: bool = False,
        split_summaries: bool = False,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self.rouge_types = check_rouge_types(rouge_types)
        if tokenizer is not None and not callable(getattr(tokenizer, "tokenize", None)):
            raise TypeError(f"`tokenizer` must have a method tokenize(text); found {type(tokenizer).__name__}")
        self._tokenizer: Tokenizer = DefaultTokenizer(use_stemmer) if tokenizer is None else tokenizer
        self._split_summaries = check_flag(split_summaries, "split_summaries")

    def score(self, target: str, prediction: str) -> dict[str, Score]:
        """ROUGE of one prediction with one target.

        Parameters
        ----------
        target, prediction : str

        Returns
        -------
        dict of str to Score
            A score for each type.

        Raises
        ------
        TypeError
            If either is not a str.
        """
        if not isinstance(target, str):
            raise TypeError(f"`target` must be a str; found {type(target).__name__}")
        if not isinstance(prediction, str):
            raise TypeError(f"`prediction` must be a str; found {type(prediction).__name__}")
        return self._score_one([target], prediction)

    def score_multi(self, targets: Sequence[str], prediction: str) -> dict[str, Score]:
        """ROUGE of one prediction with the best of several targets.

        Parameters
        ----------
        targets : sequence of str
            At least one. For each type apart the target with the highest F counts, the first of equals.
        prediction : str

        Returns
        -------
        dict of str to Score
            A score for each type.

        Raises
        ------
        TypeError
            If `targets` is a str, or anything in it or `prediction` is not.
        ValueError
            If `targets` is empty.
        """
        listed = check_texts(targets, "targets", lowercase=False)
        if not listed:
            raise ValueError("`targets` must hold at least one target; found none")
        if not isinstance(prediction, str):
            raise TypeError(f"`prediction` must be a str; found {type(prediction).__name__}")
        return self._score_one(listed, prediction)

    def score_batch(
        self, targets: Sequence[str] | Sequence[Sequence[str]], predictions: Sequence[str]
    ) -> dict[str, NDArray[np.float64]]:
        """ROUGE of many predictions at once, on all cores.

        Parameters
        ----------
        targets : sequence of str, or of sequences of str, length n
            The target of each prediction, or its targets as in :meth:`score_multi`.
        predictions : sequence of str, length n

        Returns
        -------
        dict of str to ndarray of float64, shape (n, 3)
            Precision, recall and F for each type, in the order of `predictions`.

        Raises
        ------
        TypeError
            If a text is not a str.
        ValueError
            If the lengths differ, or a prediction has no target.
        """
        scores = rouge_scores(self._statistics(targets, predictions))
        return {name: scores[:, column] for column, name in enumerate(self.rouge_types)}

    def _score_one(self, targets: list[str], prediction: str) -> dict[str, Score]:
        statistics = self._statistics([targets], [prediction])
        scores = rouge_scores(statistics)[0].tolist()
        counts = statistics[0].tolist()
        result = {}
        for name, score, (_, n_prediction, n_target) in zip(self.rouge_types, scores, counts, strict=True):
            # rouge-score has integers here and nowhere else, and they print as such.
            nothing = name in ("rougeL", "rougeLsum") and (n_prediction == 0 or n_target == 0)
            result[name] = Score(0, 0, 0) if nothing else Score(*score)
        return result

    def _statistics(
        self, targets: Sequence[str] | Sequence[Sequence[str]], predictions: Sequence[str]
    ) -> NDArray[np.int64]:
        tokenizer = self._tokenizer
        # A subclass may have another tokenize().
        if type(tokenizer) is DefaultTokenizer or type(tokenizer) is UnicodeTokenizer:
            return self._statistics_of_texts(targets, predictions, tokenizer)
        listed = check_texts(predictions, "predictions", lowercase=False)
        flat, counts = check_targets(targets, len(listed))
        out = np.empty((len(listed), len(self.rouge_types), 3), dtype=np.int64)
        for by_sentence in (False, True):
            columns = [at for at, name in enumerate(self.rouge_types) if (name == "rougeLsum") == by_sentence]
            if columns:
                names = [self.rouge_types[at] for at in columns]
                cut = self._cut_sentences if by_sentence else self._cut_words
                out[:, columns] = rouge_statistics_of_words(
                    [cut(text) for text in flat], counts, [cut(text) for text in listed], names
                )
        return out

    def _statistics_of_texts(
        self,
        targets: Sequence[str] | Sequence[Sequence[str]],
        predictions: Sequence[str],
        tokenizer: DefaultTokenizer | UnicodeTokenizer,
    ) -> NDArray[np.int64]:
        """Leave tokenizing to the kernel."""
        name, use_stemmer = tokenizer.name, tokenizer.use_stemmer
        out = rouge_statistics(targets, predictions, self.rouge_types, tokenize=name, use_stemmer=use_stemmer)
        if self._split_summaries and "rougeLsum" in self.rouge_types:
            flat, counts = check_targets(targets, len(predictions))
            lines = map(_sentences_as_lines, flat)
            groups = [list(islice(lines, count)) for count in counts.tolist()]
            split = [_sentences_as_lines(text) for text in predictions]
            found = rouge_statistics(groups, split, ["rougeLsum"], tokenize=name, use_stemmer=use_stemmer)
            for column, kind in enumerate(self.rouge_types):
                if kind == "rougeLsum":
                    out[:, column] = found[:, 0]
        return out

    def _cut_words(self, text: str) -> list[list[Hashable]]:
        return [list(self._tokenizer.tokenize(text))]

    def _cut_sentences(self, text: str) -> list[list[Hashable]]:
        sentences = _split_sentences(text) if self._split_summaries else text.split("\n")
        return [list(self._tokenizer.tokenize(sentence)) for sentence in sentences if sentence]


def _sentences_as_lines(text: str) -> str:
    return "\n".join(sentence.replace("\n", " ") for sentence in _split_sentences(text))


def _split_sentences(text: str) -> list[str]:
    """Sentences by nltk's model for English."""
    needs = "`split_summaries` needs nltk and its data punkt_tab"
    remedy = "pip install nltk, then python -m nltk.downloader punkt_tab"
    try:
        from nltk import sent_tokenize
    except ImportError as error:
        raise DependencyError(f"{needs}; the package is missing: {remedy}") from error
    try:
        found: list[str] = sent_tokenize(text)
    except LookupError as error:
        raise DependencyError(f"{needs}; the data is missing: {remedy}") from error
    return found
