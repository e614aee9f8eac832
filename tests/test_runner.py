"""The runner: fixed slices, runs that continue one another, and models that misbehave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from evalsuite.errors import DependencyError, RunLogError, SaveError, TaskError, UsageError
from evalsuite.evaluation import plan_run
from evalsuite.models.scripted import ScriptedModel
from evalsuite.rng import derive_seed
from evalsuite.runlog import RunLock, RunLog, read_log
from evalsuite.runner import generate
from evalsuite.task import Task, load_task
from evalsuite.types import Output, Request

WriteTask = Callable[..., Path]
N = 24


@pytest.fixture
def task(write_task: WriteTask) -> Task:
    return load_task(str(write_task(N)))


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


def test_every_sample_is_asked_once_in_slices(task: Task, tmp_path: Path) -> None:
    model = model_of(batch_size=10)
    log = run(model, task, tmp_path)
    assert asked(model) == [names(0, 10), names(10, 20), names(20, 24)]
    assert list(log.outputs) == [(name, 0, 0) for name in names(0, N)]
    for name in names(0, N):
        output = log.outputs[name, 0, 0]
        assert output.seed == derive_seed(0, "tiny", name, 0, 0)
        assert output.text == f"{name} 0 {output.seed}"
        assert output.seconds is not None


def test_seeds_are_pinned(task: Task, tmp_path: Path) -> None:
    # The first 8 bytes of: printf '%s' '[0,"tiny","s00",0,0]' | sha256sum
    log = run(model_of(), task, tmp_path, limit=1)
    assert f"{log.outputs['s00', 0, 0].seed:016x}" == "6a8a22fc65b69d3d"


def test_a_complete_run_asks_nothing_and_writes_nothing(task: Task, tmp_path: Path) -> None:
    before = run(model_of(), task, tmp_path)
    content = before.path.read_bytes()
    model = model_of(lambda request: pytest.fail("was asked"))
    assert run(model, task, tmp_path) == before
    assert run(model, task, tmp_path, limit=3).outputs == before.outputs
    assert before.path.read_bytes() == content


def test_a_larger_limit_and_more_repeats_continue_the_run(task: Task, tmp_path: Path) -> None:
    run(model_of(batch_size=8), task, tmp_path, limit=10)
    model = model_of(batch_size=8)
    run(model, task, tmp_path, limit=20)
    assert asked(model) == [names(8, 16), names(16, 20)]  # the slice that was cut off is asked whole
    model = model_of(batch_size=8)
    log = run(model, task, tmp_path, limit=9, repeats=2)
    assert asked(model) == [names(0, 8), names(8, 9)]
    assert {request.repeat for call in model.calls for request in call} == {1}
    assert len(log.outputs) == 29
    assert len({output.seed for output in log.outputs.values()}) == 29


def test_another_batch_size_continues_with_the_one_the_run_began_with(task: Task, tmp_path: Path) -> None:
    first = run(model_of(), task, tmp_path, limit=6, batch_size=6)
    assert first.header["batch_size"] == 6
    model = model_of(batch_size=3)
    second = run(model, task, tmp_path, batch_size=5)
    assert second.path == first.path
    assert asked(model) == [names(6, 12), names(12, 18), names(18, 24)]


@pytest.mark.parametrize("batch_size", [1, 7, 24, 1000])
def test_batch_size_does_not_change_outputs(task: Task, tmp_path: Path, batch_size: int) -> None:
    log = run(model_of(), task, tmp_path, batch_size=batch_size)
    assert [output.text for output in log.outputs.values()] == [
        f"{name} 0 {derive_seed(0, 'tiny', name, 0, 0)}" for name in names(0, N)
    ]


def test_a_slice_of_which_one_is_missing_is_asked_whole_and_what_was_there_is_kept(task: Task, tmp_path: Path) -> None:
    log = run(model_of(batch_size=8), task, tmp_path, batch_size=8)
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:-3]) + lines[-3][:9])
    model = model_of(lambda request: "new " + request.sample_id, batch_size=8)
    again = run(model, task, tmp_path)
    assert asked(model) == [names(16, 24)]
    changed = [key[0] for key, output in again.outputs.items() if output.text == f"new {key[0]}"]
    assert changed == names(21, 24)
    assert b'"torn_bytes":9' in log.path.read_bytes()


def test_a_model_that_is_not_batch_invariant_gets_padded_constant_batches(task: Task, tmp_path: Path) -> None:
    model = model_of(batch_size=10, batch_invariant=False)
    log = run(model, task, tmp_path)
    assert asked(model)[:2] == [names(0, 10), names(10, 20)]
    assert asked(model)[2] == [*names(20, 24), *["s23"] * 6]
    assert list(log.outputs) == [(name, 0, 0) for name in names(0, N)]
    assert log.path.read_bytes().count(b'"type":"output"') == N


def fail_on(*bad: str) -> Callable[[Request], Any]:
    def reply(request: Request) -> Any:
        if request.sample_id in bad:
            raise ValueError(f"no {request.sample_id}")
        return answer(request)

    return reply


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


def test_identity(task: Task, write_task: WriteTask, tmp_path: Path) -> None:
    def run_id(model: Any = None, of: Task = task, **settings: Any) -> str:
        return plan_run(model or model_of(), of, root=tmp_path, **settings).identity.id

    same = run_id()
    moved = model_of()
    moved.device = "cuda:1"  # type: ignore[misc]
    assert {run_id(limit=3), run_id(repeats=4), run_id(batch_size=5), run_id(moved)} == {same}
    halved = model_of()
    halved.dtype = "float16"  # type: ignore[misc]
    changed = [
        run_id(ScriptedModel(answer, fingerprint="other")),
        run_id(halved),
        run_id(seed=1),
        run_id(generation={"temperature": 0.5}),
        run_id(generation={"stop": ["x"]}),
        run_id(of=load_task(str(write_task(N, version=2)))),
        run_id(of=load_task(str(write_task(N - 1)))),
        run_id(of=load_task(str(write_task(N, prompt="Tell {word} {number}.")))),
        run_id(of=load_task(str(write_task(N, name="tiny2")))),
    ]
    assert len({same, *changed}) == 1 + len(changed)
    metrics = '[{ name = "chrf", primary = true }]'
    assert run_id(of=load_task(str(write_task(N, metrics=metrics)))) == same  # scoring is not generating


def test_the_log_of_another_run_in_the_folder_is_refused(task: Task, tmp_path: Path) -> None:
    run(model_of(), task, tmp_path, limit=2)
    theirs = plan_run(model_of(), task, root=tmp_path)
    ours = plan_run(model_of(), task, root=tmp_path, seed=1)
    ours.folder.mkdir(parents=True)
    theirs.log_path.rename(ours.log_path)
    content = ours.log_path.read_bytes()
    with pytest.raises(RunLogError, match="the log is of another run"):
        generate(ours)
    assert ours.log_path.read_bytes() == content


def test_a_run_in_use_is_refused(task: Task, tmp_path: Path) -> None:
    plan = plan_run(model_of(), task, root=tmp_path)
    plan.folder.mkdir(parents=True)
    with RunLock(plan.folder), pytest.raises(RunLogError, match="another process is working on this run"):
        generate(plan)


def test_a_torn_header_begins_anew(task: Task, tmp_path: Path) -> None:
    plan = plan_run(model_of(), task, root=tmp_path)
    whole = generate(plan).outputs
    header = plan.log_path.read_bytes().splitlines(keepends=True)[0]
    for content in (b"", b"\0" * 100, header[:1], header[:-1]):
        plan.log_path.write_bytes(content)
        assert [output.text for output in generate(plan).outputs.values()] == [output.text for output in whole.values()]


def test_a_folder_in_the_way_is_a_save_error(task: Task, tmp_path: Path) -> None:
    plan = plan_run(model_of(), task, root=tmp_path / "runs")
    (tmp_path / "runs").mkdir()
    plan.folder.parent.parent.touch()
    with pytest.raises(SaveError, match="cannot be made: Not a directory"):
        generate(plan)


def test_progress_counts_what_was_asked_for(task: Task, tmp_path: Path) -> None:
    run(model_of(batch_size=8), task, tmp_path, limit=16, repeats=2)
    said: list[tuple[int, int]] = []
    plan = plan_run(model_of(), task, root=tmp_path, limit=24)
    generate(plan, progress=lambda done, wanted: said.append((done, wanted)))
    assert said == [(16, 24), (24, 24)]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"limit": 0}, UsageError, "limit must be at least 1, got 0"),
        ({"repeats": -1}, UsageError, "repeats must be at least 1, got -1"),
        ({"batch_size": 0}, UsageError, "batch_size must be at least 1"),
        ({"seed": -1}, UsageError, "seed must be in"),
        ({"num_fewshot": 1}, TaskError, "has 0 worked examples, num_fewshot asks for 1"),
        ({"generation": {"temprature": 1}}, TaskError, 'unknown field "temprature"; did you mean "temperature"?'),
        ({"generation": {"temperature": 10**400}}, TaskError, "temperature is too large"),
        ({"generation": {"top_p": 1.5}}, TaskError, "top_p must be in"),
    ],
)
def test_settings_that_make_no_sense(
    task: Task, tmp_path: Path, settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        plan_run(model_of(), task, root=tmp_path, **settings)


def test_a_model_of_another_modality_is_refused(task: Task, tmp_path: Path) -> None:
    painter = model_of(modalities=frozenset({"image"}))
    with pytest.raises(UsageError, match='task "tiny" asks for text, model "scripted" generates image'):
        plan_run(painter, task, root=tmp_path)


def test_stop_strings_may_be_a_tuple_and_a_model_without_a_batch_size_gets_one(task: Task, tmp_path: Path) -> None:
    model = model_of(batch_size=0)
    plan = plan_run(model, task, root=tmp_path, generation={"stop": ("a", "b")}, limit=2)
    assert plan.config.stop == ("a", "b")
    generate(plan)
    assert [len(call) for call in model.calls] == [1, 1]
