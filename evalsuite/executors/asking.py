"""Ask a model a batch of requests: what local runs and remote workers do alike."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from evalsuite.answering import describe, filled
from evalsuite.errors import EvalsuiteError
from evalsuite.executors.time_limit import TimeLimitReached, time_limit
from evalsuite.models.base import LikelihoodModel
from evalsuite.models.checked import check_likelihoods, check_outputs
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.executors.base import Asking
    from evalsuite.models.base import Model
    from evalsuite.types import Request

__all__ = ["ask", "prepare"]


def prepare(model: Model, asking: Asking) -> None:
    """Load the model's weights, and tell it the samples' ids where it wants to know them."""
    load = getattr(model, "load", None)
    if load is not None:
        load()
    bind = getattr(model, "bind", None)
    if bind is not None:
        bind(list(asking.sample_ids))


def ask(model: Model, asking: Asking, requests: Sequence[Request]) -> list[Output]:
    """Ask the model; if the batch fails, ask for each request alone and record an error for those that fail."""
    n = len(requests)
    padding = [] if model.batch_invariant else [requests[-1]] * (asking.batch_size - n)
    limit = asking.sample_seconds
    started = time.perf_counter()
    try:
        asked = [*requests, *padding]
        with time_limit(None if limit is None else limit * len(asked)):
            answers = _answers(model, asking, asked)
        if asked[0].ask != "text":
            outputs = check_likelihoods(answers, asked, delimiter=asking.delimiter)
        else:
            outputs = check_outputs(
                answers,
                len(asked),
                asking.modality,
                image_shape=asking.image_shape,
                references=model.spec.startswith("files:"),
            )
    except (EvalsuiteError, KeyboardInterrupt):
        raise  # a missing package or a wrong weights file concerns every request
    except (
        BaseException
    ) as error:  # whatever a model raises concerns its samples alone; a panic in Rust is no Exception
        if n > 1:
            return [output for request in requests for output in ask(model, asking, [request])]
        late = isinstance(error, TimeLimitReached)
        text = f"broken off after {limit:g} s, the time limit of a sample" if late else describe(error)
        outputs = [Output(finish_reason="error", error=text)]
    seconds = (time.perf_counter() - started) / n
    return [filled(output, request, seconds) for request, output in zip(requests, outputs, strict=False)]


def _answers(model: Model, asking: Asking, requests: Sequence[Request]) -> Sequence[Output]:
    if requests[0].ask == "text":
        return model.generate(requests, asking.config)
    assert isinstance(model, LikelihoodModel)  # as was found before the run
    return model.loglikelihood(requests, asking.config)
