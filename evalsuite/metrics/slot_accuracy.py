"""Slot accuracy: whether a text says what its record says, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from evalsuite.metrics._outputs import Judgement, example_outputs
from evalsuite.metrics._ratio import RatioMetric
from evalsuite.metrics.base import Example
from evalsuite.types import Outcome, Output, Sample
from evalsuite.worlds.data_to_text import realised_slots

__all__ = ["SlotAccuracy"]


@dataclass(frozen=True)
class SlotAccuracy(RatioMetric[Mapping[str, str]]):
    """Slot accuracy: slots said right, over those of the record and those made up, 0-1.

    Notes
    -----
    ``slot accuracy = right / (right + omitted + wrong + extra)``, each summed over the corpus. A slot of the record is
    ``right`` where its value is said and no other, ``wrong`` where another is said, even beside the right one, and
    ``omitted`` where none is. A slot is ``extra`` where the text says it and the record does not have it. It is the
    complement of the slot error rate [1]_, ``(wrong + omitted + extra) / slots of the record``, with the slots that are
    made up in the denominator too, so that it cannot fall below 0. Range 0 to 1; higher is better.

    What is said is read off by `evalsuite.worlds.data_to_text.realised_slots`, which knows every wording of every
    value; ``metadata["slots"]`` of a sample is its record. A text in other words says nothing, so that its slots are
    omitted. A refusal and a text cut off by the token budget are counted for what they say.

    A row is [right, due and extra], summed over the repeats of a sample.

    References
    ----------
    .. [1] Wen, Gašić, Mrkšić, Su, Vandyke and Young, "Semantically conditioned LSTM-based natural language generation
       for spoken dialogue systems", EMNLP 2015.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, metadata={"slots": {"region": "Quenby", "difficulty": "hard"}})
    >>> text = "Otter Loop is a gentle walk near Quenby."  # the region is right, the difficulty wrong, the name made up
    >>> SlotAccuracy().rows([sample], [[Output(text=text)]]).values
    array([[1., 3.]])
    """

    name = "slot_accuracy"

    def _target(self, sample: Sample) -> Mapping[str, str]:
        return _record(self.name, sample)

    def _judge(self, output: Output, text: str, target: Mapping[str, str]) -> Judgement:
        realised = realised_slots(text, target)
        right = sum(state == "right" for state in realised.states.values())
        outcome: Outcome = "scored"
        if output.finish_reason == "refused":
            outcome = "refused"
        elif output.finish_reason == "length":
            outcome = "truncated"
        return outcome, (float(right), float(len(target) + len(realised.extra)))

    def example(self) -> Example:
        """Return texts that say all slots, some, and none."""
        samples = (
            Sample(id="1", input={}, metadata={"slots": {"region": "Quenby", "difficulty": "easy"}}),
            Sample(id="2", input={}, metadata={"slots": {"length": "12 km"}}),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["An easy walk near Quenby.", "It is 12 km long."]),
            worse=example_outputs(samples, ["A hard walk near Quenby.", "A hard 12 km."]),
            worst=example_outputs(samples, ["", "It is 9 km long."]),
        )


def _record(metric: str, sample: Sample) -> Mapping[str, str]:
    slots = sample.metadata.get("slots")
    if not isinstance(slots, Mapping) or not slots or not all(isinstance(value, str) for value in slots.values()):
        raise ValueError(f'{metric}: sample "{sample.id}": metadata["slots"] must be a text by slot, got {slots!r}')
    return cast("Mapping[str, str]", slots)
