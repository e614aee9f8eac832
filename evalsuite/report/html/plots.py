"""Plots in plotly's JSON schema, as plain dictionaries.

Colours are names (``@c3``, ``@ink``, ``@c3/15`` for 15 % of it) that the page replaces by those of its light or dark
scheme; labels are made harmless for plotly, which reads them as markup.
"""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from evalsuite.report.html.safe import plot_label
from evalsuite.report.numbers import format_point, format_score, is_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.figures import Curve
    from evalsuite.types import Score

__all__ = ["curve_plot", "interval_plot"]

_ROW_HEIGHT = 52
_MARGINS = 64
_COLOURS = 8
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "x", "star")
_DASHES = ("solid", "dash", "dot", "dashdot")
_LOG_SPAN = 30.0  # a range this wide hides its lower end on a linear axis
_SHORT_SPAN = 100.0
_DIGITS = 6


def interval_plot(scores: Sequence[tuple[str, Score]]) -> dict[str, Any]:
    """Return the primary scores of a task on one axis, best first, each with its interval.

    Parameters
    ----------
    scores : sequence of (label, Score)
        In the order of the table, by which colours go.
    """
    known = [(i, label, score) for i, (label, score) in enumerate(scores) if score.value is not None]
    share = is_share(known[0][2])
    scale = 100.0 if share else 1.0
    values = [scale * (score.value or 0.0) for _, _, score in known]
    lows = [scale * (score.interval.low if score.interval else score.value or 0.0) for _, _, score in known]
    highs = [scale * (score.interval.high if score.interval else score.value or 0.0) for _, _, score in known]
    logarithmic = not share and min(values) > 0 and max(highs) / min(values) > _LOG_SPAN
    least = min(values) / 3 if logarithmic else min(lows)
    lows = [max(low, least) for low in lows]  # an interval that reaches 0 ends where a logarithmic axis does
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for row, (i, label, score) in enumerate(known):
        value = values[row]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [_short(value)],
                "y": [row],
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [_short(highs[row] - value)],
                    "arrayminus": [_short(value - lows[row])],
                    "color": _colour(i),
                    "thickness": 2.5,
                    "width": 5,
                },
                "marker": {"size": 10, "symbol": _SYMBOLS[i % len(_SYMBOLS)], "color": _colour(i)},
                "hovertext": [f"{plot_label(label)}<br>{format_score(score)}"],
                "hoverinfo": "text",
                "cliponaxis": False,
            }
        )
        words = {"xref": "paper", "y": row, "yshift": 19, "showarrow": False}
        notes.append({**words, "name": "label", "x": 0, "xanchor": "left", "text": plot_label(label)})
        notes.append({**words, "x": 1, "xanchor": "right", "text": format_score(score), "font": {"color": "@muted"}})
    first = known[0][2]
    axis: dict[str, Any] = {
        "title": {"text": f"{plot_label(first.metric)}, {'higher' if first.higher_is_better else 'lower'} is better"},
        "ticksuffix": " %" if share else "",
        "type": "log" if logarithmic else "linear",
        "zeroline": False,
    }
    if logarithmic:
        axis["range"] = [_short(log10(min(lows)) - 0.03), _short(log10(max(highs)) + 0.1)]
        ticks = _log_ticks(min(lows), max(highs))
        axis |= {"tickmode": "array", "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    elif share:
        axis["range"] = _padded_range(min(lows), max(highs), 0.0, 100.0)
    return {
        "data": traces,
        "layout": {
            "height": len(known) * _ROW_HEIGHT + _MARGINS,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 48},
            "showlegend": False,
            "hovermode": "closest",
            "xaxis": axis,
            "yaxis": {"visible": False, "range": [len(known) - 0.6, -0.75], "fixedrange": True},
            "annotations": notes,
        },
    }


def _log_ticks(low: float, high: float) -> list[float]:
    """Return what a logarithmic axis is labelled at: powers of ten, and twice and five times those on a short one."""
    steps = (1, 2, 5) if high / low <= _SHORT_SPAN else (1,)
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    ticks = (float(f"{step}e{decade}") for decade in decades for step in steps)
    return [tick for tick in ticks if low <= tick <= high]


def curve_plot(curves: Sequence[tuple[int, str, Curve]]) -> dict[str, Any]:
    """Return curves of several models on one pair of axes; those over categories as points with error bars.

    Parameters
    ----------
    curves : sequence of (place, label, Curve)
        The place in the table chooses the colour, which is the same in all of a task's plots.
    """
    first = curves[0][2]
    scale = 100.0 if first.share else 1.0
    categories = any(isinstance(x, str) for _, _, curve in curves for x in curve.x)
    traces: list[dict[str, Any]] = []
    for i, label, curve in curves:
        traces += _points(i, label, curve, scale) if categories else _line(i, label, curve, scale)
        if curve.marks is not None:
            traces += _points(i, label, curve.marks, scale)
    return {
        "data": traces,
        "layout": {
            "height": 380,
            "margin": {"l": 52, "r": 12, "t": 8, "b": 48},
            "hovermode": "closest" if categories else "x",
            "showlegend": False,  # the page has its own, which wraps
            **({"scattermode": "group"} if categories else {}),
            "xaxis": {
                "title": {"text": plot_label(first.x_label)},
                "type": "category" if categories else "linear",
                "zeroline": False,
                **({} if categories else _ends([float(x) for *_, curve in curves for x in (curve.marks or curve).x])),
            },
            "yaxis": {
                "title": {"text": plot_label(first.y_label)},
                "ticksuffix": " %" if first.share else "",
                "zeroline": False,
                **({"range": [-2, 102]} if first.share else {"rangemode": "tozero"}),
            },
        },
    }


def _ends(xs: Sequence[float]) -> dict[str, Any]:
    """Return where an axis of whole steps ends, a little beyond its points, and its ticks where there are few."""
    low, high = min(xs, default=0.0), max(xs, default=0.0)
    beyond = max((high - low) * 0.03, 0.2)
    ends: dict[str, Any] = {"range": [_short(low - beyond), _short(high + beyond)]}
    return {**ends, "dtick": 1} if len(set(xs)) <= 12 else ends


def _line(i: int, label: str, curve: Curve, scale: float) -> list[dict[str, Any]]:
    xs = [
        x for x, low, high in zip(curve.x, curve.low, curve.high, strict=True) if low is not None and high is not None
    ]
    lows = [_short(scale * low) for low in curve.low if low is not None]
    highs = [_short(scale * high) for high in curve.high if high is not None]
    band = {
        "type": "scatter",
        "mode": "lines",
        "x": [*xs, *reversed(xs)],
        "y": [*highs, *reversed(lows)],
        "fill": "toself",
        "fillcolor": f"{_colour(i)}/16",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    line = {
        "type": "scatter",
        "mode": "lines+markers" if curve.marks is None else "lines",
        "x": list(curve.x),
        "y": [None if y is None else _short(scale * y) for y in curve.y],
        "line": {"width": 2, "color": _colour(i), "dash": _DASHES[i // _COLOURS % len(_DASHES)]},
        "marker": {"size": 6, "symbol": _SYMBOLS[i % len(_SYMBOLS)], "color": _colour(i)},
        **({"hovertext": _hover(label, curve), "hoverinfo": "text"} if curve.marks is None else {"hoverinfo": "skip"}),
    }
    return [band, line]


def _points(i: int, label: str, curve: Curve, scale: float) -> list[dict[str, Any]]:
    known = [
        (x, y, y if low is None else low, y if high is None else high)
        for x, y, low, high in zip(curve.x, curve.y, curve.low, curve.high, strict=True)
        if y is not None
    ]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "offsetgroup": f"g{i}",
            "x": [plot_label(x, 24) if isinstance(x, str) else x for x, *_ in known],
            "y": [_short(scale * y) for _, y, _, _ in known],
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": [_short(scale * (high - y)) for _, y, _, high in known],
                "arrayminus": [_short(scale * (y - low)) for _, y, low, _ in known],
                "color": _colour(i),
                "thickness": 2,
                "width": 4,
            },
            "marker": {"size": 8, "symbol": _SYMBOLS[i % len(_SYMBOLS)], "color": _colour(i)},
            "hovertext": [text for text, y in zip(_hover(label, curve), curve.y, strict=True) if y is not None],
            "hoverinfo": "text",
        }
    ]


def _hover(label: str, curve: Curve) -> list[str]:
    def shown(value: float) -> str:
        return f"{100 * value:.1f} %" if curve.share else format_point(value)

    texts: list[str] = []
    for x, y, low, high, n in zip(curve.x, curve.y, curve.low, curve.high, curve.n, strict=True):
        ends = f" [{shown(low)}, {shown(high)}]" if low is not None and high is not None else ""
        value = "-" if y is None else shown(y) + ends
        texts.append(f"{plot_label(label, 40)}: {value}, {plot_label(str(x), 24)}, n = {n}")
    return texts


def _colour(i: int) -> str:
    return f"@c{i % _COLOURS}"


def _padded_range(low: float, high: float, least: float, most: float) -> list[float]:
    pad = max(1.0, 0.08 * (high - low))
    return [max(least - 1, low - pad), min(most + 1, high + pad)]


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
