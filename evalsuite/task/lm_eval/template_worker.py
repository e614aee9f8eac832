"""The process that fills templates: reads one JSON document, answers each record with a line.

Run as a script, in a process that may die of it: a template is a program, and the sandbox of Jinja bounds neither the
memory nor the time it takes. It imports nothing of this package.
"""

from __future__ import annotations

import ast
import json
import os
import re
import resource
import sys
from typing import Any

__all__ = ["Renderer", "main"]

_MOST_CHARACTERS = 1 << 22


def regex_replace(text: str, pattern: str, replacement: str, count: int = 0) -> str:
    """Return `text` with what a pattern matches replaced: the filter of this name in lm-evaluation-harness."""
    return re.sub(pattern, replacement, text, count=count)


class Renderer:
    """Fields of records, by templates that are compiled once.

    Parameters
    ----------
    fields : dict of str to dict
        By name: what a task file says of it, as ``source``; its ``kind``, by which the text is read.
    columns : list of str
        A source that is the name of one of them stands for its value.
    """

    def __init__(self, fields: dict[str, dict[str, Any]], columns: list[str]) -> None:
        from jinja2 import StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
        environment.filters["regex_replace"] = regex_replace
        self._fields = fields
        self._columns = set(columns)
        self._templates = {}
        for name, field in fields.items():
            if isinstance(field["source"], str) and field["source"] not in self._columns:
                try:
                    self._templates[name] = environment.from_string(field["source"])
                except MemoryError:
                    raise
                except Exception as error:
                    raise ValueError(f"{name}: not a template: {_said(error)}") from None

    def record(self, record: dict[str, Any]) -> str:
        """Return the fields of one record as JSON; ValueError names the one that cannot be made."""
        made = []
        for name in self._fields:
            try:
                value = self._value(name, record)
                made.append(f"{json.dumps(name)}: {_json(value)}")
            except MemoryError:
                raise
            except Exception as error:
                raise ValueError(f"{name}: {_said(error)}") from None
        return f"{{{', '.join(made)}}}"

    def _value(self, name: str, record: dict[str, Any]) -> Any:
        field = self._fields[name]
        source, kind = field["source"], field["kind"]
        if isinstance(source, dict):
            return list(source.values())
        if not isinstance(source, str):
            return source
        if source in self._columns:
            return record[source]
        text = self._templates[name].render(**record)
        if len(text) > _MOST_CHARACTERS:
            raise ValueError(f"{len(text):,} characters are too many")
        return _read(text, kind)


def _read(text: str, kind: str) -> Any:
    """Read a text as lm-evaluation-harness does: an index, or a list, where the kind of field may be one."""
    if kind == "list":
        found = ast.literal_eval(text)
        return list(found) if isinstance(found, tuple) else found
    if "index" in kind and text.isdigit():
        return ast.literal_eval(text)
    if "target" in kind and len(text) >= 2 and text[0] == "[" and text[-1] == "]":
        try:
            return ast.literal_eval(text)
        except (SyntaxError, ValueError):
            return text
    return text


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _limit_time(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if most < 0 else min(soft, most), most))


def _json(value: Any) -> str:
    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"gives what is neither text, number nor list: {error}") from None


def _answer(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read fields and records; answer ``{"ready": true}``, then each record, or one ``{"error": ...}`` and end."""
    each, whole, memory = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    most = int(sys.argv[4])
    given = json.loads(sys.stdin.buffer.read())
    try:
        import jinja2.sandbox  # before memory is limited
    except Exception as error:  # it may be there and broken
        _answer(json.dumps({"jinja2": _said(error)}))
        return

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    del jinja2
    _limit_time(each)
    try:
        renderer = Renderer(given["fields"], given["columns"])
        _answer('{"ready": true}')
        sent = 0
        for record in given["records"]:
            used = resource.getrusage(resource.RUSAGE_SELF)
            left = whole - used.ru_utime - used.ru_stime
            _limit_time(max(0.0, min(each, left)))
            line = renderer.record(record)
            sent += len(line)
            if sent > most:
                raise ValueError(f"the templates make more than {most >> 20:,} MiB of text of the records up to here")
            _answer(f'{{"made": {line}}}')
    except MemoryError:
        os._exit(1)  # what is left of this process is not to be trusted
    except ValueError as error:
        _answer(json.dumps({"error": str(error)}))


if __name__ == "__main__":
    main()
