"""MLflow: a run for each run, found again by its id."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.trackers.base import check_options, need_package

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.trackers.base import TrackedRun

__all__ = ["MlflowTracker", "open_tracker"]

_TAG = "evalsuite.run"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_. /-]")
_MOST_METRICS, _MOST_PARAMS, _LONGEST_PARAM = 1000, 100, 500  # in one request, of any server


@dataclass(frozen=True, slots=True, kw_only=True)
class MlflowTracker:
    """Tells MLflow of runs: a server, or a folder of files."""

    uri: str
    experiment: str

    def log(self, run: TrackedRun) -> str:
        """Track the run: settings as parameters, numbers and curves as metrics, the report's path as a tag."""
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # a run that is over must not wait for minutes
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
        if "://" not in self.uri or self.uri.startswith("file:"):
            os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")  # a folder was asked for
        from mlflow.entities import Metric, Param, RunTag
        from mlflow.tracking import MlflowClient

        client = MlflowClient(tracking_uri=self.uri)
        experiment = self._experiment(client)
        found = self._found(client, experiment, run)
        tags = {_TAG: run.id, "evalsuite.report": str(run.report), "evalsuite.task": run.task}
        if found is None:
            found = client.create_run(experiment, run_name=run.name, tags=tags)
        run_id = found.info.run_id
        # A parameter is set once; those that may change while a run goes on are tags, which may.
        fresh = {key: value for key, value in run.config.items() if found.data.params.get(_name(key)) is None}
        params = [Param(_name(key), value[:_LONGEST_PARAM]) for key, value in fresh.items()]
        for start in range(0, len(params), _MOST_PARAMS):
            client.log_batch(run_id, params=params[start : start + _MOST_PARAMS])
        client.log_batch(
            run_id,
            tags=[RunTag(key, value) for key, value in tags.items()]
            + [RunTag(f"evalsuite.{key}", run.config[key]) for key in ("repeats", "limit") if key in run.config],
        )
        now = int(time.time() * 1000)
        metrics = [Metric(name, value, now, 0) for name, value in _named(run.scalars).items()]
        for name, points in _named(run.curves).items():
            metrics += [Metric(name, value, now, at) for at, value in points]
        for start in range(0, len(metrics), _MOST_METRICS):
            client.log_batch(run_id, metrics=metrics[start : start + _MOST_METRICS])
        client.set_terminated(run_id)
        return f"{self.uri}, experiment {self.experiment}, run {run_id}"

    def _experiment(self, client: Any) -> str:
        found = client.get_experiment_by_name(self.experiment)
        return str(client.create_experiment(self.experiment) if found is None else found.experiment_id)

    def _found(self, client: Any, experiment: str, run: TrackedRun) -> Any:
        found = client.search_runs([experiment], f"tags.`{_TAG}` = '{run.id}'", max_results=1)
        return found[0] if found else None


def open_tracker(options: Mapping[str, str], *, root: Path) -> MlflowTracker:
    """Open it; options ``uri`` (``MLFLOW_TRACKING_URI``, or else ``mlruns`` beside the runs) and ``experiment``."""
    check_options("mlflow", options, ("uri", "experiment"))
    need_package("mlflow", "mlflow")
    uri = options.get("uri") or os.environ.get("MLFLOW_TRACKING_URI") or str(root / "mlruns")
    return MlflowTracker(
        uri=uri if "://" in uri or uri.startswith("file:") else Path(uri).resolve().as_uri(),
        experiment=options.get("experiment") or os.environ.get("MLFLOW_EXPERIMENT_NAME") or "evalsuite",
    )


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by names that MLflow takes; of two that would be called the same, the second has a number."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        base = plain = _name(name)
        number = 2
        while plain in found:
            plain, number = f"{base}_{number}", number + 1
        found[plain] = value
    return found


def _name(text: str) -> str:
    return _NOT_IN_NAMES.sub("_", text)[:250]
