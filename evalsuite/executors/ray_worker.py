"""What runs on a Ray cluster's machines: a process that holds the model, and one that computes rows."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.errors import EvalsuiteError
from evalsuite.executors.asking import ask, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalsuite.executors.base import Asking
    from evalsuite.models.base import Model
    from evalsuite.types import Output, Request

__all__ = ["Computer", "Fault", "ModelSource", "Ready", "Worker"]


@dataclass(frozen=True, slots=True)
class ModelSource:
    """How a worker gets the model: it opens the spec, or takes the object as it was sent."""

    spec: str | None
    device: str
    model: Model | None

    def open(self) -> Model:
        """Return the model."""
        from evalsuite.models.spec import open_model

        if self.spec is not None:
            return open_model(self.spec, device=self.device)
        assert self.model is not None
        return self.model


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker's model is loaded."""

    fingerprint: str
    device: str
    place: str


@dataclass(frozen=True, slots=True)
class Fault:
    """An error that concerns every request, as a value: whatever class it has, it can be sent."""

    kind: str
    message: str


class Worker:
    """Holds a model and answers batches. Made an actor by the executor."""

    def __init__(self, source: ModelSource, path: Sequence[str]) -> None:
        for folder in reversed(path):  # where the run's process finds modules, this one must
            if folder not in sys.path:
                sys.path.insert(0, folder)
        self._source = source
        self._model: Model | None = None
        self._asking: Asking | None = None

    def prepare(self, asking: Asking) -> Ready | Fault:
        """Load the model, unless it is there from the run before."""
        try:
            model = self._source.open() if self._model is None else self._model
            prepare(model, asking)
        except EvalsuiteError as error:
            return Fault(type(error).__name__, str(error))
        self._model, self._asking = model, asking
        return Ready(model.fingerprint, model.device, f"{socket.gethostname()}, process {os.getpid()}")

    def answer(self, requests: Sequence[Request]) -> list[Output] | Fault:
        """Answer a batch."""
        assert self._model is not None
        assert self._asking is not None
        try:
            return ask(self._model, self._asking, requests)
        except EvalsuiteError as error:
            return Fault(type(error).__name__, str(error))


class Computer:
    """Runs functions, beside the workers. Made an actor by the executor."""

    def run(self, function: Callable[..., object], *arguments: object) -> object:
        """Return what the function returns."""
        return function(*arguments)
