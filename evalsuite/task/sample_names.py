"""The samples that a person names, by id or by place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evalsuite.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from evalsuite.task.task import Task

__all__ = ["NamedSamples", "check_task_names", "named_samples", "read_named_samples"]

NamedSamples = Sequence[str] | Mapping[str, Sequence[str | int]]


def read_named_samples(text: str) -> NamedSamples:
    """Read ``a,b,c``, or the JSON object of lm-eval's option of this name, ``{"task": [0, 1]}``.

    Raises
    ------
    UsageError
        If it is neither.
    """
    if not text.lstrip().startswith("{"):
        ids = [part.strip() for part in text.split(",") if part.strip()]
        if not ids:
            raise UsageError("--samples: expected ids of samples separated by commas, found none")
        return ids
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--samples: not JSON: {error}") from None
    for task, named in found.items():
        if not isinstance(named, list) or not named or any(type(one) not in (str, int) for one in named):
            raise UsageError(f'--samples: "{task}" needs a list of ids or of places from 0, found {json.dumps(named)}')
    return dict(found)


def named_samples(named: NamedSamples | None, task: Task) -> frozenset[str] | None:
    """Return the ids of the samples of a task that are named; None where all are asked.

    Raises
    ------
    UsageError
        If the task has no such sample.
    """
    asked = named.get(task.name) if isinstance(named, Mapping) else named
    if asked is None:
        return None
    if not isinstance(asked, Sequence):
        raise UsageError(f"samples must be ids, or ids or places by task, got {asked!r:.80}")
    ids = {sample.id for sample in task.samples}
    found: set[str] = set()
    for one in [asked] if isinstance(asked, str) else asked:
        if isinstance(one, bool) or not isinstance(one, (int, str)):
            raise UsageError(f"samples are named by ids or places from 0, got {one!r:.80}")
        if isinstance(one, int):
            if not 0 <= one < len(task.samples):
                raise UsageError(
                    f'--samples: task "{task.name}" has {len(task.samples)} samples, counted from 0; there is no {one}'
                )
            found.add(task.samples[one].id)
        elif one in ids:
            found.add(one)
        else:
            raise UsageError(f'--samples: task "{task.name}" has no sample "{one}"{did_you_mean(one, ids)}')
    if not found:
        raise UsageError(f'--samples: names no sample of task "{task.name}"')
    return frozenset(found)


def check_task_names(named: NamedSamples | None, tasks: Sequence[Task]) -> None:
    """Refuse samples of a task that is not run.

    Raises
    ------
    UsageError
    """
    names = [task.name for task in tasks]
    for name in named if isinstance(named, Mapping) else ():
        if name not in names:
            raise UsageError(f'--samples: task "{name}" is not run{did_you_mean(name, names)}')
