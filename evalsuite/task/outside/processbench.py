"""Solutions to criticise, in the form of ProcessBench: ``{"problem": ..., "steps": [...], "label": k}``.

The label is the index, from 0, of the first step with an error; -1 where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.errors import TaskError
from evalsuite.task.fields import optional_field, required_field
from evalsuite.task.json_lines import json_lines
from evalsuite.task.outside.form import Form
from evalsuite.task.task import MetricSpec
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FORM"]


def _read(path: Path) -> Iterator[Sample]:
    for i, (where, record) in enumerate(json_lines(path.read_bytes(), str(path))):
        steps = required_field(record, "steps", list, where)
        if not steps or not all(isinstance(step, str) for step in steps):
            raise TaskError(f"{where}: steps must be a list of strings that is not empty, found {steps!r:.200}")
        label = required_field(record, "label", int, where)
        if not -1 <= label < len(steps):
            raise TaskError(f"{where}: label must be -1 or the index of one of {len(steps)} steps, found {label}")
        yield Sample(
            id=f"{i:05d}-{optional_field(record, 'id', str, where, 'item')}",
            input={
                "problem": required_field(record, "problem", str, where),
                "steps": "\n\n".join(f"[{k}] {step}" for k, step in enumerate(steps)),
            },
            references=(f"answer: {label}",),
            metadata={"first_error": label, "n_steps": len(steps)},
        )


FORM = Form(
    version=1,
    summary="Find the first error in a solution, in the form of ProcessBench, by path.",
    prompt=(
        "Below are a problem and a solution in numbered parts. Find the first part that has an error. End with one "
        'line "answer: K", where K is its number, or "answer: -1" if all parts are right.\n\n'
        "Problem: {problem}\n\nSolution:\n{steps}\n"
    ),
    max_new_tokens=1024,
    metrics=(
        MetricSpec(name="error_location_f1", primary=True),
        MetricSpec(name="accuracy"),
    ),
    read=_read,
)
