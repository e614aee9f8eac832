"""What metrics of single images read of a sample's outputs: the image of each repeat's last turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.metrics.base import SampleOutputs, final_outputs

if TYPE_CHECKING:
    from evalsuite.types import Outcome, Output

__all__ = ["final_images"]


def final_images(outputs: SampleOutputs) -> tuple[list[Output], Outcome]:
    """Return the outputs with an image to score, by repeat, and the outcome of the sample.

    The outcome is ``error`` where there is no image, or ``refused`` where all were; else ``refused`` or ``truncated``
    where every image was; else ``scored``.
    """
    final = [output for output in final_outputs(outputs) if output.finish_reason != "error"]
    images = [output for output in final if output.image is not None]
    if not images:
        return [], "refused" if final and all(output.finish_reason == "refused" for output in final) else "error"
    reasons = {output.finish_reason for output in images}
    if reasons == {"refused"}:
        return images, "refused"
    return images, "truncated" if reasons == {"length"} else "scored"
