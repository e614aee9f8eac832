"""MAUVE of the outputs and the task's references, over any encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite import stats
from evalsuite.errors import UsageError
from evalsuite.metrics._options import check_integer, check_positive
from evalsuite.metrics._outputs import example_outputs, final_texts, required_references
from evalsuite.metrics.base import Example, FloatArray, Rows, SampleOutputs, SetMetric
from evalsuite.text.encoders import check_encoder, open_text_encoder
from evalsuite.text.feature_clusters import cluster_features, load_clustering
from evalsuite.text.mauve_score import mauve_from_counts
from evalsuite.types import Outcome, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.types import Interval

__all__ = ["Mauve"]

_FIRST_SEED = 25
_FEW = 1000


@dataclass(frozen=True)
class Mauve(SetMetric):
    """MAUVE: overlap of the outputs with the references, as shares in clusters of their features, 0-1.

    Parameters
    ----------
    encoder : str, default "hashed_ngrams"
        What turns a text into a vector: ``"hf:FOLDER"`` with the folder of a checkpoint of transformers (the published
        MAUVE takes GPT-2 large), or ``"hashed_ngrams"``, which needs no weights, knows nothing of meaning, and whose
        scores compare with no published ones. It is in the signature, with the weights' hash.
    num_buckets : int or "auto", default "auto"
        Clusters; by default a tenth of the smaller set, at least 2.
    scaling_factor : float, default 5
        c of the paper.
    n_seeds : int, default 5
        Clusterings that the value is the mean over, seeds 25 and on. 1 gives what mauve-text gives by default.

    Notes
    -----
    Area under ``(exp(-c KL(Q||R)), exp(-c KL(P||R)))`` over mixtures R of both [1]_; see ``evalsuite.text.mauve``.
    P are the outputs, Q all references of the task's samples. Range 0 to 1; higher is better. It says whether the
    outputs as a set look like the references, nothing of whether they answer the inputs. An empty output is a text
    like any other, with a vector of zeros where the encoder finds no tokens; mauve-text drops it.

    Vectors are put in a canonical order before they are clustered, so that the value does not depend on the order of
    samples. It does depend on their number, which is in the signature: compare like with like. It also moves with the
    clustering, for few texts by several hundredths; the mean over seeds moves less, and a note tells how much.

    The interval is a delete-block jackknife over outputs, with the clusters and the references held fixed.

    References
    ----------
    .. [1] Pillutla et al., "MAUVE: measuring the gap between neural text and human text using divergence frontiers",
       NeurIPS 2021.
    """

    name = "mauve"
    value_range = (0.0, 1.0)
    padding = float("inf")

    encoder: str = "hashed_ngrams"
    num_buckets: int | Literal["auto"] = "auto"
    scaling_factor: float = 5.0
    n_seeds: int = 5

    def __post_init__(self) -> None:
        check_encoder(self.name, "encoder", self.encoder, "hashed_ngrams")
        given: object = self.num_buckets
        if isinstance(given, str) and given != "auto":
            raise UsageError(f'{self.name}: `num_buckets` must be an integer or "auto", got "{given}"')
        if given != "auto":
            check_integer(self.name, "num_buckets", given, 1, 1 << 20)
        check_positive(self.name, "scaling_factor", self.scaling_factor)
        check_integer(self.name, "n_seeds", self.n_seeds, 1, 1000)

    def signature(self) -> str:
        """Return the encoder's signature, with its weights' hash, every option and the version."""
        return "|".join(
            [
                self.name,
                f"encoder:{open_text_encoder(self.encoder).signature}",
                f"num_buckets:{self.num_buckets}",
                f"scaling_factor:{float(self.scaling_factor)}",
                f"seeds:{_FIRST_SEED}-{_FIRST_SEED + self.n_seeds - 1}",
                f"version:{self.version}",
            ]
        )

    @property
    def reads_files(self) -> bool:
        """Whether the encoder is a checkpoint of the user's."""
        return self.encoder.startswith("hf:")

    def feature_signature(self) -> str:
        """Return the encoder's signature: other options leave the features as they are."""
        return f"features|encoder:{open_text_encoder(self.encoder).signature}|version:1"

    def scored_signature(self, n_outputs: int) -> str:
        """Return the signature with the number of outputs, with which the value shifts."""
        return f"{self.signature()}|n:{n_outputs}"

    def check(self) -> None:
        """Find faiss, scikit-learn and the encoder; see ``Metric.check``."""
        load_clustering()
        open_text_encoder(self.encoder).features([""])

    def reference(self, samples: Sequence[Sample]) -> FloatArray | None:
        """Return the vectors of all references of the samples: float32, shape (m, d)."""
        texts = [text for sample in samples for text in required_references(self.name, sample)]
        return open_text_encoder(self.encoder).features(texts)

    def _features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        del samples
        texts: list[str] = []
        places: list[tuple[int, int]] = []
        outcomes: list[Outcome] = []
        for i, sample_outputs in enumerate(outputs):
            found, outcome = final_texts(sample_outputs)
            places += [(i, repeat) for repeat in range(len(found))]
            texts += found
            outcomes.append(outcome)
        if not texts:
            return Rows(np.full((len(outputs), 1), np.nan, dtype=np.float32), tuple(outcomes))
        vectors = open_text_encoder(self.encoder).features(texts)
        d = vectors.shape[1]
        values = np.full((len(outputs), (1 + max(repeat for _, repeat in places)) * d), self.padding, dtype=np.float32)
        for (i, repeat), vector in zip(places, vectors, strict=True):
            values[i, repeat * d : (repeat + 1) * d] = vector
        values[np.setdiff1d(np.arange(len(outputs)), [i for i, _ in places])] = np.nan
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, features: FloatArray, reference: FloatArray | None) -> float:
        found = self._runs(features, reference)
        return float(np.mean(found)) if found else float("nan")

    def interval(
        self, features: FloatArray, clusters: NDArray[np.int64], reference: FloatArray | None = None
    ) -> Interval | None:
        """Return the interval over other outputs, with the clusters of features and the references held fixed."""
        if not len(features):
            return None
        vectors, owners, targets = self._vectors(features, reference)
        blocks = stats.jackknife_blocks(clusters)
        if blocks is None or not len(targets):
            return None
        of_vectors = blocks[owners]
        sums = np.zeros(int(blocks.max()) + 2)  # without each block, then of all
        for p, q, k in self._clusterings(vectors, targets):
            counts = np.zeros((len(sums), k), dtype=np.int64)
            np.subtract.at(counts, (of_vectors, p), 1)
            counts += np.bincount(p, minlength=k)
            counts[-1] = np.bincount(p, minlength=k)
            q_counts = np.bincount(q, minlength=k)
            sums += [self._mauve(row, q_counts) if row.any() else np.nan for row in counts]
        means = sums / self.n_seeds
        return stats.interval_of_left_out(float(means[-1]), means[:-1], value_range=self.value_range)

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say what the features are, how far the clustering moves the value, and how few texts there are."""
        found = []
        if self.encoder == "hashed_ngrams":
            found.append(
                "features are hashed n-grams, which know spelling and not meaning: compares with no published MAUVE; "
                'encoder = "hf:FOLDER" takes a network'
            )
        if len(features) and reference is not None:
            vectors, _, targets = self._vectors(features, reference)
            if min(len(vectors), len(targets)) < _FEW:
                found.append(
                    f"of {len(vectors)} outputs and {len(targets)} references: MAUVE is meant for thousands of texts, "
                    "and with few of them is mostly noise"
                )
            runs = self._runs(features, reference)
            if len(runs) > 1:
                deviation = float(np.std(runs, ddof=1))
                found.append(f"one clustering differs from another by a standard deviation of {deviation:.4f}")
        return tuple(found)

    def _runs(self, features: FloatArray, reference: FloatArray | None) -> list[float]:
        """Return the value under each seed; none where there is no reference to compare with."""
        vectors, _, targets = self._vectors(features, reference)
        if not len(vectors) or not len(targets):
            return []
        return [
            self._mauve(np.bincount(p, minlength=k), np.bincount(q, minlength=k))
            for p, q, k in self._clusterings(vectors, targets)
        ]

    def _clusterings(
        self, vectors: FloatArray, targets: FloatArray
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64], int]]:
        """Return the clusters of both sets under each seed, and how many there are."""
        order, target_order = _canonical(vectors), _canonical(targets)
        k = max(2, round(min(len(vectors), len(targets)) / 10)) if self.num_buckets == "auto" else self.num_buckets
        assert isinstance(k, int)
        k = min(k, len(vectors) + len(targets))
        found = []
        for seed in range(_FIRST_SEED, _FIRST_SEED + self.n_seeds):
            p_sorted, q_sorted = cluster_features(vectors[order], targets[target_order], num_buckets=k, seed=seed)
            p, q = np.empty_like(p_sorted), np.empty_like(q_sorted)
            p[order], q[target_order] = p_sorted, q_sorted
            found.append((p, q, k))
        return found

    def _mauve(self, p_counts: NDArray[np.int64], q_counts: NDArray[np.int64]) -> float:
        value = mauve_from_counts(p_counts, q_counts, mauve_scaling_factor=self.scaling_factor).mauve
        return min(1.0, max(0.0, value))

    def _vectors(
        self, features: FloatArray, reference: FloatArray | None
    ) -> tuple[FloatArray, NDArray[np.int64], FloatArray]:
        """Return one vector an output, the row it comes from, and the references'."""
        if reference is None:
            raise ValueError(f"{self.name}: the features of the references are missing")
        d = reference.shape[1]
        if features.shape[1] % d:
            raise ValueError(f"{self.name}: `features` must have shape (n, multiple of {d}), got {features.shape}")
        vectors = features.reshape(-1, d)
        kept = np.flatnonzero(~np.isposinf(vectors[:, 0]))
        return vectors[kept], kept // (features.shape[1] // d), reference

    def example(self) -> Example:
        """Return the references themselves, half of them, and one text that is none of theirs."""
        places = ("lake", "hut", "bridge", "hill", "wood", "field", "river", "road")
        samples = tuple(
            Sample(id=str(i), input={}, references=(f"The long path leads up to the old {place}.",))
            for i, place in enumerate(places)
        )
        texts = [sample.references[0] for sample in samples]
        noise = ["zzz qqq xxx"] * len(samples)
        return Example(
            samples=samples,
            best=example_outputs(samples, texts),
            worse=example_outputs(samples, [*texts[:4], *noise[4:]]),
            worst=example_outputs(samples, noise),
        )


def _canonical(vectors: FloatArray) -> NDArray[np.int64]:
    """Return an order of the rows that depends on their values alone."""
    return np.lexsort(vectors.T[::-1])
