"""Word problems in the form of GSM8K: lines of ``{"question": ..., "answer": ...}``; an answer ends in ``#### n``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError
from evalsuite.task.fields import required_field
from evalsuite.task.json_lines import json_lines
from evalsuite.task.outside.form import Form
from evalsuite.task.task import MetricSpec
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FORM"]

_NUMBER = re.compile(r"[-+\u2212]?\s?\$?\s?(\d[\d,]*(\.\d*)?|\.\d+)([eE][-+]?\d+|/\d+)?\s?%?")
_CALCULATION = re.compile(r"<<[^<>]*>>")


def _read(path: Path) -> Iterator[Sample]:
    """Yield a sample a line: its depth is the number of lines of the worked answer."""
    for i, (where, record) in enumerate(json_lines(path.read_bytes(), str(path))):
        question = required_field(record, "question", str, where)
        answer = required_field(record, "answer", str, where)
        work, marker, final = answer.rpartition("####")
        if not marker or not _NUMBER.fullmatch(final.strip()):
            raise TaskError(f'{where}: answer must end with "#### NUMBER", found {answer[-40:]!r}')
        if "####" in work:
            raise TaskError(f'{where}: answer must have "####" once, before the number, found {answer[-40:]!r}')
        steps = [line for line in _CALCULATION.sub("", work).splitlines() if line.strip()]
        yield Sample(
            id=f"{i:05d}",
            input={"question": question},
            references=("\n".join([*steps, f"answer: {final.strip()}"]),),
            depth=max(len(steps), 1),
        )


FORM = Form(
    version=1,
    summary="Word problems in the form of GSM8K, by path; depth is the number of lines of the worked answer.",
    prompt=(
        "Solve the problem step by step, one calculation a line. End with one line "
        '"answer: NUMBER".\n\nProblem: {question}\n'
    ),
    max_new_tokens=512,
    metrics=(
        MetricSpec(name="accuracy", primary=True, by=("depth",)),
        MetricSpec(name="loop_rate"),
    ),
    read=_read,
)
