"""Scores of files, printed: a table of systems and metrics, one of lines, or JSON."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.cli.score_files import FileScore, Request

__all__ = ["print_json", "print_sentences", "print_systems"]

_SIGNIFICANT = 0.05


def print_json(scores: Sequence[FileScore]) -> None:
    """Print one object a system and metric: ours, with sacrebleu's keys over them."""
    from evalsuite.report.report import score_record

    records = []
    for score in scores:
        record: dict[str, Any] = {"system": score.system, **score_record(score.score)}
        record |= {"metric_signature": score.score.signature, **score.published}
        if score.difference is not None:
            value, interval = score.difference
            bounds = None if interval is None else {"low": interval.low, "high": interval.high}
            record["difference"] = {"value": value, "interval": bounds}
        if score.p_value is not None:
            record["p_value"] = score.p_value
        records.append(record)
    sys.stdout.write(json.dumps(records, indent=2) + "\n")


def print_systems(scores: Sequence[FileScore], request: Request) -> None:
    """Print a table of systems by metrics, then what the scores depend on and what is compared with what."""
    from evalsuite.report.numbers import decimals_that_tell_apart, format_score, format_value
    from evalsuite.report.terminal import printable

    metrics = list(dict.fromkeys(score.score.metric for score in scores))
    rows = [["system", *metrics]]
    # What a difference says must be seen in the scores beside it.
    decimals = {
        score.score.metric: decimals_that_tell_apart(
            [(score.score, other.score) for other in scores[i :: len(metrics)]]
        )
        for i, score in enumerate(scores[: len(metrics)])
    }
    for start in range(0, len(scores), len(metrics)):
        of_system = scores[start : start + len(metrics)]
        lines = [[printable(of_system[0].system, 200)]]
        lines += [[format_score(score.score, decimals=decimals[score.score.metric])] for score in of_system]
        for cell, score in zip(lines[1:], of_system, strict=True):
            if "confidence_mean" in score.published:
                mean, ci = score.published["confidence_mean"], score.published["confidence_var"]
                cell.append(f"μ = {format_value(score.score, mean)} ± {format_value(score.score, ci)}")
            if score.difference is not None:
                cell.append(_difference(score, decimals[score.score.metric]))
            if score.p_value is not None:
                cell.append(f"p = {score.p_value:.4f}{' *' if _is_significant(score) else ''}")
        height = max(map(len, lines))
        rows += [[cell[i] if i < len(cell) else "" for cell in lines] for i in range(height)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for columns in _parts(widths):
        for row in rows:
            line = "  ".join(f"{row[i]:<{widths[i]}}" for i in (0, *columns)).rstrip()
            sys.stdout.write(f"{line}\n" if line else "")
        sys.stdout.write("\n")
    width = max(map(len, metrics))
    for score in scores[: len(metrics)]:
        signature = score.published.get("signature", score.score.signature)
        title = "" if signature.startswith(score.score.metric) else f"{score.score.metric:<{width}}  "
        sys.stdout.write(f"{title}{printable(signature, 1000)}\n")
    for score in scores:
        for note in score.score.notes:
            sys.stdout.write(f"{printable(f'{score.system}: {score.score.metric}: {note}', 1000)}\n")
    sys.stdout.write(_explanation(scores, request))


def print_sentences(found: Sequence[tuple[str, str, list[float | None]]], *, as_json: bool) -> None:
    """Print a score a line, system and metric, tab-separated under one heading; or JSON."""
    from evalsuite.report.terminal import printable

    if as_json:
        records = [{"system": system, "metric": metric, "scores": values} for system, metric, values in found]
        sys.stdout.write(json.dumps(records, indent=2) + "\n")
        return
    several = len({system for system, _, _ in found}) > 1
    titles = [f"{printable(system, 200)}:{metric}" if several else metric for system, metric, _ in found]
    sys.stdout.write("\t".join(["line", *titles]) + "\n")
    for i, values in enumerate(zip(*(values for _, _, values in found), strict=True), 1):
        cells = ("-" if value is None else f"{value:.4f}" for value in values)
        sys.stdout.write("\t".join([str(i), *cells]) + "\n")


def _parts(widths: Sequence[int]) -> list[list[int]]:
    """Return the columns after the first, in as many parts as a terminal's width asks for; one part for anything else.

    Cells are two spaces apart, and each part begins with the first column.
    """
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sum(widths) + 2 * len(widths)
    parts: list[list[int]] = [[]]
    for i in range(1, len(widths)):
        if parts[-1] and widths[0] + sum(2 + widths[k] for k in (*parts[-1], i)) > room:
            parts.append([])
        parts[-1].append(i)
    return parts


def _difference(score: FileScore, decimals: int) -> str:
    from evalsuite.report.numbers import format_difference

    assert score.difference is not None
    return f"Δ {format_difference(score.score, *score.difference, decimals)}"


def _is_significant(score: FileScore) -> bool:
    """Whether a difference is marked; equal scores are not, though sacrebleu's p-values of them are small."""
    assert score.p_value is not None
    return score.p_value < _SIGNIFICANT and (score.difference is None or score.difference[0] != 0)


def _explanation(scores: Sequence[FileScore], request: Request) -> str:
    from evalsuite.report.notes import too_few_for_intervals
    from evalsuite.report.terminal import printable

    n = scores[0].score.n
    count = f"{n} line{'' if n == 1 else 's'}"
    few = too_few_for_intervals([score.score for score in scores])
    lines = [f"{count}; {few or '[low, high] is a 95 % interval'}."]
    metrics = list(dict.fromkeys(score.score.metric for score in scores))
    lower = [score.score.metric for score in scores[: len(metrics)] if not score.score.higher_is_better]
    if lower:
        lines.append(f"Lower is better: {', '.join(lower)}.")
    if len(scores) > len(metrics):
        lines.append(
            f"Δ is the difference from {printable(scores[0].system, 200)}, the baseline, with its own interval."
        )
    if request.test is not None:
        kind = "paired bootstrap" if request.test == "bs" else "approximate randomisation"
        lines.append(
            f"p, by {kind}: how often chance alone parts two systems as far; * below {_SIGNIFICANT}, unadjusted for "
            "the number of comparisons."
        )
        tested = {score.score.metric for score in scores if score.p_value is not None}
        untested = [name for name in metrics if name not in tested]
        if untested:
            lines.append(f"No p for {', '.join(untested)}: such a score is not made of one row a line.")
    return "\n" + "\n".join(lines) + "\n"
