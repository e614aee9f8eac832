"""BLEU of counts, as sacrebleu computes it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from evalsuite.kernels.arguments import check_flag, check_integer
from evalsuite.kernels.bleu import MAX_BLEU_ORDER
from evalsuite.text.result import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MAX_NGRAM_ORDER", "SMOOTH_DEFAULTS", "BLEUScore", "check_smooth_method", "score_counts"]

SMOOTH_DEFAULTS: Final[dict[str, float | None]] = {"none": None, "floor": 0.1, "add-k": 1, "exp": None}
"""Methods for orders without matches, and their values."""
MAX_NGRAM_ORDER: Final = 4

Counts: TypeAlias = "Sequence[float] | NDArray[np.float32]"
_LOG_ZERO: Final = -9999999999


class BLEUScore(Score):
    """A BLEU score and its parts.

    Parameters
    ----------
    score : float
        0 to 100.
    counts, totals : list of int
        Matching n-grams and all n-grams of the hypotheses, by order; "add-k" has added to both.
    precisions : list of float
        By order, 0 to 100.
    bp : float
        Brevity penalty, 0 to 1.
    sys_len, ref_len : int
        Tokens of the hypotheses, and of the references closest in length.

    Attributes
    ----------
    prec_str : str
        The precisions as they are printed.
    ratio : float
        `sys_len` over `ref_len`, 0 where that is 0.
    """

    def __init__(
        self,
        score: float,
        counts: Sequence[float],
        totals: Sequence[float],
        precisions: Sequence[float],
        bp: float,
        sys_len: int,
        ref_len: int,
    ) -> None:
        super().__init__("BLEU", score)
        self.counts = counts
        self.totals = totals
        self.precisions = precisions
        self.bp = bp
        self.sys_len = sys_len
        self.ref_len = ref_len

    @property
    def prec_str(self) -> str:
        """The precisions as they are printed."""
        return "/".join([f"{precision:.1f}" for precision in self.precisions])

    @property
    def ratio(self) -> float:
        """Length of the hypotheses over length of the references; 0 where that is 0."""
        return self.sys_len / self.ref_len if self.ref_len else 0

    @property
    def _verbose(self) -> str:
        return (
            f"{self.prec_str} (BP = {self.bp:.3f} ratio = {self.ratio:.3f} "
            f"hyp_len = {self.sys_len:d} ref_len = {self.ref_len:d})"
        )


def score_counts(
    correct: Counts,
    total: Counts,
    sys_len: int,
    ref_len: int,
    smooth_method: str = "none",
    smooth_value: float | None = None,
    effective_order: bool = False,
    max_ngram_order: int = MAX_NGRAM_ORDER,
) -> BLEUScore:
    """Compute BLEU from its statistics.

    Parameters
    ----------
    correct, total : sequence of int, or array of float32
        Matching n-grams and all n-grams, by order; they are left as they are. 32-bit floats stay such, as in
        sacrebleu's resamples.
    sys_len, ref_len : int
        Tokens of hypotheses and references.
    smooth_method, smooth_value, effective_order, max_ngram_order
        See `evalsuite.text.bleu.BLEU`.

    Returns
    -------
    BLEUScore

    Raises
    ------
    ValueError
        If `smooth_method` is unknown, or the counts have fewer than `max_ngram_order` orders.
    """
    check_integer(max_ngram_order, "max_ngram_order", 1, MAX_BLEU_ORDER)
    effective_order = check_flag(effective_order, "effective_order")
    # Indexed below, and with "add-k" changed: a copy of the same kind, so that arrays round as arrays do.
    counts: Any = correct.copy() if isinstance(correct, np.ndarray) else list(correct)
    totals: Any = total.copy() if isinstance(total, np.ndarray) else list(total)
    if smooth_value is None:
        smooth_value = SMOOTH_DEFAULTS[check_smooth_method(smooth_method)]
    if min(len(counts), len(totals)) < max_ngram_order:
        raise ValueError(f"`correct` and `total` must have {max_ngram_order} orders; found {len(counts)}")
    bp = 1.0
    if sys_len < ref_len:
        bp = math.exp(1 - ref_len / sys_len) if sys_len > 0 else 0.0
    precisions = [0.0] * max_ngram_order
    if not any(counts):
        return BLEUScore(0.0, counts, totals, precisions, bp, sys_len, ref_len)
    n_orders = max_ngram_order
    divisor = 1.0
    for index in range(max_ngram_order):
        if smooth_method == "add-k" and index > 0:
            counts[index] += smooth_value
            totals[index] += smooth_value
        if totals[index] == 0:
            break
        if effective_order:
            n_orders = index + 1
        if counts[index] != 0:
            precisions[index] = 100.0 * counts[index] / totals[index]
        elif smooth_method == "exp":
            divisor *= 2
            precisions[index] = 100.0 / (divisor * totals[index])
        elif smooth_method == "floor":
            precisions[index] = 100.0 * smooth_value / totals[index] if smooth_value is not None else 0.0
    logs = [_LOG_ZERO if p == 0.0 else math.log(p) for p in precisions[:n_orders]]
    # sum() and not a kernel: from Python 3.12 on it compensates for rounding, and scores move with it.
    score = bp * math.exp(sum(logs) / n_orders)
    return BLEUScore(score, counts, totals, precisions, bp, sys_len, ref_len)


def check_smooth_method(found: str) -> str:
    """Return the name of a method; ValueError if it is unknown."""
    if found not in SMOOTH_DEFAULTS:
        known = ", ".join(map(repr, SMOOTH_DEFAULTS))
        raise ValueError(f"`smooth_method` must be one of {known}; found {found!r}")
    return found
