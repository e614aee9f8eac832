"""The model in several processes of a Ray cluster, on one machine or many."""

from __future__ import annotations

import sys
from collections import deque
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.answering import filled
from evalsuite.errors import ModelError, UsageError
from evalsuite.executors.ray_cluster import check_ray, connect, error_of, failed, first_line
from evalsuite.executors.ray_tasks import Process, Task, Whole, finished_batches
from evalsuite.executors.ray_worker import Computer, Fault, ModelSource, Ready, Worker
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from evalsuite.executors.base import Asking, Batch
    from evalsuite.models.base import Model

__all__ = ["RayExecutor"]

_IN_FLIGHT = 2
"""Batches of a worker: one that it works on and one that waits, so that it is never idle."""
_MOST_DEATHS = 4
"""Of workers, over one batch, before its requests are asked one by one, and over one request, before it is an error."""
_COMPUTERS = 2
_ROOM_SECONDS = 10.0
"""How long the first worker may wait for a place before that is told."""


class RayExecutor:
    """Runs the model in processes of a Ray cluster. Satisfies `evalsuite.executors.Executor`.

    The cluster is the one that the environment variable ``RAY_ADDRESS`` names; without it, one is started on this
    machine. Each worker has a GPU where the cluster has any, else a processor core. A worker that dies, or whose
    machine does, is replaced, and its batches are asked again: they hold their own seeds, so nothing changes.

    Parameters
    ----------
    workers : int, optional
        Processes that hold the model; as many as there are GPUs, or else cores, when None.
    spec : str, optional
        How a worker opens the model. Without it the model itself is sent (pickled by value where it has to be).
    device : str, default "auto"
        For opening.
    """

    name = "ray"

    def __init__(self, *, workers: int | None = None, spec: str | None = None, device: str = "auto") -> None:
        self._n_workers = workers
        self._spec = spec
        self._device = device
        self._ray: Any = None
        self._source: Any = None
        self._asking: Any = None
        self._fingerprint = ""
        self._options: dict[str, Any] = {}
        self._processes: list[Process] = []
        self._computers: Iterator[Any] | None = None
        self._results: list[_Result] = []
        self._deaths = 0

    @property
    def n_remote(self) -> int:
        """Workers."""
        return len(self._processes)

    def start(self, model: Model, asking: Asking) -> str:
        """Connect, begin the workers, unless they have this model already, and wait until one of them has it.

        Raises
        ------
        DependencyError
            If ray is missing.
        UsageError
            If the cluster cannot be reached, or has no room for a worker.
        EvalsuiteError
            If the model cannot be loaded there.
        """
        check_ray(self._n_workers)
        self._ray = ray = import_module("ray")
        connect(ray)
        if self._processes and model.fingerprint == self._fingerprint:
            self._asking = ray.put(asking)
            for process in self._processes:
                process.ready = False
            return self._first_ready()
        self.release()
        resources = ray.cluster_resources()
        gpus = int(resources.get("GPU", 0)) if self._device != "cpu" else 0
        room = gpus or max(1, int(resources.get("CPU", 1)))
        self._options = {"num_gpus": 1, "num_cpus": 0} if gpus else {"num_cpus": 1, "num_gpus": 0}
        n_workers = min(self._n_workers or room, room)
        if self._n_workers is not None and self._n_workers > room:
            # A core can be shared, a GPU's memory mostly not.
            if gpus:
                raise UsageError(f"--workers {self._n_workers}: the Ray cluster has {gpus} GPUs, one a worker")
            n_workers, self._options = self._n_workers, {"num_cpus": room / self._n_workers, "num_gpus": 0}
        source = ModelSource(self._spec, self._device, None if self._spec else model)
        try:
            self._source, self._asking = ray.put(source), ray.put(asking)
        except TypeError as error:
            raise UsageError(
                f'--executor ray: model "{model.name}" cannot be sent to another process: {first_line(error)}. Give '
                "it by name (python:module:callable), or without what cannot be pickled, such as locks and open files"
            ) from error
        self._fingerprint = model.fingerprint
        self._processes = [self._begin() for _ in range(n_workers)]
        return self._first_ready()

    def answers(self, batches: Iterator[Batch]) -> Generator[tuple[Batch, list[Output]]]:
        """Keep every worker busy, and yield batches as they are done."""
        waiting: deque[Task] = deque()
        pending: dict[Any, tuple[Process, Task | None]] = {}
        for process in self._processes:
            if not process.ready:
                pending[process.actor.prepare.remote(self._asking)] = (process, None)
        exhausted = False
        while True:
            for process in self._processes:
                while process.ready and len(process.tasks) < _IN_FLIGHT:
                    if not waiting and not exhausted:
                        batch = next(batches, None)
                        if batch is None:
                            exhausted = True
                        else:
                            waiting.append(Task(batch, tuple(range(len(batch.requests))), Whole(batch)))
                    if not waiting:
                        break
                    given = waiting.popleft()
                    requests = [given.batch.requests[place] for place in given.places]
                    process.tasks.append(given)
                    pending[process.actor.answer.remote(requests)] = (process, given)
            if exhausted and not waiting and not any(process.tasks for process in self._processes):
                return
            done, _ = self._ray.wait(list(pending), num_returns=1)
            for ref in done:
                process, task = pending.pop(ref)
                if process not in self._processes:
                    continue  # it died, and was seen to by an earlier of its batches
                try:
                    result = self._ray.get(ref)
                except self._ray.exceptions.RayTaskError as error:
                    raise failed(error) from error
                except self._ray.exceptions.RayError as error:
                    for other in [other for other, (owner, _) in pending.items() if owner is process]:
                        del pending[other]
                    finished = self._bury(process, waiting, error)
                    fresh = self._processes[-1]
                    pending[fresh.actor.prepare.remote(self._asking)] = (fresh, None)
                    yield from finished
                    continue
                if task is None:
                    self._check_ready(result)
                    process.ready = True
                    continue
                process.tasks.remove(task)
                self._deaths = 0
                if isinstance(result, Fault):
                    raise error_of(result)
                task.whole.outputs.update(zip(task.places, result, strict=True))
                yield from finished_batches(task.whole)

    def submit(self, function: Callable[..., object], *arguments: object) -> Callable[[], object]:
        """Run a function on the cluster; one that is lost with its machine returns None."""
        if self._computers is None:
            remote = self._ray.remote(Computer).options(num_cpus=0, max_restarts=-1, max_task_retries=1)
            self._computers = cycle([remote.remote() for _ in range(_COMPUTERS)])
        result = _Result(self, next(self._computers).run.remote(function, *arguments))
        self._results.append(result)
        return result

    def close(self) -> None:
        """Fetch what was submitted."""
        for result in self._results:
            result()
        self._results = []
        self._asking = None

    def release(self) -> None:
        """End the processes."""
        for process in self._processes:
            self._ray.kill(process.actor)
        self._processes, self._computers, self._results = [], None, []
        self._source = self._asking = None

    def _begin(self) -> Process:
        remote = self._ray.remote(Worker).options(max_restarts=0, scheduling_strategy="SPREAD", **self._options)
        actor = remote.remote(self._source, [folder or str(Path.cwd()) for folder in sys.path])
        return Process(actor, placed=actor.__ray_ready__.remote())

    def _first_ready(self) -> str:
        refs = {process.actor.prepare.remote(self._asking): process for process in self._processes}
        patience: float | None = _ROOM_SECONDS
        while True:
            done, _ = self._ray.wait(list(refs), num_returns=1, timeout=patience)
            if not done:  # the model takes its time, or there is no room
                placed, _ = self._ray.wait([process.placed for process in self._processes], num_returns=1, timeout=0)
                if placed or self._tells_of_no_room():
                    patience = None
                continue
            process = refs.pop(done[0])
            try:
                ready = self._check_ready(self._ray.get(done[0]))
            except self._ray.exceptions.RayTaskError as error:
                raise failed(error) from error
            except self._ray.exceptions.RayError as error:
                self._count_death(error)
                self._processes.remove(process)
                self._processes.append(self._begin())
                refs[self._processes[-1].actor.prepare.remote(self._asking)] = self._processes[-1]
                continue
            process.ready = True
            return ready.device

    def _tells_of_no_room(self) -> bool:
        """Say that all workers have to wait, if that is so; a process that is slow to begin has a place already."""
        option = "num_gpus" if self._options["num_gpus"] else "num_cpus"
        each, kind = self._options[option], {"num_gpus": "GPU", "num_cpus": "CPU"}[option]
        free = self._ray.available_resources().get(kind, 0)
        if free >= each:
            return False
        sys.stderr.write(
            f"evalsuite: the Ray cluster has no room for a worker yet: each takes {each:g} {kind}, and {free:g} of "
            "them are free; waiting\n"
        )
        sys.stderr.flush()
        return True

    def _check_ready(self, result: Ready | Fault) -> Ready:
        if isinstance(result, Fault):
            raise error_of(result)
        if result.fingerprint != self._fingerprint:
            raise ModelError(
                f"the worker on {result.place} has another model under this name than the process that began the run "
                "(its files differ); give all machines the same files"
            )
        return result

    def _bury(self, process: Process, waiting: deque[Task], error: Exception) -> list[tuple[Batch, list[Output]]]:
        """Replace a dead worker and put its batches in front of the queue; return what is finished by giving up."""
        self._count_death(error)
        self._processes.remove(process)
        self._processes.append(self._begin())
        finished: list[tuple[Batch, list[Output]]] = []
        for task in reversed(process.tasks):
            if task is process.tasks[0] and process.ready:  # the one it worked on, which may be what killed it
                task.deaths += 1
            if task.deaths < _MOST_DEATHS:
                waiting.appendleft(task)
            elif len(task.places) > 1:
                waiting.extendleft(Task(task.batch, (place,), task.whole) for place in reversed(task.places))
            else:
                request = task.batch.requests[task.places[0]]
                text = f"{_MOST_DEATHS} worker processes died while they answered this request"
                task.whole.outputs[task.places[0]] = filled(Output(finish_reason="error", error=text), request, 0.0)
                self._deaths = 0
                finished.extend(finished_batches(task.whole))
        return finished

    def _count_death(self, error: Exception) -> None:
        self._deaths += 1
        most = 2 * _MOST_DEATHS + 4 * len(self._processes)
        if self._deaths > most:
            raise UsageError(
                f"--executor ray: {self._deaths} worker processes died one after the other, and none finished a batch "
                f"meanwhile; the last: {first_line(error)}. What was "
                "finished is kept; the same command continues"
            ) from error


class _Result:
    """The result of a submitted function, fetched once."""

    def __init__(self, executor: RayExecutor, ref: Any) -> None:
        self._executor = executor
        self._ref = ref
        self._value: object = None

    def __call__(self) -> object:
        if self._ref is not None:
            ray = self._executor._ray
            try:
                self._value = ray.get(self._ref)
            except ray.exceptions.RayError:  # it is computed again by whoever wants it
                self._value = None
            self._ref = None
        return self._value
