"""Runs of a scripted model, and what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalsuite.evaluation import plan_run
from evalsuite.models.scripted import ScriptedModel
from evalsuite.runner import generate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalsuite.runlog import RunLog
    from evalsuite.task import Task
    from evalsuite.types import Request

N = 24


def answer(request: Request) -> str:
    return f"{request.sample_id} {request.repeat} {request.seed}"


def model_of(replies: Any = answer, **settings: Any) -> ScriptedModel:
    return ScriptedModel(replies, fingerprint="fixed", **settings)


def asked(model: ScriptedModel) -> list[list[str]]:
    return [[request.sample_id for request in call] for call in model.calls]


def run(model: Any, task: Task, root: Path, **settings: Any) -> RunLog:
    return generate(plan_run(model, task, root=root, **settings))


def names(first: int, last: int) -> list[str]:
    return [f"s{i:02}" for i in range(first, last)]


def fail_on(*bad: str) -> Callable[[Request], Any]:
    def reply(request: Request) -> Any:
        if request.sample_id in bad:
            raise ValueError(f"no {request.sample_id}")
        return answer(request)

    return reply
