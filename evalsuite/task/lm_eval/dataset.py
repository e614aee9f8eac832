"""Records of the data files that a task file names: JSON lines or a list of objects, plain or compressed by gzip."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.task.fields import type_name
from evalsuite.task.json_lines import json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalsuite.task.lm_eval.yaml_file import TaskFile
    from evalsuite.types import JSONValue

__all__ = ["Dataset", "Split"]

_MOST_BYTES = 1 << 30
_HARMLESS = ("trust_remote_code", "cache_dir")


@dataclass(frozen=True, slots=True)
class Split:
    """Records of a split, each with the same columns; what one lacks is None.

    Parameters
    ----------
    name : str
    records : tuple of mapping
    places : tuple of str
        Where each stands: ``file.jsonl:4``.
    columns : tuple of str
    """

    name: str
    records: tuple[dict[str, JSONValue], ...]
    places: tuple[str, ...]
    columns: tuple[str, ...]


class Dataset:
    """The data of a task file, of which splits are read when they are asked for.

    Raises
    ------
    TaskError
        If the data are not local JSON files; the message says how to provide them.
    """

    def __init__(self, file: TaskFile) -> None:
        self._file = file
        path = file.values.get("dataset_path")
        if path != "json":
            raise TaskError(_elsewhere(file, path))
        kwargs = file.values.get("dataset_kwargs")
        where = file.where("dataset_kwargs")
        if not isinstance(kwargs, dict) or not kwargs.get("data_files"):
            raise TaskError(f"{where}: missing data_files: a path, a list of paths, or paths by split")
        for key in kwargs:
            if key not in ("data_files", "field", *_HARMLESS):
                raise TaskError(f'{where}: unknown field "{key}"{did_you_mean(key, ("data_files", "field"))}')
        self._field = kwargs.get("field")
        if self._field is not None and not isinstance(self._field, str):
            raise TaskError(f"{where}.field must be a string, found {self._field!r:.80}")
        files = kwargs["data_files"]
        self._files = {
            name: _paths(named, f"{where}.data_files")
            for name, named in (files if isinstance(files, dict) else {"train": files}).items()
        }
        self._read: dict[str, Split] = {}

    @cached_property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits there are."""
        return tuple(self._files)

    def split(self, name: str, field: str) -> Split:
        """Return the records of a split, which a field of the task file names.

        Raises
        ------
        TaskError
            If there is none, or a file cannot be read.
        """
        if name not in self._files:
            raise TaskError(
                f'{self._file.where(field)}: there is no split "{name}"{did_you_mean(name, self._files)} '
                f"(data_files has: {', '.join(self._files)})"
            )
        if name not in self._read:
            found = [one for path in self._files[name] for one in self._records(path)]
            if not found:
                raise TaskError(f'{self._file.where(field)}: the split "{name}" has no record')
            columns = tuple(dict.fromkeys(key for _, record in found for key in record))
            self._read[name] = Split(
                name=name,
                records=tuple({column: record.get(column) for column in columns} for _, record in found),
                places=tuple(place for place, _ in found),
                columns=columns,
            )
        return self._read[name]

    def _records(self, name: str) -> Iterator[tuple[str, dict[str, JSONValue]]]:
        path = self._file.folder("dataset_kwargs") / name
        content = _content(path, self._file.where("dataset_kwargs"))
        if self._field is None and content.lstrip()[:1] != b"[":
            yield from json_lines(content, str(path))
            return
        try:
            value = json.loads(content.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise TaskError(f"{path}: not UTF-8 at byte {error.start}") from error
        except (ValueError, RecursionError) as error:
            raise TaskError(f"{path}: not JSON: {error}") from error
        if self._field is not None:
            if not isinstance(value, dict) or self._field not in value:
                raise TaskError(f'{path}: expected an object with the field "{self._field}", found {type_name(value)}')
            value = value[self._field]
        if not isinstance(value, list):
            raise TaskError(f"{path}: expected a list of objects, found {type_name(value)}")
        for i, record in enumerate(value):
            if not isinstance(record, dict):
                raise TaskError(f"{path}: record {i}: expected an object, found {type_name(record)}")
            yield f"{path}: record {i}", record


def _paths(named: JSONValue, where: str) -> list[str]:
    paths = named if isinstance(named, list) else [named]
    found: list[str] = []
    for path in paths:
        if not isinstance(path, str) or not path or "\0" in path:
            raise TaskError(f"{where} must be paths of files, found {path!r:.80}")
        if "://" in path:
            raise TaskError(f"{where}: {path!r:.80} is not on this machine: nothing is downloaded; give a local copy")
        if any(sign in path for sign in "*?["):
            raise TaskError(f"{where}: {path!r:.80} is a pattern: name the files one by one")
        if not path.removesuffix(".gz").endswith((".json", ".jsonl")):
            raise TaskError(f"{where}: {path!r:.80} must end in .json, .jsonl, .json.gz or .jsonl.gz")
        found.append(path)
    return found


def _content(path: Path, where: str) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise TaskError(f"{where}: {path} is not a file")
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise TaskError(f"{where}: {path} is not a whole gzip file: {error}") from error
    except OSError as error:
        raise TaskError(f"{where}: cannot read {path}: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise TaskError(f"{where}: {path} holds more than {_MOST_BYTES >> 20:,} MiB")
    return content


def _elsewhere(file: TaskFile, path: JSONValue) -> str:
    where = file.where("dataset_path")
    if not isinstance(path, str):
        return f'{where} must be "json", with the files under dataset_kwargs.data_files, found {path!r:.80}'
    name = file.values.get("dataset_name")
    of = f"{path!r}, {name!r}" if name else f"{path!r}"
    return (
        f"{where}: {path!r:.80} is not read: evalsuite downloads nothing. Save each split you need as JSON lines, "
        f'once, such as with python -c "import datasets; datasets.load_dataset({of}, '
        "split='test').to_json('test.jsonl')\"; then write a file that says \"include: "
        f'{file.path.name}", "dataset_path: json" and "dataset_kwargs: {{data_files: {{test: test.jsonl}}}}"'
    )
