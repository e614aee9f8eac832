"""Composition accuracy: whether a picture of shapes is exactly what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.metrics._composition import CompositionMetric

if TYPE_CHECKING:
    from evalsuite.worlds.picture_judging import Judgement

__all__ = ["CompositionAccuracy"]


@dataclass(frozen=True)
class CompositionAccuracy(CompositionMetric):
    """Composition accuracy: share of pictures that meet every constraint and show nothing else, 0-1.

    Notes
    -----
    ``accuracy = right / (n - error - undecided)``. A picture is read by `evalsuite.worlds.picture_reading` and compared
    by `evalsuite.worlds.picture_judging` with the counts, colours and relations of its request, as in [1]_, but with an
    exact reader in the place of a detector. A thing that is none of the four shapes, or of no colour of the palette, is
    wrong; only what can be read in two ways is undecided. Range 0 to 1; higher is better.

    Outcomes: ``right``; ``wrong``; ``undecided`` (no value); ``refused`` (not right); ``error`` (no value). The
    interval is Wilson's, with n divided by the design effect of the wordings. A row is [right, counted], summed over
    the repeats of a sample.

    References
    ----------
    .. [1] Ghosh, Hajishirzi and Schmidt, "GenEval: An object-focused framework for evaluating text-to-image
       alignment", NeurIPS 2023.

    Examples
    --------
    >>> from evalsuite.types import Output
    >>> from evalsuite.worlds.picture_canvas import render_scene
    >>> from evalsuite.worlds.pictures import samples
    >>> asked = samples(seed=1, n=2)
    >>> pictures = [[Output(image=render_scene(asked[0].metadata["scene"]))] for _ in asked]
    >>> CompositionAccuracy().rows(asked, pictures).outcomes
    ('right', 'wrong')
    """

    name = "composition_accuracy"
    proportion = True

    def _count(self, judged: Judgement) -> tuple[int, int] | None:
        return None if judged.verdict == "undecided" else (int(judged.verdict == "right"), 1)
