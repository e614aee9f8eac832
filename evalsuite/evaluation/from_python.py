"""`evalsuite.evaluate`: run a model on tasks, from Python."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import UsageError
from evalsuite.evaluation.cautions import cautions
from evalsuite.evaluation.planning import plan_run
from evalsuite.evaluation.runs import priced, run_plan
from evalsuite.executors import make_executor, run_on
from evalsuite.task import Task, check_task_names, load_task, named_samples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalsuite.report.report import Report

__all__ = ["evaluate"]


def evaluate(
    model: object,
    tasks: str | Task | Sequence[str | Task],
    *,
    limit: int | None = None,
    repeats: int | None = None,
    num_fewshot: int | None = None,
    generation: Mapping[str, Any] | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    device: str = "auto",
    output: str | Path = "runs",
    adaptive: bool = False,
    precision: float | None = None,
    samples: Sequence[str] | Mapping[str, Sequence[str | int]] | None = None,
    timeout: float | None = None,
    executor: str = "local",
    workers: int | None = None,
    include_path: str | Path | Sequence[str | Path] = (),
    prices: str | Path | None = None,
    track: str | Sequence[str] = (),
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Report]:
    """Run a model on tasks and score what it produced.

    The same call again continues an interrupted run, and returns at once when all is there.

    Parameters
    ----------
    model : str or object
        A spec such as ``"zoo:ledger_cot"``; or any object with ``generate(requests, config)``, or a function from
        prompt to text; one with ``loglikelihood`` where tasks ask for log-probabilities. Give an object a
        ``fingerprint`` to let later calls continue its runs.
    tasks : str, Task, or sequence of them
        Registered names, paths of task files, or tasks.
    limit : int, optional
        The first so many samples of each task; all by default.
    repeats : int, optional
        Outputs of each sample, with different seeds; the task's own number by default, which is 1 for most.
    num_fewshot : int, optional
        Worked examples in the prompt; the task's own number by default.
    generation : mapping, optional
        Settings in place of the task's own: ``max_new_tokens``, ``temperature``, ``top_k``, ``top_p``, ``stop``.
    batch_size : int, optional
        Requests a call; the model's own by default.
    seed : int, default 0
        All randomness comes from it.
    device : str, default "auto"
    output : str or Path, default "runs"
        The folder for logs and reports.
    adaptive : bool, default False
        Ask only as many items as each task's horizon takes, at depths chosen as results come in; `limit` is then the
        most there may be. The report has the horizon alone.
    precision : float, optional
        Where that stops: half the width of H50's interval, over H50; 0.2 by default.
    samples : sequence of str, or mapping of str to sequence of str or int, optional
        Ids of the only samples to ask; or, by task, ids or places (from 0). Tasks that are not named have all asked.
    timeout : float, optional
        Seconds a sample may take; one that takes longer is an error.
    executor : {"local", "ray"}
        Where the model runs: in this process, or in several of a Ray cluster.
    workers : int, optional
        Processes of a Ray executor: one a GPU, or a core where there is none, by default.
    include_path : str, Path, or sequence of them, optional
        Folders whose tasks may be named, too: those of all ``task.toml`` in and below them.
    prices : str or Path, optional
        A table of prices, by which reports say what the runs cost.
    track : str or sequence of str, optional
        Trackers to tell of each finished run, such as ``"mlflow,experiment=small"``. One that fails costs a warning.
    progress : callable, optional
        Called with the task's name, the number of outputs done and wanted.

    Returns
    -------
    list of Report
        One a task, in order.

    Raises
    ------
    EvalsuiteError
        A subclass says what was wrong: an unknown name, a bad task file, an output folder that cannot be written.

    Examples
    --------
    >>> import evalsuite
    >>> report = evalsuite.evaluate(lambda prompt: "answer: 7", "ledger", limit=48)[0]  # doctest: +SKIP
    >>> report.primary.value  # doctest: +SKIP
    0.0
    """
    from evalsuite.models.adapt import adapt_model
    from evalsuite.models.spec import open_model
    from evalsuite.report.prices import read_prices
    from evalsuite.runlog.writer import probe_folder
    from evalsuite.trackers.opening import open_trackers
    from evalsuite.trackers.opening import track as tell

    if output == "":
        raise UsageError("output must name a folder, got an empty string")
    opened = open_model(model, device=device) if isinstance(model, str) else adapt_model(model)
    names = [tasks] if isinstance(tasks, (str, Task)) else list(tasks)
    include = [include_path] if isinstance(include_path, (str, Path)) else list(include_path)
    folders = [Path(folder) for folder in include]
    loaded = [load_task(task, folders) if isinstance(task, str) else task for task in names]
    root = Path(output)
    table = None if prices is None else read_prices(Path(prices))
    trackers = open_trackers([track] if isinstance(track, str) else list(track), root=root) if track else {}
    place = make_executor(executor, workers=workers, spec=model if isinstance(model, str) else None, device=device)
    plans = [
        plan_run(
            opened,
            task,
            root=root,
            limit=limit,
            repeats=repeats,
            num_fewshot=num_fewshot,
            generation=generation or {},
            batch_size=batch_size,
            seed=seed,
            adaptive=adaptive,
            precision=precision,
            sample_ids=named_samples(samples, task),
            timeout=timeout,
            executor=place,
        )
        for task in loaded
    ]
    check_task_names(samples, loaded)
    probe_folder(root)
    for caution in cautions(plans):
        warnings.warn(caution, stacklevel=2)
    reports: list[Report] = []
    with run_on(place):
        for plan in plans:
            told = (lambda name: lambda done, total: progress(name, done, total))(plan.task.name) if progress else None
            done = priced(run_plan(plan, progress=told), table)
            reports.append(done.report)
            tell(trackers, done.report, done.folder, warn=lambda message: warnings.warn(message, stacklevel=3))
    return reports
