"""The same item told as text, as tables and as an image: samples that differ in their form alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalsuite.worlds import load_world
from evalsuite.worlds.rendering import as_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import JSONValue, Sample

__all__ = ["DRAWN", "FORMS", "in_forms"]

FORMS = ("text", "table", "image")
DRAWN = "drawn"
"""The field of a sample's input that holds what its image shows, as text."""

_IN_THE_IMAGE = "the tables in the image."


def in_forms(
    family: str, forms: Sequence[str], *, seed: int, n: int, depths: tuple[int, int] | None = None
) -> list[Sample]:
    """Make `n` samples: each item of a family in every form, one after the other.

    Parameters
    ----------
    family : str
        A name of `evalsuite.worlds.families.FAMILIES`.
    forms : sequence of str
        Of `FORMS`, in the order wanted.
    seed, n, depths
        As for the family's ``samples``, with `n` counted in samples, not in items.

    Returns
    -------
    list of Sample
        Their metadata has ``variant_of``, the item's id, and ``variant``, the form; all else is the item's. A table is
        that of `evalsuite.worlds.rendering.as_tables`, and an image shows just these tables: its sample has them in the
        input field `DRAWN`, which is drawn when the model is asked, and not in the problem.

    Raises
    ------
    TaskError
        If `seed`, `n` or `depths` is out of range.
    """
    n_items = max(n, 0) // len(forms) + (n % len(forms) > 0)  # the last one may not come to all its forms
    items = load_world(family).samples(seed=seed, n=n_items if n > 0 else n, depths=depths)
    return [_told(family, item, form) for item in items for form in forms][:n]


def _told(family: str, item: Sample, form: str) -> Sample:
    told: dict[str, JSONValue] = {"problem": item.input["problem"]}
    if form != "text":
        tables = as_tables(family, item)
        told = {"problem": f"\n{tables}"} if form == "table" else {"problem": _IN_THE_IMAGE, DRAWN: tables}
    return replace(
        item, id=f"{item.id}-{form}", input=told, metadata={**item.metadata, "variant_of": item.id, "variant": form}
    )
