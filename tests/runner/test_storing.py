"""Writing and scoring beside the model."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import SaveError
from evalsuite.evaluation import plan_run, run_plan
from evalsuite.metrics.accuracy import Accuracy
from evalsuite.metrics.base import RowMetric
from evalsuite.metrics.chrf import ChrfPlusPlus
from evalsuite.runner import generate
from evalsuite.runner.storing import Storing
from evalsuite.scoring import RowsAhead
from evalsuite.scoring import rows_ahead as module
from evalsuite.scoring.score import compute_rows
from evalsuite.types import Output, Sample
from tests.runner.scripted_runs import N, model_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from evalsuite.task import Task


class Log:
    """A log in memory that waits at a gate."""

    def __init__(self) -> None:
        self.written: list[Output] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def append(self, outputs: Sequence[Output]) -> list[Output]:
        self.entered.set()
        assert self.gate.wait(60.0)
        self.written.extend(outputs)
        return list(outputs)


def outputs_of(n: int, first: int = 0) -> list[Output]:
    return [Output(text=str(i), sample_id=f"s{i}") for i in range(first, first + n)]


def test_the_model_goes_on_while_outputs_are_written_and_waits_when_too_many_are() -> None:
    log = Log()
    log.gate.clear()
    with Storing(log) as storing:  # type: ignore[arg-type]
        storing.put(outputs_of(64))
        assert log.entered.wait(60.0)
        storing.put(outputs_of(64, 64))
        storing.put(outputs_of(64, 128))  # two batches behind: the next has to wait
        blocked = threading.Thread(target=storing.put, args=(outputs_of(1, 192),))
        blocked.start()
        blocked.join(0.05)
        assert blocked.is_alive()
        assert storing.stored() == []
        log.gate.set()
        blocked.join(60.0)
        assert not blocked.is_alive()
        assert [one.text for one in storing.flush()] == [str(i) for i in range(193)]
    assert len(log.written) == 193


def test_a_few_large_videos_are_as_much_as_many_outputs() -> None:
    log = Log()
    log.gate.clear()
    video = np.broadcast_to(np.uint8(0), (64, 1024, 1024, 3))  # 192 MiB that are not there
    with Storing(log) as storing:  # type: ignore[arg-type]
        storing.put(outputs_of(1))
        assert log.entered.wait(60.0)
        storing.put([Output(video=video)])
        blocked = threading.Thread(target=storing.put, args=([Output(video=video)],))
        blocked.start()
        blocked.join(0.05)
        assert blocked.is_alive()
        log.gate.set()
        blocked.join(60.0)
        assert not blocked.is_alive()
        assert len(storing.flush()) == 3


def test_what_was_handed_over_is_written_when_the_run_ends_by_an_error() -> None:
    log = Log()

    def fail() -> None:
        with Storing(log) as storing:  # type: ignore[arg-type]
            storing.put(outputs_of(5))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert len(log.written) == 5


@pytest.mark.parametrize("call", ["put", "stored", "flush", "exit"])
def test_an_error_of_the_log_reaches_the_run(call: str) -> None:
    class Full(Log):
        def append(self, outputs: Sequence[Output]) -> list[Output]:
            raise SaveError("no space")

    def use() -> None:
        with Storing(Full()) as storing:  # type: ignore[arg-type]
            storing.put(outputs_of(1))
            storing._thread.join(60.0)
            if call == "put":
                storing.put(outputs_of(1))
            elif call != "exit":
                getattr(storing, call)()

    with pytest.raises(SaveError, match="no space"):
        use()


def test_rows_are_computed_ahead_and_are_the_same(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 5)
    for limit in ("_SLOW_SECONDS", "_MOST_SECONDS"):  # whatever the machine does besides
        monkeypatch.setattr(module, limit, 3600.0)
    sizes: list[int] = []
    original = RowMetric.rows

    def rows(self: Any, samples: Any, outputs: Any) -> Any:
        sizes.append(len(samples))
        return original(self, samples, outputs)

    monkeypatch.setattr(RowMetric, "rows", rows)

    def reply(request: Any) -> str:
        if request.sample_id == "s09":
            raise ValueError("no")
        return "lake 0" if int(request.sample_id[1:]) % 2 else f"{request.prompt.removeprefix('Say ')[:-1]}"

    run = run_plan(plan_run(model_of(reply), task, root=tmp_path / "a"))
    # Both metrics are checked without outputs, then have parts ahead that grow, and the rest in the end.
    assert sum(sizes) == 4 * N
    assert sizes[2:8] == [1, 1, 2, 2, 4, 4]
    monkeypatch.setattr(module, "_AT_ONCE", 1000)
    plain = run_plan(plan_run(model_of(reply), task, root=tmp_path / "b"))
    assert run.report.scores == plain.report.scores
    again = run_plan(plan_run(model_of(reply), task, root=tmp_path / "a"))
    assert again.report.scores == plain.report.scores


def samples_of(n: int) -> list[Sample]:
    return [Sample(id=f"s{i}", input={}, references=(str(i),)) for i in range(n)]


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_rows_of_samples_in_any_order(n_outputs: int) -> None:
    n = 700
    samples = samples_of(n)
    given = [
        Output(text=str(i if repeat else i % 7), sample_id=f"s{i}", repeat=repeat)
        for i in np.random.default_rng(0).permutation(n)
        for repeat in range(n_outputs)
    ]
    ahead = RowsAhead([Accuracy(), ChrfPlusPlus()], samples, n_outputs, at_once)
    for start in range(0, len(given), 97):
        ahead.add(given[start : start + 97])
    by_sample = [tuple(one for one in given if one.sample_id == sample.id) for sample in samples]
    for metric in (Accuracy(), ChrfPlusPlus()):
        rows, expected = ahead.rows(metric, samples, by_sample), compute_rows(metric, samples, by_sample)
        np.testing.assert_array_equal(rows.values, expected.values)
        assert rows.outcomes == expected.outcomes


def test_a_metric_that_fails_ahead_is_heard_of_in_the_end_only() -> None:
    class Broken(ChrfPlusPlus):
        def _rows(self, samples: Any, outputs: Any) -> Any:
            raise ValueError("broken")

    samples = samples_of(600)
    ahead = RowsAhead([Broken()], samples, 1, at_once)
    ahead.add(outputs_of(600))
    with pytest.raises(ValueError, match="broken"):
        ahead.rows(Broken(), samples, [(one,) for one in outputs_of(600)])


def test_a_metric_that_cannot_be_sent_is_computed_in_the_end() -> None:
    def refuse(function: Any, *arguments: Any) -> Any:
        raise TypeError("cannot pickle")

    samples = samples_of(300)
    ahead = RowsAhead([Accuracy()], samples, 1, refuse)
    ahead.add(outputs_of(300))
    assert len(ahead.rows(Accuracy(), samples, [(one,) for one in outputs_of(300)]).values) == 300


def test_outputs_that_wait_for_others_are_not_kept_for_long() -> None:
    ahead = RowsAhead([ChrfPlusPlus()], samples_of(6000), 2, at_once)
    ahead.add(outputs_of(6000))
    assert not ahead._pending
    ahead.add([Output(text="x", sample_id=f"s{i}", repeat=1) for i in range(6000)])
    assert not ahead._pending


def test_a_log_that_cannot_be_written_ends_the_run(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from evalsuite.runlog import RunLogWriter

    def full(self: Any, outputs: Any) -> Any:
        raise SaveError("disk full")

    monkeypatch.setattr(RunLogWriter, "append", full)
    with pytest.raises(SaveError, match="disk full"):
        generate(plan_run(model_of(), task, root=tmp_path))


def at_once(function: Callable[..., object], *arguments: object) -> Callable[[], object]:
    result = function(*arguments)
    return lambda: result
