"""The page of sets of images that were scored against real ones: scores, warnings, and the images behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evalsuite.environment import release
from evalsuite.figures import FigureInput, ImageGrid, random_grid
from evalsuite.metrics.base import SetMetric
from evalsuite.report.html.collect import FigureGroup
from evalsuite.report.html.page import write_whole
from evalsuite.report.html.templates import asset, csp_hash, template
from evalsuite.report.html.view import figure_block
from evalsuite.report.notes import floor_lines
from evalsuite.report.set_table import set_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalsuite.figures import Figure
    from evalsuite.metrics.base import Rows
    from evalsuite.scoring.image_comparison import ComparedSets
    from evalsuite.scoring.image_sets import ScoredFeatures
    from evalsuite.types import Score

__all__ = ["write_sets_page"]


def write_sets_page(compared: ComparedSets, described: Sequence[tuple[str, str]], path: Path) -> None:
    """Write the page.

    Parameters
    ----------
    compared : ComparedSets
    described : sequence of (str, str)
        Name and description of the real set, then of each other one.
    path : Path

    Raises
    ------
    SaveError
        If it cannot be written.
    """
    from markupsafe import Markup

    style = asset("page.css")
    names = [name for name, _ in described[1:]]
    groups, problems = _figures(compared, names)
    rows = set_rows(compared)
    text = template("sets.html").render(
        described=described,
        rows=rows,
        floors=[" ".join(line.rpartition(" ")[2] for line in floor_lines(row.score)) for row in rows],
        warnings=_warnings(compared, names),
        notes=_notes(compared, names),
        signatures=list(dict.fromkeys(score.signature for one in compared.sets for score in one.scores)),
        blocks_shown=[figure_block(group, names) for group in groups],
        problems=problems,
        release=release(),
        style=Markup(style),
        style_hashes=csp_hash(style),
    )
    write_whole(path, text)


def _warnings(compared: ComparedSets, names: Sequence[str]) -> list[tuple[str, str]]:
    said: dict[tuple[str, str], None] = {}
    for name, found in zip(names, compared.sets, strict=True):
        for warning in found.warnings:
            said.setdefault(("warning", f"{name}: {warning.message}" if len(names) > 1 else warning.message))
    return list(said)


def _notes(compared: ComparedSets, names: Sequence[str]) -> list[tuple[str, str]]:
    said: dict[tuple[str, str], None] = {}
    for name, found in zip(names, compared.sets, strict=True):
        for score in found.scores:
            for note in score.notes:
                said.setdefault(("note", f"{f'{name}: ' if len(names) > 1 else ''}{score.metric}: {note}"))
    return list(said)


def _figures(compared: ComparedSets, names: Sequence[str]) -> tuple[list[FigureGroup], list[str]]:
    """Return the pictures of all sets, those of one title together, and what could not be made."""
    groups: dict[str, FigureGroup] = {}
    problems: list[str] = []
    for place, side in enumerate(compared.scored):
        for figure in _of_set(side, names[place], problems):
            group = groups.setdefault(figure.title, FigureGroup(figure.title, figure.caption, "ImageGrid"))
            group.figures.append((place, figure))
    return list(groups.values()), problems


def _of_set(side: ScoredFeatures, name: str, problems: list[str]) -> list[Figure]:
    found: list[Figure] = []
    by_name = _input(side, side.found.scores[0], range(len(side.data.samples)))
    some = random_grid(by_name)
    if some is not None:
        found.append(replace(some, caption="Chosen at random, by a fixed seed, and not by hand."))
    for metric, score in zip(side.metrics, side.found.scores, strict=True):
        if not isinstance(metric, SetMetric):
            continue
        rows, order = side.rows_of(metric)
        try:
            made: Sequence[Any] = metric.figures(_input(side, score, order, rows))
        except Exception as error:  # whatever drawing raises must not cost the page
            problems.append(f"{name}: {score.metric}'s pictures ({type(error).__name__}: {error})")
            continue
        shown = {figure.title for figure in found}
        found += [figure for figure in made if isinstance(figure.content, ImageGrid) and figure.title not in shown]
    return found


def _input(side: ScoredFeatures, score: Score, order: Sequence[int], rows: Rows | None = None) -> FigureInput:
    return FigureInput(
        task_name=side.data.task_name,
        score=score,
        samples=[side.data.samples[i] for i in order],
        outputs=[side.data.outputs[i] for i in order],
        values=None if rows is None else rows.values,
        outcomes=() if rows is None else rows.outcomes,
        sample_values=None,
        seed=0,
    )
