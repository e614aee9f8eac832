"""What metrics read of a sample's outputs: the text of each repeat's last turn, and what became of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

from evalsuite.metrics.base import SampleOutputs, final_outputs
from evalsuite.types import Outcome, Output, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "CollectedTexts",
    "Judgement",
    "collect_texts",
    "example_outputs",
    "final_texts",
    "judge_repeats",
    "pair_with_references",
    "required_references",
    "text_of",
]

Judgement = tuple[Outcome, tuple[float, ...] | None]
"""What became of one repeat, and its row; None where it has no value."""


def text_of(output: Output) -> str | None:
    """Return the text to score; None after an error. A refusal without a text says nothing, which is an empty text."""
    if output.finish_reason == "error":
        return None
    return "" if output.text is None and output.finish_reason == "refused" else output.text


def final_texts(outputs: SampleOutputs) -> tuple[list[str], Outcome]:
    """Return the texts to score, by repeat, and the outcome of the sample.

    The outcome is ``error`` where there is no text; else ``refused`` or ``truncated`` where every text was; else
    ``scored``.
    """
    texts: list[str] = []
    reasons = set()
    for output in final_outputs(outputs):
        text = text_of(output)
        if text is not None:
            texts.append(text)
            reasons.add(output.finish_reason)
    if not texts:
        return texts, "error"
    if reasons == {"refused"}:
        return texts, "refused"
    return texts, "truncated" if reasons == {"length"} else "scored"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedTexts:
    """All texts to score, in one list: their references, the index of each one's sample, and every sample's outcome."""

    hypotheses: list[str]
    references: list[tuple[str, ...]]
    owners: list[int]
    outcomes: list[Outcome]


def collect_texts(metric: str, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> CollectedTexts:
    """Collect the texts of all samples, so that one call scores them.

    Raises
    ------
    ValueError
        If a sample has no references.
    """
    collected = CollectedTexts(hypotheses=[], references=[], owners=[], outcomes=[])
    for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
        texts, outcome = final_texts(sample_outputs)
        collected.hypotheses.extend(texts)
        collected.references.extend([required_references(metric, sample)] * len(texts))
        collected.owners.extend([i] * len(texts))
        collected.outcomes.append(outcome)
    return collected


def pair_with_references(
    texts: Sequence[str], references: Sequence[Sequence[str]]
) -> tuple[list[str], list[str], list[slice]]:
    """Return each text with each of its references: the references, the texts, and which pairs are of each text."""
    pairs_of_text = [slice(start, stop) for start, stop in pairwise([0, *accumulate(map(len, references))])]
    repeated = [text for text, group in zip(texts, references, strict=True) for _ in group]
    return list(chain.from_iterable(references)), repeated, pairs_of_text


def judge_repeats(outputs: SampleOutputs, judge: Callable[[Output, str], Judgement]) -> Judgement:
    """Judge each repeat by its last turn and sum the rows of those that have a value.

    The outcome is the one all repeats share. Where they differ it is ``scored`` if any has a value; else the first
    that is not ``error``.
    """
    judged: list[Judgement] = []
    for output in final_outputs(outputs):
        text = text_of(output)
        judged.append(("error", None) if text is None else judge(output, text))
    rows = [row for _, row in judged if row is not None]
    total = tuple(sum(column) for column in zip(*rows, strict=True)) if rows else None
    outcomes: list[Outcome] = [outcome for outcome, _ in judged]
    if not outcomes:
        return "error", None
    if len(set(outcomes)) == 1:
        return outcomes[0], total
    if total is not None:
        return "scored", total
    return next(outcome for outcome in outcomes if outcome != "error"), None


def required_references(metric: str, sample: Sample) -> tuple[str, ...]:
    """Return the sample's references.

    Raises
    ------
    ValueError
        If it has none.
    """
    if not sample.references:
        raise ValueError(f'{metric}: sample "{sample.id}" has no references; this metric compares with at least one')
    return sample.references


def example_outputs(samples: Sequence[Sample], texts: Sequence[str]) -> tuple[SampleOutputs, ...]:
    """Return one output a sample, with these texts."""
    return tuple((Output(text=text, sample_id=sample.id),) for sample, text in zip(samples, texts, strict=True))
