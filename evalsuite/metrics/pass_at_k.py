"""Reliability at k from one set of n samples: pass@k, pass^k, G-Pass@k and mG-Pass@k."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.errors import UsageError
from evalsuite.metrics._at_k import AtKMetric
from evalsuite.metrics._options import check_positive
from evalsuite.stats import at_k

if TYPE_CHECKING:
    from evalsuite.metrics._votes import Votes

__all__ = ["GPassAtK", "MeanGPassAtK", "PassAtK", "PassHatK"]


@dataclass(frozen=True)
class PassAtK(AtKMetric):
    """pass@k: chance that at least one of k outputs is right, mean over samples, 0-1.

    Parameters
    ----------
    k : int, default 1
        Outputs, in [1, 10000].

    Notes
    -----
    ``1 - C(n - c, k) / C(n, k)`` for a sample with n outputs of which c are right [1]_, without bias; the mean over
    samples. What is right is as in `evalsuite.metrics.accuracy.Accuracy`: no answer, a cut-off one and a refusal are
    not; what is undecided or in error is not among the n. Range 0 to 1; higher is better.

    A sample with fewer than k such outputs has no value (``undecided``, or the outcome that all of them share, such as
    ``refused``). It is what a perfect judge of outputs would
    reach with k tries: no measure of what a user gets who has no such judge.

    A row is [chance, 1].

    References
    ----------
    .. [1] Chen et al., "Evaluating large language models trained on code", 2021, arXiv:2107.03374, section 2.1.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=f"answer: {x}", repeat=i) for i, x in enumerate([18, 18, 17, 3, 5])]
    >>> PassAtK(k=3).rows([Sample(id="1", input={}, references=("answer: 18",))], [outputs]).values
    array([[0.9, 1. ]])
    """

    name = "pass_at_k"

    def _expected(self, votes: Votes, k: int) -> float:
        return at_k.pass_at_k(votes.n, votes.n_right, k)


@dataclass(frozen=True)
class PassHatK(AtKMetric):
    """pass^k: chance that all of k outputs are right, mean over samples, 0-1.

    Parameters
    ----------
    k : int, default 1
        Outputs, in [1, 10000].

    Notes
    -----
    ``C(c, k) / C(n, k)`` for a sample with n outputs of which c are right [1]_, without bias; the mean over samples.
    What counts is as in `PassAtK`. Range 0 to 1; higher is better.

    A row is [chance, 1].

    References
    ----------
    .. [1] Yao, Shinn, Razavi and Narasimhan, "tau-bench: a benchmark for tool-agent-user interaction in real-world
       domains", 2024, arXiv:2406.12045.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=f"answer: {x}", repeat=i) for i, x in enumerate([18, 18, 18, 18, 5])]
    >>> PassHatK(k=2).rows([Sample(id="1", input={}, references=("answer: 18",))], [outputs]).values
    array([[0.6, 1. ]])
    """

    name = "pass_hat_k"

    def _expected(self, votes: Votes, k: int) -> float:
        return at_k.pass_hat_k(votes.n, votes.n_right, k)


@dataclass(frozen=True)
class GPassAtK(AtKMetric):
    """G-Pass@k: chance that at least a share tau of k outputs is right, mean over samples, 0-1.

    Parameters
    ----------
    k : int, default 1
        Outputs, in [1, 10000].
    tau : float, default 0.5
        Least share, in (0, 1]; 1 is pass^k.

    Notes
    -----
    The chance of at least ``ceil(tau * k)`` right ones under the hypergeometric distribution [1]_; the mean over
    samples. What counts is as in `PassAtK`. Range 0 to 1; higher is better.

    A row is [chance, 1].

    References
    ----------
    .. [1] Liu et al., "Are your LLMs capable of stable reasoning?", 2024, arXiv:2412.13147, equation 5.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=f"answer: {x}", repeat=i) for i, x in enumerate([18, 18, 17, 5])]
    >>> GPassAtK(k=2, tau=0.5).rows([Sample(id="1", input={}, references=("answer: 18",))], [outputs]).values.round(3)
    array([[0.833, 1.   ]])
    """

    name = "g_pass_at_k"

    tau: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.name, "tau", self.tau)
        if not math.isfinite(self.tau) or self.tau > 1:
            raise UsageError(f"{self.name}: `tau` must be a number in (0, 1], got {self.tau!r}")

    def _expected(self, votes: Votes, k: int) -> float:
        return at_k.g_pass_at_k(votes.n, votes.n_right, k, self.tau)


@dataclass(frozen=True)
class MeanGPassAtK(AtKMetric):
    """mG-Pass@k: G-Pass@k averaged over shares from one half to all, mean over samples, 0-1.

    Parameters
    ----------
    k : int, default 8
        Outputs, in [2, 10000]. For an odd k the greatest value is ``1 - 1 / k``.

    Notes
    -----
    ``2 / k`` times the sum of G-Pass@k at thresholds ``i / k``, i from ``ceil(k / 2) + 1`` to k [1]_; the mean over
    samples. What counts is as in `PassAtK`. Range 0 to 1; higher is better.

    A row is [chance, 1].

    References
    ----------
    .. [1] Liu et al., "Are your LLMs capable of stable reasoning?", 2024, arXiv:2412.13147, equation 6.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=f"answer: {x}", repeat=i) for i, x in enumerate([18, 18, 18, 5])]
    >>> MeanGPassAtK(k=4).rows([Sample(id="1", input={}, references=("answer: 18",))], [outputs]).values.round(3)
    array([[0.5, 1. ]])
    """

    name = "mg_pass_at_k"
    least_k = 2

    k: int = 8

    def _expected(self, votes: Votes, k: int) -> float:
        return at_k.mg_pass_at_k(votes.n, votes.n_right, k)
