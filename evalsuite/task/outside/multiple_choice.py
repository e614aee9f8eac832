"""Questions with choices: lines of ``{"question": ..., "choices": [...], "answer": ...}``, or in the form of ARC."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from evalsuite.answers import compare_answers, extract_answer
from evalsuite.errors import TaskError
from evalsuite.task.fields import required_field, type_name
from evalsuite.task.json_lines import json_lines
from evalsuite.task.outside.form import Form
from evalsuite.task.task import MetricSpec
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["FORM"]


def _read(path: Path) -> Iterator[Sample]:
    """Yield a sample a line; choices are lettered anew, A, B, C, in their order."""
    for i, (where, record) in enumerate(json_lines(path.read_bytes(), str(path))):
        question = required_field(record, "question", str, where)
        choices, labels = _choices(record, where)
        right = _right_one(record, choices, labels, where)
        yield Sample(
            id=f"{i:05d}",
            input={
                "question": question,
                "choices": "\n".join(f"{ascii_uppercase[j]}. {choice}" for j, choice in enumerate(choices)),
            },
            references=_references(choices, right),
            metadata={"n_choices": len(choices)},
        )


def _references(choices: list[str], right: int) -> tuple[str, ...]:
    """Return the letter of the right choice and, where no other choice or letter may pass for it, its text."""
    letters = ascii_uppercase[: len(choices)]
    text, marked = choices[right], f"answer: {choices[right]}"
    others = [*letters[:right], *letters[right + 1 :], *choices[:right], *choices[right + 1 :]]
    is_clear = extract_answer(marked).text == text and all(compare_answers(one, text) == "wrong" for one in others)
    return tuple(dict.fromkeys([f"answer: {letters[right]}", *([marked] if is_clear else [])]))


def _choices(record: Mapping[str, Any], where: str) -> tuple[list[str], list[str]]:
    """Return the choices and their labels: letters, where none are given."""
    given = record.get("choices")
    labels = None
    if isinstance(given, dict):  # as ARC has it
        labels = required_field(given, "label", list, f"{where}: choices")
        given = required_field(given, "text", list, f"{where}: choices")
    if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
        raise TaskError(
            f'{where}: choices must be a list of strings, or {{"text": [...], "label": [...]}}, found '
            f"{type_name(given)}: {given!r:.200}"
        )
    if not 2 <= len(given) <= len(ascii_uppercase):
        raise TaskError(f"{where}: choices must be 2 to 26, found {len(given)}")
    if labels is None:
        labels = list(ascii_uppercase[: len(given)])
    if len(labels) != len(given) or len({str(label) for label in labels}) != len(labels):
        raise TaskError(f"{where}: choices: expected {len(given)} different labels, found {labels!r:.200}")
    return given, [str(label) for label in labels]


def _right_one(record: Mapping[str, Any], choices: list[str], labels: list[str], where: str) -> int:
    """Return the place of the right choice: an index from 0, a label, or the choice itself."""
    key = "answerKey" if "answerKey" in record else "answer"
    answer = record.get(key)
    if isinstance(answer, int) and not isinstance(answer, bool):
        if 0 <= answer < len(choices):
            return answer
    elif isinstance(answer, str):
        places = {labels.index(answer.strip())} if answer.strip() in labels else set()
        named = {i for i, choice in enumerate(choices) if choice.strip() == answer.strip()}
        if places and named and places != named:
            raise TaskError(
                f"{where}: {key} {answer!r:.100} is the label of one choice and the text of another; give the index of "
                f"the right one, 0 to {len(choices) - 1}"
            )
        if len(places or named) == 1:
            return (places or named).pop()
    raise TaskError(
        f"{where}: {key} must be the index of a choice, 0 to {len(choices) - 1}, its label, one of "
        f"{', '.join(labels)}, or the choice itself, found {answer!r:.100}"
    )


FORM = Form(
    version=1,
    summary="Multiple-choice questions by path: lists of choices, or the form of ARC.",
    prompt=(
        'Which of the choices is right? Think first, if you like. End with one line "answer: LETTER".\n\n'
        "Question: {question}\n{choices}\n"
    ),
    max_new_tokens=512,
    metrics=(MetricSpec(name="accuracy", primary=True, by=("n_choices",)),),
    read=_read,
)
