"""A sample that takes too long is broken off, and costs nothing but itself."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from evalsuite.errors import UsageError
from evalsuite.evaluation import plan_run
from evalsuite.executors.time_limit import TimeLimitReached, time_limit
from evalsuite.models.spec import open_model
from tests.runner.scripted_runs import N, answer, asked, model_of, names, run

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.task import Task
    from evalsuite.types import Request


def test_a_sample_that_does_not_end_is_an_error_and_the_others_are_kept(task: Task, tmp_path: Path) -> None:
    def reply(request: Request) -> str:
        while request.sample_id == "s10":
            try:
                time.sleep(3600.0)
            except Exception:  # a handler that catches all it is allowed to
                continue
        return answer(request)

    log = run(model_of(reply, batch_size=8), task, tmp_path, timeout=0.1)
    errors = {key[0]: one.error for key, one in log.outputs.items() if one.finish_reason == "error"}
    assert errors == {"s10": "broken off after 0.1 s, the time limit of a sample"}
    assert len(log.outputs) == N
    model = model_of(batch_size=8)
    log = run(model, task, tmp_path)
    assert asked(model) == [names(8, 16)]
    assert log.outputs["s10", 0, 0].text is not None


def test_a_batch_that_is_filled_up_has_the_time_of_all_it_asks(task: Task, tmp_path: Path) -> None:
    def slow(request: Request) -> str:
        time.sleep(0.05)
        return answer(request)

    # The last of 9 is asked eight times at once: 0.4 s, and 0.2 s a sample.
    log = run(model_of(slow, batch_size=8, batch_invariant=False), task, tmp_path, limit=9, timeout=0.2)
    assert {one.finish_reason for one in log.outputs.values()} == {"stop"}


def test_servers_have_limits_of_their_own(task: Task, tmp_path: Path) -> None:
    model = open_model("openai:tiny,base_url=http://127.0.0.1:9/v1")
    with pytest.raises(UsageError, match=r"has a limit of its own: give it as the model's option, openai:.*,timeout=3"):
        plan_run(model, task, root=tmp_path, timeout=3.0)


def test_the_signal_is_as_it_was_afterwards(task: Task, tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGALRM)
    run(model_of(), task, tmp_path, timeout=60.0)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_code_that_swallows_the_end_of_its_time_hears_of_it_again() -> None:
    swallowed: list[BaseException] = []

    def go_on_regardless() -> None:
        while len(swallowed) < 3:
            try:
                time.sleep(3600.0)
            except BaseException as error:
                swallowed.append(error)
        time.sleep(3600.0)

    with pytest.raises(TimeLimitReached), time_limit(0.01):
        go_on_regardless()
    assert [type(error) for error in swallowed] == [TimeLimitReached] * 3


def test_without_a_limit_and_in_other_threads_nothing_is_broken_off() -> None:
    said: list[str] = []

    def work() -> None:
        with time_limit(0.01):
            time.sleep(0.05)
        said.append("done")

    with time_limit(None):
        work_thread = threading.Thread(target=work)
        work_thread.start()
        work_thread.join()
    assert said == ["done"]


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_limits_that_make_no_sense(task: Task, tmp_path: Path, seconds: float) -> None:
    with pytest.raises(UsageError, match="timeout must be a number of seconds above 0"):
        plan_run(model_of(), task, root=tmp_path, timeout=seconds)
