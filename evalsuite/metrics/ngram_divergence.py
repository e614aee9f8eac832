"""Divergences of the n-grams of outputs from those of the task's references."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite.errors import UsageError
from evalsuite.kernels.ngrams import ngram_hashes
from evalsuite.kernels.tokenizers import tokenize_13a
from evalsuite.metrics._options import check_choice, check_flag, check_integer
from evalsuite.metrics._outputs import example_outputs, final_texts, required_references
from evalsuite.metrics.base import Example, FloatArray, Rows, SampleOutputs, SetMetric
from evalsuite.text.ngram_divergence import TOKENIZATIONS, js_divergence, kl_divergence
from evalsuite.types import Outcome, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["JsNgram", "KlNgram"]


@dataclass(frozen=True)
class _NgramDivergence(SetMetric):
    """What both divergences share: hashed n-grams as features, and the references' to compare with."""

    higher_is_better = False

    order: int = 1
    tokenize: Literal["none", "13a", "char"] = "none"
    lowercase: bool = False
    smoothing: float = 1.0

    def __post_init__(self) -> None:
        check_integer(self.name, "order", self.order, 1, 64)
        check_choice(self.name, "tokenize", self.tokenize, TOKENIZATIONS)
        check_flag(self.name, "lowercase", self.lowercase)
        given = self.smoothing
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < float("inf"):
            raise UsageError(f"{self.name}: `smoothing` must be a number, at least 0, got {given!r}")

    def feature_signature(self) -> str:
        """Return what the n-grams depend on, which both divergences share."""
        case = "lc" if self.lowercase else "mixed"
        return f"ngram_hashes|order:{self.order}|tokenize:{self.tokenize}|case:{case}|version:1"

    def reference(self, samples: Sequence[Sample]) -> FloatArray | None:
        """Return the n-grams of all references of the samples, one after the other: float64, shape (m, 1)."""
        texts = [text for sample in samples for text in required_references(self.name, sample)]
        return self._hashes(texts)[0][:, None]

    def _hashes(self, texts: list[str]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        if self.tokenize == "13a":
            texts = tokenize_13a(texts, lowercase=self.lowercase)
        elif self.lowercase:
            texts = [text.lower() for text in texts]
        return ngram_hashes(texts, unit="characters" if self.tokenize == "char" else "words", order=self.order)

    def _features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        del samples
        texts: list[str] = []
        owners: list[int] = []
        outcomes: list[Outcome] = []
        for i, sample_outputs in enumerate(outputs):
            found, outcome = final_texts(sample_outputs)
            texts += found
            owners += [i] * len(found)
            outcomes.append(outcome)
        hashes, lengths = self._hashes(texts)
        counts = np.zeros(len(outputs), dtype=np.int64)
        np.add.at(counts, owners, lengths)
        values = np.full((len(outputs), max(1, int(counts.max(initial=0)))), self.padding)
        values[np.setdiff1d(np.arange(len(outputs)), owners)] = np.nan
        ends = np.cumsum(counts)
        for row, start, end in zip(values, ends - counts, ends, strict=True):
            row[: end - start] = hashes[start:end]
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, features: FloatArray, reference: FloatArray | None) -> float:
        if reference is None:
            raise ValueError(f"{self.name}: the n-grams of the references are missing")
        ours, theirs = features[features != self.padding], reference[reference != self.padding]
        vocabulary, numbers = np.unique(np.concatenate([ours, theirs]), return_inverse=True)
        p = np.bincount(numbers[: len(ours)], minlength=len(vocabulary)).astype(np.int64)
        q = np.bincount(numbers[len(ours) :], minlength=len(vocabulary)).astype(np.int64)
        return self._divergence(p, q)

    @abstractmethod
    def _divergence(self, p: NDArray[np.int64], q: NDArray[np.int64]) -> float: ...

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say where one side has far more n-grams than the other: the smaller one's are then mostly unseen."""
        if reference is None or not len(features):
            return ()
        n, m = int((features != self.padding).sum()), int((reference != self.padding).sum())
        if min(n, m) * 4 > max(n, m):
            return ()
        return (f"the outputs have {n} n-grams and the references {m}: much of the divergence is their number",)

    def example(self) -> Example:
        """Return the references themselves, half of them, and texts with no word of theirs."""
        samples = (
            Sample(id="1", input={}, references=("The path leads to the lake.",)),
            Sample(id="2", input={}, references=("Dogs are welcome here.",)),
        )
        texts = [sample.references[0] for sample in samples]
        return Example(
            samples=samples,
            best=example_outputs(samples, texts),
            worse=example_outputs(samples, [texts[0], texts[0]]),
            worst=example_outputs(samples, ["nothing like it is known", "zzz zzz zzz zzz zzz"]),
        )


@dataclass(frozen=True)
class KlNgram(_NgramDivergence):
    """KL divergence: of the n-grams of the outputs from those of the references, in nats; lower is better.

    Parameters
    ----------
    order : int, default 1
        Units in an n-gram, in [1, 64].
    tokenize : {"none", "13a", "char"}, default "none"
        Words between whitespace, BLEU's words, or characters.
    lowercase : bool, default False
        Fold case first.
    smoothing : float, default 1
        Added to every count (Laplace's rule). With 0 a single n-gram that no reference has makes the value infinite.

    Notes
    -----
    ``KL(outputs || references)`` [1]_ over all n-grams of either; see ``evalsuite.text.ngram_divergence``. Range 0 to
    infinity. It says whether the outputs use the words of the references as often as these do, nothing of whether they
    answer the inputs, and it is above 0 for texts of the same source, the more so the fewer there are: compare sets of
    like size only. The references are held fixed in the interval.

    Features are 53-bit hashes of n-grams; see ``evalsuite.kernels.ngrams``.

    References
    ----------
    .. [1] Kullback and Leibler, "On information and sufficiency", Annals of Mathematical Statistics 22, 1951.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> samples = [Sample(id="1", input={}, references=("a b b",))]
    >>> metric = KlNgram(smoothing=0.0)
    >>> features = metric.features(samples, [[Output(text="a a b")]])
    >>> round(metric.value(features.values, metric.reference(samples)), 4)
    0.231
    """

    name = "kl_ngram"
    value_range = (0.0, float("inf"))

    def _divergence(self, p: NDArray[np.int64], q: NDArray[np.int64]) -> float:
        return kl_divergence(p, q, smoothing=self.smoothing)


@dataclass(frozen=True)
class JsNgram(_NgramDivergence):
    """JS divergence: between the n-grams of the outputs and those of the references, in nats; lower is better.

    Parameters
    ----------
    order, tokenize, lowercase
        As in `kl_ngram`.
    smoothing : float, default 0
        Added to every count; none is needed.

    Notes
    -----
    The Jensen-Shannon divergence [1]_, symmetric, 0 to log 2 = 0.693; see ``evalsuite.text.ngram_divergence``. What
    is said of `kl_ngram` holds for it too.

    References
    ----------
    .. [1] Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37, 1991.
    """

    name = "js_ngram"
    value_range = (0.0, float(np.log(2)))

    smoothing: float = 0.0

    def _divergence(self, p: NDArray[np.int64], q: NDArray[np.int64]) -> float:
        return js_divergence(p, q, smoothing=self.smoothing)
