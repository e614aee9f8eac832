"""Paired tests between systems, with sacrebleu's interface and sacrebleu's numbers."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from evalsuite.kernels.arguments import MAX_RESAMPLES, check_integer
from evalsuite.kernels.numpy_seeds import check_seed
from evalsuite.text.base import Metric, column_sums
from evalsuite.text.resampling import (
    HELD_BY_BOOTSTRAP,
    bootstrap_sums,
    seed_from_environment,
    seed_of_chance,
    trial_sums,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.text.base import Statistics
    from evalsuite.text.signature import Signature

__all__ = ["PairedTest", "Result", "estimate_ci"]

Scores: TypeAlias = "NDArray[np.float64] | NDArray[np.float32]"


class Result:
    """A system's score, and what a paired test says of it.

    Parameters
    ----------
    score : float
    p_value : float, optional
        How often chance alone would part the system from the baseline as far; None for the baseline.
    mean, ci : float, optional
        Mean of the bootstrap's scores, and half the width of their central 95 per cent.
    """

    # Slots would be cheaper, but sacrebleu's users read `__dict__`.
    def __init__(
        self, score: float, p_value: float | None = None, mean: float | None = None, ci: float | None = None
    ) -> None:
        self.score = score
        self.p_value = p_value
        self.mean = mean
        self.ci = ci

    def to_json(self) -> str:
        """Return the four numbers as a JSON object; null where there is none."""
        return json.dumps({key: None if value is None else float(value) for key, value in self.__dict__.items()})

    def __repr__(self) -> str:
        return ",".join(f"{key}={value!s}" for key, value in self.__dict__.items())


class PairedTest:
    """Compare systems with the first of them, the baseline, by sacrebleu's paired tests.

    Parameters
    ----------
    named_systems : sequence of (name, hypotheses)
        The baseline first. All systems have as many hypotheses.
    metrics : mapping of str to Metric
        `BLEU`, `CHRF` or `TER` objects; results go by the names of their scores.
    references : sequence of sequences of str or None, optional
        Reference streams; None for those the metrics were made with.
    test_type : {"ar", "bs"}, default "ar"
        Approximate randomisation, or the paired bootstrap.
    n_samples : int, default 0
        Trials or resamples, at most 2**24; 0 for 10,000 trials or 1,000 resamples.
    n_ar_confidence : int, default -1
        With "ar", resamples for an interval beside it: 0 for 1,000, -1 for none.
    n_jobs : int, default 1
        Taken for the sake of the interface; the test uses the threads there are and gives the same on any number.
    seed : int, optional
        In the place of the environment's. Not an argument of sacrebleu's.

    Attributes
    ----------
    n_samples, n_ar_confidence : int
        With the defaults filled in.

    Raises
    ------
    TypeError
        If a system is not a pair of a name and texts, or a metric is no `Metric`.
    ValueError
        If there is no system or no metric, lengths differ, an option is unknown, or two metrics share a name.

    Notes
    -----
    Statistics of segments are computed once and only they are resampled. With ``t`` the difference of two scores, S the
    system and b the baseline, ``p = (c + 1) / (B + 1)`` [1]_, where c counts

    * for "ar" [1]_ the trials in which ``|t| > |S - b|`` after a fair coin has swapped, or not, the two systems'
      outputs of every segment;
    * for "bs" [2]_ the resamples in which ``|t| - mean |t| > |S - b|``.

    Every number equals that of sacrebleu 2.6 under the same version of numpy. The seed is that of the environment's
    ``SACREBLEU_SEED``, 12345 by default. Differs: with the seed 0 sacrebleu draws the systems' numbers by chance and
    the baseline's from the seed; here 0 is a seed like any other.

    References
    ----------
    .. [1] Riezler and Maxwell, "On Some Pitfalls in Automatic Evaluation and Significance Testing for MT", ACL
       workshop on intrinsic and extrinsic evaluation measures, 2005.
    .. [2] Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004.

    Examples
    --------
    >>> from evalsuite.text.bleu import BLEU
    >>> references = [["The dog bit the man.", "It was not unexpected.", "The man bit him first."]]
    >>> systems = [
    ...     ("baseline", ["The dog bit a man.", "It was not a surprise.", "The man had bitten him."]),
    ...     ("better", ["The dog bit the man.", "It was not unexpected.", "The man had bitten him."]),
    ... ]
    >>> signatures, scores = PairedTest(systems, {"BLEU": BLEU()}, references, test_type="bs", n_samples=1000)()
    >>> scores["System"]
    ['baseline', 'better']
    >>> print(f"{scores['BLEU'][1].score:.1f} (p = {scores['BLEU'][1].p_value:.4f})")
    70.8 (p = 0.0010)
    """

    _DEFAULT_SAMPLES: Final = {"ar": 10_000, "bs": 1_000}

    def __init__(
        self,
        named_systems: Sequence[tuple[str, Sequence[str]]],
        metrics: Mapping[str, Metric[Any]],
        references: Sequence[Sequence[str | None]] | None,
        test_type: Literal["ar", "bs"] = "ar",
        n_samples: int = 0,
        n_ar_confidence: int = -1,
        n_jobs: int = 1,
        *,
        seed: int | None = None,
    ) -> None:
        if test_type not in self._DEFAULT_SAMPLES:
            raise ValueError(f'`test_type` must be "ar" or "bs"; found {test_type!r}')
        # Below 0 is the default or none, as in sacrebleu.
        n_samples = check_integer(n_samples, "n_samples", -sys.maxsize, MAX_RESAMPLES)
        n_ar_confidence = check_integer(n_ar_confidence, "n_ar_confidence", -sys.maxsize, MAX_RESAMPLES)
        check_integer(n_jobs, "n_jobs", -sys.maxsize, sys.maxsize)
        if seed is not None:
            seed = check_seed(seed)
        _check_systems(named_systems)
        _check_metrics(metrics)
        self.test_type = test_type
        self.n_jobs = n_jobs
        self.references = references
        self.named_systems = named_systems
        self.metrics: dict[str, Metric[Any]] = {}
        self.n_ar_confidence = n_ar_confidence if n_ar_confidence != 0 else self._DEFAULT_SAMPLES["bs"]
        self.n_samples = n_samples if n_samples > 0 else self._DEFAULT_SAMPLES[test_type]
        self.n_systems = len(named_systems) - 1
        self._seed_name, found = seed_from_environment() if seed is None else (str(seed), seed)
        # One seed of chance for all systems: their resamples have to be the same to be paired.
        self._seed = seed_of_chance() if found is None else found
        self._signatures: dict[str, Signature] = {}
        self._baselines: dict[str, tuple[Statistics, Result]] = {}
        for metric in metrics.values():
            self._add_metric(metric)

    def _add_metric(self, metric: Metric[Any]) -> None:
        """Score the baseline, once for all systems."""
        rows = metric.corpus_statistics(self.named_systems[0][1], self.references)
        score = metric.score_from_statistics(column_sums(rows))
        if score.name in self.metrics:
            raise ValueError(f'`metrics` must have scores of different names; found two of "{score.name}"')
        result = Result(score.score)
        n_resamples = self.n_samples if self.test_type == "bs" else self.n_ar_confidence
        if n_resamples > 0:
            sums = bootstrap_sums(rows, n_resamples, self._seed)
            result.mean, result.ci = estimate_ci(metric.resampled_scores(sums, HELD_BY_BOOTSTRAP))
        signature = metric.get_signature()
        signature.update("seed", self._seed_name)
        signature.update(self.test_type, self.n_samples)
        if self.n_ar_confidence > 0:
            signature.update("bs", self.n_ar_confidence)
        self.metrics[score.name] = metric
        self._baselines[score.name] = (rows, result)
        self._signatures[score.name] = signature

    def __call__(self) -> tuple[dict[str, Signature], dict[str, list[Any]]]:
        """Run the test.

        Returns
        -------
        tuple of dict
            The signatures by metric; and the systems' names as ``"System"``, then a list of `Result` for each metric,
            one a system in their order.

        Raises
        ------
        ValueError
            If a system has another number of hypotheses than the baseline.
        """
        scores: dict[str, list[Any]] = {"System": [name for name, _ in self.named_systems]}
        for name, metric in self.metrics.items():
            baseline, result = self._baselines[name]
            rows = [metric.corpus_statistics(hypotheses, self.references) for _, hypotheses in self.named_systems[1:]]
            test = self._by_bootstrap if self.test_type == "bs" else self._by_randomisation
            scores[name] = [result, *test(metric, baseline, result.score, rows)]
        return self._signatures, scores

    def _by_bootstrap(
        self, metric: Metric[Any], baseline: Statistics, baseline_score: float, systems: list[Statistics]
    ) -> list[Result]:
        values = self._bootstrap_scores(metric, [baseline, *systems], self.n_samples)
        results = []
        for rows, scores in zip(systems, values[1:], strict=True):
            score = metric.score_from_statistics(column_sums(rows)).score
            differences = np.abs(scores - values[0])
            centred = differences - differences.mean()
            mean, ci = estimate_ci(scores)
            results.append(Result(score, _p_value(centred, abs(baseline_score - score)), mean, ci))
        return results

    def _by_randomisation(
        self, metric: Metric[Any], baseline: Statistics, baseline_score: float, systems: list[Statistics]
    ) -> list[Result]:
        results = []
        for rows in systems:
            score = metric.score_from_statistics(column_sums(rows)).score
            first, second = (
                metric.resampled_scores(sums, "int64" if sums.dtype == np.int64 else "float64")
                for sums in trial_sums(baseline, rows, self.n_samples, self._seed)
            )
            results.append(Result(score, _p_value(np.abs(first - second), abs(baseline_score - score))))
        if self.n_ar_confidence > 0:
            # sacrebleu's generator goes on where the coins of the trials have left it.
            flips = self.n_samples * len(baseline)
            for result, scores in zip(
                results, self._bootstrap_scores(metric, systems, self.n_ar_confidence, n_flips=flips), strict=True
            ):
                result.mean, result.ci = estimate_ci(scores)
        return results

    def _bootstrap_scores(
        self, metric: Metric[Any], systems: list[Statistics], n_resamples: int, *, n_flips: int = 0
    ) -> list[Scores]:
        """Scores of each system's resamples; all systems are resampled alike, and so together."""
        if not systems:
            return []
        side_by_side: Statistics = np.hstack(systems)  # type: ignore[assignment]
        sums = bootstrap_sums(side_by_side, n_resamples, self._seed, n_flips=n_flips)
        return [
            metric.resampled_scores(np.ascontiguousarray(part), HELD_BY_BOOTSTRAP)
            for part in np.split(sums, len(systems), axis=1)
        ]


def estimate_ci(scores: Scores) -> tuple[float, float]:
    """Return the mean of scores, and half the width of their central 95 per cent.

    Raises
    ------
    ValueError
        If there are none.

    Examples
    --------
    >>> estimate_ci(np.arange(100.0))
    (np.float64(49.5), np.float64(47.5))
    """
    if len(scores) == 0:
        raise ValueError("`scores` must not be empty")
    ordered = np.sort(scores)
    n_dropped = len(ordered) // 40
    # The mean of the sorted scores: numpy's sum depends on their order.
    return ordered.mean(), 0.5 * (ordered[len(ordered) - n_dropped - 1] - ordered[n_dropped])


def _p_value(values: Scores, difference: float) -> float:
    return (int(np.sum(values > difference)) + 1) / (len(values) + 1)


def _check_systems(named_systems: Sequence[tuple[str, Sequence[str]]]) -> None:
    if not isinstance(named_systems, list | tuple):
        raise TypeError(f"`named_systems` must be a list of (name, hypotheses); found {type(named_systems).__name__}")
    if not named_systems:
        raise ValueError("`named_systems` must have a baseline, the first; found none")
    for index, system in enumerate(named_systems):
        if not isinstance(system, tuple | list) or len(system) != 2 or not isinstance(system[0], str):
            raise TypeError(f"`named_systems[{index}]` must be a tuple of a name and hypotheses; found {system!r:.80}")
    sizes = [len(hypotheses) for _, hypotheses in named_systems]
    for index, size in enumerate(sizes):
        if size != sizes[0]:
            raise ValueError(
                f"`named_systems[{index}]` must have as many hypotheses as the baseline, {sizes[0]}; found {size}"
            )


def _check_metrics(metrics: Mapping[str, Metric[Any]]) -> None:
    if not isinstance(metrics, Mapping):
        raise TypeError(f"`metrics` must be a mapping of names to metrics; found {type(metrics).__name__}")
    if not metrics:
        raise ValueError("`metrics` must have at least one metric; found none")
    for name, metric in metrics.items():
        if not isinstance(metric, Metric):
            raise TypeError(
                f"`metrics[{name!r}]` must be a BLEU, CHRF or TER of evalsuite; found {type(metric).__name__}"
            )
