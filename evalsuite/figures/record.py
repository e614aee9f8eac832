"""What a figure is: plain records, which a report draws.

A metric or a task has a method ``figures(data) -> Sequence[Figure]``. It is called once a run; the report puts figures
of one title together, so that the models of a task can be compared: curves share their axes, images stand side by side.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import JSONValue, Outcome, Output, Sample, Score

__all__ = ["Content", "Curve", "Example", "Examples", "Figure", "FigureInput", "ImageGrid", "Plot", "Table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureInput:
    """What a figure can be made of: one run, as it was scored.

    Parameters
    ----------
    task_name : str
    score : Score
        The metric's own; a task gets that of its primary metric.
    samples : sequence of Sample
    outputs : sequence of sequences of Output
        By sample, in canonical order; images are `ImageSource`, videos `VideoSource`.
    values : float array, shape (n_samples, k), optional
        The metric's rows or features, as kept beside the log; NaN where there is no value. None where they are gone.
    outcomes : tuple of Outcome
        What became of each sample; empty where `values` is None.
    sample_values : float64 array, shape (n_samples,), optional
        The score of each sample on its own, where the metric has one.
    seed : int
        What is chosen at random is chosen by it; the same for all runs of a task.
    """

    task_name: str
    score: Score
    samples: Sequence[Sample]
    outputs: Sequence[Sequence[Output]]
    values: NDArray[np.floating] | None = None
    outcomes: tuple[Outcome, ...] = ()
    sample_values: NDArray[np.float64] | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Values along an axis, with intervals: a line and its band. Several models' curves share one plot.

    Parameters
    ----------
    x : tuple of int, float or str
        Strings make categories, which are drawn as points.
    y, low, high : tuple of float, optional
        None where there is no value or no interval.
    n : tuple of int
        Samples behind each value.
    x_label, y_label : str
    share : bool
        Whether the values are shares of one, shown as percentages.
    marks : Curve, optional
        What the curve was fitted to: drawn as points with error bars, and the curve as a line without points. The
        table beside the plot has these numbers, and not the line's.
    """

    x: tuple[int | float | str, ...]
    y: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    n: tuple[int, ...]
    x_label: str
    y_label: str
    share: bool = False
    marks: Curve | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageGrid:
    """Images in rows.

    Parameters
    ----------
    images : tuple of uint8 array, shape (height, width, 1 or 3)
        Row by row.
    columns : int
    paired : bool
        Whether rows come in twos that belong together: an image above, what it is compared with below.
    alt : str
        What is seen, for those who do not see it.
    """

    images: tuple[NDArray[np.uint8], ...]
    columns: int
    alt: str
    paired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A small table; a cell is text or a number."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One output with what was asked, what was due, and what became of it."""

    sample_id: str
    prompt: str
    output: str
    reference: str
    outcome: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Outputs to read. None of their text is trusted."""

    items: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Anything else, in plotly's JSON schema.

    Parameters
    ----------
    traces : tuple of mapping
        ``data`` of a plotly figure.
    layout : mapping
    table : Table
        The same numbers, for those who do not see the plot.
    alt : str
    """

    traces: tuple[Mapping[str, JSONValue], ...]
    table: Table
    alt: str
    layout: Mapping[str, JSONValue] = field(default_factory=dict)


Content: TypeAlias = Curve | ImageGrid | Table | Examples | Plot


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of one run.

    Parameters
    ----------
    title : str
        Figures of one title, of all the models of a task, stand together.
    caption : str
        How to read it, and how it was made; the same for all models.
    content : Curve, ImageGrid, Table, Examples or Plot
    note : str
        What is to be said of this model's alone.
    """

    title: str
    caption: str
    content: Content
    note: str = ""
