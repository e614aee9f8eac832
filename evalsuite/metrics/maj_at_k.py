"""maj@k: how often the majority of k outputs is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.metrics._at_k import AtKMetric
from evalsuite.rng import derive_seed
from evalsuite.stats import majority_at_k

if TYPE_CHECKING:
    from evalsuite.metrics._votes import Votes

__all__ = ["MajAtK"]


@dataclass(frozen=True)
class MajAtK(AtKMetric):
    """maj@k: chance that the most frequent answer of k outputs is right, mean over samples, 0-1.

    Parameters
    ----------
    k : int, default 1
        Outputs, in [1, 10000].

    Notes
    -----
    Self-consistency [1]_: outputs vote by `evalsuite.answers.answer_key`; of answers equally frequent each counts its
    share. The value of a sample is the mean over all subsets of k of its n outputs, exact for any n and k of practice,
    and for very large ones the mean of 10,000 subsets drawn by a fixed seed; see
    `evalsuite.stats.majority_at_k`. An output without an answer takes a place among the k and does not vote; one whose
    answer is undecided or in error is not among the n. Range 0 to 1; higher is better.

    A row is [chance, 1]; a sample with fewer than k such outputs has no value (``undecided``).

    References
    ----------
    .. [1] Wang et al., "Self-consistency improves chain of thought reasoning in language models", ICLR 2023,
       arXiv:2203.11171.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=f"answer: {x}", repeat=i) for i, x in enumerate(["18", "18.0", "17"])]
    >>> MajAtK(k=2).rows([Sample(id="1", input={}, references=("answer: 18",))], [outputs]).values.round(3)
    array([[0.667, 1.   ]])
    """

    name = "maj_at_k"

    def _expected(self, votes: Votes, k: int) -> float:
        seed = derive_seed("maj_at_k", *votes.right, "wrong", *votes.wrong, "none", votes.abstained, k)
        return majority_at_k(votes.right, votes.wrong, votes.abstained, k, seed=seed)
