"""What metrics of the words of a set of outputs share: texts as rows of hashed words, and back as numbered ones."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite.kernels.token_ids import TokenIds
from evalsuite.kernels.tokenizers import tokenize_13a
from evalsuite.metrics._options import check_choice, check_flag
from evalsuite.metrics._outputs import final_texts
from evalsuite.metrics.base import FloatArray, Rows, SampleOutputs, SetMetric
from evalsuite.stats.jackknife import interval_of_left_out, jackknife_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.types import Interval, Outcome, Sample

__all__ = ["TOKENIZATIONS", "Tokenization", "WordSetMetric"]

Tokenization = Literal["none", "13a", "char"]
TOKENIZATIONS = ("none", "13a", "char")
_SEPARATOR = -2.0


@dataclass(frozen=True)
class WordSetMetric(SetMetric):
    """A metric of the words of all outputs together; features are shared by all metrics with the same tokenization.

    Features are float64, shape (n_samples, most words in a sample): each word as the first 53 bits of its BLAKE2b hash,
    which a float64 holds exactly, -2 between two repeats of a sample, padded with -1. Two of a million different words
    share a hash with a probability of 6e-5.
    """

    tokenize: Tokenization = "none"
    lowercase: bool = False

    def __post_init__(self) -> None:
        check_choice(self.name, "tokenize", self.tokenize, TOKENIZATIONS)
        check_flag(self.name, "lowercase", self.lowercase)

    def feature_signature(self) -> str:
        """Return how words are found: whatever the metric, the features are the same."""
        return f"words|tokenize:{self.tokenize}|lowercase:{self.lowercase}|version:1"

    def _features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        del samples
        hashes = _Hashes()
        rows: list[list[float] | None] = []
        outcomes: list[Outcome] = []
        for sample_outputs in outputs:
            texts, outcome = final_texts(sample_outputs)
            outcomes.append(outcome)
            row: list[float] = []
            for number, words in enumerate(self._split(texts)):
                if number:
                    row.append(_SEPARATOR)
                row.extend(map(hashes.__getitem__, words))
            rows.append(row if texts else None)
        width = max((len(row) for row in rows if row), default=1)
        values = np.full((len(rows), width), self.padding)
        for into, found in zip(values, rows, strict=True):
            if found is None:
                into[:] = np.nan
            else:
                into[: len(found)] = found
        return Rows(values=values, outcomes=tuple(outcomes))

    def _split(self, texts: list[str]) -> list[list[str]]:
        if self.tokenize == "13a":
            texts = tokenize_13a(texts, lowercase=self.lowercase)
        elif self.lowercase:
            texts = [text.lower() for text in texts]
        return [list(text) if self.tokenize == "char" else text.split() for text in texts]

    @abstractmethod
    def _score(self, tokens: TokenIds) -> float:
        """Turn the texts of the set into a score."""

    def _value(self, features: FloatArray, reference: FloatArray | None) -> float:
        del reference
        return self._score(_NumberedTexts(features, self.padding).tokens)

    def interval(
        self, features: FloatArray, clusters: NDArray[np.int64], reference: FloatArray | None = None
    ) -> Interval | None:
        """Return the delete-block jackknife; words are numbered once for all blocks."""
        del reference
        blocks = jackknife_blocks(clusters)
        if blocks is None:
            return None
        texts = _NumberedTexts(np.asarray(features), self.padding)
        left_out = [self._score(texts.of_rows(blocks != block)) for block in range(int(blocks.max()) + 1)]
        return interval_of_left_out(self._score(texts.tokens), np.array(left_out), value_range=self.value_range)


class _Hashes(dict[str, float]):
    """53 bits of the hash of each word, computed when first asked for."""

    def __missing__(self, word: str) -> float:
        digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        value = self[word] = float(int.from_bytes(digest, "big") >> 11)
        return value


class _NumberedTexts:
    """The texts of rows of features, and which row each is of."""

    def __init__(self, features: FloatArray, padding: float) -> None:
        n_rows, width = features.shape
        flat = features.ravel()
        separates = flat == _SEPARATOR
        is_word = ~separates & (flat != padding)
        # A text ends at a separator or with its row; a separator in the last column comes before the end of the row.
        last = np.concatenate([np.flatnonzero(separates), np.arange(1, n_rows + 1) * width - 1])
        last.sort(kind="stable")
        numbers = np.unique(flat[is_word], return_inverse=True)[1].astype(np.uint32)
        self.tokens = TokenIds(numbers, np.cumsum(is_word)[last].astype(np.int64) if width else np.zeros_like(last))
        self._row_of_text = last // max(width, 1)

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        return np.diff(self.tokens.ends, prepend=np.int64(0))

    def of_rows(self, kept_rows: NDArray[np.bool_]) -> TokenIds:
        """Return the texts of some of the rows."""
        kept = kept_rows[self._row_of_text]
        numbers = self.tokens.ids[np.repeat(kept, self._lengths)]
        if len(numbers) and numbers.max() > len(numbers):
            numbers = np.unique(numbers, return_inverse=True)[1].astype(np.uint32)
        return TokenIds(numbers, np.cumsum(self._lengths[kept]))
