"""The runner and models that fail or misbehave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.errors import DependencyError
from evalsuite.runlog import read_log
from evalsuite.types import Output, Request
from tests.runner.scripted_runs import answer, asked, fail_on, model_of, names, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from evalsuite.task import Task


@pytest.mark.parametrize("batch_invariant", [True, False])
def test_a_sample_that_fails_is_an_error_and_the_rest_is_kept(
    task: Task, tmp_path: Path, batch_invariant: bool
) -> None:
    model = model_of(fail_on("s03", "s20"), batch_size=8, batch_invariant=batch_invariant)
    log = run(model, task, tmp_path)
    errors = {key[0]: output for key, output in log.outputs.items() if output.finish_reason == "error"}
    assert {name: output.error for name, output in errors.items()} == {
        "s03": "ValueError: no s03",
        "s20": "ValueError: no s20",
    }
    assert all(output.text is None for output in errors.values())
    if not batch_invariant:
        assert {len(call) for call in model.calls} == {8}


def test_an_error_is_asked_again_later_and_only_its_slice(task: Task, tmp_path: Path) -> None:
    run(model_of(fail_on("s09"), batch_size=8), task, tmp_path)
    still = run(model_of(lambda request: ConnectionError("later"), batch_size=8), task, tmp_path)
    assert still.outputs["s09", 0, 0].error == "ConnectionError: later"
    assert still.outputs["s08", 0, 0].text is not None  # a good output is never lost to a later error
    model = model_of(batch_size=8)
    log = run(model, task, tmp_path)
    assert asked(model) == [names(8, 16)]
    assert log.outputs["s09", 0, 0].text == answer(model.calls[0][1])
    assert run(model_of(lambda request: pytest.fail("was asked")), task, tmp_path) == log


class Odd:
    """A model whose return value is given by a function of the requests."""

    spec, name, fingerprint = "odd:", "odd", "odd"
    modalities = frozenset({"text"})
    batch_size = 4
    batch_invariant = True
    dtype = device = ""

    def __init__(self, reply: Callable[[Sequence[Request]], Any]) -> None:
        self._reply = reply

    def generate(self, requests: Sequence[Request], config: object) -> Any:
        return self._reply(requests)


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


def raising(error: BaseException) -> Callable[[Sequence[Request]], Any]:
    def reply(requests: Sequence[Request]) -> Any:
        raise error

    return reply


def of_each(output: Any) -> Callable[[Sequence[Request]], Any]:
    return lambda requests: [output for _ in requests]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (raising(ValueError("all of them")), "ValueError: all of them"),
        (raising(MemoryError()), "MemoryError: "),
        (raising(SystemExit(0)), "SystemExit: 0"),
        (raising(UnprintableError()), "UnprintableError, whose text cannot be made"),
        (lambda requests: [], "expected 1, got 0"),
        (lambda requests: [Output(text="x")] * (len(requests) + 1), "expected 1, got 2"),
        (lambda requests: None, "must return a list of 1 outputs, got NoneType"),
        (lambda requests: "x", "must return a list of 1 outputs, got str"),
        (lambda requests: (Output(text="x") for _ in requests), "got generator"),
        (of_each("x"), "must return Output objects, got str"),
        (of_each(None), "must return Output objects, got NoneType"),
        (of_each(Output(text=b"x")), "text must be a str or None, got bytes"),  # type: ignore[arg-type]
        (of_each(Output(text=None)), "the model returned no text"),
        (of_each(Output(text=None, finish_reason="error")), "the model returned no text"),
        (of_each(Output(text=None, finish_reason="length", error="why")), "why"),
        (of_each(Output(text="x", finish_reason="done")), 'unknown finish_reason "done"'),  # type: ignore[arg-type]
        (of_each(Output(text="x", finish_reason=["stop"])), "unknown finish_reason"),  # type: ignore[arg-type]
        (of_each(Output(text="x", error=3)), "error must be a str or None, got int"),  # type: ignore[arg-type]
        (of_each(Output(text="x", tokens_out=1.5)), "tokens_out must be an integer"),  # type: ignore[arg-type]
        (of_each(Output(text="x", tokens_in=-1)), "tokens_in must be in"),
        (of_each(Output(text="x", peak_memory_bytes="1")), "peak_memory_bytes must be"),  # type: ignore[arg-type]
        (of_each(Output(text="x", seconds=float("nan"))), "seconds must be finite"),
        (of_each(Output(text="x", seconds="soon")), "seconds must be a number or None, got 'soon'"),  # type: ignore[arg-type]
    ],
)
def test_what_a_model_gets_wrong_is_an_error_of_its_samples(
    task: Task, tmp_path: Path, reply: Callable[[Sequence[Request]], Any], message: str
) -> None:
    log = run(Odd(reply), task, tmp_path, limit=5)
    assert len(log.outputs) == 5
    for output in log.outputs.values():
        assert output.finish_reason == "error"
        assert message in str(output.error)


@pytest.mark.parametrize("text", ["\ud800 \udfff", "\0\x1b[31m\r\n", "", "x" * 5_000_000])
def test_odd_texts_are_outputs_like_others(task: Task, tmp_path: Path, text: str) -> None:
    log = run(model_of(lambda request: text), task, tmp_path, limit=2)
    assert [output.text for output in log.outputs.values()] == [text, text]
    assert read_log(log.path).outputs == log.outputs


def test_a_key_of_its_own_does_not_displace_a_sample(task: Task, tmp_path: Path) -> None:
    stray = Output(text="x", sample_id="s05", repeat=7, turn=3, seed=1, seconds=2.0, tokens_out=4)
    log = run(Odd(of_each(stray)), task, tmp_path, limit=2)
    assert list(log.outputs) == [("s00", 0, 0), ("s01", 0, 0)]
    assert {output.seconds for output in log.outputs.values()} == {2.0}
    assert log.outputs["s00", 0, 0].seed != 1


def test_counts_of_another_integer_type_are_kept(task: Task, tmp_path: Path) -> None:
    import numpy as np

    odd = Output(text="x", tokens_out=np.int64(3), seconds=np.float32(0.5))  # type: ignore[arg-type]
    output = run(Odd(of_each(odd)), task, tmp_path, limit=1).outputs["s00", 0, 0]
    assert (output.tokens_out, output.seconds) == (3, 0.5)


def test_a_refusal_may_have_no_text(task: Task, tmp_path: Path) -> None:
    log = run(Odd(of_each(Output(finish_reason="refused"))), task, tmp_path, limit=1)
    assert log.outputs["s00", 0, 0].finish_reason == "refused"


def test_what_concerns_every_request_ends_the_run(task: Task, tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="missing"):
        run(Odd(raising(DependencyError("missing"))), task, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run(Odd(raising(KeyboardInterrupt())), task, tmp_path)
    assert not run(Odd(of_each(Output(text="x"))), task, tmp_path).torn_bytes


def test_what_was_done_before_an_interrupt_is_kept(task: Task, tmp_path: Path) -> None:
    def reply(request: Request) -> Any:
        if request.sample_id == "s17":
            raise KeyboardInterrupt
        return answer(request)

    with pytest.raises(KeyboardInterrupt):
        run(model_of(reply, batch_size=8), task, tmp_path)
    model = model_of(batch_size=8)
    run(model, task, tmp_path)
    assert asked(model) == [names(16, 24)]


class PanicError(BaseException):
    """As a panic in Rust is: no Exception."""


@pytest.mark.parametrize("kind", [PanicError, SystemExit, GeneratorExit])
def test_whatever_a_model_raises_is_an_error_of_its_sample(
    task: Task, tmp_path: Path, kind: type[BaseException]
) -> None:
    def reply(request: Request) -> str:
        if request.sample_id == "s03":
            raise kind("no")
        return answer(request)

    log = run(model_of(reply, batch_size=8), task, tmp_path)
    errors = {key[0]: one.error for key, one in log.outputs.items() if one.finish_reason == "error"}
    assert errors == {"s03": f"{kind.__name__}: no"}
