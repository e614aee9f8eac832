"""Run models on tasks, score what they produced, and report: what the command line and `evalsuite.evaluate` share."""

from evalsuite.evaluation.cautions import cautions, remarks
from evalsuite.evaluation.from_python import evaluate
from evalsuite.evaluation.planning import plan_run
from evalsuite.evaluation.runs import Evaluation, priced, run_plan, write_leaderboard
from evalsuite.evaluation.scored import score_log

__all__ = [
    "Evaluation",
    "cautions",
    "evaluate",
    "plan_run",
    "priced",
    "remarks",
    "run_plan",
    "score_log",
    "write_leaderboard",
]
