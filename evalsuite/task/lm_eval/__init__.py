"""Tasks in the YAML of lm-evaluation-harness: a subset without code, read from local data."""

from evalsuite.task.lm_eval.load import lm_eval_head, load_lm_eval
from evalsuite.task.lm_eval.task import LmEvalTask

__all__ = ["LmEvalTask", "lm_eval_head", "load_lm_eval"]
