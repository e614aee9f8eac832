"""Several sets of images against the same real ones, and by how much each differs from the first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.metrics.base import SetMetric
from evalsuite.scoring.image_sets import score_named_sets
from evalsuite.scoring.set_differences import ScoredRows, SetDifference, difference_of_scores, difference_of_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalsuite.media import AuditWarning
    from evalsuite.scoring.image_sets import ImageSetScores, ScoredFeatures, SetScoring

__all__ = ["ComparedSets", "compare_image_sets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSets:
    """Scores of several sets, the baseline first.

    Parameters
    ----------
    scored : sequence of ScoredFeatures
        With the same metrics and protocols in the same order.
    differences : sequence of sequences of SetDifference or None
        For each set after the first, and each of its scores, by how much that is above the first set's.
    """

    scored: Sequence[ScoredFeatures]
    differences: Sequence[Sequence[SetDifference | None]]

    @property
    def sets(self) -> list[ImageSetScores]:
        """The scores of each set."""
        return [one.found for one in self.scored]


def compare_image_sets(
    real: str,
    fakes: Sequence[str],
    metrics: Sequence[str],
    how: SetScoring,
    *,
    on_warning: Callable[[str, AuditWarning], None] | None = None,
) -> ComparedSets:
    """Score sets of images against the same real ones, and compare each with the first.

    Parameters
    ----------
    real : str
        See `evalsuite.scoring.image_sets.score_image_sets`.
    fakes : sequence of str
        Paths of images, or names of data sets of ours: the baseline first.
    metrics : sequence of str
    how : SetScoring
    on_warning : callable, optional
        Told each set and what its audit warns of, before its features are computed.

    Returns
    -------
    ComparedSets

    Raises
    ------
    UsageError, InputError, ThresholdError
        See `score_image_sets`.
    """
    told = partial(partial, on_warning) if on_warning is not None else lambda fake: how.on_warning
    scored = [score_named_sets(real, fake, metrics, replace(how, on_warning=told(fake))) for fake in fakes]
    differences = [_differences(real, scored[0], other) for other in scored[1:]]
    return ComparedSets(scored=scored, differences=differences)


def _differences(real: str, first: ScoredFeatures, second: ScoredFeatures) -> list[SetDifference | None]:
    found = []
    for i, metric in enumerate(first.metrics):
        scores = first.found.scores[i], second.found.scores[i]
        if not isinstance(metric, SetMetric):
            found.append(difference_of_scores(*scores))
            continue
        one, other = (
            ScoredRows(score, side.rows_of(metric)[0], side.names_of(metric))
            for score, side in zip(scores, (first, second), strict=True)
        )
        try:
            found.append(difference_of_sets(metric, one, other, metric.reference(())))
        except ValueError as error:
            raise InputError(f"--real {real}: {error}") from error
    return found
