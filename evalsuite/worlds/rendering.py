"""Render an item of a reasoning family as tables or as an image: the same facts as its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds.reading import Table, read_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import Sample

__all__ = ["as_image", "as_tables", "parse_tables", "write_tables"]

_MARGIN = 8  # pixels around the text
_LEADING = 3  # pixels between lines


def as_tables(family: str, sample: Sample) -> str:
    """Return an item as Markdown tables, followed by its question.

    Parameters
    ----------
    family : str
        The item's family.
    sample : Sample
        An item of it.

    Returns
    -------
    str
        One table or more, a blank line between them, and the question as the text asks it. They are made from what the
        text says, so that nothing is told that the text does not tell; `parse_tables` reads them back.
    """
    reading = read_problem(family, str(sample.input["problem"]))
    return write_tables(reading.tables(), reading.question)


def as_image(family: str, sample: Sample) -> NDArray[np.uint8]:
    """Draw an item's tables and its question, black on white.

    Returns
    -------
    ndarray
        uint8, shape (height, width, 1), as large as the text needs; the same bytes everywhere, since the letters are
        those of the bitmap font that is part of Pillow.
    """
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    lines = as_tables(family, sample).split("\n")
    font = ImageFont.load_default_imagefont()
    boxes = [font.getbbox(line) for line in lines]
    height = int(font.getbbox("Ag|")[3]) + _LEADING
    size = (int(max(box[2] for box in boxes)) + 2 * _MARGIN, height * len(lines) + 2 * _MARGIN)
    canvas = Image.new("1", size, 1)
    draw = ImageDraw.Draw(canvas)
    for row, line in enumerate(lines):
        draw.text((_MARGIN, _MARGIN + row * height), line, fill=0, font=font)
    return np.asarray(canvas.convert("L"), dtype=np.uint8)[:, :, None]


def write_tables(tables: Sequence[Table], question: str) -> str:
    """Write tables in Markdown, and the question below them."""
    blocks = []
    for table in tables:
        rule = "|".join("---" for _ in table.columns)
        rows = [_row(table.columns), f"|{rule}|", *(_row(row) for row in table.rows)]
        blocks.append("\n".join(rows))
    return "\n\n".join((*blocks, question))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def parse_tables(text: str) -> tuple[list[Table], str]:
    """Read what `write_tables` wrote.

    Returns
    -------
    tuple of (list of Table, str)
        The tables and the question.
    """
    *blocks, question = text.split("\n\n")
    tables = []
    for block in blocks:
        columns, _, *rows = [tuple(line[2:-2].split(" | ")) for line in block.split("\n")]
        tables.append(Table(columns, tuple(rows)))
    return tables, question
