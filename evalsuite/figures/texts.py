"""Outputs to read: some right, some wrong, some of what could not be judged."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.figures.record import Example, Examples, Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.figures.record import FigureInput
    from evalsuite.types import Output, Sample

__all__ = ["example_texts"]

_EACH = 2
_OUTCOMES = ("right", "wrong", "undecided", "unextracted", "truncated", "refused", "error")


def example_texts(data: FigureInput, prompts: Sequence[str]) -> Figure | None:
    """Choose outputs by the run's seed: up to two of each outcome; of scored ones the best, the median and the worst.

    Parameters
    ----------
    data : FigureInput
    prompts : sequence of str
        One a sample.

    Returns
    -------
    Figure, optional
        None where nothing is known of the samples.
    """
    if not data.outcomes:
        return None
    chosen: list[tuple[int, str]] = []
    for outcome in _OUTCOMES:
        members = [i for i, found in enumerate(data.outcomes) if found == outcome]
        picked = random.Random(f"{data.seed} {outcome}").sample(members, min(_EACH, len(members)))
        chosen += [(i, outcome) for i in sorted(picked)]
    chosen += _by_height(data)
    items = [
        Example(
            sample_id=data.samples[i].id,
            prompt=prompts[i],
            output=_text(data.outputs[i]),
            reference=_reference(data.samples[i]),
            outcome=outcome,
            value="" if outcome in _OUTCOMES else _value(data, i),
        )
        for i, outcome in chosen
    ]
    if not items:
        return None
    caption = "Chosen by the run's seed, up to two of each outcome"
    if any(item.value for item in items):
        caption = f"The best, the median and the worst by {data.score.metric} of each output on its own"
    return Figure(title="Outputs", caption=f"{caption}.", content=Examples(items=tuple(items)))


def _by_height(data: FigureInput) -> list[tuple[int, str]]:
    values = data.sample_values
    members = [i for i, outcome in enumerate(data.outcomes) if outcome == "scored"]
    if not members:
        return []
    if values is None:
        picked = random.Random(f"{data.seed} scored").sample(members, min(3, len(members)))
        return [(i, "scored") for i in sorted(picked)]
    known = [i for i in members if not np.isnan(values[i])]
    best_first = 1 if not data.score.higher_is_better else -1
    order = sorted(known, key=lambda i: (best_first * float(values[i]), i))
    named = {0: "best", len(order) // 2: "median", len(order) - 1: "worst"} if order else {}
    return [(order[place], name) for place, name in named.items()]


def _value(data: FigureInput, i: int) -> str:
    if data.sample_values is None or np.isnan(data.sample_values[i]):
        return ""
    return f"{data.score.metric} {float(data.sample_values[i]):.3g}"


def _text(outputs: Sequence[Output]) -> str:
    parts = [_rated(output) or (output.text if output.text is not None else _lost(output)) for output in outputs]
    return "\n\n".join(f"[{number}] {part}" for number, part in enumerate(parts, 1)) if len(parts) > 1 else parts[0]


def _lost(output: Output) -> str:
    return f"[no output: {output.error or output.finish_reason}]"


def _rated(output: Output) -> str:
    """Return log-probabilities in words; of choices after the likeliest one."""
    if not output.logprobs:
        return ""
    if not output.text:
        return f"[log-probability {output.logprobs[0]:.4g}, {output.choice_tokens[0]} tokens]"
    return f"{output.text}\n[log-probabilities {', '.join(f'{value:.4g}' for value in output.logprobs)}]"


def _reference(sample: Sample) -> str:
    return sample.references[0] if sample.references else ""
