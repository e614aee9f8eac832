"""The leaderboard as text: a table a task, and accuracy by depth as a small plot."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from evalsuite.report.leaderboard import Leaderboard, LeaderboardRun
    from evalsuite.types import Score, Slice

__all__ = ["format_score", "print_leaderboard", "printable"]

_BLOCKS = "▁▂▃▄▅▆▇█"
_PLAIN_WIDTH = 200
_COUNTED = ("right", "wrong", "scored")


def printable(text: str, limit: int = 200) -> str:
    """Return `text` without what could steer a terminal: control and format characters become ``?``; cut at `limit`."""
    shown = "".join("?" if unicodedata.category(char)[0] == "C" else char for char in text[: limit + 1])
    return shown if len(shown) <= limit else shown[:limit] + "..."


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
        table, left_out = _fitting_table(runs, leaderboard, console)
        console.print(table)
        if left_out:
            console.print(f"no room for {', '.join(left_out)}: widen the terminal, or see the JSON", markup=False)
        for note in _notes(runs):
            console.print(note, markup=False, style="yellow")
        for line in _depth_plot(runs, unicode=_can_show(file, _BLOCKS)):
            console.print(line, markup=False, no_wrap=True)


def format_score(score: Score, *, interval: bool = True) -> str:
    """Return ``"87.3 [85.1, 89.2]"``, shares of one as percentages; a dash where there is no value."""
    if score.value is None:
        return "-"
    text = _number(score, score.value)
    if interval and score.interval is not None:
        text += f" [{_number(score, score.interval.low)}, {_number(score, score.interval.high)}]"
    return text


def _number(score: Score, value: float) -> str:
    return f"{100 * value:.1f} %" if _is_share(score) else f"{value:.2f}"


def _is_share(score: Score) -> bool:
    from evalsuite.metrics import METRICS

    return score.metric in METRICS.names() and METRICS.get(score.metric).value_range == (0.0, 1.0)


def _fitting_table(
    runs: Sequence[LeaderboardRun], leaderboard: Leaderboard, console: Console
) -> tuple[Table, list[str]]:
    """Return the table with as many of the metrics that are not primary as there is room for, and the others' names."""
    from rich.measure import Measurement

    others = [(score.metric, score.signature) for score in runs[0].report.scores if not score.primary]
    for n_shown in range(len(others), -1, -1):
        table = _table(runs, leaderboard, others[:n_shown])
        if Measurement.get(console, console.options.update(max_width=10_000), table).maximum <= console.width:
            break
    return table, [metric for metric, _ in others[n_shown:]]


def _table(runs: Sequence[LeaderboardRun], leaderboard: Leaderboard, others: Sequence[tuple[str, str]]) -> Table:
    from rich import box
    from rich.table import Table

    first = runs[0].report
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("rank", justify="right", no_wrap=True)
    table.add_column("model", no_wrap=True)
    arrow = "higher is better" if first.primary.higher_is_better else "lower is better"
    table.add_column(f"{first.primary.metric} ({arrow})", justify="right", no_wrap=True)
    for other, _ in others:
        table.add_column(other, justify="right", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column("outcomes", no_wrap=True)
    for run in runs:
        report = run.report
        scores = {(score.metric, score.signature): score for score in report.scores}
        rank = leaderboard.ranks.get(str(report.record["id"]))
        table.add_row(
            _rank(rank),
            _plain(str(report.model["name"])),
            format_score(report.primary),
            *(format_score(scores[other], interval=False) if other in scores else "-" for other in others),
            str(report.n_samples),
            _outcomes(report.primary),
        )
    return table


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(printable(text, 60))


def _rank(rank: tuple[int, int] | None) -> str:
    if rank is None:
        return "-"
    return str(rank[0]) if rank[0] == rank[1] else f"{rank[0]}-{rank[1]}"


def _outcomes(score: Score) -> str:
    """Return the shares of what is neither right nor wrong: the cases a single number would hide."""
    parts = [
        f"{outcome} {100 * count / score.n:.1f} %"
        for outcome, count in score.outcomes.items()
        if outcome not in _COUNTED
    ]
    if score.bounds:
        parts.append(f"worst to best case {100 * score.bounds[0]:.1f}-{100 * score.bounds[1]:.1f} %")
    return ", ".join(parts) or "all scored"


def _notes(runs: Sequence[LeaderboardRun]) -> list[str]:
    notes: list[str] = []
    scores = [run.report.primary for run in runs]
    if len({(score.signature, score.n) for score in scores}) > 1:
        notes.append("note: these scores differ in signature or number of samples; they are not all comparable")
    if _could_change_order(scores):
        notes.append("warning: samples without a verdict are many enough to change this order")
    return notes


def _could_change_order(scores: Sequence[Score]) -> bool:
    """Whether two neighbours would change places if undecided samples, or unextracted answers, were right."""
    known = [(score, score.value) for score in scores if score.value is not None and _is_share(score)]
    for (upper, upper_value), (lower, lower_value) in pairwise(known):
        worst = upper.bounds[0] if upper.bounds else upper_value
        missing = lower.outcomes.get("undecided", 0) + lower.outcomes.get("unextracted", 0)
        best = lower_value + missing / max(1, lower.n)
        if missing and best > worst:
            return True
    return False


def _depth_plot(runs: Sequence[LeaderboardRun], *, unicode: bool) -> list[str]:
    curves = [(str(run.report.model["name"]), run.report.primary.slices.get("depth", ())) for run in runs]
    depths = sorted({part.key for _, parts in curves for part in parts if isinstance(part.key, int)})
    if len(depths) < 2:
        return []
    width = max(len("depth"), *(len(printable(name, 60)) for name, _ in curves))
    marks = "".join(str(depth // 10) if depth % 10 == 0 else " " for depth in depths)
    units = "".join(str(depth % 10) for depth in depths)
    metric = runs[0].report.primary.metric
    lines = [f"{metric} by depth, {depths[0]} to {depths[-1]} steps ({'full block' if unicode else '9'} = all right)"]
    for name, parts in curves:
        by_depth = {part.key: part for part in parts}
        bars = "".join(_bar(by_depth.get(depth), unicode=unicode) for depth in depths)
        lines.append(f"  {printable(name, 60):<{width}}  {bars}")
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
