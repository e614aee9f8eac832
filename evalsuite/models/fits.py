"""Whether a model can do what a task asks at all, as far as the model tells; said before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.errors import UsageError

if TYPE_CHECKING:
    from evalsuite.models.base import Model
    from evalsuite.types import Modality

__all__ = ["check_fits"]


def check_fits(
    model: Model, *, task: str, inputs: frozenset[Modality], image_shape: tuple[int, int, int] | None
) -> None:
    """Refuse a model that needs what the task's requests do not show, or draws images of another size.

    Parameters
    ----------
    model : Model
        Its optional attributes ``needs``, ``image_size`` and ``size_options`` are looked at.
    task : str
        Its name.
    inputs : frozenset of str
        What its requests hold.
    image_shape : tuple of int, optional
        Height, width and channels that it asks for.

    Raises
    ------
    UsageError
        Says which.
    """
    needs: frozenset[Modality] = getattr(model, "needs", frozenset())
    lacking = needs - inputs
    if lacking:
        raise UsageError(
            f'model "{model.name}" begins with an image, and task "{task}" shows none with its prompts: '
            f"its requests hold {', '.join(sorted(inputs))} alone"
        )
    size = getattr(model, "image_size", None)
    if size is not None and image_shape is not None and tuple(size) != image_shape[:2]:
        height, width, _ = image_shape
        options: str = getattr(model, "size_options", "")
        advice = (
            f"where it can draw others, say so: {options.format(height=height, width=width)}"
            if options
            else f"its size is fixed: it takes a model of {height} x {width}, or a task of {size[0]} x {size[1]}"
        )
        raise UsageError(
            f'task "{task}" asks for images of {height} x {width} pixels, model "{model.name}" draws '
            f"{size[0]} x {size[1]}; {advice}"
        )
