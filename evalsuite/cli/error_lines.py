"""What ``evalsuite run`` says at last of outputs that ended in error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.evaluation import Evaluation

__all__ = ["error_lines"]

_MORE = "other messages; the run's log has them"


def error_lines(evaluations: Sequence[Evaluation], labels: Mapping[str, str]) -> list[str]:
    """Return a line for each kind of error, with how often and where it occurred.

    Parameters
    ----------
    evaluations : sequence of Evaluation
    labels : mapping
        Of runs' ids to what tables call them.
    """
    from evalsuite.report.error_kinds import without_numbers
    from evalsuite.report.terminal import printable

    found: dict[tuple[str, str], list[_Place]] = {}
    for evaluation in {evaluation.folder: evaluation for evaluation in evaluations}.values():
        report = evaluation.report
        task, label = str(report.task["name"]), labels[str(report.record["id"])]
        told = [
            _Place(label, str(error["message"]), int(error["count"]), is_alone=error.get("n_messages", 1) == 1)
            for error in report.record["errors"]
        ]
        n_left = report.n_errors - sum(place.count for place in told)
        if n_left:  # the report names the most frequent kinds only
            told.append(_Place(label, _MORE, n_left, is_alone=True))
        for place in told:
            found.setdefault((task, without_numbers(place.message)), []).append(place)
    lines: list[str] = []
    for (task, _), places in found.items():
        where = places[0].label if len(places) == 1 else f"{len(places)} runs"
        example = places[0].message
        is_alone = all(place.is_alone and place.message == example for place in places)
        total = sum(place.count for place in places)
        lines.append(
            f"{printable(task)} {printable(where)}: {total} x error{'' if is_alone else ', for example'}: "
            f"{printable(example, 500)}"
        )
    return lines


@dataclass(frozen=True, slots=True)
class _Place:
    """Errors of one kind in one run: an example's message, how many, and whether all have it."""

    label: str
    message: str
    count: int
    is_alone: bool
