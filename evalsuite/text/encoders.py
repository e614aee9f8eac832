"""Encoders: what turns a text into one vector, or each of its tokens into one. By name, by folder, or any object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import numpy as np

from evalsuite.errors import UsageError
from evalsuite.kernels.arguments import check_integer
from evalsuite.kernels.ngrams import hashed_text_features, hashed_word_features
from evalsuite.kernels.tokenizers import tokenize_13a

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.text.hf_encoder import HfEncoder

__all__ = [
    "HashedNgrams",
    "HashedSubwords",
    "TextEncoder",
    "TokenEmbeddings",
    "TokenEncoder",
    "check_encoder",
    "open_text_encoder",
    "open_token_encoder",
]

_MOST: Final = 1 << 16
_DIMENSION: Final = 256
_HF: Final = re.compile(r"hf:.+", re.DOTALL)


@runtime_checkable
class TextEncoder(Protocol):
    """What turns each text into one vector."""

    @property
    def signature(self) -> str:
        """All that the vectors depend on beside the texts, in one line without ``|``."""

    def features(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text: float32, shape (n, d), finite; a text's does not depend on the others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TokenEmbeddings:
    """One text, token by token.

    Parameters
    ----------
    vectors : ndarray of float32, shape (k, d)
        None of them zero.
    tokens : tuple of int, length k
        Which token each is, for weights by frequency: the same number in every call.
    special : ndarray of bool, shape (k,)
        Tokens that the encoder adds (``[CLS]``, ``[SEP]``): others may match them, but they have no weight.
    """

    vectors: NDArray[np.float32]
    tokens: tuple[int, ...]
    special: NDArray[np.bool_]


@runtime_checkable
class TokenEncoder(Protocol):
    """What turns each token of a text into one vector."""

    @property
    def signature(self) -> str:
        """All that the vectors depend on beside the texts, in one line without ``|``."""

    def embed(self, texts: Sequence[str]) -> list[TokenEmbeddings]:
        """Return the tokens of each text; a text's do not depend on the others."""


@dataclass(frozen=True, slots=True)
class HashedNgrams:
    """Features without a network: signed counts of words, pairs of words and triples of characters, hashed.

    They know spelling and nothing of meaning: scores made of them compare with no published ones.

    Examples
    --------
    >>> encoder = HashedNgrams()
    >>> encoder.features(["the lake", ""]).shape, encoder.signature
    ((2, 256), 'hashed_ngrams:256:v1')
    """

    dimension: int = _DIMENSION

    def __post_init__(self) -> None:
        check_integer(self.dimension, "dimension", 1, _MOST)

    @property
    def signature(self) -> str:
        """Name, dimension and version."""
        return f"hashed_ngrams:{self.dimension}:v1"

    def features(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text; see `TextEncoder`. An empty text's is 0."""
        return hashed_text_features(texts, n_features=self.dimension)


@dataclass(frozen=True, slots=True)
class HashedSubwords:
    """Token vectors without a network: each of BLEU's words as counts of its runs of 3 to 5 characters, hashed.

    No context: a word has one vector wherever it stands. They know spelling and nothing of meaning, so that scores made
    of them are soft matches of words, and compare with no published ones. As BERT does, they read the first 510 words
    only.

    Examples
    --------
    >>> found = HashedSubwords().embed(["The lakes."])[0]
    >>> found.vectors.shape, found.special.any()
    ((3, 256), np.False_)
    """

    dimension: int = _DIMENSION
    most_words: int = 510

    def __post_init__(self) -> None:
        check_integer(self.dimension, "dimension", 1, _MOST)
        check_integer(self.most_words, "most_words", 1, _MOST)

    @property
    def signature(self) -> str:
        """Name, dimension, words read and version."""
        return f"hashed_subwords:{self.dimension}:{self.most_words}:v1"

    def embed(self, texts: Sequence[str]) -> list[TokenEmbeddings]:
        """Return the words of each text; see `TokenEncoder`."""
        words = [line.split()[: self.most_words] for line in tokenize_13a(texts)]
        rows = {word: row for row, word in enumerate(dict.fromkeys(chain.from_iterable(words)))}
        vectors = hashed_word_features(list(rows), n_features=self.dimension)
        numbers = {word: _number_of(word) for word in rows}
        return [
            TokenEmbeddings(
                vectors=vectors[np.array([rows[word] for word in text], dtype=np.intp)],
                tokens=tuple(numbers[word] for word in text),
                special=np.zeros(len(text), dtype=np.bool_),
            )
            for text in words
        ]


def _number_of(word: str) -> int:
    """Return a word's token number: 64 bits of its hash, so that it is the same in every call."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def check_encoder(owner: str, option: str, value: object, embedded: str) -> None:
    """Refuse, by UsageError, what is neither the name of the embedded encoder nor ``hf:FOLDER``."""
    if value == embedded or (isinstance(value, str) and _HF.fullmatch(value)):
        return
    raise UsageError(
        f'{owner}: `{option}` must be "{embedded}", which needs no weights, or "hf:FOLDER" with the folder of a '
        f"checkpoint of transformers, got {value!r}"
    )


def open_text_encoder(name: str) -> TextEncoder:
    """Return the encoder ``"hashed_ngrams"``, or that of a checkpoint's folder, ``"hf:FOLDER"``.

    Raises
    ------
    UsageError
        If the name is another.
    InputError
        If the folder is not there or holds no checkpoint.

    Examples
    --------
    >>> open_text_encoder("hashed_ngrams").signature
    'hashed_ngrams:256:v1'
    """
    check_encoder("encoder", "name", name, "hashed_ngrams")
    return HashedNgrams() if name == "hashed_ngrams" else _open_hf(name.removeprefix("hf:"), None)


def open_token_encoder(name: str, *, num_layers: int | None = None) -> TokenEncoder:
    """Return the encoder ``"hashed_subwords"``, or a layer of a checkpoint's folder, ``"hf:FOLDER"``.

    Raises
    ------
    UsageError
        If the name is another, or layers are asked of an encoder that has none.
    InputError
        If the folder is not there or holds no checkpoint.

    Examples
    --------
    >>> open_token_encoder("hashed_subwords").signature
    'hashed_subwords:256:510:v1'
    """
    check_encoder("encoder", "name", name, "hashed_subwords")
    if name != "hashed_subwords":
        return _open_hf(name.removeprefix("hf:"), num_layers)
    if num_layers is not None:
        raise UsageError('encoder: `num_layers` is for "hf:FOLDER"; hashed_subwords has no layers')
    return HashedSubwords()


@lru_cache(maxsize=4)
def _open_hf(folder: str, num_layers: int | None) -> HfEncoder:
    from evalsuite.text.hf_encoder import HfEncoder

    return HfEncoder(folder, num_layers=num_layers)
