"""Path agreement: how alike the worked solutions of a sample are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evalsuite.kernels.pairwise import pairwise_similarities
from evalsuite.metrics._options import check_choice, check_integer
from evalsuite.metrics._paths import PathMetric
from evalsuite.metrics._votes import repeated_outputs
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.types import Sample

__all__ = ["PathAgreement"]


@dataclass(frozen=True)
class PathAgreement(PathMetric):
    r"""Path agreement: how alike the outputs of a sample are, mean over pairs, then over samples, 0-1.

    Parameters
    ----------
    similarity : {"lcs", "jaccard", "overlap", "edit"}, default "lcs"
        F-score of the longest common subsequence of words; common n-grams over those of either text, or of the one with
        fewer; 1 less the edit distance over the longer length.
    order : int, default 4
        Words of an n-gram, in [1, 64], for "jaccard" and "overlap".

    Notes
    -----
    The mean of `evalsuite.kernels.pairwise.pairwise_similarities` over all pairs of a sample's outputs, of which it
    takes two at least (else ``undecided``); pairs without a value, such as texts shorter than an n-gram, are left out.
    Range 0 to 1; higher is more alike, and 1 less the value is how much paths differ. Equal answers by unequal paths
    tell more than equal answers by the same one: read it beside `evalsuite.metrics.agreement.AnswerAgreement`.

    A row is [similarity, 1].

    References
    ----------
    .. [1] Wang et al., "Self-consistency improves chain of thought reasoning in language models", ICLR 2023,
       arXiv:2203.11171, for the worth of differing paths.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> outputs = [Output(text=text, repeat=i) for i, text in enumerate(["1: 5 2: 8", "1: 5 2: 9"])]
    >>> PathAgreement().rows([Sample(id="1", input={})], [outputs]).values
    array([[0.75, 1.  ]])
    """

    name = "path_agreement"
    value_range = (0.0, 1.0)

    similarity: Literal["lcs", "jaccard", "overlap", "edit"] = "lcs"
    order: int = 4

    def __post_init__(self) -> None:
        check_choice(self.name, "similarity", self.similarity, ("lcs", "jaccard", "overlap", "edit"))
        check_integer(self.name, "order", self.order, 1, 64)

    def _numbers(self, groups: list[list[str]]) -> FloatArray:
        matrices = pairwise_similarities(groups, self.similarity, order=self.order)
        values = np.full(len(groups), np.nan)
        for i, matrix in enumerate(matrices):
            pairs = matrix[np.triu_indices(len(matrix), 1)]
            known = pairs[~np.isnan(pairs)]
            if len(known):
                values[i] = known.mean()
        return values

    def example(self) -> Example:
        """Return outputs that are alike, some that are, and none with a word in common."""
        samples = tuple(Sample(id=str(i), input={}) for i in range(2))
        alike = ["first we add five and three"] * 2
        half, apart = [alike[0], "first we add nine and one"], ["first we add five", "then nine minus one"]
        return Example(
            samples=samples,
            best=repeated_outputs(samples, [alike, alike]),
            worse=repeated_outputs(samples, [alike, half]),
            worst=repeated_outputs(samples, [apart, apart]),
        )
