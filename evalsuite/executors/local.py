"""The model in this process, a batch at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.executors.asking import ask, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from evalsuite.executors.base import Asking, Batch
    from evalsuite.models.base import Model
    from evalsuite.types import Output

__all__ = ["LocalExecutor"]


class LocalExecutor:
    """Runs the model here. Satisfies `evalsuite.executors.Executor`."""

    name = "local"
    n_remote = None

    def __init__(self) -> None:
        self._model: Model | None = None
        self._asking: Asking | None = None

    def start(self, model: Model, asking: Asking) -> str:
        """Load the model."""
        prepare(model, asking)
        self._model, self._asking = model, asking
        return model.device

    def answers(self, batches: Iterator[Batch]) -> Generator[tuple[Batch, list[Output]]]:
        """Answer each batch when it is taken."""
        assert self._model is not None
        assert self._asking is not None
        for batch in batches:
            yield batch, ask(self._model, self._asking, batch.requests)

    def submit(self, function: Callable[..., object], *arguments: object) -> Callable[[], object]:
        """Run the function now, in the calling thread."""
        result = function(*arguments)
        return lambda: result

    def close(self) -> None:
        """Forget the run."""
        self._asking = None

    def release(self) -> None:
        """Forget the model, too; whoever opened it may keep it."""
        self._model = None
