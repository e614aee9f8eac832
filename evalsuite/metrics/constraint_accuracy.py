"""Constraint accuracy: how much of what was asked for a picture of shapes has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.metrics._composition import CompositionMetric

if TYPE_CHECKING:
    from evalsuite.worlds.picture_judging import Judgement

__all__ = ["ConstraintAccuracy"]


@dataclass(frozen=True)
class ConstraintAccuracy(CompositionMetric):
    """Constraint accuracy: constraints that are met, over those of the request and things made up, 0-1.

    Notes
    -----
    ``met / (constraints + extra)``, each summed over all pictures: of each request its counts, colours and relations,
    without those that are undecided; ``extra`` are things of shapes that were not asked for. Constraints are judged as
    for `composition_accuracy`; a picture that has most of them right counts for that here, and for nothing there. Range
    0 to 1; higher is better. A row is [met, constraints and extra], summed over the repeats of a sample.

    References
    ----------
    .. [1] Hu et al., "TIFA: Accurate and Interpretable Text-to-Image Faithfulness Evaluation with Question Answering",
       ICCV 2023, for the share of questions about a picture that are answered right.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> from evalsuite.worlds.picture_canvas import render_scene
    >>> asked = {"groups": [["circle", 2, "red"]], "relations": []}
    >>> picture = render_scene([("circle", "red", 0, 0, 0, 0), ("cross", "blue", 2, 2, 0, 0)])
    >>> sample = Sample(id="1", input={}, metadata=asked)
    >>> ConstraintAccuracy().rows([sample], [[Output(image=picture)]]).values  # red, but one, and a cross beside it
    array([[1., 3.]])
    """

    name = "constraint_accuracy"

    def _count(self, judged: Judgement) -> tuple[int, int] | None:
        states = [state for state in judged.met.values() if state != "undecided"]
        return (states.count("right"), len(states) + judged.n_extra) if states else None
