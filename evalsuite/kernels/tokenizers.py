"""The tokenizers of sacrebleu that are compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from evalsuite import _rust
from evalsuite.kernels.arguments import check_choice, check_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TOKENIZATIONS", "Tokenization", "tokenize", "tokenize_13a"]

Tokenization: TypeAlias = Literal["13a", "intl", "zh", "char", "none"]

TOKENIZATIONS: Final[tuple[Tokenization, ...]] = ("13a", "intl", "zh", "char", "none")


def tokenize(texts: Sequence[str], *, tokenize: Tokenization = "13a", lowercase: bool = False) -> list[str]:
    """Tokens of each text, joined by single spaces.

    Parameters
    ----------
    texts : sequence of str
        The texts, not stripped beforehand: 13a deletes a final hyphen with the line end behind it.
    tokenize : {"13a", "intl", "zh", "char", "none"}, default "13a"
        mteval-v13a's rules; those of mteval-v14 for any script [1]_; Chinese characters one by one and the rest as
        13a; every character; whitespace only.
    lowercase : bool, default False
        Apply ``str.lower`` first.

    Returns
    -------
    list of str
        As many lines as texts, each with the tokens that sacrebleu 2.6 gives.

    Raises
    ------
    TypeError
        If `texts` is a str or holds anything but str.
    ValueError
        If `tokenize` is unknown.

    Notes
    -----
    "intl" classifies characters as the release of the `regex` package does that ``unicode_ranges.rs`` names.

    References
    ----------
    .. [1] Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018; the rules are those of NIST's
       ``mteval-v13a.pl`` and ``mteval-v14.pl``.

    Examples
    --------
    >>> tokenize(["It's 1,000.50 (net), 1990-2000."])
    ["It's 1,000.50 ( net ) , 1990 - 2000 ."]
    >>> tokenize(["我爱NLP。"], tokenize="zh")
    ['我 爱 NLP 。']
    """
    check_choice(tokenize, "tokenize", TOKENIZATIONS)
    return _rust.tokenize(check_texts(texts, "texts", lowercase=lowercase), tokenize)


def tokenize_13a(texts: Sequence[str], *, lowercase: bool = False) -> list[str]:
    """Tokens of each text under mteval's 13a: `tokenize` with its default.

    Parameters
    ----------
    texts, lowercase
        See `tokenize`.

    Returns
    -------
    list of str

    Raises
    ------
    TypeError
        If `texts` is a str or holds anything but str.
    """
    return tokenize(texts, lowercase=lowercase)
