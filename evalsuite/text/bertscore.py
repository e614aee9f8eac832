"""BERTScore over the vectors of an encoder."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite.kernels.arguments import check_flag, check_integer, check_ordered, check_texts
from evalsuite.text.bertscore_baseline import check_baseline
from evalsuite.text.encoders import TokenEncoder, open_token_encoder
from evalsuite.text.token_matching import WeighedTokens, match_tokens, measure_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from evalsuite.text.encoders import TokenEmbeddings

__all__ = ["BertScorer", "BertScores"]

# So many candidates' vectors, and their references', are in memory at once: those of a large network take megabytes.
_BLOCK_CANDIDATES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BertScores:
    """Scores of candidates.

    Parameters
    ----------
    precision, recall, f1 : ndarray of float64, shape (n,)
        -1 to 1, and mostly 0 to 1; lower after rescaling.
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]


class BertScorer:
    """BERTScore over an encoder's vectors, with bert-score's conventions.

    Parameters
    ----------
    encoder : str or TokenEncoder
        ``"hf:FOLDER"`` with the folder of a checkpoint of transformers, ``"hashed_subwords"`` (no network, no meaning),
        or an object with ``embed(texts)``.
    num_layers : int, optional
        Layer of ``"hf:FOLDER"``, the last one by default. bert-score has a table of the best one a model.
    idf : bool, default False
        Weigh tokens by how few texts have them: those given as `idf_sents`, or to `compute_idf`.
    idf_sents : sequence of str, optional
        Texts to count in, commonly the references.
    baseline : sequence of three float, optional
        Precision, recall and F of unrelated texts (`read_baseline`): scores become ``(x - b) / (1 - b)``.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind or out of range.
    EvalsuiteError
        If the encoder cannot be opened.

    Notes
    -----
    ``P = sum_i w_i max_j cos(x_i, y_j) / sum_i w_i`` over tokens x of the candidate and y of the reference, R the same
    the other way round, ``F = 2 P R / (P + R)`` [1]_, 0 where that is 0 / 0. Special tokens have no weight but can be
    matched. A text without other tokens has P = R = F = 0. Of several references precision, recall and F are each the
    highest, which may come from different ones.

    Equal to bert-score 0.3.13 on the same vectors but for rounding: cosines are products in float32 as there, right to
    some 1e-7, and the rest is float64. Texts with a cosine within 1e-5 of 1 are done in float64 throughout, so that
    equal ones have 1. One difference is on purpose: bert-score pads the texts of a batch and a padded position counts
    as a cosine of 0, so that a token all of whose cosines are negative has its highest one or 0, depending on what else
    is in the batch. Here no score depends on other texts; it is bert-score's with ``batch_size=1``.

    References
    ----------
    .. [1] Zhang, Kishore, Wu, Weinberger and Artzi, "BERTScore: evaluating text generation with BERT", ICLR 2020.

    Examples
    --------
    >>> scorer = BertScorer("hashed_subwords")
    >>> scorer.score(["the lakes", "the lake", ""], ["the lake"] * 3).f1.round(4)
    array([0.7981, 1.    , 0.    ])
    """

    def __init__(
        self,
        encoder: str | TokenEncoder,
        *,
        num_layers: int | None = None,
        idf: bool = False,
        idf_sents: Sequence[str] | None = None,
        baseline: Sequence[float] | None = None,
    ) -> None:
        if not isinstance(encoder, str) and not isinstance(encoder, TokenEncoder):
            raise TypeError(
                '`encoder` must be "hf:FOLDER", "hashed_subwords" or an object with `signature` and `embed`; found '
                f"{type(encoder).__name__}"
            )
        if num_layers is not None:
            check_integer(num_layers, "num_layers", 0, 2**16)
        if num_layers is not None and not isinstance(encoder, str):
            raise ValueError('`num_layers` is for "hf:FOLDER"; give the encoder its layer itself')
        self._encoder = open_token_encoder(encoder, num_layers=num_layers) if isinstance(encoder, str) else encoder
        self._idf = check_flag(idf, "idf")
        self._weights: Mapping[int, float] | None = None
        self._unseen = 1.0
        self._baseline = None if baseline is None else check_baseline(baseline)
        if idf_sents is not None:
            self.compute_idf(idf_sents)

    @property
    def signature(self) -> str:
        """The encoder's, and whether tokens are weighed and scores rescaled."""
        rescaled = "none" if self._baseline is None else ",".join(map(repr, self._baseline.tolist()))
        return f"{self._encoder.signature};idf:{'yes' if self._idf else 'no'};baseline:{rescaled}"

    def compute_idf(self, sents: Sequence[str]) -> None:
        """Count in how many of these texts each token is: its weight is ``log((n + 1) / (texts + 1))``.

        Raises
        ------
        TypeError
            If they are a str or hold anything but str.
        """
        listed = check_texts(sents, "sents", lowercase=False)
        names: Counter[int] = Counter()
        for start in range(0, len(listed), _BLOCK_CANDIDATES):
            block = listed[start : start + _BLOCK_CANDIDATES]
            found = self._embed(block)
            for sent in block:
                names.update(set(found[sent].tokens))
        self._unseen = math.log(len(listed) + 1)
        self._weights = {token: math.log((len(listed) + 1) / (count + 1)) for token, count in names.items()}

    def score(self, cands: Sequence[str], refs: Sequence[str] | Sequence[Sequence[str]]) -> BertScores:
        """Score candidates, each with its reference or references.

        Parameters
        ----------
        cands : sequence of str, length n
        refs : sequence of str, or of sequences of str, length n

        Returns
        -------
        BertScores

        Raises
        ------
        TypeError, ValueError
            If texts are of another kind, lengths differ, a candidate has no reference, or weights were asked for and
            not computed.
        """
        candidates = check_texts(cands, "cands", lowercase=False)
        if isinstance(refs, str | bytes):
            raise TypeError("`refs` must be a sequence of str, or of sequences of str; found one str")
        groups = [
            [ref] if isinstance(ref, str) else check_texts(ref, f"refs[{i}]", lowercase=False)
            for i, ref in enumerate(check_ordered(refs, "refs"))
        ]
        if len(groups) != len(candidates):
            raise ValueError(
                f"`refs` must have one entry for each of the {len(candidates)} `cands`; found {len(groups)}"
            )
        for index, group in enumerate(groups):
            if not group:
                raise ValueError(f"`refs[{index}]` has no reference: each candidate needs at least one")
        if self._idf and self._weights is None:
            raise ValueError("`idf` weighs tokens by texts that were not given: pass `idf_sents` or call compute_idf")
        rows = np.empty((len(candidates), 3))
        for start in range(0, len(candidates), _BLOCK_CANDIDATES):
            block = slice(start, start + _BLOCK_CANDIDATES)
            self._score_block(candidates[block], groups[block], rows[block])
        if self._baseline is not None:
            rows = (rows - self._baseline) / (1 - self._baseline)
        return BertScores(precision=rows[:, 0].copy(), recall=rows[:, 1].copy(), f1=rows[:, 2].copy())

    def _score_block(self, candidates: list[str], groups: list[list[str]], rows: NDArray[np.float64]) -> None:
        embedded = self._embed([*candidates, *chain.from_iterable(groups)])
        with np.errstate(over="ignore"):
            prepared = {text: self._prepare(tokens) for text, tokens in embedded.items()}
        for row, candidate, group in zip(rows, candidates, groups, strict=True):
            found = [match_tokens(prepared[candidate], prepared[reference]) for reference in group]
            row[:] = np.max(np.array(found), axis=0)

    def _embed(self, texts: Sequence[str]) -> dict[str, TokenEmbeddings]:
        """Return the tokens of each different text."""
        distinct = list(dict.fromkeys(texts))
        return dict(zip(distinct, self._encoder.embed(distinct), strict=True))

    def _prepare(self, text: TokenEmbeddings) -> WeighedTokens | None:
        """Return a text's tokens; None where it has but special ones."""
        if text.special.all():
            return None
        if self._idf and self._weights is not None:
            weights = np.array([self._weights.get(token, self._unseen) for token in text.tokens])
        else:
            weights = np.where(text.special, 0.0, 1.0)
        return measure_tokens(text.vectors, weights, "encoder")
