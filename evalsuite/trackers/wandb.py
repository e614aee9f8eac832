"""Weights & Biases: a run for each run, with the same id."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import UsageError
from evalsuite.trackers.base import check_options, need_package

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.trackers.base import TrackedRun

__all__ = ["WandbTracker", "open_tracker"]

_MODES = ("online", "offline", "disabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class WandbTracker:
    """Tells wandb of runs. Its key comes from where wandb takes it: ``WANDB_API_KEY`` or ``wandb login``."""

    project: str
    entity: str | None
    mode: str | None
    folder: Path

    def log(self, run: TrackedRun) -> str:
        """Track the run: settings as its config, numbers as its summary, curves as its history."""
        wandb: Any = import_module("wandb")
        self.folder.mkdir(parents=True, exist_ok=True)
        # Only what is told here is sent: no command line, no code, no git, no output of the terminal, no samples of the
        # machine. A prompt for a key must not keep a run that is done waiting.
        settings = wandb.Settings(
            console="off",
            disable_code=True,
            disable_git=True,
            disable_job_creation=True,
            login_timeout=20,
            save_code=False,
            silent=True,
            x_disable_machine_info=True,
            x_disable_meta=True,
            x_disable_stats=True,
        )
        begun: Any = wandb.init(
            project=self.project,
            entity=self.entity,
            mode=self.mode,
            dir=str(self.folder),
            id=run.id[:32],
            name=run.name,
            group=run.task,
            job_type="evaluation",
            resume="allow",
            config={**run.config, "report": str(run.report)},
            settings=settings,
            allow_val_change=True,  # of a run that was tracked before with fewer repeats
            reinit="create_new",
        )
        try:
            for name, points in run.curves.items():
                begun.define_metric(name, step_metric="at")
                for at, value in points:
                    begun.log({"at": at, name: value})
            begun.summary.update(dict(run.scalars))
            return str(begun.dir if begun.offline else begun.url)
        finally:
            begun.finish()


def open_tracker(options: Mapping[str, str], *, root: Path) -> WandbTracker:
    """Open it; options ``project``, ``entity``, ``mode`` and ``dir``."""
    check_options("wandb", options, ("project", "entity", "mode", "dir"))
    mode = options.get("mode")
    if mode is not None and mode not in _MODES:
        raise UsageError(f'--track wandb: mode must be one of {", ".join(_MODES)}, found "{mode}"')
    need_package("wandb", "wandb")
    return WandbTracker(
        project=options.get("project", "evalsuite"),
        entity=options.get("entity"),
        mode=mode,
        folder=Path(options.get("dir", root)),
    )
