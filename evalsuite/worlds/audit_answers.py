"""Audit what answers earn: the oracle all, anything that only looks like it nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.answers import compare_answers, extract_answer
from evalsuite.worlds.audit_finding import Finding, summed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalsuite.types import Sample

__all__ = ["audit_answers", "is_right"]


def is_right(text: str, sample: Sample) -> bool:
    """Say whether an output is right for an item, as `evalsuite.metrics.accuracy.Accuracy` judges it."""
    gold = extract_answer(sample.references[0]).text
    return gold is not None and compare_answers(extract_answer(text).text, gold) == "right"


def audit_answers(samples: Sequence[Sample]) -> list[Finding]:
    """Judge the oracle, that of another item, negations, paddings and nothing at all."""
    answers = [sample.references[0].rsplit("answer: ", 1)[1] for sample in samples]

    def other(i: int) -> int:  # the next item with another answer, or the item itself
        n = len(samples)
        return next((j % n for j in range(i + 1, i + n) if answers[j % n] != answers[i]), i)

    made: dict[str, Callable[[int], Sequence[str]]] = {
        "another's oracle": lambda i: [samples[other(i)].references[0]] if other(i) != i else [],
        "negated": lambda i: [f"answer: not {answers[i]}", f"The answer is not {answers[i]}."],
        "padded": lambda i: [
            f"answer: {answers[i]}9",
            f"answer: {answers[i]} or {answers[other(i)]}",
            f"answer: 9{answers[i]}",
            f"answer: {answers[i]}, {answers[other(i)]}",
        ],
        "empty": lambda i: ["", "\n", "answer:"],
    }
    faults = [None if is_right(sample.references[0], sample) else "the oracle is not right" for sample in samples]
    findings = [summed("oracle", samples, faults)]
    for name, texts in made.items():
        faults = [
            next((f"right: {text!r}" for text in texts(i) if is_right(text, sample)), None)
            for i, sample in enumerate(samples)
        ]
        findings.append(summed(name, samples, faults))
    return findings
