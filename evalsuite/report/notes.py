"""What a reader must know before believing a table."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from evalsuite.report.columns import stands_apart
from evalsuite.report.numbers import format_value, is_share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.report.leaderboard import LeaderboardRun
    from evalsuite.types import Score

__all__ = ["COUNTED", "floor_lines", "table_notes", "too_few_for_intervals"]

COUNTED = ("right", "wrong", "scored")  # what became of a sample as it should
_NAMED = 4
_WARNING = "warning: "
_NO_VALUE = "no value: "


def table_notes(runs: Sequence[LeaderboardRun], labels: Mapping[str, str]) -> list[str]:
    """Return notes and warnings about the runs of one task, the gravest first.

    Parameters
    ----------
    runs : sequence of LeaderboardRun
        In order of the primary metric.
    labels : mapping
        Of runs' ids to what tables call them.
    """
    notes: list[str] = []
    scores = [run.report.primary for run in runs]
    if any(stands_apart(run, runs) for run in runs):
        notes.append("note: * is of another signature or number of samples, and does not compare with the others")
    if _could_change_order(scores):
        notes.append("warning: samples without a verdict are many enough to change this order")
    return [*notes, *_score_notes(runs, labels), *_without_value(runs, labels), *_floor_notes(runs, labels)]


def _without_value(runs: Sequence[LeaderboardRun], labels: Mapping[str, str]) -> list[str]:
    """Say of every score that is missing why it is: what became of the samples."""
    missing: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for score in run.report.scores:
            if score.value is None:
                told = _why_missing(score, run.report.record["repeats"])
                missing.setdefault((labels[str(run.report.record["id"])], told), []).append(score.metric)
    models: dict[tuple[str, str], list[str]] = {}
    for (label, why), metrics in missing.items():
        models.setdefault((_list(metrics), why), []).append(label)
    return [f"note: no {metrics} for {_list(names)}: {why}" for (metrics, why), names in models.items()]


def _is_why(score: Score, note: str) -> bool:
    """Whether a note says why there is no value, for whatever metrics that is so."""
    return score.value is None and note.startswith(_NO_VALUE)


def _why_missing(score: Score, repeats: int) -> str:
    for note in score.notes:
        if _is_why(score, note):
            return note.removeprefix(_NO_VALUE)
    from evalsuite.metrics import METRICS

    least = METRICS.get(score.metric).repeats_needed(score.signature) if score.metric in METRICS.names() else 1
    if repeats < least:
        return f"it takes {least} outputs of a sample or more (--repeats)"
    lost = {name: count for name, count in score.outcomes.items() if name not in COUNTED}
    if len(lost) < len(score.outcomes) or not lost:
        return "there is nothing it can score"
    return f"every sample is {' or '.join(sorted(lost, key=lambda name: (-lost[name], name)))}"


def _score_notes(runs: Sequence[LeaderboardRun], labels: Mapping[str, str]) -> list[str]:
    """Return what the metrics themselves say of their scores; what holds for all models is said once.

    Of a score with details only warnings are told here: the rest stands beside them, in the report.
    """
    said: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for score in run.report.scores:
            for note in score.notes:
                if _is_why(score, note):
                    continue
                if not score.details or note.startswith(_WARNING):
                    said.setdefault((score.metric, note), []).append(labels[str(run.report.record["id"])])
    return [
        f"{'warning' if note.startswith(_WARNING) else 'note'}: {metric}"
        f"{_of(names, len(runs), note)}: {note.removeprefix(_WARNING)}"
        for (metric, note), names in said.items()
    ]


def _of(names: Sequence[str], n_runs: int, note: str) -> str:
    """Say of which models something holds; of one that is alone, or a note on all, there is nothing to say."""
    if len(names) < n_runs:
        return f" of {_list(names)}"
    return " of all models" if n_runs > 1 and note.startswith(_WARNING) else ""


def floor_lines(score: Score) -> list[str]:
    """Return what as many of the reference's own kind would score, as a line, or nothing where that is not known."""
    if score.floor is None or score.value is None:
        return []
    return [f"of as many real images: about {format_value(replace(score, value=score.floor), score.floor)}"]


def _floor_notes(runs: Sequence[LeaderboardRun], labels: Mapping[str, str]) -> list[str]:
    """Say what real images would score, once for all models that are measured alike."""
    said: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for score in run.report.scores:
            for line in floor_lines(score):
                said.setdefault((score.metric, line), []).append(labels[str(run.report.record["id"])])
    return [
        f"note: {metric} {line}{f' (beside {_list(names)})' if len(names) < len(runs) else ''}"
        for (metric, line), names in said.items()
    ]


def _list(names: Sequence[str]) -> str:
    if len(names) > _NAMED + 1:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _could_change_order(scores: Sequence[Score]) -> bool:
    """Whether two would change places if samples without a verdict went against the upper, for the lower.

    Without a verdict are those that are undecided or ended in error, which the bounds hold; and, for the lower one,
    answers that were not found in the output.
    """
    known = [(score, score.value) for score in scores if score.value is not None and is_share(score)]
    for (upper, upper_value), (lower, lower_value) in combinations(known, 2):
        if upper.signature != lower.signature or upper.n != lower.n or upper_value == lower_value:
            continue  # what does not compare, or has no order
        worst = upper.bounds[0] if upper.bounds else upper_value
        best = lower.bounds[1] if lower.bounds else lower_value
        best = min(1.0, best + lower.outcomes.get("unextracted", 0) / max(1, lower.n))
        if best > worst and (worst < upper_value or best > lower_value):
            return True
    return False


def too_few_for_intervals(scores: Sequence[Score]) -> str | None:
    """Return why none of these scores has an interval, where that is for want of samples; else None."""
    from evalsuite.stats import fewest_units

    least = fewest_units(0.95)
    valued = [score for score in scores if score.value is not None]
    if not valued or any(score.interval is not None or score.n_clusters >= least for score in valued):
        return None
    return f"a 95 % interval takes at least {least} that do not depend on one another"
