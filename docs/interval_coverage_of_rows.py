"""How often intervals of metrics of single images and of prompts hold the expectation, by simulation.

A trial draws images (or prompts) with replacement from a finite set, of which the metric's value is the expectation:
``python docs/interval_coverage_of_rows.py``. Images are clothes with noise of differing strength; `lpips` and
`clip_score` take weights, which are found as ``evalsuite weights list`` says, or are left out; prompts of `dpg_bench`
have questions of differing difficulty, each prompt in four images.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite import stats
from evalsuite.compositional import AnsweredImage, Question, score_dpg
from evalsuite.datasets import load_images
from evalsuite.errors import EvalsuiteError
from evalsuite.metrics import METRICS
from evalsuite.metrics._reference_images import data_uri
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

OF_IMAGES = ("psnr", "ssim", "lpips", "clip_score")
N_IMAGES, N_PROMPTS, DRAWN_IMAGES, DRAWN_PROMPTS = 1000, 2000, 500, 300


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the trials and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=400)
    options = parser.parse_args(arguments)
    lines = [f"| {options.trials} trials | drawn | held |", "|---|---|---|"]
    for name in OF_IMAGES:
        try:
            held = of_images(name, options.trials)
        except EvalsuiteError as error:
            sys.stderr.write(f"{name}: {error}\n")
            continue
        lines.append(f"| `{name}` | {DRAWN_IMAGES} images | {held} of {options.trials} |")
    lines.append(f"| `dpg_bench` | {DRAWN_PROMPTS} prompts | {of_answers(options.trials)} of {options.trials} |")
    sys.stdout.write("\n".join(lines) + "\n")


def of_images(name: str, n_trials: int) -> int:
    """Return how many intervals of a metric of images held its value over all of them."""
    draw = np.random.default_rng(0)
    clothes = np.pad(load_images("fashion_mnist/test")[:N_IMAGES], ((0, 0), (2, 2), (2, 2), (0, 0)))
    strength = draw.uniform(2, 60, (N_IMAGES, 1, 1, 1))
    noisy = np.clip(clothes + draw.normal(size=clothes.shape) * strength, 0, 255).astype(np.uint8)
    samples = [
        Sample(id=str(i), input={"prompt": f"a piece of clothing, number {i}"}, references=(data_uri(image),))
        for i, image in enumerate(clothes)
    ]
    metric: Any = METRICS.get(name)()
    metric.check()
    rows = np.asarray(metric.rows(samples, [(Output(image=image),) for image in noisy]).values, dtype=np.float64)
    expected = float(metric.value(rows.sum(axis=0)))
    held = 0
    for trial in range(n_trials):
        drawn = rows[draw.integers(0, len(rows), DRAWN_IMAGES)]
        found = stats.row_interval(drawn, np.arange(len(drawn)), metric.value, seed=trial)
        held += found is not None and found.low <= expected <= found.high
    return held


def of_answers(n_trials: int) -> int:
    """Return how many intervals of DPG-Bench held the mean over all prompts."""
    draw = np.random.default_rng(0)
    prompts = [answered(i, draw) for i in range(N_PROMPTS)]
    expected = score_dpg(prompts)[0].value
    assert expected is not None
    held = 0
    for _ in range(n_trials):
        # A prompt that is drawn twice counts as two: those of a real set are different.
        drawn = [replace(prompts[i], prompt=str(k)) for k, i in enumerate(draw.integers(0, N_PROMPTS, DRAWN_PROMPTS))]
        found = score_dpg(drawn)[0].interval
        held += found is not None and found.low <= expected <= found.high
    return held


def answered(number: int, draw: np.random.Generator) -> AnsweredImage:
    """Return a prompt with a thing or two, each with attributes that depend on it, in four images."""
    skill = draw.beta(4, 1.5)
    questions: list[Question] = []
    for _ in range(draw.integers(1, 4)):
        thing = len(questions) + 1
        for i in range(1 + draw.integers(0, 4)):
            yes = draw.random(4) < skill
            questions.append(
                Question(
                    id=thing + i,
                    category="attribute - color" if i else "entity - whole",
                    parents=(thing,) if i else (),
                    answers=tuple("yes" if one else "no" for one in yes),
                )
            )
    return AnsweredImage(where=f"line {number}", prompt=str(number), questions=tuple(questions))


if __name__ == "__main__":
    main()
