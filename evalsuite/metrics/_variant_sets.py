"""What metrics share that compare the variants of one item: which are right, set by set."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.errors import UsageError
from evalsuite.metrics._options import check_choice
from evalsuite.metrics.accuracy import Accuracy, UndecidedPolicy
from evalsuite.metrics.base import CurveMetric, FloatArray, Rows, SampleOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.types import JSONValue, Sample

__all__ = ["SetTable", "VariantSetMetric", "check_name", "tabulate"]

_MOST_VARIANTS = 1_000_000
MOST_BYTES = 24  # of a variant's name, six in each of four numbers
_NAME = slice(1, 5)
_SET, _MATCHED, _SIZE, _DEPTH, _RIGHT, _COUNTED = 0, 5, 6, 7, 8, 9


@dataclass(frozen=True, slots=True)
class SetTable:
    """Shares of right outputs by set and variant.

    Parameters
    ----------
    names : tuple of str
        The variants, in alphabetical order.
    matched : bool, shape (v,)
        Whether each is of the difficulty of the others.
    shares : float64, shape (n, v)
        Share of the outputs that are right; NaN where a set has no such variant, or no verdict on it.
    sizes : int64, shape (n,)
        How many variants of matched difficulty the set has, verdict or not; 0 where samples do not say.
    depths : int64, shape (n,)
        0 where there is none.
    clusters : int64, shape (n,)
        Labels 0..G-1.
    weights : float64, shape (n,)
        How often the set's rows are there: 1, but in a resample of rows.
    """

    names: tuple[str, ...]
    matched: NDArray[np.bool_]
    shares: NDArray[np.float64]
    sizes: NDArray[np.int64]
    depths: NDArray[np.int64]
    clusters: NDArray[np.int64]
    weights: NDArray[np.float64]

    def mean(self, values: FloatArray) -> float:
        """Return the mean over sets that have a value, by weight; NaN where none has."""
        known = ~np.isnan(values)
        return float(np.average(values[known], weights=self.weights[known])) if known.any() else float("nan")

    def share_of(self, name: str) -> NDArray[np.float64]:
        """Return the shares of one variant, NaN where there is none."""
        if name not in self.names:
            return np.full(len(self.shares), np.nan)
        return np.asarray(self.shares[:, self.names.index(name)])


@dataclass(frozen=True)
class VariantSetMetric(CurveMetric):
    """A metric of sets of variants; a row is what one variant needs to find its set again.

    Its options begin with `key`, the key of the metadata that names the variant, and `undecided`, what an answer that
    cannot be settled counts as.
    """

    key: str = "variant"
    undecided: UndecidedPolicy = "apart"

    def __post_init__(self) -> None:
        check_name(self.name, "key", self.key)
        check_choice(self.name, "undecided", self.undecided, ("apart", "wrong"))

    @property
    def n_columns(self) -> int:
        """Set, four parts of the variant's name, matched, size of the set, depth, right outputs, all that count."""
        return 10

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        judged = Accuracy(undecided=self.undecided).rows(samples, outputs)
        values = np.full((len(samples), self.n_columns), np.nan)
        for i, sample in enumerate(samples):
            row = self._facts(sample)
            if not np.isnan(judged.values[i]).any():
                values[i] = (*row, *judged.values[i])
        return Rows(values=values, outcomes=judged.outcomes)

    def _facts(self, sample: Sample) -> tuple[float, ...]:
        owner, name = sample.metadata.get("variant_of"), sample.metadata.get(self.key)
        if not isinstance(owner, str) or not owner:
            raise ValueError(
                f'{self.name}: sample "{sample.id}": metadata["variant_of"] must name the set it is of, found {owner!r}'
            )
        if isinstance(name, bool) or not isinstance(name, (str, int)):
            raise ValueError(f'{self.name}: sample "{sample.id}": metadata["{self.key}"] must name its variant')
        text = str(name).encode("utf-8", "surrogatepass")
        if not 1 <= len(text) <= MOST_BYTES:
            raise ValueError(
                f'{self.name}: sample "{sample.id}": metadata["{self.key}"] must be 1 to {MOST_BYTES} bytes long, '
                f"found {len(text)}"
            )
        padded = text.ljust(MOST_BYTES, b"\0")
        size: JSONValue = sample.metadata.get("set_size", 0)
        if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= _MOST_VARIANTS:
            raise ValueError(
                f'{self.name}: sample "{sample.id}": metadata["set_size"] must be a number from 0 to {_MOST_VARIANTS}, '
                f"found {str(size)[:40] if not isinstance(size, int) or size.bit_length() < 64 else 'a larger one'}"
            )
        matched = sample.metadata.get("matched_difficulty", True)
        if not isinstance(matched, bool):
            raise ValueError(
                f'{self.name}: sample "{sample.id}": metadata["matched_difficulty"] must be true or false, '
                f"found {matched!r}"
            )
        return (
            _number(hashlib.sha256(owner.encode("utf-8", "surrogatepass")).digest()[:6]),
            *(_number(padded[i : i + 6]) for i in range(0, MOST_BYTES, 6)),
            float(matched),
            float(size),
            float(sample.depth or 0),
        )


def check_name(metric: str, option: str, value: object) -> None:
    """Raise UsageError unless `value` is a string of 1 to 24 bytes."""
    if not isinstance(value, str) or not 1 <= len(value.encode("utf-8", "surrogatepass")) <= MOST_BYTES:
        raise UsageError(f"{metric}: `{option}` must be a name of 1 to {MOST_BYTES} bytes, got {value!r}")


def tabulate(rows: FloatArray, clusters: NDArray[np.int64] | None = None) -> SetTable:
    """Bring rows into a table of sets and variants.

    Parameters
    ----------
    rows : float64, shape (n, 10), without NaN
    clusters : int64, shape (n,), optional
        Of the rows. A set is of the first, by label, of its rows' clusters.
    """
    _, owner = np.unique(rows[:, _SET], return_inverse=True)
    codes, variant = np.unique(rows[:, _NAME], axis=0, return_inverse=True)
    owner, variant = owner.reshape(-1), variant.reshape(-1)
    n, v = int(owner.max(initial=-1)) + 1, len(codes)
    right, counted = np.zeros((n, v)), np.zeros((n, v))
    np.add.at(right, (owner, variant), rows[:, _RIGHT])
    np.add.at(counted, (owner, variant), rows[:, _COUNTED])
    matched = np.ones(v, dtype=np.bool_)
    np.logical_and.at(matched, variant, rows[:, _MATCHED] > 0)
    distinct = np.maximum((counted > 0).sum(axis=1), 1)
    labels = np.full(n, len(rows), dtype=np.int64)
    np.minimum.at(labels, owner, np.arange(len(rows)) if clusters is None else clusters)
    return SetTable(
        names=tuple(_name(code) for code in codes),
        matched=matched,
        shares=np.where(counted > 0, right / np.where(counted > 0, counted, 1.0), np.nan),
        sizes=_greatest(owner, rows[:, _SIZE], n),
        depths=_greatest(owner, rows[:, _DEPTH], n),
        clusters=stats.dense_labels(labels),
        weights=np.bincount(owner, minlength=n) / distinct,
    )


def _greatest(owner: NDArray[np.int64], values: FloatArray, n: int) -> NDArray[np.int64]:
    found = np.zeros(n, dtype=np.int64)
    np.maximum.at(found, owner, values.astype(np.int64))
    return found


def _number(part: bytes) -> float:
    return float(int.from_bytes(part, "big"))  # below 2**48, and so exact


def _name(code: FloatArray) -> str:
    joined = b"".join(int(part).to_bytes(6, "big") for part in code)
    return joined.rstrip(b"\0").decode("utf-8", "surrogatepass")
