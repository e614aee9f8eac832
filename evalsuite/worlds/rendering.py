"""Render an item of a reasoning family as tables or as an image: the same facts as its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds.reading import Table, read_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import Sample

__all__ = ["DRAWING", "as_image", "as_tables", "draw_text", "parse_tables", "write_tables"]

DRAWING = 1  # goes up whenever the same text would give other pixels
_MARGIN = 8  # pixels around the text
_LEADING = 3  # pixels between lines
_MOST = 2000  # lines of a text that is drawn, and characters of a line


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
    """Draw an item's tables and its question, black on white: `draw_text` of `as_tables`."""
    return draw_text(as_tables(family, sample))


def draw_text(text: str) -> NDArray[np.uint8]:
    """Draw lines of text, black on white.

    Returns
    -------
    ndarray
        uint8, shape (height, width, 1), as large as the text needs; the same bytes everywhere, since the letters are
        those of the bitmap font that is part of Pillow.

    Raises
    ------
    ValueError
        If there are more than 2,000 lines, or more than 2,000 characters in one, or one that is not of ASCII.
    """
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    lines = text.split("\n")
    if len(lines) > _MOST or max(map(len, lines)) > _MOST:
        raise ValueError(f"a text to draw may have {_MOST} lines of {_MOST} characters, got {len(lines)} lines")
    strange = next((char for char in text if char != "\n" and not 32 <= ord(char) < 127), None)
    if strange is not None:
        raise ValueError(f"a text to draw may have the printable characters of ASCII alone, got {strange!r}")
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
