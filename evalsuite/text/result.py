"""A score with its name, its interval and its printed forms."""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Score"]


class Score:
    """A score of a metric, printed as sacrebleu prints it.

    Parameters
    ----------
    name : str
        The metric's name, as in ``"BLEU"``.
    score : float
        The value, 0 to 100 mostly.
    """

    # Slots would be cheaper, but results of sacrebleu take any attribute.
    def __init__(self, name: str, score: float) -> None:
        self.name = name
        self.score = score
        # -1 stands for "no interval" in sacrebleu, whose users read these two.
        self._mean = -1.0
        self._ci = -1.0

    @property
    def _verbose(self) -> str:
        """What is printed after the number."""
        return ""

    def format(self, width: int = 2, score_only: bool = False, signature: str = "", is_json: bool = False) -> str:
        """Print the score.

        Parameters
        ----------
        width : int, default 2
            Decimals.
        score_only : bool, default False
            Only the number and its interval.
        signature : str, default ""
            A signature to print with the name.
        is_json : bool, default False
            As a JSON object, with the keys of `signature` among its own.

        Returns
        -------
        str
        """
        value = f"{self.score:.{width}f}"
        report: dict[str, object] = {"name": self.name, "score": float(value), "signature": signature}
        if self._mean > 0:
            mean, half_width = f"{self._mean:.{width}f}", f"{self._ci:.{width}f}"
            confidence = f"μ = {mean} ± {half_width}"
            value += f" ({confidence})"
            report |= {
                "confidence_mean": float(mean),
                "confidence_var": float(half_width),
                "confidence": confidence,
            }
        if score_only:
            return value
        verbose = self._verbose
        if is_json:
            if verbose:
                report["verbose_score"] = verbose
            for pair in signature.split("|") if signature else ():
                key, _, setting = pair.partition(":")
                report[key] = setting
            return json.dumps(report, indent=1, ensure_ascii=False)
        title = f"{self.name}|{signature}" if signature else self.name
        return f"{title} = {value} {verbose}" if verbose else f"{title} = {value}"

    def estimate_ci(self, scores: Iterable[Score]) -> None:
        """Take the 95% interval from the scores of resamples: half its width, and their mean in the middle."""
        self._set_interval([score.score for score in scores])

    def _set_interval(self, values: Sequence[float]) -> None:
        ordered = sorted(values)
        n_dropped = len(ordered) // 40
        self._ci = 0.5 * (ordered[len(ordered) - n_dropped - 1] - ordered[n_dropped])
        # statistics.mean and not numpy's: it is exact, and so is sacrebleu's.
        self._mean = statistics.mean(ordered)

    def __str__(self) -> str:
        return self.format()

    def __repr__(self) -> str:
        return self.format()
