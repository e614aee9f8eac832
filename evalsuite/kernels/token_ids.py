"""Texts as token numbers."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_array, check_choice, check_ordered, check_texts

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

__all__ = ["MAX_ORDER", "MAX_TOKENS", "TokenIds", "Tokenize", "checked_tokens", "token_ids"]

Tokenize: TypeAlias = Literal["none", "13a", "char"]

MAX_ORDER: Final = 64
"""Longest n-grams that are counted."""
_TOKENIZATIONS: Final = ("none", "13a", "char")
MAX_TOKENS: Final = 2**32 - 2


class TokenIds(NamedTuple):
    """Tokens of several texts as dense numbers, the same number wherever the token is the same.

    Parameters
    ----------
    ids : ndarray of uint32, shape (n_tokens,)
        The numbers, one text after the other.
    ends : ndarray of int64, shape (n_texts,)
        Where each text ends in `ids`.
    """

    ids: NDArray[np.uint32]
    ends: NDArray[np.int64]


def token_ids(
    texts: Sequence[str] | Sequence[Sequence[Hashable]] | TokenIds,
    *,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> TokenIds:
    """Tokens of texts as numbers.

    Parameters
    ----------
    texts : sequence of str, or sequence of sequences of tokens, length n
        Texts to be tokenized; or their tokens, which are told apart by ``==`` and may be words or a model's token
        numbers. TokenIds are returned as they are.
    tokenize : {"none", "13a", "char"}, default "none"
        Of texts: split on whitespace, mteval's 13a, or one token a code point, whitespace included.
    lowercase : bool, default False
        Apply ``str.lower`` to texts first.

    Returns
    -------
    TokenIds
        uint32 numbers from 0 or 1 on, and n ends.

    Raises
    ------
    TypeError
        If `texts` is one str, mixes str and sequences, or holds anything else; if a token is not hashable.
    ValueError
        If an option is unknown, or given for texts that are tokens already; if texts take 4 GiB or more together.

    Examples
    --------
    >>> token_ids(["a b", "b"]).ids
    array([1, 2, 2], dtype=uint32)
    >>> token_ids([[464, 3290], [3290]]).ids
    array([0, 1, 1], dtype=uint32)
    """
    check_choice(tokenize, "tokenize", _TOKENIZATIONS)
    if isinstance(texts, TokenIds):
        return texts
    if isinstance(texts, str | bytes):
        raise TypeError(f"`texts` must be a sequence of str; found one {type(texts).__name__}: wrap it in a list")
    listed: list[Any] = check_ordered(texts, "texts")
    if not listed or isinstance(listed[0], str) or not _are_token_lists(listed):
        numbers, ends = _rust.token_ids(check_texts(listed, "texts", lowercase=lowercase), tokenize)
        return TokenIds(np.frombuffer(numbers, dtype=np.uint32), np.frombuffer(ends, dtype=np.int64))
    if tokenize != "none" or lowercase:
        raise ValueError("`tokenize` and `lowercase` are for texts; found lists of tokens: prepare them beforehand")
    flat = list(chain.from_iterable(listed))
    if len(flat) > MAX_TOKENS:
        raise ValueError(f"`texts` must hold at most {MAX_TOKENS} tokens together; found {len(flat)}")
    try:
        numbering = {token: number for number, token in enumerate(dict.fromkeys(flat))}
    except TypeError:
        raise TypeError("`texts` must hold tokens that are hashable, such as str or int") from None
    lengths = np.fromiter(map(len, listed), dtype=np.int64, count=len(listed))
    return TokenIds(np.fromiter(map(numbering.__getitem__, flat), dtype=np.uint32, count=len(flat)), np.cumsum(lengths))


def _are_token_lists(texts: list[Any]) -> bool:
    """Whether all texts are lists, tuples or arrays of tokens; TypeError where one is not but the first is."""
    kinds = (list, tuple, np.ndarray)
    if not isinstance(texts[0], kinds):
        return False
    for index, text in enumerate(texts):
        if not isinstance(text, kinds):
            raise TypeError(
                f"`texts[{index}]` must be a list of tokens as the first text is; found {type(text).__name__}"
            )
        if isinstance(text, np.ndarray) and text.ndim != 1:
            raise ValueError(f"`texts[{index}]` must have one dimension; found shape {text.shape}")
    return True


def checked_tokens(tokens: TokenIds) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return numbers and ends as contiguous arrays; the kernel checks that they fit."""
    if not isinstance(tokens, TokenIds):
        raise TypeError(f"`tokens` must be TokenIds, as token_ids gives them; found {type(tokens).__name__}")
    check_array(tokens.ids, "tokens.ids", (np.uint32,), 1)
    check_array(tokens.ends, "tokens.ends", (np.int64,), 1)
    if not len(tokens.ends) and len(tokens.ids):
        raise ValueError(f"`ends` must fit `ids`; found no texts and {len(tokens.ids)} tokens")
    return np.ascontiguousarray(tokens.ids), np.ascontiguousarray(tokens.ends)
