"""What metrics of single images or videos read of a sample's outputs: that of each repeat's last turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from evalsuite.metrics.base import SampleOutputs, final_outputs

if TYPE_CHECKING:
    from evalsuite.types import Outcome, Output

__all__ = ["final_images", "final_videos"]


def final_images(outputs: SampleOutputs) -> tuple[list[Output], Outcome]:
    """Return the outputs with an image to score, by repeat, and the outcome of the sample.

    The outcome is ``error`` where there is no image, or ``refused`` where all were; else ``refused`` or ``truncated``
    where every image was; else ``scored``.
    """
    return _final(outputs, "image")


def final_videos(outputs: SampleOutputs) -> tuple[list[Output], Outcome]:
    """Return the outputs with a video to score, by repeat, and the outcome of the sample, as `final_images` does."""
    return _final(outputs, "video")


def _final(outputs: SampleOutputs, kind: Literal["image", "video"]) -> tuple[list[Output], Outcome]:
    final = [output for output in final_outputs(outputs) if output.finish_reason != "error"]
    found = [output for output in final if (output.image if kind == "image" else output.video) is not None]
    if not found:
        return [], "refused" if final and all(output.finish_reason == "refused" for output in final) else "error"
    reasons = {output.finish_reason for output in found}
    if reasons == {"refused"}:
        return found, "refused"
    return found, "truncated" if reasons == {"length"} else "scored"
