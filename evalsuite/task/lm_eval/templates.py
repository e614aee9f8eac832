"""Jinja templates of task files, filled in a process that is ended where one takes too much time or memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from evalsuite.errors import DependencyError, TaskError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalsuite.types import JSONValue

__all__ = ["MEMORY_BYTES", "MOST_BYTES", "SECONDS_EACH", "Field", "render_records"]

SECONDS_EACH: Final = 5
"""Processor time that one record may take, in seconds."""

MEMORY_BYTES: Final = 2**30
"""Memory that templates may take, beside the records themselves."""

MOST_BYTES: Final = 2**28
"""Text that templates may make of all records together, beside four times what the records hold: it is all kept."""

_SECONDS_FIXED: Final = 60.0
_SECONDS_A_RECORD: Final = 0.02
_SCRIPT: Final = Path(__file__).with_name("template_worker.py")


class Field(NamedTuple):
    """What a task file says of a field, and how the text that comes of it is read.

    ``text`` stays as it is; an ``index`` may be a number; a ``target`` may be a list; a ``list`` must be one.
    """

    source: JSONValue
    kind: Literal["text", "text index", "target", "target index", "list"]


def render_records(
    fields: Mapping[str, Field],
    records: Sequence[Mapping[str, JSONValue]],
    columns: Sequence[str],
    *,
    place: Callable[[str, int], str],
) -> list[dict[str, Any]]:
    """Return the fields of each record.

    Parameters
    ----------
    fields : mapping of str to Field
        By name. A source that is the name of a column stands for its value, another text is a template.
    records : sequence of mapping
    columns : sequence of str
    place : callable
        From a field's name, which may be empty, and a record's number from 0, or -1 for none, what a message calls it.

    Raises
    ------
    TaskError
        If a template cannot be read or filled, takes more than `SECONDS_EACH` or `MEMORY_BYTES`, or makes too much.
    DependencyError
        If Jinja cannot be imported.
    """
    given = {
        "fields": {name: field._asdict() for name, field in fields.items()},
        "records": list(records),
        "columns": list(columns),
    }
    try:
        content = json.dumps(given).encode("ascii")
    except RecursionError:
        raise TaskError(f"{place('', -1)}: the records hold too many lists within one another") from None
    whole = _SECONDS_FIXED + _SECONDS_A_RECORD * len(records)
    memory = MEMORY_BYTES + 12 * len(content)
    process = subprocess.run(
        [sys.executable, str(_SCRIPT), str(SECONDS_EACH), str(whole), str(memory), str(MOST_BYTES + 4 * len(content))],
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONSAFEPATH": "1"},
        start_new_session=True,
        check=False,
    )
    answers = [json.loads(line) for line in process.stdout.split(b"\n")[:-1]]
    made = [answer["made"] for answer in answers if "made" in answer]
    if len(made) == len(records):
        return made
    if answers and "jinja2" in answers[0]:
        raise DependencyError(
            f"{place('', -1)}: templates need Jinja, which cannot be imported: {answers[0]['jinja2']}: "
            "pip install --force-reinstall 'evalsuite[yaml]'"
        )
    number = len(made) if answers and "ready" in answers[0] else -1
    if answers and "error" in answers[-1]:
        name, _, what = str(answers[-1]["error"]).partition(": ")
        known = f" (the record has: {', '.join(columns) or 'no fields'})" if "Undefined" in what else ""
        raise TaskError(f"{place(name, number)}: {what}{known}" if what else f"{place('', number)}: {name}")
    raise TaskError(
        f"{place('', number)}: filling the templates took more than {SECONDS_EACH} s, or "
        f"{MEMORY_BYTES >> 20:,} MiB of memory, and was ended; use templates without long loops and repetitions"
    )
