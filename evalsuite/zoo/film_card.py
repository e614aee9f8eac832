"""Model cards of the controls that make films."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.types import GenerationConfig, Request
from evalsuite.worlds.moving_judging import judge_film
from evalsuite.worlds.moving_shapes import read_movers, samples
from evalsuite.zoo import NAMES
from evalsuite.zoo.example import TEST_SEED

if TYPE_CHECKING:
    from evalsuite.zoo.films import FilmControl

__all__ = ["render_film_card"]

_DATA = "None: a program reads the request and draws what it asks for; where shapes begin comes from the seed."
_PURPOSE = {
    "films": "The best score of the task: what a perfect model would have.",
    "films_other_way": "A model that is right in part: motion accuracy must tell it from one that is always right, and "
    "flicker and temporal consistency cannot.",
    "films_shuffled": "Frames that are right one by one in an order that is not: motion accuracy must be 0, and there "
    "must be more flicker than in films as asked.",
    "films_still": "Pictures that are right and do not move: motion accuracy must be 0, while flicker and temporal "
    "consistency are perfect, which is what they cannot tell.",
}
_ITEMS = 144


def render_film_card(model: FilmControl) -> str:
    """Return the card of a control that makes films as Markdown, with its motion accuracy measured."""
    n_right = 0
    for i, sample in enumerate(samples(seed=TEST_SEED, n=_ITEMS)):
        prompt = f"Request: {sample.input['request']}"
        request = Request(sample_id=sample.id, repeat=0, turn=0, prompt=prompt, messages=(), seed=i)
        (output,) = model.generate([request], GenerationConfig())
        assert isinstance(output.video, np.ndarray)
        n_right += judge_film(output.video, read_movers(sample.metadata, sample.id))[0] == "right"
    found = (
        f"Of {_ITEMS} films for the requests of the embedded task `moving_shapes`, {n_right / _ITEMS:.1%} are right."
    )
    sections = {"Data": _DATA, "Scores": found, "What it is for": _PURPOSE[model.name]}
    title = f"# {model.name}\n\n{NAMES[model.name][0].upper()}{NAMES[model.name][1:]}.\n"
    return title + "".join(
        f"\n## {heading}\n\n{fill(text, 116, break_long_words=False, break_on_hyphens=False)}\n"
        for heading, text in sections.items()
    )
