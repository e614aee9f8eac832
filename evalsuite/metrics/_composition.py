"""What metrics of pictures of shapes share: each picture judged by the checker of the picture world."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.media import pixels_of
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, Rows, final_outputs
from evalsuite.types import Output
from evalsuite.worlds.pictures import make_sample, read_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.metrics.base import SampleOutputs
    from evalsuite.types import Outcome, Sample
    from evalsuite.worlds.picture_judging import Judgement
    from evalsuite.worlds.picture_templates import Group, Relation

__all__ = ["CompositionMetric", "shared_outcome"]


@dataclass(frozen=True)
class CompositionMetric(QuotientMetric):
    """Two counts a picture, of what the checker says of it; a row sums them over the repeats of a sample."""

    version = 2  # since a canvas that is not black is no shape
    modality = "image"
    value_range = (0.0, 1.0)

    @abstractmethod
    def _count(self, judged: Judgement) -> tuple[int, int] | None:
        """Return what counts as right, and out of how many; None where the picture has no value."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            groups, relations = read_request(sample.metadata, f'{self.name}: sample "{sample.id}"')
            found: list[Outcome] = []
            for output in final_outputs(sample_outputs):
                outcome, judged = _judge(output, groups, relations)
                row = None if judged is None else self._count(judged)
                found.append(outcome)
                if row is not None:
                    values[i] = np.nan_to_num(values[i]) + row
            outcomes.append(shared_outcome(found, scored=not np.isnan(values[i, 0])))
        return Rows(values=values, outcomes=tuple(outcomes))

    def example(self) -> Example:
        """Return the oracle's pictures, half of them of another item, and black canvases."""
        from evalsuite.worlds.picture_canvas import render_scene

        samples = tuple(make_sample(1, i, template=i, depth=3 + i % 4) for i in range(8))
        drawn = [render_scene(sample.metadata["scene"]) for sample in samples]  # type: ignore[arg-type]
        others = [*drawn[:4], *drawn[5:], drawn[4]]
        return Example(
            samples=samples,
            best=tuple((Output(image=image),) for image in drawn),
            worse=tuple((Output(image=image),) for image in others),
            worst=tuple((Output(image=np.zeros_like(image)),) for image in drawn),
        )


def _judge(output: Output, groups: Sequence[Group], relations: Sequence[Relation]) -> tuple[Outcome, Judgement | None]:
    from evalsuite.worlds.picture_judging import judge_picture

    if output.finish_reason == "error":
        return "error", None
    if output.image is None:
        if output.finish_reason != "refused":
            return "error", None
        return "refused", judge_picture(np.zeros((1, 1, 3), dtype=np.uint8), groups, relations)
    judged = judge_picture(pixels_of(output), groups, relations)
    return judged.verdict, judged


def shared_outcome(outcomes: Sequence[Outcome], *, scored: bool) -> Outcome:
    """Return the outcome that all repeats share; else whether there is a value."""
    if len(set(outcomes)) == 1:
        return outcomes[0]
    if scored:
        return "scored"
    return next((outcome for outcome in outcomes if outcome != "error"), "error")
