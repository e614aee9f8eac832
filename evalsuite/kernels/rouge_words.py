"""The words that ROUGE compares, and their stems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from evalsuite import _rust
from evalsuite.kernels.arguments import check_choice, check_flag, check_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ROUGE_TOKENIZATIONS", "RougeTokenization", "porter_stems", "rouge_words"]

RougeTokenization: TypeAlias = Literal["rouge-score", "unicode"]
ROUGE_TOKENIZATIONS: Final = ("rouge-score", "unicode")


def porter_stems(words: Sequence[str]) -> list[str]:
    """Stems of words by Porter's algorithm with NLTK's extensions.

    Parameters
    ----------
    words : sequence of str
        Single words, whatever their length and case.

    Returns
    -------
    list of str
        As many stems as words, each equal to ``PorterStemmer().stem(word)`` of nltk 3.10.

    Raises
    ------
    TypeError
        If `words` is a str or holds anything but str.
    ValueError
        If a word holds a lone surrogate.

    References
    ----------
    .. [1] Porter, "An algorithm for suffix stripping", Program 14(3), 1980.

    Examples
    --------
    >>> porter_stems(["Generously", "flies", "dying", "news"])
    ['gener', 'fli', 'die', 'news']
    """
    listed = check_texts(words, "words", lowercase=False)
    lowered = [word.lower() for word in listed]
    try:
        stems = _rust.porter_stems(lowered)
    except UnicodeEncodeError as error:
        raise ValueError("`words` must not hold lone surrogates") from error
    # A word of up to two characters is left alone, even where its lower case is longer.
    for index, word in enumerate(listed):
        if len(word) <= 2:
            stems[index] = lowered[index]
    return stems


def rouge_words(
    texts: Sequence[str], *, tokenize: RougeTokenization = "rouge-score", use_stemmer: bool = False
) -> list[list[str]]:
    """Words of each text as ROUGE compares them.

    Parameters
    ----------
    texts : sequence of str
    tokenize : {"rouge-score", "unicode"}, default "rouge-score"
        As in :func:`rouge_statistics`.
    use_stemmer : bool, default False
        Replace ASCII words of more than three characters by their stems.

    Returns
    -------
    list of lists of str
        For "rouge-score" equal to ``rouge_score.tokenizers.DefaultTokenizer(use_stemmer).tokenize`` of each text.

    Raises
    ------
    TypeError
        If `texts` is a str or holds anything but str.
    ValueError
        If `tokenize` is unknown.

    Examples
    --------
    >>> rouge_words(["The cats' naïve 2.5 lives"], use_stemmer=True)
    [['the', 'cat', 'na', 've', '2', '5', 'live']]
    >>> rouge_words(["Naïve Füße, 東京"], tokenize="unicode")
    [['naïve', 'füße', '東', '京']]
    """
    check_choice(tokenize, "tokenize", ROUGE_TOKENIZATIONS)
    return _rust.rouge_words(
        check_texts(texts, "texts", lowercase=False), tokenize, check_flag(use_stemmer, "use_stemmer")
    )
