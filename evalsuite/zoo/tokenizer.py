"""A word-level tokeniser whose whole vocabulary stands in the model's config."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["END", "GO", "PAD", "SPECIALS", "UNKNOWN", "WORD_PATTERN", "Tokenizer"]

SPECIALS = ("<pad>", "<unk>", "<go>", "<eos>")
PAD, UNKNOWN, GO, END = range(4)
WORD_PATTERN = r" ?\w+| ?[^\w\s]|\n"
_LABEL = re.compile(r"\n(\d+)[.:]")


class Tokenizer:
    r"""Split text with a regular expression and look the pieces up.

    Parameters
    ----------
    vocabulary : sequence of str
        Tokens as they are written, leading whitespace included, after the four `SPECIALS`.
    pattern : str
        What counts as a piece; text it does not match is skipped.
    lowercase : bool, default False
        Fold case before splitting.

    Notes
    -----
    A piece that is not in the vocabulary finds the token that differs from it in outer whitespace only, and is
    ``<unk>`` otherwise. Tokens such as ``"\n12."`` and ``"\n12:"`` are *labels*, which open step 12.

    Examples
    --------
    >>> tokenizer = Tokenizer([*SPECIALS, "\n1.", " 12", " add"], r"\n?\d+[.]|\w+")
    >>> tokenizer.encode("1. add 12 now")
    [4, 6, 5, 1]
    >>> tokenizer.decode([6, 5])
    'add 12'
    """

    def __init__(self, vocabulary: Sequence[str], pattern: str, *, lowercase: bool = False) -> None:
        self.vocabulary = tuple(vocabulary)
        self.pattern = pattern
        self.lowercase = lowercase
        self._regex = re.compile(pattern)
        self._ids = {token: i for i, token in enumerate(self.vocabulary) if i >= len(SPECIALS)}
        self._bare: dict[str, int] = {}
        for token, i in self._ids.items():
            self._bare.setdefault(token.strip(), i)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Tokenizer:
        """Build the tokeniser that a model's config describes."""
        return cls(config["vocabulary"], config["pattern"], lowercase=config["lowercase"])

    @classmethod
    def from_texts(cls, texts: Iterable[str], pattern: str, *, lowercase: bool = False) -> Tokenizer:
        """Build a tokeniser whose vocabulary is every piece of `texts`, sorted."""
        regex = re.compile(pattern)
        pieces = {piece for text in texts for piece in regex.findall(text.lower() if lowercase else text)}
        return cls([*SPECIALS, *sorted(pieces)], pattern, lowercase=lowercase)

    def encode(self, text: str) -> list[int]:
        """Return the token ids of `text`; any string will do, lone surrogates included."""
        ids, bare = self._ids, self._bare
        found: list[int] = []
        for piece in self._regex.findall(text.lower() if self.lowercase else text):
            token = ids.get(piece)
            found.append(bare.get(piece.strip(), UNKNOWN) if token is None else token)
        return found

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of token ids, without special tokens and outer whitespace."""
        return "".join(self.vocabulary[i] for i in ids if i >= len(SPECIALS)).strip()

    @property
    def label_index(self) -> list[int]:
        """The step that each token of the vocabulary opens, -1 where it opens none."""
        labels = [_LABEL.fullmatch(token) for token in self.vocabulary]
        return [int(label[1]) if label else -1 for label in labels]

    @property
    def counts(self) -> list[bool]:
        """Whether each token of the vocabulary is a number."""
        return [token.strip().isdecimal() for token in self.vocabulary]
