"""Motion accuracy: whether a film of shapes is exactly what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.media import frames_of
from evalsuite.metrics._composition import shared_outcome
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, Rows, final_outputs
from evalsuite.types import Output
from evalsuite.worlds.moving_shapes import make_sample, read_movers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.metrics.base import SampleOutputs
    from evalsuite.types import Outcome, Sample
    from evalsuite.worlds.moving_templates import Mover

__all__ = ["MotionAccuracy"]


@dataclass(frozen=True)
class MotionAccuracy(QuotientMetric):
    """Motion accuracy: share of videos that show the shapes asked for, and only those, moving as asked, 0-1.

    Notes
    -----
    ``accuracy = right / (n - error - undecided)``. Each frame is read by `evalsuite.worlds.picture_reading`; what it
    holds, and how it goes from frame to frame, is compared with the request by `evalsuite.worlds.moving_judging`. One
    frame with another thing, another colour or a step in another direction makes the video wrong: no noise, no empty
    frame and no frame out of order passes. Neither do things that flash or pulse (pixels or mean brightness more than
    1.5 times, or less than 2/3 of, those in the frame before or in the first), sparks (more than 1 in 10 of a frame's
    bright pixels in no thing) or another canvas in some frames (on average more than 12 of 255 levels from the median
    of all, or more than 1 in 50 of its pixels more than 40 levels). Right films
    stay right with uniform noise of 20 levels either way, with blur over 3 by 3 pixels, and as JPEG of quality 85 in
    full colours. This is the question of whether an action, its subject and its attributes
    are those of the text, that [1]_ puts to a detector and a person, here put to an exact reader. Range 0 to 1; higher
    is better.

    Outcomes: ``right``; ``wrong``; ``undecided`` (can be read in two ways; no value); ``refused`` (not right);
    ``error`` (no value). The interval is Wilson's, with n divided by the design effect of the wordings. A row is
    [right, counted], summed over the repeats of a sample.

    References
    ----------
    .. [1] Huang et al., "VBench: Comprehensive benchmark suite for video generative models", CVPR 2024.

    Examples
    --------
    >>> from evalsuite.types import Output
    >>> from evalsuite.worlds.moving_film import render_film
    >>> from evalsuite.worlds.moving_shapes import read_movers, samples
    >>> asked = samples(seed=1, n=2)
    >>> film = render_film(read_movers(asked[0].metadata, ""), asked[0].metadata["starts"])
    >>> MotionAccuracy().rows(asked, [[Output(video=film)]] * 2).outcomes
    ('right', 'wrong')
    """

    name = "motion_accuracy"
    modality = "video"
    value_range = (0.0, 1.0)
    proportion = True

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            movers = read_movers(sample.metadata, f'{self.name}: sample "{sample.id}"')
            found = [_judge(output, movers) for output in final_outputs(sample_outputs)]
            counted = [outcome == "right" for outcome in found if outcome not in ("undecided", "error")]
            if counted:
                values[i] = sum(counted), len(counted)
            outcomes.append(shared_outcome(found, scored=bool(counted)))
        return Rows(values=values, outcomes=tuple(outcomes))

    def example(self) -> Example:
        """Return the oracle's films, half of them backwards, and black frames."""
        from evalsuite.worlds.moving_film import render_film

        samples = tuple(make_sample(1, i, template=i, depth=1 + i % 3) for i in range(6))
        films = [render_film(read_movers(one.metadata, one.id), one.metadata["starts"]) for one in samples]  # type: ignore[arg-type]
        return Example(
            samples=samples,
            best=tuple((Output(video=film),) for film in films),
            worse=tuple((Output(video=film[::-1] if i % 2 else film),) for i, film in enumerate(films)),
            worst=tuple((Output(video=np.zeros_like(film)),) for film in films),
        )


def _judge(output: Output, movers: Sequence[Mover]) -> Outcome:
    from evalsuite.worlds.moving_judging import judge_film

    if output.finish_reason == "error":
        return "error"
    if output.video is None:
        return "refused" if output.finish_reason == "refused" else "error"
    return judge_film(frames_of(output), movers)[0]
