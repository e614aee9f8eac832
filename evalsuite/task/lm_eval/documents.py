"""Records of data become samples: what the templates of a task file make of them, by what is asked of a model."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from evalsuite.errors import TaskError
from evalsuite.task.fields import type_name
from evalsuite.task.lm_eval.templates import Field, render_records
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.task.lm_eval.dataset import Split
    from evalsuite.task.lm_eval.yaml_file import TaskFile
    from evalsuite.types import JSONValue

__all__ = ["Documents", "record_key"]

_KEYS = {"text": "doc_to_text", "target": "doc_to_target", "choices": "doc_to_choice"}


def record_key(record: Mapping[str, JSONValue]) -> str:
    """Return the same text for equal records, and for no others."""
    text = json.dumps(record, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


class Documents:
    """The records of a split, filled into a task file's templates.

    Parameters
    ----------
    file : TaskFile
    split : Split
    output_type : str
    columns : sequence of str
        Names that a field may have for a source, instead of a template.
    instead : mapping of str to JSON value
        Sources of fields that replace the task's own: ``doc_to_text`` and the like of ``fewshot_config``.

    Raises
    ------
    TaskError
        If a template cannot be filled; the message names file, line, field and record.
    """

    def __init__(
        self,
        file: TaskFile,
        split: Split,
        output_type: str,
        columns: Sequence[str],
        instead: Mapping[str, JSONValue] | None = None,
    ) -> None:
        self._file = file
        self._split = split
        self._instead = {key: value for key, value in (instead or {}).items() if value is not None}
        self._output_type = output_type
        self._made = render_records(self._fields(), split.records, columns, place=self._place)

    def samples(self) -> list[Sample]:
        """Return a sample for each record: what is asked, and what is right."""
        return [self._sample(i, made) for i, made in enumerate(self._made)]

    def shots(self) -> list[Sample]:
        """Return a worked example for each record: a question, and the answer that is shown."""
        shots = []
        for i, made in enumerate(self._made):
            target = made["target"]
            if isinstance(target, list) and target:
                target = target[0]
            answer = self._choice(made, target, i) if _is_index(target) and "choices" in made else target
            if not isinstance(answer, str):
                raise TaskError(
                    f"{self._place('target', i)}: the answer of a worked example must be a string, found "
                    f"{type_name(answer)}: {answer!r:.80}; write a template, such as {{{{answer}}}}"
                )
            asked = {"text": self._text(made, i), "description": ""}
            shots.append(Sample(id=f"shot-{i:05d}", input=asked, references=(answer,)))
        return shots

    def _fields(self) -> dict[str, Field]:
        has_choices = self._source("doc_to_choice") is not None
        text, target = self._source("doc_to_text"), self._source("doc_to_target")
        if self._output_type == "loglikelihood_rolling":
            text = ""
        if not isinstance(text, str):
            what = "is missing" if text is None else "must be a template or the name of a column"
            raise TaskError(f"{self._file.where('doc_to_text')} {what}, found {text!r:.80}")
        if target is None or isinstance(target, (dict, float, bool)):
            raise TaskError(
                f"{self._file.where('doc_to_target')} must be a template, the name of a column, a number or a list, "
                f"found {target!r:.80}"
            )
        if self._output_type == "multiple_choice" and not has_choices:
            raise TaskError(f"{self._file.where('doc_to_choice')} is missing: multiple_choice rates a list of choices")
        fields = {
            "text": Field(text, "text index" if has_choices else "text"),
            "target": Field(target, "target index" if has_choices else "target"),
        }
        if has_choices:
            fields["choices"] = Field(self._source("doc_to_choice"), "list")
        description = self._file.values.get("description")
        if description:
            if not isinstance(description, str):
                raise TaskError(f"{self._file.where('description')} must be a string, found {description!r:.80}")
            fields["description"] = Field(description, "text")
        return fields

    def _source(self, key: str) -> JSONValue:
        return self._instead.get(key, self._file.values.get(key))

    def _place(self, name: str, number: int) -> str:
        key = _KEYS.get(name, name)
        if key in self._instead:
            key = "fewshot_config"
        where = self._file.where(key) if key else str(self._file.path)
        return f"{where}: {self._split.places[number]}" if 0 <= number < len(self._split.places) else where

    def _sample(self, i: int, made: Mapping[str, Any]) -> Sample:
        references, choices = self._answers(made, i)
        return Sample(
            id=f"{i:05d}",
            input={"text": self._text(made, i), "description": str(made.get("description", ""))},
            references=references,
            metadata={"choices": choices} if choices else {},
        )

    def _text(self, made: Mapping[str, Any], i: int) -> str:
        text = made["text"]
        if not isinstance(text, str):
            several = "; tasks that put each choice into the question are not supported" if _is_index(text) else ""
            raise TaskError(
                f"{self._place('text', i)}: the question must be a string, found {type_name(text)}: {text!r:.80}"
                f"{several}"
            )
        return text

    def _answers(self, made: Mapping[str, Any], i: int) -> tuple[tuple[str, ...], list[JSONValue]]:
        """Return the references, and the choices where likelihoods of choices are asked for."""
        target = made["target"]
        if self._output_type == "multiple_choice":
            choices = self._choices(made, i)
            golds = target if isinstance(target, list) else [target]
            if not golds:
                raise TaskError(f"{self._place('target', i)}: the list of right choices is empty")
            return tuple(dict.fromkeys(self._choice(made, gold, i) for gold in golds)), [*choices]
        if self._output_type == "generate_until":
            return self._texts(made, target, i), []
        if not isinstance(target, str) or not target:
            raise TaskError(
                f"{self._place('target', i)}: the text to rate must be a string that is not empty, found {target!r:.80}"
            )
        return (target,), [target] if self._output_type == "loglikelihood" else []

    def _texts(self, made: Mapping[str, Any], target: Any, i: int) -> tuple[str, ...]:
        if "choices" in made:
            return (self._choice(made, target, i),)
        if isinstance(target, list):
            if not target or not all(isinstance(one, str) for one in target):
                raise TaskError(
                    f"{self._place('target', i)}: several right texts must be a list of strings, found {target!r:.80}"
                )
            return tuple(target)
        if isinstance(target, dict) or target is None:
            raise TaskError(f"{self._place('target', i)}: the right text must be a string, found {target!r:.80}")
        return (str(target),)

    def _choices(self, made: Mapping[str, Any], i: int) -> list[str]:
        choices = made["choices"]
        if not isinstance(choices, list) or not choices or not all(isinstance(one, str) and one for one in choices):
            raise TaskError(
                f"{self._place('choices', i)}: the choices must be a list of strings that are not empty, found "
                f"{choices!r:.200}"
            )
        return choices

    def _choice(self, made: Mapping[str, Any], gold: Any, i: int) -> str:
        """Return the choice that is right: by its place from 0, or itself."""
        choices = self._choices(made, i)
        if _is_index(gold) and 0 <= gold < len(choices):
            return choices[int(gold)]
        if isinstance(gold, str) and gold in choices:
            return gold
        raise TaskError(
            f"{self._place('target', i)}: the right choice must be its place, 0 to {len(choices) - 1}, or one of "
            f"{', '.join(f'{choice!r:.40}' for choice in choices)}, found {gold!r:.80}"
        )


def _is_index(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
