"""From outputs to scores, through rows that are kept."""

from evalsuite.scoring.rowcache import RowCache, StoredRows, load_stored_rows
from evalsuite.scoring.rows_ahead import RowsAhead
from evalsuite.scoring.score import (
    ComputeRows,
    ScoringInput,
    bootstrap_seed,
    check_references,
    make_metric,
    row_signature,
    score_all,
    score_outputs,
    task_metrics,
)

__all__ = [
    "ComputeRows",
    "RowCache",
    "RowsAhead",
    "ScoringInput",
    "StoredRows",
    "bootstrap_seed",
    "check_references",
    "load_stored_rows",
    "make_metric",
    "row_signature",
    "score_all",
    "score_outputs",
    "task_metrics",
]
