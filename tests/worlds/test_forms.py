"""The same item as text, tables and image: what is shared, what is told, and what is shown."""

from __future__ import annotations

import numpy as np
import pytest

from evalsuite.errors import TaskError
from evalsuite.task import load_task
from evalsuite.worlds import load_world, tracking, tracking_modalities, tracking_tables
from evalsuite.worlds.forms import DRAWN, FORMS, in_forms
from evalsuite.worlds.reading import read_problem, read_tables
from evalsuite.worlds.rendering import as_image, as_tables, draw_text, parse_tables


@pytest.mark.parametrize("family", ["tracking", "ledger", "relations", "plan"])
def test_an_item_is_the_same_in_all_forms(family: str) -> None:
    items = load_world(family).samples(seed=5, n=16)
    told = in_forms(family, FORMS, seed=5, n=48)
    assert len({sample.id for sample in told}) == 48
    for i, item in enumerate(items):
        text, table, image = told[3 * i : 3 * i + 3]
        for form, sample in zip(FORMS, (text, table, image), strict=True):
            assert sample.metadata == {**item.metadata, "variant_of": item.id, "variant": form}
            assert (sample.references, sample.depth, sample.cluster) == (item.references, item.depth, item.cluster)
        assert text.input == item.input
        tables = str(table.input["problem"]).removeprefix("\n")
        assert read_tables(family, *parse_tables(tables)) == read_problem(family, str(item.input["problem"]))
        assert image.input[DRAWN] == tables
        np.testing.assert_array_equal(draw_text(str(image.input[DRAWN])), as_image(family, item))


def test_the_prompt_beside_an_image_tells_nothing_of_the_item() -> None:
    task = load_task("tracking_modalities")
    shown = [sample for sample in task.samples if sample.metadata["variant"] == "image"]
    assert len(shown) == 384
    requests = [task.request(sample, repeat=0, turn=0, history=(), run_seed=0) for sample in shown[:48]]
    assert len({request.prompt for request in requests if request}) == 1
    assert len({request.images[0].tobytes() for request in requests if request}) == 48
    other = task.request(task.samples[0], repeat=0, turn=0, history=(), run_seed=0)
    assert other is not None
    assert other.images == ()


def test_a_part_of_an_item_may_be_asked_for() -> None:
    whole = tracking_modalities.samples(seed=5, n=9)
    assert tracking_modalities.samples(seed=5, n=8) == whole[:8]
    assert [sample.metadata["variant"] for sample in tracking_tables.samples(seed=5, n=3)] == ["text", "table", "text"]
    assert [sample for sample in whole if sample.metadata["variant"] != "image"] == tracking_tables.samples(seed=5, n=6)
    assert len(tracking.samples(seed=5, n=3)) == 3
    for n in (0, -4):
        with pytest.raises(TaskError, match=f"`n` must be in .*, got {n}"):
            tracking_modalities.samples(seed=5, n=n)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("é", "printable characters of ASCII alone, got 'é'"),
        ("a\0", "ASCII"),
        ("x" * 2001, "2000"),
        ("\n" * 2000, "2001"),
    ],
)
def test_what_cannot_be_drawn(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw_text(text)


def test_what_is_drawn_is_read_back_letter_by_letter() -> None:
    """Letters touch their neighbours by a pixel at most: the nearest one drawn alone is the one that is there."""
    lines = as_tables("tracking", tracking.samples(seed=5, n=2)[1]).split("\n")
    image = draw_text("\n".join(lines))[8:-8, 8:-8, 0] < 128
    letters = sorted({char for line in lines for char in line})
    alone = np.stack([draw_text(char)[8:-8, 8:-8, 0] < 128 for char in letters])
    _, height, width = alone.shape
    cells = image.reshape(len(lines), height, -1, width).transpose(0, 2, 1, 3)
    nearest = (cells[:, :, None] != alone).sum(axis=(3, 4)).argmin(axis=2)
    assert ["".join(letters[i] for i in row).rstrip() for row in nearest] == lines
