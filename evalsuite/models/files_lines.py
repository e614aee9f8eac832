"""Texts in a file: an output a line, or JSON objects with ids, with places in the task, or with neither."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from evalsuite.errors import ModelError, did_you_mean
from evalsuite.types import FINISH_REASONS, Output

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["TextOutputs", "read_texts"]

ID_FIELDS = ("id", "sample_id", "doc_id")
PLACE_FIELD = "doc_id"  # where it is a whole number, as lm-eval writes it
TEXT_FIELDS = ("text", "output", "prediction", "response", "resps")
_Name = str | int
_PAIR = 2


@dataclass(frozen=True, slots=True)
class TextOutputs:
    """Outputs by what they say of their sample.

    Parameters
    ----------
    named_by : {"id", "place", "order"}
        Whether a sample is named by its id, by its place in the task (from 0), or not at all: then line i belongs to
        the i-th.
    outputs : mapping of tuple to Output
        By id or place, repeat and turn.
    """

    named_by: Literal["id", "place", "order"]
    outputs: Mapping[tuple[_Name, int, int], Output]

    @property
    def names(self) -> list[_Name]:
        """The samples' ids or places, each once, in the order of the file."""
        return list(dict.fromkeys(name for name, _, _ in self.outputs))

    @property
    def n_repeats(self) -> int:
        """The most outputs that a sample has."""
        return max(Counter(name for name, _ in {(name, repeat) for name, repeat, _ in self.outputs}).values())


def read_texts(path: Path, field: str | None) -> TextOutputs:
    """Read a file of texts.

    Parameters
    ----------
    path : Path
        ``.jsonl`` with an object a line, anything else with an output a line.
    field : str, optional
        Where in an object the text is; by default the first of `TEXT_FIELDS` that it has.

    Raises
    ------
    ModelError
        If it cannot be read, or is malformed.
    """
    return _Reader(path, field).read()


@dataclass(slots=True)
class _Line:
    number: int
    outputs: list[Output]
    filters: list[str]


class _Reader:
    def __init__(self, path: Path, field: str | None) -> None:
        self._path = path
        self._field = field
        self._lines: dict[tuple[_Name, int, int], _Line] = {}
        self._keyed: dict[tuple[_Name, int, int], tuple[int, Output]] = {}

    def read(self) -> TextOutputs:
        try:
            lines = self._path.read_bytes().split(b"\n")
        except OSError as error:
            raise ModelError(f"{self._path}: cannot be read: {error.strerror}") from None
        if lines[-1] == b"":
            lines.pop()
        texts = self._decoded(lines)
        if self._path.suffix != ".jsonl":
            return TextOutputs("order", {(i, 0, 0): Output(text=text) for i, text in enumerate(texts)})
        unkeyed: list[Output] = []
        kinds: dict[type, int] = {}
        for number, line in enumerate(texts, start=1):
            if not line.strip():
                continue
            name, repeat, turn, made = self._parse(line, number)
            kinds.setdefault(type(name), number)
            if len(kinds) > 1:
                raise self._wrong(number, self._mixed(kinds))
            if name is not None:
                self._add(name, repeat, turn, made)
            elif len(made.outputs) != 1 or repeat or turn:
                raise self._wrong(number, "repeats and turns need an id")
            else:
                unkeyed += made.outputs
        if not kinds:
            raise ModelError(f"{self._path}: has blank lines only: there is no output in it")
        if unkeyed:
            return TextOutputs("order", {(i, 0, 0): output for i, output in enumerate(unkeyed)})
        if not self._keyed:
            raise ModelError(f"{self._path}: has empty lists of texts only: there is no output in it")
        outputs = {key: output for key, (_, output) in self._keyed.items()}
        return TextOutputs("place" if int in kinds else "id", outputs)

    def _mixed(self, kinds: Mapping[type, int]) -> str:
        if type(None) in kinds:
            return f"either every line has an id ({', '.join(ID_FIELDS)}) or none has"
        return (
            f'a whole "{PLACE_FIELD}" is the place in the task (from 0), any other name is an id, and line '
            f"{min(kinds.values())} names its sample the other way; give all as places or all as ids"
        )

    def _add(self, name: _Name, repeat: int, turn: int, made: _Line) -> None:
        before = self._lines.setdefault((name, repeat, turn), made)
        if before is not made and before.filters and made.filters and made.filters[0] not in before.filters:
            self._check_equal(name, before, made)
            before.filters += made.filters
            return
        for i, output in enumerate(made.outputs):
            key = (name, repeat + i, turn)
            if key in self._keyed:
                raise self._wrong(
                    made.number, f'sample "{name}", repeat {key[1]}, stands on line {self._keyed[key][0]} already'
                )
            self._keyed[key] = (made.number, output)

    def _check_equal(self, name: _Name, one: _Line, other: _Line) -> None:
        """Refuse what lm-eval does not write: a document stands there once for each filter, with the same outputs."""
        if [(each.text, each.finish_reason) for each in one.outputs] != [
            (each.text, each.finish_reason) for each in other.outputs
        ]:
            raise self._wrong(
                other.number,
                f'sample "{name}" has other outputs, with the filter "{other.filters[0]}", than on line {one.number} '
                f'with "{one.filters[0]}"; keep the lines of one filter, or take a field that is equal in both',
            )

    def _decoded(self, lines: list[bytes]) -> list[str]:
        texts = []
        for number, line in enumerate(lines, start=1):
            try:
                texts.append(line.removesuffix(b"\r").decode("utf-8-sig" if number == 1 else "utf-8"))
            except UnicodeDecodeError as error:
                raise self._wrong(number, f"is not UTF-8: {error.reason} at byte {error.start}") from None
        return texts

    def _parse(self, line: str, number: int) -> tuple[_Name | None, int, int, _Line]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._wrong(number, f"is not valid JSON: {error}") from None
        if not isinstance(record, dict):
            raise self._wrong(number, f"expected a JSON object, found {type(record).__name__}")
        fields = TEXT_FIELDS if self._field is None else (self._field,)
        name = self._name(record, number)
        key = next((key for key in fields if key in record), None)
        if key is None:
            hint = "" if self._field is None else did_you_mean(self._field, record)
            raise self._wrong(number, f"expected the text in {', '.join(fields)}{hint}; found {', '.join(record)}")
        said = record.get("filter")
        return (
            name,
            self._count(record, "repeat", number),
            self._count(record, "turn", number),
            _Line(
                number,
                [self._output(text, record, key, number) for text in self._texts(record[key], key, number)],
                [said] if isinstance(said, str) else [],
            ),
        )

    def _name(self, record: Mapping[str, Any], number: int) -> _Name | None:
        key = next((key for key in ID_FIELDS if key in record), None)
        if key is None or record[key] is None:
            return None
        name = record[key]
        if isinstance(name, bool) or not isinstance(name, str | int):
            raise self._wrong(number, f"an id must be text or a whole number, found {type(name).__name__}")
        if key != PLACE_FIELD or isinstance(name, str):
            return str(name)
        if name < 0:
            raise self._wrong(number, f'a whole "{PLACE_FIELD}" is the place in the task, from 0; found {name}')
        return name

    def _texts(self, value: object, key: str, number: int) -> list[object]:
        if _is_log_probabilities(value):
            raise self._wrong(
                number,
                f'"{key}" holds log-probabilities of choices, as lm-eval writes them of multiple_choice and '
                "loglikelihood; files: takes texts that a model wrote",
            )
        while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
            value = value[0]  # lm-eval writes [[first, second, ...]]
        return value if isinstance(value, list) else [value]

    def _output(self, text: object, record: Mapping[str, Any], key: str, number: int) -> Output:
        reason = record.get("finish_reason") or "stop"
        if reason not in FINISH_REASONS:
            raise self._wrong(number, f"finish_reason must be one of {', '.join(FINISH_REASONS)}; found {reason!r}")
        error = record.get("error")
        if text is None:
            said = error if isinstance(error, str) else f'the file has null in "{key}"'
            return Output(finish_reason="error", error=f"{self._path}:{number}: {said}")
        if not isinstance(text, str):
            raise self._wrong(number, f'"{key}" must be text, found {type(text).__name__}')
        if reason == "error":
            return Output(text=text, finish_reason="error", error=str(error or "the file says so"))
        return Output(text=text, finish_reason=cast("Any", reason))

    def _count(self, record: Mapping[str, Any], key: str, number: int) -> int:
        value = record.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._wrong(number, f'"{key}" must be a whole number of at least 0, found {value!r}')
        return value

    def _wrong(self, number: int, what: str) -> ModelError:
        return ModelError(f"{self._path}:{number}: {what}")


def _is_log_probabilities(value: object) -> bool:
    """Whether it is of the form ``[[[logprob, is_greedy]], ...]``: a list a choice, with a pair a repeat."""
    return isinstance(value, list) and any(
        isinstance(pair, list) and len(pair) == _PAIR and str(pair[1]) in ("True", "False")
        for choice in value
        if isinstance(choice, list)
        for pair in choice
    )
