"""``evalsuite score --real R --fake A --fake B``: scores of several sets of images, each less that of the first."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalsuite.scoring.image_comparison import ComparedSets

__all__ = ["print_compared_sets"]


def print_compared_sets(compared: ComparedSets, *, as_json: bool) -> None:
    """Print what was compared, a table of metrics and sets, and how it was made; or JSON."""
    from evalsuite.cli.messages import say
    from evalsuite.cli.score_images import describe_precision, describe_set
    from evalsuite.report.notes import floor_lines
    from evalsuite.report.terminal import printable

    first = compared.sets[0]
    for found in compared.sets:
        name = printable(found.fake.name)
        if found.are_equal:
            say(f"evalsuite: --real and --fake {name} hold the same images")
    seen: dict[str, str] = {}
    for fake in (found.fake for found in compared.sets):
        other = seen.setdefault(fake.sha256, fake.name)
        if fake.sha256 and other != fake.name:
            say(f"evalsuite: warning: --fake {printable(other)} and {printable(fake.name)} hold the same images")
    if as_json:
        sys.stdout.write(json.dumps(_record(compared), indent=2) + "\n")
        return
    sys.stdout.write(f"real: {printable(first.real.name)}: {describe_set(first.real)}\n")
    for found in compared.sets:
        sys.stdout.write(f"fake: {printable(found.fake.name)}: {describe_set(found.fake)}\n")
    sys.stdout.write("\n")
    rows = _rows(compared)
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        line = "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        sys.stdout.write(f"{line.rstrip()}\n")
    sys.stdout.write("\n")
    said: dict[str, None] = {}
    for found in compared.sets:
        for score in found.scores:
            said.setdefault(score.signature)
            for line in floor_lines(score):
                said.setdefault(f"{score.metric} {line}")
            for note in score.notes:
                said.setdefault(f"{found.fake.name}: {score.metric}: {note}")
        for check in found.precision:
            said.setdefault(f"{found.fake.name}: {describe_precision(check)}")
    for line in said:
        sys.stdout.write(f"{printable(line, 1000)}\n")
    sys.stdout.write(_explanation(compared))


def _rows(compared: ComparedSets) -> list[tuple[str, str, str, str]]:
    """Return the table: a line a metric and set, the difference from the first set at its end."""
    from evalsuite.report.set_table import set_rows
    from evalsuite.report.terminal import printable

    rows = [("metric", "images", "score", "difference")]
    rows += [(row.score.metric, printable(row.name, 60), row.shown, row.difference) for row in set_rows(compared)]
    return rows


def _record(compared: ComparedSets) -> list[dict[str, Any]]:
    """Return an object a set, with the difference in each score after the first set's."""
    from evalsuite.cli.score_images import image_record

    records = [image_record(found) for found in compared.sets]
    for record, differences in zip(records[1:], compared.differences, strict=True):
        for score, difference in zip(record["scores"], differences, strict=True):
            score["difference"] = None if difference is None else asdict(difference)
    return records


def _explanation(compared: ComparedSets) -> str:
    lines = ["[low, high] is a 95 % interval, over other images of each model and with the real ones as they are."]
    lower = [score.metric for score in compared.sets[0].scores if not score.higher_is_better]
    if lower:
        lines.append(f"Lower is better: {', '.join(dict.fromkeys(lower))}.")
    if any(one is not None and one.is_paired for found in compared.differences for one in found):
        lines.append("paired: both sets have images of the same names, which are left out together.")
    return "\n" + "\n".join(lines) + "\n"
