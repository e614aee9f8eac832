"""Lines of worked solutions that state a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MOST_READ", "step_lines"]

MOST_READ: Final = 1_000_000
"""Characters of a text that are read, from its start."""


def step_lines(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    r"""Find the lines that state a step.

    Parameters
    ----------
    texts : sequence of str, length n
        Of each, the first million characters are read.

    Returns
    -------
    lines : ndarray of int64, shape (m, 5)
        ``[step, start, end, start of the last number, its end]``, in characters of the text; -1 where the line has no
        number. Of each step the first line, and the first one with a number.
    ends : ndarray of int64, shape (n,)
        Where the lines of each text end in `lines`.

    Raises
    ------
    TypeError
        If `texts` is one str or holds anything else.

    Notes
    -----
    ``docs/answers.md`` says what such a line is. In time linear in the texts.

    Examples
    --------
    >>> lines, ends = step_lines(["1: 5\nStep 2: 5 + 7 = 12", "none"])
    >>> lines
    array([[ 1,  3,  4,  3,  4],
           [ 2, 13, 23, 21, 23]])
    >>> ends
    array([2, 2])
    """
    lines, ends = _rust.step_lines(check_texts(texts, "texts", lowercase=False), MOST_READ)
    return np.frombuffer(lines, dtype=np.int64).reshape(-1, 5), np.frombuffer(ends, dtype=np.int64)
