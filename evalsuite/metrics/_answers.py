"""The final answer of an output, judged against the references of its sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.answers import Extraction, Rule, Verdict, compare_answers, extract_answer
from evalsuite.metrics._outputs import required_references

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalsuite.types import Outcome, Output, Sample

__all__ = ["MARKED", "FinalAnswer", "gold_answers", "judge_answer"]

MARKED: tuple[Rule, ...] = ("marker", "boxed")
_STATED: tuple[Rule, ...] = ("marker", "boxed", "sentence")


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """An answer, None where there is none that counts, the rule that found it, and what became of it."""

    text: str | None
    rule: Rule
    outcome: Outcome


def judge_answer(
    output: Output,
    text: str,
    golds: Sequence[str],
    *,
    extract: Callable[[str], Extraction] = extract_answer,
    compare: Callable[[str, str], Verdict] = compare_answers,
) -> FinalAnswer:
    """Find the answer in `text`, and say whether it equals any of `golds`.

    Of an output that the token budget cut off, only an answer it marked counts. A refusal has none. Who has extracted
    and compared already gives what looks it up.
    """
    if output.finish_reason == "refused":
        return FinalAnswer(None, "none", "refused")
    extraction = extract(text)
    if output.finish_reason == "length" and extraction.rule not in MARKED:
        return FinalAnswer(None, extraction.rule, "truncated")
    if extraction.text is None:
        return FinalAnswer(None, extraction.rule, "unextracted")
    verdicts = {compare(extraction.text, gold) for gold in golds}
    verdict = next(known for known in ("right", "undecided", "wrong") if known in verdicts)
    return FinalAnswer(extraction.text, extraction.rule, verdict)


def gold_answers(metric: str, sample: Sample) -> list[str]:
    """Return the answer of each reference: what it marks, or all of it.

    Raises
    ------
    ValueError
        If there is no reference, or an empty one.
    """
    golds: list[str] = []
    for reference in required_references(metric, sample):
        extraction = extract_answer(reference)
        answer = extraction.text if extraction.rule in _STATED else reference.strip()
        if not answer:
            raise ValueError(
                f'{metric}: sample "{sample.id}": the reference is empty; write the answer, or "answer: X"'
            )
        golds.append(answer)
    return golds
