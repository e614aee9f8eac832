"""Batches by length, and requests that are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.answering import key_of
from evalsuite.runlog import read_log
from evalsuite.runner.batches import BY_LENGTH, batches_of_window
from evalsuite.types import Message, Output, Request
from tests.runner.scripted_runs import N, asked, model_of, names, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalsuite.task import Task


def request(number: int, prompt: str, **settings: Any) -> Request:
    said = (Message(role="user", content=prompt),)
    return Request(
        **{"sample_id": f"s{number}", "repeat": 0, "turn": 0, "prompt": prompt, "messages": said, "seed": number}
        | settings
    )


@given(
    st.lists(st.text(max_size=6), max_size=40),
    st.integers(1, 9),
    st.sampled_from([None, BY_LENGTH]),
    st.booleans(),
)
@settings(deadline=None)
def test_every_request_is_in_one_batch(prompts: list[str], size: int, order: str | None, find_copies: bool) -> None:
    requests = [request(i, prompt) for i, prompt in enumerate(prompts)]
    made = list(batches_of_window(requests, size, order=order, find_copies=find_copies))
    covered = [key_of(one) for batch in made for one in batch.all_requests()]
    assert sorted(covered) == sorted(key_of(one) for one in requests)
    assert all(len(batch.requests) == size for batch in made[:-1])
    taken = [one for batch in made for one in batch.requests]
    if order:
        assert [len(one.prompt) for one in taken] == sorted((len(one.prompt) for one in taken), reverse=True)
    else:
        assert [one.seed for one in taken] == sorted(one.seed for one in taken)
    assert len(taken) == (len(set(prompts)) if find_copies else len(prompts))
    for batch in made:
        for place, copies in batch.copies.items():
            assert {one.prompt for one in copies} == {batch.requests[place].prompt}
            assert all(one.seed > batch.requests[place].seed for one in copies)  # the first of them is asked


def test_what_a_model_reads_makes_requests_differ() -> None:
    image = np.zeros((2, 3, 1), dtype=np.uint8)
    different = [
        request(0, "a"),
        request(1, "a", messages=(Message(role="system", content="a"),)),
        request(2, "a", messages=()),
        request(3, "a", images=(image,)),
        request(4, "a", images=(image + 1,)),
        request(5, "a", images=(image.reshape(3, 2, 1),)),
        request(6, "a", images=(image, image)),
        request(7, "a\ud800"),
    ]
    (batch,) = batches_of_window(different, 99, order=None, find_copies=True)
    assert len(batch.requests) == len(different)


def deterministic(reply: Callable[[Request], Any] | None = None, **settings: Any) -> Any:
    model = model_of(reply or (lambda request: request.prompt), **settings)
    model.deterministic = True  # type: ignore[attr-defined]
    return model


def test_repeats_of_a_greedy_model_are_asked_once(task: Task, tmp_path: Path) -> None:
    model = deterministic(batch_size=10)
    log = run(model, task, tmp_path, repeats=3)
    assert asked(model) == [names(0, 10), names(10, 20), names(20, N)]
    assert len(log.outputs) == 3 * N
    assert len({output.seed for output in log.outputs.values()}) == 3 * N
    for (name, repeat, _), output in log.outputs.items():
        first = log.outputs[name, 0, 0]
        assert output.text == first.text
        assert output.same_as == (None if repeat == 0 else (name, 0, 0))
        assert (output.seconds is None) == (repeat > 0)  # a copy took no time
    sampled = deterministic()
    run(sampled, task, tmp_path, repeats=2, generation={"temperature": 0.5})
    assert sum(map(len, asked(sampled))) == 2 * N


def test_copies_that_are_missing_are_made_again_and_those_that_are_there_kept(task: Task, tmp_path: Path) -> None:
    log = run(deterministic(batch_size=8), task, tmp_path, repeats=2)
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:-6]))
    left = read_log(log.path).outputs
    model = deterministic(lambda request: request.prompt + "!", batch_size=8)
    again = run(model, task, tmp_path, repeats=2)
    assert asked(model) == [names(16, 24)]
    assert {key: again.outputs[key] for key in left} == dict(left)
    assert sum(str(output.text).endswith("!") for output in again.outputs.values()) == 5


def test_copies_of_an_error_are_errors_and_are_asked_again(task: Task, tmp_path: Path) -> None:
    def fails(request: Request) -> Output | str:
        bad = request.sample_id == "s03"
        return Output(finish_reason="error", error="no") if bad else request.prompt

    log = run(deterministic(fails), task, tmp_path, repeats=2)
    assert [log.outputs["s03", repeat, 0].error for repeat in range(2)] == ["no", "no"]
    log = run(deterministic(), task, tmp_path, repeats=2)
    assert all(output.finish_reason == "stop" for output in log.outputs.values())


def by_length(reply: Callable[[Request], Any] | None = None, **settings: Any) -> Any:
    model = model_of(*([reply] if reply else []), **settings)
    model.pads_to_longest = True  # type: ignore[attr-defined]
    return model


def test_batches_by_length_change_no_output(write_task: Callable[..., Path], tmp_path: Path) -> None:
    from evalsuite.task import load_task

    task = load_task(str(write_task(N)))
    model = by_length(batch_size=5)
    log = run(model, task, tmp_path / "a")
    assert log.header["batch_order"] == BY_LENGTH
    lengths = [len(request.prompt) for call in model.calls for request in call]
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) > 1
    plain = run(model_of(batch_size=5), task, tmp_path / "b")
    assert "batch_order" not in plain.header
    assert {key: one.text for key, one in log.outputs.items()} == {key: one.text for key, one in plain.outputs.items()}


def test_a_run_goes_on_in_the_order_it_began_with(task: Task, tmp_path: Path) -> None:
    run(model_of(batch_size=5), task, tmp_path, limit=7)
    model = by_length(batch_size=5)
    run(model, task, tmp_path)
    assert asked(model) == [names(5, 10), names(10, 15), names(15, 20), names(20, 24)]
    first = by_length(batch_size=6)
    log = run(first, task, tmp_path / "other")
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:-2]))
    again = model_of(batch_size=6)  # a model that says nothing of an order, in a run that has one
    run(again, task, tmp_path / "other")
    assert asked(again) == asked(first)[-1:]
