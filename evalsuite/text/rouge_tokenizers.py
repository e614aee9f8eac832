"""Tokenizers of ROUGE: rouge-score's own, and one for all scripts."""

from __future__ import annotations

from typing import ClassVar, Literal

from evalsuite.kernels.arguments import check_flag
from evalsuite.kernels.rouge_words import rouge_words

__all__ = ["DefaultTokenizer", "UnicodeTokenizer"]


class DefaultTokenizer:
    """rouge-score's words: runs of a-z and 0-9 after ``str.lower``, everything else apart.

    Text in other scripts has no words, and accents split them: "naïve" is "na", "ve".

    Parameters
    ----------
    use_stemmer : bool, default False
        Replace words of more than three characters by their Porter stems, with NLTK's extensions.

    Examples
    --------
    >>> DefaultTokenizer(use_stemmer=True).tokenize("The cats' naïve lives")
    ['the', 'cat', 'na', 've', 'live']
    """

    name: ClassVar[Literal["rouge-score"]] = "rouge-score"

    def __init__(self, use_stemmer: bool = False) -> None:
        self.use_stemmer = check_flag(use_stemmer, "use_stemmer")

    def tokenize(self, text: str) -> list[str]:
        """Return the words of `text`; TypeError if it is not a str."""
        if not isinstance(text, str):
            raise TypeError(f"`text` must be a str; found {type(text).__name__}")
        return rouge_words([text], tokenize=self.name, use_stemmer=self.use_stemmer)[0]


class UnicodeTokenizer:
    """Words of any script: runs of letters, numbers and the marks on them (Unicode L, N, M), in lower case.

    Parameters
    ----------
    use_stemmer : bool, default False
        Replace ASCII words of more than three characters by their Porter stems; others stay as they are.

    Notes
    -----
    Scores by this tokenizer are not those of rouge-score, except for texts in ASCII.

    - Han characters, kana and Bopomofo are words of their own; Hangul, which has spaces, stands in runs. Scripts
      without spaces such as Thai, Lao and Khmer stand in runs too: cut them into words before.
    - A mark belongs to the word before it; one that follows no word is left out.
    - Joiners (U+200C, U+200D), soft hyphens and variation selectors are left out and do not end a word.
    - Lower case is that of each character alone, and a final sigma is a sigma.
    - Texts are not normalised: composed and decomposed accents differ.

    The tables are those of Unicode 17.0.

    Examples
    --------
    >>> UnicodeTokenizer().tokenize("Naïve Füße in 東京")
    ['naïve', 'füße', 'in', '東', '京']
    """

    name: ClassVar[Literal["unicode"]] = "unicode"

    def __init__(self, use_stemmer: bool = False) -> None:
        self.use_stemmer = check_flag(use_stemmer, "use_stemmer")

    def tokenize(self, text: str) -> list[str]:
        """Return the words of `text`; TypeError if it is not a str."""
        if not isinstance(text, str):
            raise TypeError(f"`text` must be a str; found {type(text).__name__}")
        return rouge_words([text], tokenize=self.name, use_stemmer=self.use_stemmer)[0]
