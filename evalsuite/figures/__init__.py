"""Figures that metrics and tasks add to a report."""

from evalsuite.figures.films import random_films
from evalsuite.figures.grids import feature_grids, feature_rows, influence_grid, random_grid, ranked_grid
from evalsuite.figures.record import (
    Curve,
    Example,
    Examples,
    Figure,
    FigureInput,
    ImageGrid,
    Plot,
    Table,
)
from evalsuite.figures.slices import slice_figures
from evalsuite.figures.texts import example_texts

__all__ = [
    "Curve",
    "Example",
    "Examples",
    "Figure",
    "FigureInput",
    "ImageGrid",
    "Plot",
    "Table",
    "example_texts",
    "feature_grids",
    "feature_rows",
    "influence_grid",
    "random_films",
    "random_grid",
    "ranked_grid",
    "slice_figures",
]
