"""BERTScore: each token matched with the most similar one of the other text, over vectors by any encoder."""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from evalsuite.errors import InputError
from evalsuite.kernels.arguments import check_array, check_flag, check_integer, check_ordered, check_path, check_texts
from evalsuite.text.encoders import TokenEncoder, open_token_encoder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from evalsuite.text.encoders import TokenEmbeddings

__all__ = ["BertScorer", "BertScores", "greedy_matching", "read_baseline"]

# Products of float32 vectors of such squared lengths neither overflow nor lose what matters.
_LEAST_SQUARE: Final = 1e-20
_GREATEST_SQUARE: Final = 1e30
# From here on a cosine may be 1: far more below it than the rounding of float32.
_NEARLY_EQUAL: Final = 1 - 1e-5


class _Tokens(NamedTuple):
    """A text's vectors, their lengths, and their weights: all 1 if None."""

    vectors: NDArray[np.float32]
    lengths: NDArray[np.float64]
    weights: NDArray[np.float64] | None


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
        self._baseline = None if baseline is None else _check_baseline(baseline)
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
        found = self._embed(listed)
        names: Counter[int] = Counter()
        for sent in listed:
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
        embedded = self._embed([*candidates, *(text for group in groups for text in group)])
        with np.errstate(over="ignore"):
            prepared = {text: self._prepare(tokens) for text, tokens in embedded.items()}
        rows = np.empty((len(candidates), 3))
        for row, candidate, group in zip(rows, candidates, groups, strict=True):
            found = [_match(prepared[candidate], prepared[reference]) for reference in group]
            row[:] = np.max(np.array(found), axis=0)
        if self._baseline is not None:
            rows = (rows - self._baseline) / (1 - self._baseline)
        return BertScores(precision=rows[:, 0].copy(), recall=rows[:, 1].copy(), f1=rows[:, 2].copy())

    def _embed(self, texts: Sequence[str]) -> dict[str, TokenEmbeddings]:
        """Return the tokens of each different text."""
        distinct = list(dict.fromkeys(texts))
        return dict(zip(distinct, self._encoder.embed(distinct), strict=True))

    def _prepare(self, text: TokenEmbeddings) -> _Tokens | None:
        """Return a text's tokens; None where it has but special ones."""
        if text.special.all():
            return None
        if self._idf and self._weights is not None:
            weights = np.array([self._weights.get(token, self._unseen) for token in text.tokens])
        else:
            weights = np.where(text.special, 0.0, 1.0)
        return _measured(text.vectors, weights, "encoder")


def greedy_matching(
    candidate: NDArray[np.float32],
    reference: NDArray[np.float32],
    candidate_weights: NDArray[np.float64] | None = None,
    reference_weights: NDArray[np.float64] | None = None,
) -> tuple[float, float, float]:
    """BERTScore of one pair, from the vectors of its tokens.

    Parameters
    ----------
    candidate, reference : ndarray of float32, shape (k, d) and (m, d)
        One vector a token, none of them zero; k or m may be 0.
    candidate_weights, reference_weights : ndarray of float64, shape (k,) and (m,), optional
        Weights, at least 0; 1 by default. bert-score gives special tokens 0.

    Returns
    -------
    precision, recall, f1 : float
        0, 0, 0 where a text has no tokens. NaN, NaN, 0 where all of a text's weights are 0, as in bert-score.

    Raises
    ------
    TypeError, ValueError
        If the arrays are of another dtype or shape, not finite, or hold a zero vector or a negative weight.

    Examples
    --------
    >>> eye = np.eye(3, dtype=np.float32)
    >>> greedy_matching(eye[[0, 1]], eye[[0, 2, 0, 0]])
    (0.5, 0.75, 0.6)
    """
    sides = []
    for vectors, weights, name in (
        (candidate, candidate_weights, "candidate"),
        (reference, reference_weights, "reference"),
    ):
        check_array(vectors, name, (np.float32,), 2)
        if weights is not None:
            check_array(weights, f"{name}_weights", (np.float64,), 1)
            if len(weights) != len(vectors):
                raise ValueError(f"`{name}_weights` must have {len(vectors)} entries; found {len(weights)}")
            if not (np.isfinite(weights) & (weights >= 0)).all():
                raise ValueError(f"`{name}_weights` must be finite and at least 0")
        sides.append((vectors, weights, name))
    if candidate.shape[1] != reference.shape[1]:
        raise ValueError(
            f"`reference` must have the {candidate.shape[1]} dimensions of `candidate`; found {reference.shape[1]}"
        )
    with np.errstate(over="ignore"):
        measured = [_measured(*side) for side in sides]
    return _match(measured[0], measured[1])


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


def _match(candidate: _Tokens | None, reference: _Tokens | None) -> tuple[float, float, float]:
    """Match the tokens of two texts; None is a text without tokens."""
    if candidate is None or reference is None or not len(candidate.vectors) or not len(reference.vectors):
        return 0.0, 0.0, 0.0
    cosines = candidate.vectors @ reference.vectors.T / candidate.lengths[:, None]
    cosines /= reference.lengths
    forward = np.maximum.reduce(cosines, axis=1)
    if np.maximum.reduce(forward) > _NEARLY_EQUAL:
        cosines = _unit(candidate.vectors) @ _unit(reference.vectors).T
        forward = np.maximum.reduce(cosines, axis=1)
    precision = _weighted_mean(forward, candidate.weights)
    recall = _weighted_mean(np.maximum.reduce(cosines, axis=0), reference.weights)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall != 0 else 0.0
    return precision, recall, 0.0 if math.isnan(f1) else f1


def _weighted_mean(values: NDArray[np.float64], weights: NDArray[np.float64] | None) -> float:
    if weights is None:
        return float(np.add.reduce(values)) / len(values)
    total = float(weights.sum())
    return float(values @ weights) / total if total > 0 else math.nan


def _measured(vectors: NDArray[np.float32], weights: NDArray[np.float64] | None, name: str) -> _Tokens:
    """Measure vectors, under ``np.errstate(over="ignore")``; at length 1 if float32 does not hold their products."""
    squares = _squares(vectors)
    # The ufuncs themselves: for so few numbers the methods of arrays take twice as long.
    if len(squares) and not (
        np.minimum.reduce(squares) >= _LEAST_SQUARE and np.maximum.reduce(squares) <= _GREATEST_SQUARE
    ):
        exact = _squares(vectors.astype(np.float64))
        if not np.isfinite(exact).all() or (exact == 0).any():
            raise ValueError(f"`{name}`: the vector of each token must be finite and not zero: it has no direction")
        vectors = _unit(vectors).astype(np.float32)
        squares = _squares(vectors)
    return _Tokens(vectors, np.sqrt(squares, dtype=np.float64), weights)


def _squares(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return squared lengths; one product of BLAS a vector, which is faster than `numpy.einsum`."""
    return np.asarray(np.matmul(vectors[:, None, :], vectors[:, :, None])[:, 0, 0])


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return vectors at length 1."""
    exact = vectors.astype(np.float64)
    return np.asarray(exact / np.sqrt(_squares(exact))[:, None])


def _check_baseline(baseline: Sequence[float]) -> NDArray[np.float64]:
    try:
        values = np.asarray(baseline, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"`baseline` must be three numbers: precision, recall and F; found {baseline!r:.100}") from None
    if values.shape != (3,) or not (values < 1).all():
        raise ValueError(f"`baseline` must be precision, recall and F, each below 1; found {baseline!r:.100}")
    return values
