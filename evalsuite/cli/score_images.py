"""``evalsuite score --real R --fake F``: score a set of images against real ones."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.scoring.image_sets import ImageSetScores, ScoredSet

__all__ = ["describe_set", "score_images"]

_SHOWN_SHAPES = 3


def score_images(
    real: str,
    fake: str,
    metrics: Sequence[str],
    extractor: str | None,
    *,
    as_json: bool,
    assume_protocol: str | None = None,
) -> None:
    """Score, and print what was compared, the scores and how they were made; see `score_image_sets` for errors."""
    from evalsuite.cli.messages import say
    from evalsuite.cli.score import print_scores
    from evalsuite.report.report import score_record
    from evalsuite.scoring.image_sets import score_image_sets

    found = score_image_sets(real, fake, metrics, extractor=extractor, assume_protocol=assume_protocol)
    if found.are_equal:
        say("evalsuite: --real and --fake hold the same images: this is how well the images score against themselves")
    if as_json:
        record = {
            "real": asdict(found.real),
            "fake": asdict(found.fake),
            "scores": [score_record(score) for score in found.scores],
        }
        sys.stdout.write(json.dumps(record, indent=2) + "\n")
        return
    _print_sets(found)
    print_scores(found.scores)


def _print_sets(found: ImageSetScores) -> None:
    from evalsuite.report.terminal import printable

    for option, one in (("real", found.real), ("fake", found.fake)):
        sys.stdout.write(f"{option}: {printable(one.name)}: {describe_set(one)}\n")


def describe_set(one: ScoredSet) -> str:
    """Say of how many images of which sizes a set is, and what was left out."""
    from evalsuite.report.terminal import printable

    if one.statistics is not None:
        number = "an unknown number of" if one.n is None else one.n
        maker = one.statistics["extractor"]
        return f"statistics of {number} images, of the form {one.statistics['form']}, by extractor {printable(maker)}"
    shown = list(one.shapes.items())[:_SHOWN_SHAPES]
    if len(one.shapes) == 1:
        text = f"{one.n} images of {shown[0][0]}"
    else:
        more = f" and {len(one.shapes) - len(shown)} more sizes" if len(one.shapes) > len(shown) else ""
        text = f"{one.n} images ({', '.join(f'{count} of {shape}' for shape, count in shown)}{more})"
    if one.excluded:
        reasons = ", ".join(f"{count} x {reason}" for reason, count in one.excluded.items())
        text += f"; {sum(one.excluded.values())} left out: {reasons}"
    if one.n_other:
        text += f"; {one.n_other} other files passed over"
    return text
