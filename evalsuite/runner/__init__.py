"""Generate a task's outputs with a model, into a run log, so that nothing is lost and nothing is done twice."""

from evalsuite.runner.generate import generate
from evalsuite.runner.logs import is_complete, open_log
from evalsuite.runner.plan import ItemSelection, Progress, RunPlan, chosen_samples, run_identity

__all__ = [
    "ItemSelection",
    "Progress",
    "RunPlan",
    "chosen_samples",
    "generate",
    "is_complete",
    "open_log",
    "run_identity",
]
