"""Cut a run's requests into batches that do not depend on where it was interrupted."""

from __future__ import annotations

import hashlib
from itertools import chain, islice
from typing import TYPE_CHECKING

from evalsuite.answering import key_of
from evalsuite.executors import Batch
from evalsuite.runner.requests import request_of, requests_of_turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalsuite.runner.done import Done
    from evalsuite.runner.plan import RunPlan
    from evalsuite.types import Request, Sample

__all__ = ["BY_LENGTH", "batches", "batches_of_window", "finds_copies"]

BY_LENGTH = "length"
_WINDOW = 1024
"""Samples among which requests are sorted and compared: enough to fill batches with equals, and few to hold at once."""


def batches(
    plan: RunPlan, done: Done, samples: Sequence[Sample], turn: int, batch_size: int, order: str | None
) -> Iterator[Batch]:
    """Yield the batches of a turn of which anything is missing.

    Without an order they are slices of the samples, repeat by repeat. With one, or where equal requests are asked
    once, they are cut from windows of samples with all their repeats, each sorted by itself.
    """
    if order is None and not finds_copies(plan):
        for repeat in range(plan.repeats):
            for start in range(0, len(samples), batch_size):
                # The last slice within a limit is cut off there: what lies beyond was not asked for.
                part = samples[start : start + batch_size]
                asked = [request for one in part if (request := request_of(plan, done, one, repeat, turn))]
                if asked and not all(done.has(key_of(request)) for request in asked):
                    yield Batch(tuple(asked))
        return
    window = -(-_WINDOW // batch_size) * batch_size
    for start in range(0, len(samples), window):
        asked = list(chain.from_iterable(requests_of_turn(plan, done, samples[start : start + window], turn)))
        for batch in batches_of_window(asked, batch_size, order=order, find_copies=finds_copies(plan)):
            if not all(done.has(key_of(request)) for request in batch.all_requests()):
                yield batch


def finds_copies(plan: RunPlan) -> bool:
    """Whether equal requests have equal outputs, whatever their seeds, so that one of them is asked for all."""
    return bool(getattr(plan.model, "deterministic", False)) and plan.config.temperature == 0


def batches_of_window(
    requests: Iterable[Request], batch_size: int, *, order: str | None, find_copies: bool
) -> Iterator[Batch]:
    """Cut requests into batches, longest prompts first where the order is by length; equal ones count once."""
    copies: dict[bytes | int, list[Request]] = {}
    for number, request in enumerate(requests):
        copies.setdefault(_content(request) if find_copies else number, []).append(request)
    groups = list(copies.values())
    if order == BY_LENGTH:  # the longest first, so that what does not fit into memory shows at once
        groups.sort(key=lambda group: -len(group[0].prompt))
    remaining = iter(groups)
    while taken := list(islice(remaining, batch_size)):
        yield Batch(
            tuple(group[0] for group in taken),
            {i: tuple(group[1:]) for i, group in enumerate(taken) if len(group) > 1},
        )


def _content(request: Request) -> bytes:
    """Return a digest of all of a request that a model reads but its seed."""
    said = [
        request.ask,
        *request.choices,
        request.prompt,
        *(part for message in request.messages for part in (message.role, message.content)),
    ]
    digest = hashlib.blake2b(digest_size=16)
    for text in said:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data) + data)
    for image in request.images:
        digest.update(repr(image.shape).encode() + image.tobytes())
    return digest.digest()
