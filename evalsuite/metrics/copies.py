"""How much of the outputs is copied: from a corpus, or from the prompt."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from evalsuite.errors import UsageError
from evalsuite.metrics._options import check_integer
from evalsuite.metrics._outputs import example_outputs, final_texts
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, Rows, SampleOutputs
from evalsuite.text.corpus import CorpusFiles, find_files
from evalsuite.text.ngram_index import NgramIndex, is_ngram_index
from evalsuite.text.ngram_search import corpus_signature, search_ngrams
from evalsuite.types import Outcome, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Contamination13gram", "CopyRate"]

_PROMPT = "prompt"
_READ_BYTES = 1 << 22
_LAKE = "the path leads along the lake and over the bridge to the old hut by the wood"
_DOG = "dogs may come along if they stay on the lead and keep away from the sheep"


class _CopyMetric(QuotientMetric):
    """Compares the n-grams of outputs with those of a corpus; a row sums over the repeats of a sample."""

    higher_is_better = False
    value_range = (0.0, 1.0)
    corpus: str

    @property
    @abstractmethod
    def _n(self) -> int:
        """Words of an n-gram."""

    @staticmethod
    @abstractmethod
    def _count(copied: NDArray[np.bool_]) -> tuple[float, float]:
        """Return the two columns of one output, by which of its n-grams are copied."""

    def __post_init__(self) -> None:
        is_path = isinstance(self.corpus, str) and self.corpus and "\0" not in self.corpus
        if self.corpus != _PROMPT and not (is_path and Path(self.corpus).exists()):
            raise UsageError(
                f'{self.name}: `corpus` must be "{_PROMPT}", or the path of an index, a text file or a folder of texts '
                f'that is there, got "{self.corpus}"'
            )

    @property
    def reads_files(self) -> bool:
        """Whether the corpus is files of the user's."""
        return self.corpus != _PROMPT

    def signature(self) -> str:
        """Return the signature, with the normaliser, and the hash of the corpus instead of its path."""
        whole = super().signature()
        if self.corpus != _PROMPT:
            whole = whole.replace(f"corpus:{self.corpus}", f"corpus:sha256:{_identity(self.corpus)[:12]}", 1)
        return whole.replace("|version:", f"|{corpus_signature()}|version:")

    def check(self) -> None:
        """Find out whether the corpus can be read, and an index is of such n-grams."""
        if self.corpus != _PROMPT:
            _identity(self.corpus)
            self._opened()

    def _opened(self) -> NgramIndex | CorpusFiles:
        if not is_ngram_index(self.corpus):
            return CorpusFiles((self.corpus,))
        index = NgramIndex.open(self.corpus, verify=False)
        if index.n != self._n:
            raise UsageError(
                f"{self.name}: `corpus` must be an index of n-grams of {self._n} words, {self.corpus} is of {index.n}"
            )
        return index

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        owners: list[int] = []
        all_texts: list[str] = []
        for i, sample_outputs in enumerate(outputs):
            texts, outcome = final_texts(sample_outputs)
            outcomes.append(outcome)
            owners += [i] * len(texts)
            all_texts += texts
            if texts:
                values[i] = 0.0
        for i, copied in zip(owners, self._search(samples, owners, all_texts), strict=True):
            values[i] += self._count(copied)
        return Rows(values=values, outcomes=tuple(outcomes))

    def _search(self, samples: Sequence[Sample], owners: list[int], texts: list[str]) -> list[NDArray[np.bool_]]:
        """Return for each text which of its n-grams are copied."""
        if self.corpus == _PROMPT:
            if texts and not any(_prompt(sample) for sample in samples):
                raise ValueError(
                    f"{self.name}: no sample has a text as input that could be copied: give `corpus` the path of a "
                    f"corpus instead, on the command line by --option {self.name}.corpus=PATH"
                )
            searches = [
                search_ngrams([text], [_prompt(samples[i])], n=self._n) for i, text in zip(owners, texts, strict=True)
            ]
            return [found.documents > 0 for found in searches]
        if not texts:
            return []
        found = search_ngrams(texts, self._opened(), n=self._n)
        return np.split(found.documents > 0, np.cumsum(found.counts)[:-1])

    def example(self) -> Example:
        """Return texts of one's own, one copied from its prompt, and two."""
        samples = (Sample(id="1", input={"text": f"Note: {_LAKE}."}), Sample(id="2", input={"text": f"Rule: {_DOG}!"}))
        own = "a quiet walk past water and trees brings you within two hours to a small shelter up high"
        other = "please leash your pet while you cross these meadows because many animals graze here in summer"
        return Example(
            samples=samples,
            best=example_outputs(samples, [own, other]),
            worse=example_outputs(samples, [_LAKE, other]),
            worst=example_outputs(samples, [_LAKE, _DOG]),
        )


@dataclass(frozen=True)
class CopyRate(_CopyMetric):
    """Copy rate: share of the outputs' n-grams that a corpus, or the prompt, holds, 0-1.

    Parameters
    ----------
    corpus : str, default "prompt"
        What may have been copied: the texts of the sample's own input, or the path of an index of n-grams, of a text
        file (a document a line, or JSON Lines with a field "text"; .gz and .zst too) or of a folder of such files.
        Lines of plain files have no input: there it must be given, ``--option NAME.corpus=PATH``.
    ngram : int, default 8
        Words of an n-gram, 1 to 64.

    Notes
    -----
    ``copy rate = n-grams that the corpus holds / n-grams``, over all outputs: one minus the n-gram novelty of [1]_.
    Range 0 to 1; lower is better, where copying is not the task. An output of fewer words than an n-gram has none.
    Words are in lower case and without punctuation, in any script. A row is [copied, n-grams], summed over the repeats
    of a sample.

    References
    ----------
    .. [1] McCoy, Smolensky, Linzen, Gao and Celikyilmaz, "How much do language models copy from their training data?
       Evaluating linguistic novelty in text generation using RAVEN", TACL 2023.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={"text": "The hut by the lake is open."})
    >>> CopyRate(ngram=3).rows([sample], [[Output(text="I hear the hut by the lake burned down.")]]).values
    array([[3., 7.]])
    """

    name = "copy_rate"

    corpus: str = _PROMPT
    ngram: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer(self.name, "ngram", self.ngram, 1, 64)

    @property
    def _n(self) -> int:
        return self.ngram

    @staticmethod
    def _count(copied: NDArray[np.bool_]) -> tuple[float, float]:
        return float(copied.sum()), float(len(copied))


@dataclass(frozen=True)
class Contamination13gram(_CopyMetric):
    """Contamination: share of the outputs that have 13 words in a row in common with a corpus, 0-1.

    Parameters
    ----------
    corpus : str, default "prompt"
        What may have been copied: the texts of the sample's own input, or the path of an index of 13-grams, of a text
        file (a document a line, or JSON Lines with a field "text"; .gz and .zst too) or of a folder of such files.
        Lines of plain files have no input: there it must be given, ``--option NAME.corpus=PATH``.

    Notes
    -----
    ``outputs with at least one 13-gram of the corpus / outputs of at least 13 words``: the rule of [1]_, appendix C,
    asked of what a model wrote. Whether a corpus holds the *items* of a task is another question, which
    ``evalsuite contamination`` answers. Range 0 to 1; lower is better, where copying is not the task. Words are in
    lower case and without punctuation, in any script. A row is [dirty, judged], summed over the repeats of a sample.

    References
    ----------
    .. [1] Brown et al., "Language models are few-shot learners", NeurIPS 2020.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> text = "Name the largest lake of the three lakes in the north of the country."
    >>> sample = Sample(id="1", input={"text": text})
    >>> Contamination13gram().rows([sample], [[Output(text=f"You said: {text}")]]).values
    array([[1., 1.]])
    """

    name = "contamination_13gram"
    proportion: ClassVar[bool] = True

    corpus: str = _PROMPT

    @property
    def _n(self) -> int:
        return 13

    @staticmethod
    def _count(copied: NDArray[np.bool_]) -> tuple[float, float]:
        return float(copied.any()), float(len(copied) > 0)


def _prompt(sample: Sample) -> str:
    return "\n".join(value for value in sample.input.values() if isinstance(value, str))


def _identity(corpus: str) -> str:
    """Return a hash of what is at a path; it is read again when a name, size or time of modification has changed."""
    if is_ngram_index(corpus):
        return NgramIndex.open(corpus, verify=False).sha256
    files = find_files(corpus)
    return _digest(tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=8)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, size, _ in files:
        digest.update(f"{path.name}\0{size}\0".encode("utf-8", "surrogateescape"))
        with path.open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
    return digest.hexdigest()
