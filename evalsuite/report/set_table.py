"""The table of sets of images that were scored against the same real ones: a row a metric and set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.report.numbers import decimals_that_tell_apart, format_difference, format_score

if TYPE_CHECKING:
    from evalsuite.scoring.image_comparison import ComparedSets
    from evalsuite.types import Score

__all__ = ["SetRow", "set_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRow:
    """A score of a set, as it is shown.

    Parameters
    ----------
    name : str
        Of the set.
    protocol : str
        Where several were asked for; else empty.
    score : Score
    shown : str
        The score, with as many digits as tell the sets apart.
    difference : str
        From the first set's; empty for that one, and where it is not known.
    """

    name: str
    protocol: str
    score: Score
    shown: str
    difference: str


def set_rows(compared: ComparedSets) -> list[SetRow]:
    """Return the rows, the sets of one metric together."""
    rows = []
    for i, baseline in enumerate(compared.sets[0].scores):
        scores = [found.scores[i] for found in compared.sets]
        decimals = decimals_that_tell_apart([(baseline, score) for score in scores[1:]]) if len(scores) > 1 else None
        for k, (found, score) in enumerate(zip(compared.sets, scores, strict=True)):
            difference = compared.differences[k - 1][i] if k else None
            text = ""
            if difference is not None and decimals is not None:
                text = format_difference(score, difference.value, difference.interval, decimals)
                text += " paired" * difference.is_paired
            rows.append(
                SetRow(
                    name=found.fake.name,
                    protocol=found.protocols[i] if found.protocols else "",
                    score=score,
                    shown=format_score(score, decimals=decimals),
                    difference=text,
                )
            )
    return rows
