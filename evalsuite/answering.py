"""What a model answers, with what is known of the request; and each answer as it comes, of models that give them so."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from evalsuite.errors import EvalsuiteError
from evalsuite.models.checked import check_likelihoods, check_outputs
from evalsuite.types import Output, Request

if TYPE_CHECKING:
    from evalsuite.models.base import StreamingModel
    from evalsuite.runlog.reader import Key
    from evalsuite.task import Task
    from evalsuite.types import GenerationConfig

__all__ = ["describe", "filled", "key_of", "stream"]


def key_of(one: Request | Output) -> Key:
    """Return what a request and its output are known by: sample, repeat and turn."""
    return (one.sample_id, one.repeat, one.turn)


def filled(output: Output, request: Request, seconds: float) -> Output:
    """Return the output with what the runner knows: the request's key and seed, and the time if the model gave none."""
    return replace(
        output,
        sample_id=request.sample_id,
        repeat=request.repeat,
        turn=request.turn,
        seed=request.seed,
        seconds=seconds if output.seconds is None else output.seconds,
    )


def describe(error: BaseException) -> str:
    """Return a model's exception as the text of an error output."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # the text of a model's own exception is its own code too
        return f"{type(error).__name__}, whose text cannot be made"


class _Taken(Iterator[Request]):
    """Requests as a model takes them: which are open and since when, and whether one could not be made."""

    def __init__(self, requests: Iterator[Request]) -> None:
        self._requests = requests
        self.open: dict[Key, tuple[Request, float]] = {}
        self.fault: Exception | None = None

    def __next__(self) -> Request:
        try:
            request = next(self._requests)
        except StopIteration:
            raise
        except Exception as error:
            self.fault = error
            raise
        self.open[key_of(request)] = (request, time.perf_counter())
        return request


def stream(
    task: Task, model: StreamingModel, config: GenerationConfig, requests: Iterator[Request]
) -> Generator[Output]:
    """Let the model answer requests as it takes them, and yield each output that comes; every request gets one."""
    taken = _Taken(requests)
    for first in taken:  # with this one in hand each round answers at least one, even of a model that fails at once
        failure = "the model returned no output"
        try:
            with closing(_each(model, chain([first], taken), config)) as answers:
                for request, output in answers:
                    known, started = taken.open.pop(key_of(request), (None, 0.0))
                    if known is None:
                        raise ValueError(f"the model answered a request that is not open: {key_of(request)}")
                    yield _checked(task, known, output, time.perf_counter() - started)
        except (EvalsuiteError, KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # whatever a model raises concerns its samples, not the run
            if taken.fault is not None:
                raise
            failure = describe(error)
        while taken.open:
            request, started = taken.open.pop(next(iter(taken.open)))
            yield filled(Output(finish_reason="error", error=failure), request, time.perf_counter() - started)


def _each(
    model: StreamingModel, requests: Iterator[Request], config: GenerationConfig
) -> Generator[tuple[Request, Output]]:
    yield from model.generate_each(requests, config)  # and is closed with us


def _checked(task: Task, request: Request, output: object, seconds: float) -> Output:
    try:
        if task.ask != "text":
            (sound,) = check_likelihoods([output], [request], delimiter=task.target_delimiter)
        else:
            (sound,) = check_outputs([output], 1, task.modality, image_shape=task.image_shape)
    except (TypeError, ValueError) as error:
        sound = Output(finish_reason="error", error=describe(error))
    return filled(sound, request, seconds)
