"""What sacrebleu's metrics have in common: statistics of segments, summed, become a score and its signature."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

import numpy as np

from evalsuite.kernels.arguments import MAX_RESAMPLES, check_integer
from evalsuite.text.resampling import HELD_BY_BOOTSTRAP, bootstrap_sums, seed_from_environment
from evalsuite.text.result import Score
from evalsuite.text.signature import Signature, SignatureKey
from evalsuite.text.streams import check_group, check_hypotheses, check_streams, is_plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.kernels.resampled_scores import Held

__all__ = ["Metric", "Statistics", "column_sums"]

Statistics: TypeAlias = "NDArray[np.int64] | NDArray[np.float64]"
"""One row a segment, int64 or float64 of shape (n, k)."""
ScoreT = TypeVar("ScoreT", bound=Score)


class Metric(ABC, Generic[ScoreT]):
    """A metric with the interface of sacrebleu's.

    A subclass says how segments become rows (`_statistics`), how the sum of rows becomes a score
    (`score_from_statistics`), and which keys its signature has (`_signature_keys`).

    Parameters
    ----------
    references : sequence of sequences of str or None, optional
        Reference streams to score against wherever none are given: ``references[k][i]`` is the k-th reference of
        hypothesis i, None where it has no k-th.

    Attributes
    ----------
    num_refs : int or None
        References a segment of what was scored last, -1 where it varied; None before.
    n_bootstrap : int or None
        Resamples of the last interval.
    seed : str or None
        Their seed.
    """

    def __init__(self, references: Sequence[Sequence[str | None]] | None = None) -> None:
        self.n_bootstrap: int | None = None
        self.seed: str | None = None
        self.num_refs: int | None = None
        self._references: list[list[str | None]] | None = None
        if references is not None:
            # Copies, since a caller may go on filling its lists.
            self.num_refs = check_streams(references, None)
            self._references = [list(stream) for stream in references]

    @abstractmethod
    def _statistics(self, hypotheses: Sequence[str], references: Sequence[Sequence[str | None]]) -> Statistics:
        """Rows of segments; ``references[i]`` are those of hypothesis i. Lengths and types have been checked."""

    @abstractmethod
    def score_from_statistics(self, sums: Sequence[float] | NDArray[np.float32]) -> ScoreT:
        """Turn one sum of rows into a score.

        Parameters
        ----------
        sums : list of int or float, or float32 array, length k
            Python's numbers for a real corpus; 32-bit floats for a resample, whose rounding sacrebleu's scores keep.
        """

    @abstractmethod
    def _signature_keys(self) -> Sequence[SignatureKey]:
        """Return the metric's own keys: name, short name, value."""

    def corpus_statistics(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str | None]] | None
    ) -> Statistics:
        """Count what scores are made of, segment by segment.

        Parameters
        ----------
        hypotheses : sequence of str
            At least one.
        references : sequence of sequences of str or None, optional
            Reference streams, each as long as `hypotheses`; None or empty for those given at construction.

        Returns
        -------
        int64 or float64, shape (n, k)

        Raises
        ------
        TypeError
            If an argument is not a sequence of texts, or of sequences of texts.
        ValueError
            If nothing is to be scored, lengths differ, or a hypothesis has no reference.
        """
        streams: Sequence[Sequence[str | None]]
        if references is None or (isinstance(references, Sequence) and len(references) == 0):
            check_hypotheses(hypotheses)
            if self._references is None:
                raise ValueError("`references` must be given, here or when the metric is made; found none")
            streams = self._references
        else:
            streams = references
        if self._kernel_checks_types and is_plain(hypotheses, streams):
            # One look at every string less; what it refuses is named below.
            with suppress(TypeError, ValueError):
                rows = self._stream_statistics(hypotheses, streams)
                self.num_refs = 1
                return rows
        check_hypotheses(hypotheses)
        self.num_refs = check_streams(streams, len(hypotheses))
        return self._stream_statistics(hypotheses, streams)

    @property
    def _kernel_checks_types(self) -> bool:
        """Whether `_stream_statistics` refuses what is not a str, and hypotheses without a reference, by itself."""
        return False

    def _stream_statistics(self, hypotheses: Sequence[str], streams: Sequence[Sequence[str | None]]) -> Statistics:
        """Rows of segments whose references come as streams."""
        return self._statistics(hypotheses, list(zip(*streams, strict=True)))

    def corpus_score(
        self,
        hypotheses: Sequence[str],
        references: Sequence[Sequence[str | None]] | None,
        n_bootstrap: int = 1,
    ) -> ScoreT:
        """Score a corpus.

        Parameters
        ----------
        hypotheses, references
            See `corpus_statistics`.
        n_bootstrap : int, default 1
            Above 1, the score has a 95% interval from that many resamples, at most 2**24, the same that sacrebleu
            draws; the seed is the environment's ``SACREBLEU_SEED``, 12345 by default.

        Returns
        -------
        Score

        Raises
        ------
        TypeError, ValueError
            See `corpus_statistics`.
        """
        n_bootstrap = check_integer(n_bootstrap, "n_bootstrap", -sys.maxsize, MAX_RESAMPLES)
        rows = self.corpus_statistics(hypotheses, references)
        score = self.score_from_statistics(column_sums(rows))
        if n_bootstrap > 1:
            self.add_interval(score, rows, n_bootstrap, *seed_from_environment())
        return score

    def add_interval(
        self, score: ScoreT, statistics: Statistics, n_bootstrap: int, seed_name: str, seed: int | None
    ) -> None:
        """Give a score its 95% interval, by sacrebleu's bootstrap of the statistics it was made of.

        Parameters
        ----------
        score : Score
            Its interval is set.
        statistics : int64 or float64, shape (n, k)
            See `corpus_statistics`.
        n_bootstrap : int
            Number of resamples.
        seed_name : str
            The seed as signatures print it.
        seed : int, optional
            None for one of chance.
        """
        n_bootstrap = check_integer(n_bootstrap, "n_bootstrap", 1, MAX_RESAMPLES)
        self.n_bootstrap, self.seed = n_bootstrap, seed_name
        score._set_interval(self._resampled_values(bootstrap_sums(statistics, n_bootstrap, seed)))

    def resampled_scores(
        self, sums: NDArray[np.float32] | Statistics, held: Held
    ) -> NDArray[np.float64] | NDArray[np.float32]:
        """Score sums of resampled rows, with sacrebleu's rounding.

        Parameters
        ----------
        sums : float32, float64 or int64, shape (B, k), C-contiguous
        held : {"float32, numpy 2", "float32, numpy 1", "float64", "int64"}
            What sacrebleu holds them in; see ``evalsuite.kernels.resampled_scores.resampled_bleu``.

        Returns
        -------
        float64 or float32, shape (B,)
            32 bits wide where sacrebleu's scores are.
        """
        del held
        return np.array([self.score_from_statistics(row).score for row in sums])

    def _resampled_values(self, sums: NDArray[np.float32]) -> list[float]:
        """Scores of the sums of resamples, one each."""
        scores = self.resampled_scores(sums, HELD_BY_BOOTSTRAP)
        # 32-bit scores stay as they are: the width of an interval is rounded like them.
        return list(scores) if scores.dtype == np.float32 else scores.tolist()

    def sentence_score(self, hypothesis: str, references: Sequence[str | None]) -> ScoreT:
        """Score one text.

        Parameters
        ----------
        hypothesis : str
        references : sequence of str or None
            Its references; None is passed over.

        Returns
        -------
        Score

        Raises
        ------
        TypeError
            If `hypothesis` is not a str, or `references` not a sequence of str.
        ValueError
            If there is no reference.
        """
        if not isinstance(hypothesis, str):
            raise TypeError(f"`hypothesis` must be a str; found {type(hypothesis).__name__}")
        check_group(references, "references")
        return self.sentence_scores([hypothesis], [references])[0]

    def sentence_scores(self, hypotheses: Sequence[str], references: Sequence[Sequence[str | None]]) -> list[ScoreT]:
        """Score many texts, each on its own, in one call.

        Parameters
        ----------
        hypotheses : sequence of str, length n
        references : sequence of sequences of str or None, length n
            ``references[i]`` are those of hypothesis i, as in `sentence_score`; not streams as in `corpus_score`.

        Returns
        -------
        list of Score, length n
            What `sentence_score` gives for each.

        Raises
        ------
        TypeError
            If an argument is not a sequence of texts, or of sequences of texts.
        ValueError
            If the lengths differ, or a hypothesis has no reference.
        """
        check_hypotheses(hypotheses, may_be_empty=True)
        if not isinstance(references, Sequence) or isinstance(references, str | bytes):
            raise TypeError(
                f"`references` must be a sequence of sequences of str, one a hypothesis; "
                f"found {type(references).__name__}"
            )
        if len(references) != len(hypotheses):
            raise ValueError(
                f"`references` must have one entry for each of the {len(hypotheses)} `hypotheses`; "
                f"found {len(references)}"
            )
        n_references = set()
        for index, group in enumerate(references):
            n_references.add(check_group(group, f"references[{index}]"))
        if not hypotheses:
            return []
        self.num_refs = n_references.pop() if len(n_references) == 1 else -1
        return self._row_scores(self._statistics(hypotheses, references))

    def _row_scores(self, rows: Statistics) -> list[ScoreT]:
        """Score of each row on its own."""
        return [self.score_from_statistics(row) for row in rows.tolist()]

    def get_signature(self) -> Signature:
        """Return the signature of what was scored last.

        Raises
        ------
        ValueError
            If nothing has been scored and no references were given at construction.
        """
        return Signature(self.num_refs, self._signature_keys(), n_bootstrap=self.n_bootstrap, seed=self.seed)


def column_sums(rows: Statistics) -> list[float]:
    """Sum the columns, as Python's numbers; floats from the first row to the last, as a loop adds."""
    if rows.dtype == np.int64:
        sums: list[float] = rows.sum(axis=0).tolist()
    else:
        sums = rows.cumsum(axis=0)[-1].tolist()
    return sums
