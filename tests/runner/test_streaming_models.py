"""The runner and models that answer requests one by one, as they come."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.errors import ModelError, SaveError, TaskError
from evalsuite.evaluation import plan_run
from evalsuite.models.base import StreamingModel
from evalsuite.runlog import RunLogWriter, read_log
from evalsuite.runner import generate
from evalsuite.types import Output
from tests.runner.scripted_runs import N, answer, model_of, names, run
from tests.runner.test_turns import dialogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from evalsuite.task import Task
    from evalsuite.types import GenerationConfig, Request


class Streaming:
    """Takes `width` requests, answers them last first, and goes on."""

    spec, name, fingerprint = "streaming:", "streaming", "fixed"
    modalities = frozenset({"text"})
    batch_size = 7
    batch_invariant = True
    dtype = device = ""

    def __init__(self, reply: Callable[[Request], Any] = answer, width: int = 5) -> None:
        self._reply = reply
        self._width = width
        self.asked: list[tuple[str, int, int]] = []
        self.most_open = 0
        self.closed = 0

    def generate(self, requests: Any, config: GenerationConfig) -> Any:
        pytest.fail("the runner must not ask for batches")

    def generate_each(self, requests: Iterable[Request], config: GenerationConfig) -> Iterator[tuple[Request, Any]]:
        open_: list[Request] = []
        try:
            for request in requests:
                self.asked.append((request.sample_id, request.repeat, request.turn))
                open_.append(request)
                self.most_open = max(self.most_open, len(open_))
                while len(open_) == self._width:
                    yield self._answer(open_.pop())
            while open_:
                yield self._answer(open_.pop())
        finally:
            self.closed += 1

    def _answer(self, request: Request) -> tuple[Request, Any]:
        said = self._reply(request)
        return request, Output(text=said) if isinstance(said, str) else said


def texts(log: Any) -> dict[Any, str | None]:
    return {key: output.text for key, output in log.outputs.items()}


def test_it_is_the_contract() -> None:
    assert isinstance(Streaming(), StreamingModel)
    assert not isinstance(model_of(), StreamingModel)


def test_outputs_are_those_of_batches(task: Task, tmp_path: Path) -> None:
    model = Streaming()
    log = run(model, task, tmp_path / "a", repeats=2)
    batches = run(model_of(), task, tmp_path / "b", repeats=2)
    assert texts(log) == texts(batches)
    assert all(output.seconds is not None for output in log.outputs.values())
    assert model.closed == 1
    idle = Streaming(lambda request: pytest.fail("was asked"))
    assert run(idle, task, tmp_path / "a", repeats=2) == log


def test_outputs_are_logged_while_others_are_awaited_and_requests_made_as_they_are_taken(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    steps: list[int] = []
    answered: list[int] = []
    original = type(task).request

    def request(self: Any, *arguments: Any, **settings: Any) -> Any:
        made.append(1)
        return original(self, *arguments, **settings)

    def reply(request: Request) -> str:
        end = time.monotonic() + 60.0
        while len(read_log(plan.log_path).outputs) < len(answered):  # all that came before is there without our help
            assert time.monotonic() < end
            time.sleep(0.002)
        assert len(made) <= len(answered) + 4
        answered.append(1)
        return answer(request)

    monkeypatch.setattr(type(task), "request", request)
    plan = plan_run(Streaming(reply, width=4), task, root=tmp_path)
    made.clear()

    def progress(done: int, wanted: int) -> None:
        assert wanted == N
        steps.append(done)
        if plan.log_path.exists() and done:
            assert len(read_log(plan.log_path).outputs) >= done  # what is told of is in the log

    generate(plan, progress=progress)
    assert steps == sorted(steps)
    assert len(steps) > N // 2
    assert (steps[0], steps[-1]) == (0, N)


def test_only_what_is_missing_is_asked(task: Task, tmp_path: Path) -> None:
    def fails(request: Request) -> Any:
        bad = request.sample_id in ("s03", "s20")
        return Output(finish_reason="error", error="no") if bad else answer(request)

    log = run(Streaming(fails), task, tmp_path, limit=22)
    assert sorted(key[0] for key, one in log.outputs.items() if one.finish_reason == "error") == ["s03", "s20"]
    model = Streaming()
    log = run(model, task, tmp_path)
    assert [name for name, _, _ in model.asked] == ["s03", "s20", "s22", "s23"]
    assert texts(log) == texts(run(model_of(), task, tmp_path / "other"))


def test_a_second_turn_reads_the_first(task: Task, tmp_path: Path) -> None:
    model = Streaming(lambda request: request.prompt if request.turn else f"word {request.sample_id}")
    log = run(model, dialogue(task), tmp_path, repeats=2)
    assert len(log.outputs) == 2 * 2 * N
    assert log.outputs["s07", 1, 1].text == "You said word s07. Why?"
    assert [turn for _, _, turn in model.asked] == [0] * 2 * N + [1] * 2 * N


@pytest.mark.parametrize("when", [0, 1, 9, N])
def test_a_model_that_breaks_is_an_error_of_what_it_had_taken(task: Task, tmp_path: Path, when: int) -> None:
    class Breaking(Streaming):
        def generate_each(self, requests: Iterable[Request], config: Any) -> Iterator[tuple[Request, Any]]:
            for i, pair in enumerate(super().generate_each(requests, config)):
                if i == when:
                    raise ValueError("broke")
                yield pair
            if when == N:
                raise ValueError("broke")

    log = run(Breaking(), task, tmp_path)
    assert len(log.outputs) == N
    assert {one.error for one in log.outputs.values() if one.finish_reason == "error"} == (
        {"ValueError: broke"} if when < N else set()
    )
    assert sum(one.finish_reason == "error" for one in log.outputs.values()) == {0: N, 1: N - 4, 9: 6, N: 0}[when]
    assert texts(run(Streaming(), task, tmp_path)) == texts(run(model_of(), task, tmp_path / "other"))


def test_a_model_that_takes_nothing_or_answers_nothing_ends(task: Task, tmp_path: Path) -> None:
    class Silent(Streaming):
        def generate_each(self, requests: Iterable[Request], config: Any) -> Iterator[tuple[Request, Any]]:
            return iter(())

    class Greedy(Streaming):
        def generate_each(self, requests: Iterable[Request], config: Any) -> Iterator[tuple[Request, Any]]:
            list(requests)
            return iter(())

    for model in (Silent(), Greedy()):
        log = run(model, task, tmp_path)
        assert [one.error for one in log.outputs.values()] == ["the model returned no output"] * N


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("text", "TypeError: the model must return Output objects, got int"),
        (Output(text="x", seconds=-1.0), "ValueError: an output's seconds must be finite and not negative, got -1.0"),
        (
            Output(text="x", first_token_seconds=float("nan")),
            "ValueError: an output's first_token_seconds must be finite and not negative, got nan",
        ),
        (Output(), "the model returned no text"),
    ],
)
def test_an_unsound_output_is_an_error_of_its_sample(task: Task, tmp_path: Path, made: Any, expected: str) -> None:
    odd = 7 if made == "text" else made
    log = run(Streaming(lambda request: odd if request.sample_id == "s05" else answer(request)), task, tmp_path)
    assert log.outputs["s05", 0, 0].error == expected
    assert sum(one.finish_reason == "error" for one in log.outputs.values()) == 1


def test_an_answer_to_no_request_is_not_taken(task: Task, tmp_path: Path) -> None:
    class Inventing(Streaming):
        def _answer(self, request: Request) -> tuple[Request, Any]:
            other = replace(request, sample_id="s99") if request.sample_id == "s04" else request
            return other, super()._answer(request)[1]

    log = run(Inventing(width=1), task, tmp_path)
    assert sorted(key[0] for key in log.outputs) == names(0, N)
    assert [key[0] for key, one in log.outputs.items() if one.finish_reason == "error"] == ["s04"]


def test_what_concerns_every_request_stops_the_run_and_it_continues(task: Task, tmp_path: Path) -> None:
    def reply(request: Request) -> str:
        if request.sample_id == "s10":
            raise ModelError("wrong key")
        return answer(request)

    model = Streaming(reply, width=1)
    with pytest.raises(ModelError, match="wrong key"):
        run(model, task, tmp_path)
    assert model.closed == 1
    rest = Streaming()
    log = run(rest, task, tmp_path)
    assert [name for name, _, _ in rest.asked] == names(10, N)
    assert texts(log) == texts(run(model_of(), task, tmp_path / "other"))


def test_an_interrupt_keeps_what_has_come(task: Task, tmp_path: Path) -> None:
    def progress(done: int, wanted: int) -> None:
        if done >= 9:
            raise KeyboardInterrupt

    model = Streaming(lambda request: time.sleep(0.01) or answer(request))
    plan = plan_run(model, task, root=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        generate(plan, progress=progress)
    assert model.closed == 1
    assert 9 <= len(read_log(plan.log_path).outputs) <= len(model.asked)


def test_a_log_that_cannot_be_written_closes_the_model(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Any, outputs: Any) -> Any:
        raise SaveError("disk full")

    monkeypatch.setattr(RunLogWriter, "append", full)
    model = Streaming()
    with pytest.raises(SaveError, match="disk full"):
        run(model, task, tmp_path)
    assert model.closed == 1


@pytest.mark.parametrize("error", [TaskError("bad sample"), KeyError("bug")])
def test_a_request_that_cannot_be_made_is_no_fault_of_the_model(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    original = type(task).request

    def request(self: Any, sample: Any, **settings: Any) -> Any:
        if sample.id == "s10":
            raise error
        return original(self, sample, **settings)

    monkeypatch.setattr(type(task), "request", request)
    with pytest.raises(type(error), match=str(error.args[0])):
        run(Streaming(), task, tmp_path)
