"""BERTScore of unrelated texts, by which scores are rescaled."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import InputError
from evalsuite.kernels.arguments import check_integer, check_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["check_baseline", "read_baseline"]


def read_baseline(path: str | Path, num_layers: int) -> tuple[float, float, float]:
    r"""Read precision, recall and F of unrelated texts from one of bert-score's files: LAYER,P,R,F, a line a layer.

    Raises
    ------
    InputError
        If the file cannot be read, or has no such layer.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "roberta-large.tsv"
    >>> _ = path.write_text("LAYER,P,R,F\n0,0.31,0.32,0.33\n1,0.81,0.82,0.83\n")
    >>> read_baseline(path, 1)
    (0.81, 0.82, 0.83)
    """
    path = check_path(path, "path")
    num_layers = check_integer(num_layers, "num_layers", 0, 2**16)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                if int(line["LAYER"]) == num_layers:
                    return float(line["P"]), float(line["R"]), float(line["F"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: expected a baseline with columns LAYER,P,R,F: {error!r}") from error
    raise InputError(f"{path}: has no line for layer {num_layers}")


def check_baseline(baseline: Sequence[float]) -> NDArray[np.float64]:
    """Return precision, recall and F of unrelated texts as an array; ValueError if they are none."""
    try:
        values = np.asarray(baseline, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"`baseline` must be three numbers: precision, recall and F; found {baseline!r:.100}") from None
    if values.shape != (3,) or not (np.isfinite(values) & (values < 1)).all():
        raise ValueError(f"`baseline` must be finite precision, recall and F below 1; found {baseline!r:.100}")
    return values
