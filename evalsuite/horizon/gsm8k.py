"""Real verdicts to check the horizon by: four models of 2021 on GSM8K, counted by depth."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Final

import numpy as np

from evalsuite.errors import UsageError, did_you_mean
from evalsuite.horizon.records import DepthTable, count_records

__all__ = ["DEPTH_LABELS", "MODELS", "load_gsm8k_counts"]

DEPTH_LABELS: Final = ("solution_lines", "calculator_marks")
"""Lines of the written solution, and its calculator annotations; the second is a wrong label of depth, on purpose."""
MODELS: Final = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")
"""Fine-tuned models that answer once, and the same with a verifier that chooses among 100 answers."""


def load_gsm8k_counts(model: str, depth_label: str = "solution_lines") -> DepthTable:
    """Return how many of GSM8K's 1,319 test problems a model solved at each depth.

    Parameters
    ----------
    model : str
        One of `MODELS`.
    depth_label : str, default "solution_lines"
        One of `DEPTH_LABELS`. Problems whose label is 0 (18 without a calculator annotation) have no depth, and are
        left out.

    Returns
    -------
    DepthTable
        Every problem a cluster of its own.

    Raises
    ------
    UsageError
        If there is no such model or label.

    References
    ----------
    .. [1] Cobbe et al., "Training verifiers to solve math word problems", 2021, arXiv:2110.14168; problems, solutions
       and verdicts from its repository, MIT licence.

    Examples
    --------
    >>> load_gsm8k_counts("175b_verification").totals[0]
    array([258.,  68.])
    """
    for name, found, allowed in (("model", model, MODELS), ("depth_label", depth_label, DEPTH_LABELS)):
        if found not in allowed:
            raise UsageError(
                f'`{name}` must be one of {", ".join(allowed)}, got "{found}"{did_you_mean(found, allowed)}'
            )
    text = (files("evalsuite") / "horizon" / "gsm8k_counts" / "counts.csv").read_text("utf-8")
    depths: list[int] = []
    right: list[int] = []
    for row in csv.DictReader(text.splitlines()):
        depth, n, solved = int(row["depth"]), int(row["n"]), int(row[model])
        if row["depth_label"] == depth_label and depth > 0:
            depths += [depth] * n
            right += [1] * solved + [0] * (n - solved)
    return count_records(np.array(depths), np.array(right))
