"""Scores of resampled sums, with the rounding that they have in sacrebleu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_array, check_choice, check_finite, check_flag
from evalsuite.kernels.bleu import COMPENSATED_SUM, SMOOTH_METHODS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Held", "resampled_bleu", "resampled_chrf", "resampled_ter"]

Held: TypeAlias = Literal["float32, numpy 2", "float32, numpy 1", "float64", "int64"]
"""What sacrebleu holds sums in, and by which rules they are promoted."""

_HELD: Final = ("float32, numpy 2", "float32, numpy 1", "float64", "int64")


def resampled_bleu(
    sums: NDArray[Any],
    *,
    held: Held,
    smooth_method: str = "exp",
    smooth_value: float = 0.0,
    effective_order: bool = False,
) -> NDArray[np.float64]:
    """Compute BLEU of resampled sums as sacrebleu does from numpy's numbers.

    Parameters
    ----------
    sums : ndarray of float32, float64 or int64, shape (m, 2 + 2 * N)
        Sums of ``[hyp_len, ref_len, correct_1..N, total_1..N]``.
    held : {"float32, numpy 2", "float32, numpy 1", "float64", "int64"}
        What sacrebleu holds the sums in: 32-bit floats for the bootstrap, under the rules of numpy 2 or 1, and
        integers for approximate randomisation.
    smooth_method, smooth_value, effective_order
        See :func:`evalsuite.kernels.bleu_scores`; the value is not optional.

    Returns
    -------
    ndarray of float64, shape (m,)

    Raises
    ------
    TypeError
        If `sums` is not an array of numbers, or `smooth_value` not a number.
    ValueError
        If a shape or an option is not as above.

    Notes
    -----
    The formula is that of a corpus; only the rounding differs. With integers, what "add-k" adds is cut down to whole
    numbers, since sacrebleu stores it back into an array of integers.

    Examples
    --------
    >>> sums = np.array([[21, 23, 15, 7, 3, 0, 21, 18, 15, 12]])
    >>> resampled_bleu(sums, held="int64"), resampled_bleu(sums, held="float32, numpy 2")
    (array([19.9419528]), array([19.94195282]))
    """
    check_choice(held, "held", _HELD)
    check_choice(smooth_method, "smooth_method", SMOOTH_METHODS)
    rows, scores = _scored(sums)
    width = rows.shape[1]
    if width < 4 or width % 2:
        raise ValueError(f"`sums` must have 2 + 2 * N columns, N at least 1; found {width}")
    value = check_finite(smooth_value, "smooth_value")
    _rust.resampled_bleu(
        rows, width, held, smooth_method, value, check_flag(effective_order, "effective_order"), COMPENSATED_SUM, scores
    )
    return scores


def resampled_chrf(
    sums: NDArray[Any], *, held: Held, beta: float = 2, eps_smoothing: bool = False
) -> NDArray[np.float64] | NDArray[np.float32]:
    """Compute chrF of resampled sums as sacrebleu does from numpy's numbers.

    Parameters
    ----------
    sums : ndarray of float32, float64 or int64, shape (m, 3 * N)
        Sums of [hypothesis, reference, match] counts of N orders.
    held : {"float32, numpy 2", "float32, numpy 1", "float64", "int64"}
        See :func:`resampled_bleu`.
    beta : float, default 2
        Weight of recall.
    eps_smoothing : bool, default False
        Average F-scores of all orders, with a small number for zero.

    Returns
    -------
    ndarray of float64 or float32, shape (m,)
        32 bits wide where sacrebleu's is: for 32-bit sums under numpy 2, unless a score is Python's zero.

    Raises
    ------
    TypeError
        If `sums` is not an array of numbers, or `beta` not a number.
    ValueError
        If a shape or an option is not as above.

    Examples
    --------
    >>> resampled_chrf(np.array([[7, 9, 3, 6, 8, 1]]), held="int64")
    array([24.02166317])
    """
    check_choice(held, "held", _HELD)
    rows, scores = _scored(sums)
    width = rows.shape[1]
    if width % 3:
        raise ValueError(f"`sums` must have 3 * N columns, N at least 1; found {width}")
    check_finite(abs(beta) if isinstance(beta, int | float) else beta, "beta")
    factor = beta**2
    any_python = _rust.resampled_chrf(
        rows, width, held, float(factor), float(1 + factor), check_flag(eps_smoothing, "eps_smoothing"), scores
    )
    return _narrowed(scores, held, any_python=any_python)


def resampled_ter(sums: NDArray[Any], *, held: Held) -> NDArray[np.float64] | NDArray[np.float32]:
    """Compute TER of resampled sums as sacrebleu does from numpy's numbers.

    Parameters
    ----------
    sums : ndarray of float32, float64 or int64, shape (m, 2)
        Sums of [edits, reference length].
    held : {"float32, numpy 2", "float32, numpy 1", "float64", "int64"}
        See :func:`resampled_bleu`.

    Returns
    -------
    ndarray of float64 or float32, shape (m,)
        32 bits wide where sacrebleu's is: for 32-bit sums under numpy 2, unless a reference length is 0.

    Raises
    ------
    TypeError
        If `sums` is not an array of numbers.
    ValueError
        If a shape or an option is not as above.

    Examples
    --------
    >>> resampled_ter(np.array([[1.0, 3.0]]), held="float64")
    array([33.33333333])
    """
    check_choice(held, "held", _HELD)
    rows, scores = _scored(sums)
    if rows.shape[1] != 2:
        raise ValueError(f"`sums` must have 2 columns; found {rows.shape[1]}")
    any_python = _rust.resampled_ter(rows, held, scores)
    return _narrowed(scores, held, any_python=any_python)


def _scored(sums: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    check_array(sums, "sums", (np.float32, np.float64, np.int64), 2)
    if sums.shape[1] == 0:
        raise ValueError(f"`sums` must have at least one column; found shape {sums.shape}")
    return np.ascontiguousarray(sums, dtype=np.float64), np.empty(len(sums), dtype=np.float64)


def _narrowed(
    scores: NDArray[np.float64], held: Held, *, any_python: bool
) -> NDArray[np.float64] | NDArray[np.float32]:
    return scores.astype(np.float32) if held == "float32, numpy 2" and len(scores) and not any_python else scores
