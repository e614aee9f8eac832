"""What the page says of one task, as plain records for the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalsuite.figures import Curve, Examples, ImageGrid, Plot, Table
from evalsuite.report.amounts import format_amount, format_per_right
from evalsuite.report.columns import column_scores, column_titles, other_columns, stands_apart
from evalsuite.report.html.collect import FigureGroup, collect_figures
from evalsuite.report.html.plots import curve_plot, interval_plot
from evalsuite.report.html.sprites import make_sheet
from evalsuite.report.labels import run_labels
from evalsuite.report.notes import COUNTED, table_notes
from evalsuite.report.numbers import format_point, format_rank, format_score, format_value
from evalsuite.report.verdict import is_control, verdict
from evalsuite.types import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.report.columns import Column
    from evalsuite.report.leaderboard import Leaderboard, LeaderboardRun
    from evalsuite.report.report import Report
    from evalsuite.types import Score

__all__ = ["Block", "TaskView", "figure_block", "task_view"]

_BAR_WIDTH = 120
_NONE = "\N{EN DASH}"
_SMALL = 60
_PER_RIGHT = (
    ("joules_per_right", "energy / right", "Energy of the devices while generating, over the right answers."),
    ("cost_per_right", "cost / right", "Cost by the table of prices, over the right answers."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of the table: what is shown, what it is sorted by (None sorts last), and what it means."""

    text: str
    key: float | str | None
    small: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A part of an outcomes bar: where it begins and how wide it is, in units of the drawing."""

    outcome: str
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A run in the table. `edge`: it is surely worse than all above it."""

    label: str
    cells: tuple[Cell, ...]
    bars: tuple[Bar, ...]
    outcomes: Cell
    edge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A figure for the template: a plot with its numbers, images by model, tables by model, or outputs by model."""

    title: str
    caption: str
    kind: str
    plot: dict[str, Any] | None = None
    alt: str = ""
    table: Table | None = None
    keys: tuple[tuple[int, str], ...] = ()
    items: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """Everything about one task."""

    name: str
    anchor: str
    summary: str
    verdict: str
    notes: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    legend: tuple[str, ...]
    blocks: tuple[Block, ...]
    problems: tuple[str, ...]
    runs: tuple[LeaderboardRun, ...]
    labels: Mapping[str, str]


def task_view(name: str, number: int, leaderboard: Leaderboard) -> TaskView:
    """Put together what the page says of one task."""
    runs = leaderboard.tasks[name]
    labels = run_labels(runs)
    others = other_columns(runs)
    primary = runs[0].report.primary
    title, titles = column_titles(runs)
    direction = {True: "higher is better", False: "lower is better"}
    headers = [
        ("rank", "The places the model may take: where intervals of differences leave out 0, at 95 % for the table."),
        ("model", ""),
        (title, f"{_summary(primary.metric)} {direction[primary.higher_is_better].capitalize()}."),
        *((titles[other], _summary(other[0])) for other in others),
        ("samples", "Samples, and how many the score leaves out."),
        ("time", "Wall time of all outputs together, and that of generating over the right answers."),
        *((title, meaning) for key, title, meaning in _PER_RIGHT if _any_has(runs, key)),
        ("outcomes", "What became of the samples."),
    ]
    groups, problems = collect_figures(runs, labels)
    names = [labels[str(run.report.record["id"])] for run in runs]
    rows = _rows(runs, leaderboard.ranks, labels, others)
    return TaskView(
        name=name,
        anchor=f"task-{number}",
        summary=str(runs[0].report.task.get("summary", "")),
        verdict=verdict(runs, leaderboard.ranks, labels).replace(" %", "\N{NO-BREAK SPACE}%"),
        notes=tuple(_note(text) for text in [*table_notes(runs, labels), *_error_notes(runs, labels)]),
        headers=tuple(headers),
        rows=rows,
        legend=tuple(o for o in OUTCOMES if any(bar.outcome == o for row in rows for bar in row.bars)),
        blocks=(*_interval_block(runs, names), *(figure_block(group, names) for group in groups)),
        problems=tuple(problems),
        runs=tuple(runs),
        labels=labels,
    )


def _summary(metric: str) -> str:
    from evalsuite.metrics import METRICS

    return METRICS.summary(metric) if metric in METRICS.names() else ""


def _note(text: str) -> tuple[str, str]:
    kind, _, rest = text.partition(": ")
    return kind, rest[:1].upper() + rest[1:] + ("" if rest.endswith(".") else ".")


def _error_notes(runs: Sequence[LeaderboardRun], labels: Mapping[str, str]) -> list[str]:
    found: dict[str, list[str]] = {}
    for run in runs:
        report = run.report
        if report.n_errors:
            first = report.record["errors"][0]["message"] if report.record["errors"] else "unknown"
            told = f"{labels[str(report.record['id'])]} {report.n_errors} of {report.n_outputs}"
            found.setdefault(str(first), []).append(told)
    return [f"warning: outputs ended in error ({', '.join(told)}): {message}" for message, told in found.items()]


def _rows(
    runs: Sequence[LeaderboardRun],
    ranks: Mapping[str, tuple[int, int]],
    labels: Mapping[str, str],
    others: Sequence[Column],
) -> tuple[Row, ...]:
    rows: list[Row] = []
    last = 0  # the worst place that any run so far may take
    for run in runs:
        report = run.report
        run_id = str(report.record["id"])
        rank = ranks.get(run_id)
        scores = column_scores(report)
        seconds = report.record["timing"]["seconds"]
        primary = report.primary
        cells = (
            Cell(text=format_rank(rank).replace("-", _NONE), key=sum(rank) / 2 if rank else None),
            Cell(text=labels[run_id], key=labels[run_id].lower(), small="control" if is_control(run) else ""),
            _score_cell(primary, interval=True, mark="*" * stands_apart(run, runs)),
            *(_score_cell(scores.get(other), interval=False) for other in others),
            Cell(
                text=f"{primary.n:,}",
                key=primary.n,
                small=f"{primary.n_unscored:,} left out" * (primary.n_unscored > 0),
            ),
            Cell(text=_duration(seconds), key=seconds, small=_time_per_right(report)),
            *(_per_right_cell(report, key) for key, *_ in _PER_RIGHT if _any_has(runs, key)),
        )
        rows.append(
            Row(
                label=labels[run_id],
                cells=cells,
                bars=_bars(primary) if set(primary.outcomes) != {"scored"} else (),
                outcomes=_outcomes(primary),
                edge=bool(rows) and rank is not None and rank[0] > last,
            )
        )
        last = max(last, rank[1]) if rank else last
    return tuple(rows)


def _any_has(runs: Sequence[LeaderboardRun], key: str) -> bool:
    return any(key in run.report.record.get("efficiency", {}) for run in runs)


def _time_per_right(report: Report) -> str:
    found = report.record.get("efficiency", {}).get("seconds_per_right")
    return "" if found is None else f"{format_amount(found['value'])} s / right"


def _per_right_cell(report: Report, key: str) -> Cell:
    efficiency = report.record.get("efficiency", {})
    found = efficiency.get(key)
    if found is None:
        return Cell(text=_NONE, key=None, small=efficiency.get("left_out", {}).get(key, "")[:_SMALL])
    unit = "J" if key == "joules_per_right" else efficiency["cost"]["currency"]
    value, _, interval = format_per_right(found, unit).partition(" [")
    return Cell(text=value, key=found["value"], small=interval.rstrip("]").replace(", ", " to "))


def _score_cell(score: Score | None, *, interval: bool, mark: str = "") -> Cell:
    if score is None or score.value is None:
        return Cell(text=_NONE, key=None)
    ends = score.interval if interval else None
    small = f"{format_value(score, ends.low)} to {format_value(score, ends.high)}" if ends else ""
    return Cell(text=format_score(score, interval=False) + mark, key=score.value, small=small)


def _bars(score: Score) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    x = 0.0
    for outcome, count in score.outcomes.items():
        width = _BAR_WIDTH * count / max(1, score.n)
        bars.append(Bar(outcome=outcome, x=round(x, 2), width=round(width, 2)))
        x += width
    return tuple(bars)


def _outcomes(score: Score) -> Cell:
    lost = {outcome: count for outcome, count in score.outcomes.items() if outcome not in COUNTED}
    parts = [f"{outcome} {100 * count / score.n:.1f} %" for outcome, count in lost.items()]
    if score.bounds:
        parts.append(f"worst to best case {100 * score.bounds[0]:.1f} to {100 * score.bounds[1]:.1f} %")
    return Cell(text=", ".join(parts) or "all scored", key=sum(lost.values()) / max(1, score.n))


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return _NONE
    if seconds < 0.01:
        return "under 0.01 s"
    if seconds < 99.5:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.1f} min" if minutes < 99.5 else f"{minutes / 60:.1f} h"


def _interval_block(runs: Sequence[LeaderboardRun], names: Sequence[str]) -> list[Block]:
    scores = list(zip(names, (run.report.primary for run in runs), strict=True))
    known = [(name, score) for name, score in scores if score.value is not None]
    if len(known) < 2:
        return []
    level = next((score.interval.level for _, score in known if score.interval), 0.95)
    metric = known[0][1].metric
    plot = interval_plot(scores)
    caption = f"All models on one axis, best first; lines are {100 * level:g} % intervals."
    if plot["layout"]["xaxis"]["type"] == "log":
        caption += " The axis is logarithmic; an interval that reaches 0 is drawn to its end."
    return [
        Block(
            title=f"{metric} with its interval",
            caption=caption,
            kind="plot",
            plot=plot,
            alt=f"{metric} of {len(known)} models with intervals; the table above has the numbers.",
        )
    ]


def figure_block(group: FigureGroup, names: Sequence[str]) -> Block:
    """Put figures of one title together for the template; `names` are those of all places."""
    content = [(place, names[place], figure.content, figure.note) for place, figure in group.figures]
    title, caption = group.title, group.caption
    curves = [(place, name, found) for place, name, found, _ in content if isinstance(found, Curve)]
    if curves:
        alt = f"{curves[0][2].y_label} against {curves[0][2].x_label} for {len(curves)} models; the numbers follow."
        return Block(
            title=title,
            caption=caption,
            kind="plot",
            plot=curve_plot(curves),
            alt=alt,
            table=_curve_table([(place, name, curve.marks or curve) for place, name, curve in curves]),
            keys=tuple((place, name) for place, name, _ in curves),
        )
    items: list[dict[str, Any]] = []
    kind = ""
    for _, name, found, note in content:
        if isinstance(found, ImageGrid):
            kind = "images"
            items.append({"label": name, "sheet": make_sheet(found), "alt": found.alt, "note": note})
        elif isinstance(found, Examples):
            kind = "examples"
            items.append({"label": name, "examples": found.items, "note": note})
        elif isinstance(found, Plot):
            kind = "plots"
            plot = {"data": list(found.traces), "layout": dict(found.layout)}
            items.append({"label": name, "plot": plot, "alt": found.alt, "table": found.table, "note": note})
        elif isinstance(found, Table):
            kind = "tables"
            items.append({"label": name, "table": found, "note": note})
    return Block(title=title, caption=caption, kind=kind, items=tuple(items))


def _curve_table(curves: Sequence[tuple[int, str, Curve]]) -> Table:
    """Return the numbers of the curves: a row for each place on the axis, a column for each model."""
    places = list(dict.fromkeys(x for _, _, curve in curves for x in curve.x))
    by_place = [
        dict(zip(curve.x, zip(curve.y, curve.low, curve.high, strict=True), strict=True)) for *_, curve in curves
    ]
    share = curves[0][2].share

    def shown(value: float) -> str:
        return f"{100 * value:.1f}" if share else format_point(value)

    def cell(found: tuple[float | None, float | None, float | None] | None) -> str:
        y, low, high = found or (None, None, None)
        if y is None:
            return _NONE
        return shown(y) + (f" [{shown(low)}, {shown(high)}]" if low is not None and high is not None else "")

    unit = ", %" if share else ""
    return Table(
        columns=(curves[0][2].x_label, *(f"{name}{unit}" for _, name, _ in curves)),
        rows=tuple((str(x), *(cell(found.get(x)) for found in by_place)) for x in places),
    )
