r"""Problems in the form of MATH: ``{"problem": ..., "solution": ...}`` with the answer in ``\boxed{}``.

Lines of JSON in one file, or a folder of files of one object each, as MATH was published; ``level``, ``type`` or
``subject``, and ``answer``, are read where they are there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from evalsuite.answers import extract_answer
from evalsuite.errors import TaskError
from evalsuite.task.fields import optional_field, required_field
from evalsuite.task.json_lines import json_lines, json_object
from evalsuite.task.outside.form import Form
from evalsuite.task.task import MetricSpec
from evalsuite.types import JSONValue, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["FORM"]

_LEVEL = re.compile(r"(?:level\s*)?(\d+)", re.IGNORECASE)


def _records(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield id, place and record."""
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            yield (
                file.relative_to(path).with_suffix("").as_posix(),
                str(file),
                json_object(file.read_bytes(), str(file), "of the file"),
            )
        return
    for i, (where, record) in enumerate(json_lines(path.read_bytes(), str(path))):
        yield f"{i:05d}", where, record


def _read(path: Path) -> Iterator[Sample]:
    for name, where, record in _records(path):
        problem = required_field(record, "problem", str, where)
        solution = optional_field(record, "solution", str, where, "")
        if _is_open(solution) and "answer" not in record:
            raise TaskError(rf"{where}: the last \boxed{{ of the solution is not closed, found {solution[-40:]!r}")
        if extract_answer(solution).rule == "boxed" and not _is_open(solution):
            reference = solution
        elif "answer" in record:
            reference = f"answer: {required_field(record, 'answer', str, where)}"
        else:
            raise TaskError(rf"{where}: expected a solution with its answer in \boxed{{...}}, or a field answer")
        yield Sample(id=name, input={"problem": problem}, references=(reference,), metadata=_labels(record, where))


def _is_open(solution: str) -> bool:
    r"""Whether the braces of the last ``\boxed{`` do not close: a box before it has another answer."""
    start = solution.rfind(r"\boxed{")
    if start < 0:
        return False
    depth = 0
    for brace in re.findall(r"\\.|[{}]", solution[start + len(r"\boxed") :], re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth == 0 and brace == "}":
            return False
    return True


def _labels(record: Mapping[str, Any], where: str) -> dict[str, JSONValue]:
    found: dict[str, JSONValue] = {}
    if "level" in record:
        text = str(record["level"])
        match = _LEVEL.fullmatch(text.strip())
        found["level"] = int(match[1]) if match else text
    for key in ("subject", "type"):
        if key in record:
            found["subject"] = required_field(record, key, str, where)
            break
    return found


FORM = Form(
    version=1,
    summary="Problems in the form of MATH, by path: answers are mathematical expressions.",
    prompt=(
        "Solve the problem step by step. Put the final answer into \\boxed{}, once, at the end.\n\nProblem: {problem}\n"
    ),
    max_new_tokens=1024,
    metrics=(
        MetricSpec(name="accuracy", primary=True, by=("level", "subject")),
        MetricSpec(name="loop_rate"),
    ),
    read=_read,
)
