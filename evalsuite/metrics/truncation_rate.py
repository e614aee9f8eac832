"""Truncation rate: how many outputs the token budget cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.metrics._ratio import RatioMetric
from evalsuite.metrics.base import Example
from evalsuite.types import FinishReason, Output, Sample

if TYPE_CHECKING:
    from evalsuite.metrics._outputs import Judgement

__all__ = ["TruncationRate"]


@dataclass(frozen=True)
class TruncationRate(RatioMetric[None]):
    """Truncation rate: share of outputs that the token budget cut off, 0-1; lower is better.

    Notes
    -----
    ``truncation rate = outputs with finish reason "length" / outputs with a text``; refusals count as texts. Range 0 to
    1; lower is better. Beside an accuracy it tells failures of the budget from failures of the model: a horizon counts
    what was cut off as unknown beyond the cut, not as wrong.

    A row is [cut off, texts], summed over the repeats of a sample.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [[Output(text="1: 5"), Output(text="1: 5", finish_reason="length", repeat=1)]]
    >>> TruncationRate().rows([Sample(id="1", input={})], outputs).values
    array([[1., 2.]])
    """

    name = "truncation_rate"
    higher_is_better = False
    proportion = True

    def _target(self, sample: Sample) -> None:
        del sample

    def _judge(self, output: Output, text: str, target: None) -> Judgement:
        del text, target
        if output.finish_reason == "refused":
            return "refused", (0.0, 1.0)
        cut = output.finish_reason == "length"
        return ("truncated" if cut else "scored"), (float(cut), 1.0)

    def example(self) -> Example:
        """Return outputs that end by themselves, one that does not, and none that does."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(2))

        def ended(*reasons: FinishReason) -> tuple[tuple[Output, ...], ...]:
            return tuple(
                (Output(text="1: 5", sample_id=sample.id, finish_reason=reason),)
                for sample, reason in zip(samples, reasons, strict=True)
            )

        return Example(
            samples=samples,
            best=ended("stop", "stop"),
            worse=ended("stop", "length"),
            worst=ended("length", "length"),
        )
