"""The requests of a run, each rendered when it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalsuite.runner.done import Done
    from evalsuite.runner.plan import RunPlan
    from evalsuite.types import Request, Sample

__all__ = ["missing_requests", "request_of", "requests_of_turn"]


def request_of(plan: RunPlan, done: Done, sample: Sample, repeat: int, turn: int) -> Request | None:
    """Return a request; None where the turns before have no sound output, or the task asks no such turn."""
    history = done.history(sample.id, repeat, turn) if turn else []
    if history is None:
        return None
    return plan.task.request(
        sample,
        repeat=repeat,
        turn=turn,
        history=history,
        run_seed=plan.run_seed,
        num_fewshot=plan.config.num_fewshot,
    )


def requests_of_turn(plan: RunPlan, done: Done, samples: Sequence[Sample], turn: int) -> Iterator[Iterator[Request]]:
    """Yield the requests of each repeat, in the samples' order."""
    for repeat in range(plan.repeats):
        asked = (request_of(plan, done, sample, repeat, turn) for sample in samples)
        yield (request for request in asked if request is not None)


def missing_requests(plan: RunPlan, done: Done, samples: Sequence[Sample], turn: int) -> Iterator[Request]:
    """Yield the requests of a turn that have no sound output."""
    for repeat in range(plan.repeats):
        for sample in samples:
            if not done.has((sample.id, repeat, turn)):
                request = request_of(plan, done, sample, repeat, turn)
                if request is not None:
                    yield request
