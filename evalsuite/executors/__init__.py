"""Where a model runs: in this process, or in several of a Ray cluster."""

from evalsuite.executors.base import Asking, Batch, Executor
from evalsuite.executors.choice import EXECUTORS, make_executor, run_on
from evalsuite.executors.local import LocalExecutor

__all__ = ["EXECUTORS", "Asking", "Batch", "Executor", "LocalExecutor", "make_executor", "run_on"]
