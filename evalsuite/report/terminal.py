"""The leaderboard as text: a table a task, and accuracy by depth as a small plot."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from evalsuite.report.amounts import efficiency_words
from evalsuite.report.columns import column_scores, column_titles, other_columns, stands_apart
from evalsuite.report.labels import run_labels
from evalsuite.report.notes import COUNTED, table_notes
from evalsuite.report.numbers import format_rank, format_score, format_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console
    from rich.table import Table

    from evalsuite.report.columns import Column
    from evalsuite.report.leaderboard import Leaderboard, LeaderboardRun
    from evalsuite.report.report import Report
    from evalsuite.types import Score, Slice

__all__ = ["efficiency_line", "print_leaderboard", "printable"]

_BLOCKS = "▁▂▃▄▅▆▇█"
_PLAIN_WIDTH = 200
_MOST_SLICES = 8
_LONGEST_LABEL = 80


def printable(text: str, limit: int = 200) -> str:
    """Return `text` without what could steer a terminal: control and format characters become ``?``; cut at `limit`."""
    shown = "".join("?" if unicodedata.category(char)[0] == "C" else char for char in text[: limit + 1])
    return shown if len(shown) <= limit else shown[:limit] + "..."


def efficiency_line(report: Report) -> str:
    """Return what a run took, in a line."""
    words = efficiency_words(report)
    return "; ".join(words) if words else "nothing is known of what it took"


def print_leaderboard(leaderboard: Leaderboard, file: IO[str]) -> None:
    """Print a table for each task, models in order of the primary metric, and plots by depth.

    Parameters
    ----------
    leaderboard : Leaderboard
    file : text file
        A terminal gets colours and its own width; anything else gets plain lines.
    """
    console = _console(file)
    for name, runs in leaderboard.tasks.items():
        first = runs[0].report
        summary = str(first.task.get("summary", ""))
        console.print()
        console.print(printable(name), style="bold", end="", markup=False)
        console.print(f": {printable(summary)}" if summary else "", markup=False)
        labels = run_labels(runs)
        table, left_out = _fitting_table(runs, leaderboard, labels, console)
        console.print(table)
        if left_out:
            console.print(f"no room for {', '.join(left_out)}: widen the terminal, or see the JSON", markup=False)
        for note in table_notes(runs, labels):
            console.print(printable(note, 500), markup=False, style="yellow")
        plot = _depth_plot(runs, labels, unicode=_can_show(file, _BLOCKS))
        lines = [*_efficiency_lines(runs, labels), *_slice_lines(runs, labels), *plot]
        for line in lines:
            console.print(line, markup=False, no_wrap=True)


def _fitting_table(
    runs: Sequence[LeaderboardRun], leaderboard: Leaderboard, labels: Mapping[str, str], console: Console
) -> tuple[Table, list[str]]:
    """Return the table with as many of the metrics that are not primary as there is room for, and the others' names."""
    from rich.measure import Measurement

    others = other_columns(runs)
    for n_shown in range(len(others), -1, -1):
        table = _table(runs, leaderboard, labels, others[:n_shown])
        if Measurement.get(console, console.options.update(max_width=10_000), table).maximum <= console.width:
            break
    titles = column_titles(runs)[1]
    return table, [titles[other] for other in others[n_shown:]]


def _table(
    runs: Sequence[LeaderboardRun],
    leaderboard: Leaderboard,
    labels: Mapping[str, str],
    others: Sequence[Column],
) -> Table:
    from rich import box
    from rich.table import Table

    first = runs[0].report
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("rank", justify="right", no_wrap=True)
    table.add_column("model", no_wrap=True)
    arrow = "higher is better" if first.primary.higher_is_better else "lower is better"
    title, titles = column_titles(runs)
    table.add_column(_plain(f"{title} ({arrow})"), justify="right", no_wrap=True)
    for other in others:
        table.add_column(_plain(titles[other]), justify="right", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column("outcomes", no_wrap=True)
    for run in runs:
        report = run.report
        scores = column_scores(report)
        rank = leaderboard.ranks.get(str(report.record["id"]))
        table.add_row(
            format_rank(rank),
            _plain(labels[str(report.record["id"])]),
            format_score(report.primary) + "*" * stands_apart(run, runs),
            *(_other_score(scores.get(other)) for other in others),
            str(report.n_samples),
            _outcomes(report.primary),
        )
    return table


def _other_score(score: Score | None) -> str:
    """Return a score that is not primary: without its interval, for want of room, unless it can lie beyond the data."""
    return "-" if score is None else format_score(score, interval=score.reach is not None)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(printable(text, _LONGEST_LABEL))


def _outcomes(score: Score) -> str:
    """Return the shares of what is neither right nor wrong: the cases a single number would hide."""
    parts = [
        f"{outcome} {100 * count / score.n:.1f} %"
        for outcome, count in score.outcomes.items()
        if outcome not in COUNTED
    ]
    if score.bounds:
        parts.append(f"worst to best case {100 * score.bounds[0]:.1f}-{100 * score.bounds[1]:.1f} %")
    return ", ".join(parts) or "all scored"


def _efficiency_lines(runs: Sequence[LeaderboardRun], labels: Mapping[str, str]) -> list[str]:
    """Return what each run took, where one's cost or energy is known; times alone are in reports and on the page."""
    known = [run.report.record.get("efficiency", {}) for run in runs]
    if not any({"cost", "energy_joules"} & set(found) or "cost" in found.get("left_out", {}) for found in known):
        return []
    names = {printable(labels[str(run.report.record["id"])], _LONGEST_LABEL): run for run in runs}
    width = max(map(len, names))
    lines = [f"  {name:<{width}}  {printable(efficiency_line(run.report), 500)}" for name, run in names.items()]
    return ["efficiency", *lines, ""]


def _slice_lines(runs: Sequence[LeaderboardRun], labels: Mapping[str, str]) -> list[str]:
    """Return the primary score by each key but depth, a line a model, where there are few enough to read."""
    lines: list[str] = []
    keys = dict.fromkeys(key for run in runs for key in run.report.primary.slices if key != "depth")
    for key in keys:
        parts = [(run, run.report.primary.slices.get(key, ())) for run in runs]
        if not 2 <= max(len(found) for _, found in parts) <= _MOST_SLICES:
            continue
        lines.append(f"{runs[0].report.primary.metric} by {printable(key, 60)}")
        names = [printable(labels[str(run.report.record["id"])], _LONGEST_LABEL) for run, _ in parts]
        width = max(len(name) for name in names)
        for name, (run, found) in zip(names, parts, strict=True):
            told = ", ".join(f"{printable(str(part.key), 60)} {_slice_value(run, part)}" for part in found)
            lines.append(f"  {name:<{width}}  {told}")
        lines.append("")
    return lines


def _slice_value(run: LeaderboardRun, part: Slice) -> str:
    return "-" if part.value is None else format_value(replace(run.report.primary, reach=part.reach), part.value)


def _depth_plot(runs: Sequence[LeaderboardRun], labels: Mapping[str, str], *, unicode: bool) -> list[str]:
    names = [printable(labels[str(run.report.record["id"])], _LONGEST_LABEL) for run in runs]
    curves = [(name, run.report.primary.slices.get("depth", ())) for name, run in zip(names, runs, strict=True)]
    depths = sorted({part.key for _, parts in curves for part in parts if isinstance(part.key, int)})
    if len(depths) < 2:
        return []
    width = max(len("depth"), *(len(name) for name in names))
    marks = "".join(str(depth // 10) if depth % 10 == 0 else " " for depth in depths)
    units = "".join(str(depth % 10) for depth in depths)
    metric = runs[0].report.primary.metric
    lines = [f"{metric} by depth, {depths[0]} to {depths[-1]} steps ({'full block' if unicode else '9'} = all right)"]
    for name, parts in curves:
        by_depth = {part.key: part for part in parts}
        bars = "".join(_bar(by_depth.get(depth), unicode=unicode) for depth in depths)
        lines.append(f"  {name:<{width}}  {bars}")
    return [*lines, f"  {'depth':<{width}}  {units}", f"  {'':<{width}}  {marks}".rstrip(), ""]


def _bar(part: Slice | None, *, unicode: bool) -> str:
    if part is None or part.value is None:
        return " "
    share = min(1.0, max(0.0, part.value))
    return _BLOCKS[round(share * 7)] if unicode else str(round(share * 9))


def _console(file: IO[str]) -> Console:
    from rich.console import Console

    if file.isatty():
        return Console(file=file, highlight=False, emoji=False)
    return Console(
        file=file,
        width=_PLAIN_WIDTH,
        highlight=False,
        emoji=False,
        no_color=True,
        force_terminal=False,
        color_system=None,
    )


def _can_show(file: IO[str], text: str) -> bool:
    try:
        text.encode(getattr(file, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
