"""The runner and tasks of several turns, or that ask for less than all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.rng import derive_seed
from evalsuite.task import Task
from tests.runner.scripted_runs import N, fail_on, model_of, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalsuite.types import Output, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue(Task):
    """Two turns: the second repeats what was answered to the first, where that is a word of more than two letters."""

    @property
    def turns(self) -> int:
        return 2

    def request(self, sample: Any, *, turn: int, history: Sequence[Output], **settings: Any) -> Request | None:
        first = Task.request(self, sample, turn=0, history=(), **settings)
        if turn == 0 or first is None:
            return first
        if len(history[0].text or "") < 3:
            return None
        seed = derive_seed(settings["run_seed"], self.name, sample.id, settings["repeat"], turn)
        return replace(first, turn=1, prompt=f"You said {history[0].text}. Why?", seed=seed)


def dialogue(task: Task) -> Dialogue:
    return Dialogue(**{name: getattr(task, name) for name in Task.__dataclass_fields__})


def test_a_second_turn_reads_the_first(task: Task, tmp_path: Path) -> None:
    model = model_of(lambda request: request.prompt if request.turn else f"word {request.sample_id}", batch_size=16)
    log = run(model, dialogue(task), tmp_path, repeats=2)
    assert len(log.outputs) == 2 * 2 * N
    assert log.outputs["s07", 1, 1].text == "You said word s07. Why?"
    assert len({output.seed for output in log.outputs.values()}) == 2 * 2 * N
    turns = [{request.turn for request in call} for call in model.calls]
    assert turns == [{0}] * 4 + [{1}] * 4
    idle = model_of(lambda request: pytest.fail("was asked"))
    assert run(idle, dialogue(task), tmp_path, repeats=2) == log


def test_a_turn_that_is_not_asked_for_is_not_missing(task: Task, tmp_path: Path) -> None:
    model = model_of(lambda request: "no" if request.sample_id < "s12" else "because")
    log = run(model, dialogue(task), tmp_path)
    assert sum(turn == 1 for _, _, turn in log.outputs) == 12
    assert run(model_of(lambda request: pytest.fail("was asked")), dialogue(task), tmp_path) == log


def test_a_second_turn_waits_for_a_first_that_failed(task: Task, tmp_path: Path) -> None:
    log = run(model_of(fail_on("s03")), dialogue(task), tmp_path, limit=4)
    assert ("s03", 0, 1) not in log.outputs
    assert ("s02", 0, 1) in log.outputs
    log = run(model_of(), dialogue(task), tmp_path, limit=4)
    assert log.outputs["s03", 0, 1].finish_reason == "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picky(Task):
    """Asks nothing about the odd samples."""

    def request(self, sample: Any, **settings: Any) -> Request | None:
        return None if sample.metadata["kind"] == "odd" else Task.request(self, sample, **settings)


def test_a_sample_that_asks_for_nothing_does_not_keep_a_run_from_being_complete(task: Task, tmp_path: Path) -> None:
    picky = Picky(**{name: getattr(task, name) for name in Task.__dataclass_fields__})
    log = run(model_of(), picky, tmp_path)
    assert len(log.outputs) == N // 2
    content = log.path.read_bytes()
    run(model_of(lambda request: pytest.fail("was asked")), picky, tmp_path)
    assert log.path.read_bytes() == content
