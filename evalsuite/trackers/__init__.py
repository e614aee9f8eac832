"""Trackers of experiments: each is told of a finished run's report. By the name after ``--track``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.registry import Entry, Registry

if TYPE_CHECKING:
    from evalsuite.trackers.base import OpenTracker

__all__ = ["TRACKERS"]

TRACKERS: Registry[OpenTracker] = Registry(
    "tracker",
    "evalsuite.trackers",
    {
        "mlflow": Entry("evalsuite.trackers.mlflow:open_tracker", "MLflow: a server, or a folder."),
        "tensorboard": Entry("evalsuite.trackers.tensorboard:open_tracker", "Event files for TensorBoard."),
        "wandb": Entry("evalsuite.trackers.wandb:open_tracker", "Weights & Biases; offline by mode=offline."),
    },
)
