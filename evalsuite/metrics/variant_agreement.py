"""Variant agreement: whether an item is answered alike, however it is told."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.answers import answer_key
from evalsuite.metrics._answers import gold_answers, judge_answer
from evalsuite.metrics._options import check_choice
from evalsuite.metrics._outputs import example_outputs, text_of
from evalsuite.metrics._votes import shared_outcome
from evalsuite.metrics.base import CurveMetric, Example, FloatArray, Rows, SampleOutputs, final_outputs
from evalsuite.types import Interval, Outcome, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.metrics.accuracy import UndecidedPolicy

__all__ = ["VariantAgreement"]

_ITEM, _VARIANT, _GOLD, _ANSWER = range(4)
_NO_ANSWER = 0.0


@dataclass(frozen=True)
class VariantAgreement(CurveMetric):
    """Variant agreement: share of pairs of an item's variants that are answered alike, right or wrong, 0-1.

    Parameters
    ----------
    undecided : {"apart", "wrong"}, default "apart"
        An answer that cannot be settled: it has no pairs, or it agrees with none. The latter is for tasks that say in
        what form an answer is to be written, where else a model would be rated by what it did not hedge on.

    Notes
    -----
    Samples are variants of one item where ``metadata["variant_of"]`` is the same; ``metadata["variant"]`` says which:
    text, table and image, for example. ``agreement = pairs with equal answers / pairs``, over all pairs of two
    variants of one item that have the same right answer [1]_. Answers are equal where `evalsuite.answers.answer_key`
    is; whether they are right, `evalsuite.metrics.accuracy.Accuracy` by ``variant`` says. Range 0 to 1; higher is more
    consistent.

    A variant without an answer (``unextracted``, ``truncated``, ``refused``) agrees with none. One whose answer is
    ``undecided`` (but see the option), or in error, has no pairs. Of several repeats the most frequent answer counts,
    of a tie the one given first. Answers that have nothing to do with one another agree in a share of at least the
    accuracy squared, so that 0 is not what chance gives. `evalsuite.metrics.agreement.AnswerAgreement` is about the
    outputs of one sample.

    A row is [item, variant, right answer, answer], as codes; the interval resamples clusters of items.

    References
    ----------
    .. [1] Elazar et al., "Measuring and improving consistency in pretrained language models", TACL 9, 2021,
       arXiv:2102.01017, for agreement over pairs of paraphrases.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> forms = ("text", "table", "image")
    >>> samples = [
    ...     Sample(id=form, input={}, references=("answer: B",), metadata={"variant_of": "1", "variant": form})
    ...     for form in forms
    ... ]
    >>> rows = VariantAgreement().rows(samples, [[Output(text=f"answer: {x}")] for x in "AAB"])
    >>> round(VariantAgreement().value(rows.values), 3)
    0.333
    """

    name = "variant_agreement"
    value_range = (0.0, 1.0)

    undecided: UndecidedPolicy = "apart"

    def __post_init__(self) -> None:
        check_choice(self.name, "undecided", self.undecided, ("apart", "wrong"))

    @property
    def n_columns(self) -> int:
        """Codes of the item, the variant, the right answer and the answer."""
        return 4

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), self.n_columns), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            item, variant = (_label(sample, key) for key in ("variant_of", "variant"))
            golds = gold_answers(self.name, sample)
            answer, outcome = _answer(sample_outputs, golds)
            if answer is None and outcome == "undecided" and self.undecided == "wrong":
                answer, outcome = _NO_ANSWER, "wrong"
            outcomes.append(outcome)
            if answer is not None:
                values[i] = _code(item), _code(variant), _code(answer_key(golds[0]) or golds[0]), answer
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, rows: FloatArray) -> float:
        alike, pairs = _pairs(rows)[0].sum(axis=0)
        return float(alike / pairs) if pairs else float("nan")

    def interval(self, rows: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int) -> Interval | None:
        """Return percentiles of 10,000 resamples of items' clusters; of a proportion where all pairs are alike."""
        sums, first = _pairs(rows)
        kept = sums[:, 1] > 0
        if not kept.any():
            return None
        labels = stats.dense_labels(clusters[first[kept]])
        return stats.share_interval(sums[kept], labels, lambda totals: totals[..., 0] / totals[..., 1], seed=seed)

    def example(self) -> Example:
        """Return two items answered alike in both variants, one, and none."""
        samples = tuple(
            Sample(id=f"{i}-{form}", input={}, references=("answer: 12",), metadata={"variant_of": i, "variant": form})
            for i in ("a", "b")
            for form in ("text", "table")
        )
        alike = ["answer: 12", "answer: 12", "answer: 13", "answer: 13"]
        return Example(
            samples=samples,
            best=example_outputs(samples, alike),
            worse=example_outputs(samples, ["answer: 12", "answer: 12", "answer: 13", "answer: 12"]),
            worst=example_outputs(samples, ["answer: 12", "answer: 14", "answer: 13", ""]),
        )


def _label(sample: Sample, key: str) -> str:
    label = sample.metadata.get(key)
    if not isinstance(label, str) or not label:
        raise ValueError(
            f'variant_agreement: sample "{sample.id}": metadata["{key}"] must name '
            f"{'the item it is a variant of' if key == 'variant_of' else 'the variant'}, found {label!r}"
        )
    return label


def _code(text: str) -> float:
    """Return a whole number from 1 to 2**48 that stands for a text; two texts share one hardly ever."""
    return float(int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big") + 1)


def _answer(outputs: SampleOutputs, golds: Sequence[str]) -> tuple[float | None, Outcome]:
    """Return the code of the most frequent answer of the repeats, None where none has a verdict, and the outcome."""
    counts: Counter[str] = Counter()
    outcomes: list[Outcome] = []
    for output in final_outputs(outputs):
        text = text_of(output)
        if text is None:
            outcomes.append("error")
            continue
        judged = judge_answer(output, text, golds)
        outcomes.append(judged.outcome)
        key = answer_key(judged.text)
        if judged.outcome in ("right", "wrong") and key is not None:
            counts[key] += 1
    outcome = shared_outcome(outcomes)
    if counts:
        return _code(max(counts, key=lambda key: counts[key])), outcome  # of a tie the first
    return (None if outcome in ("error", "undecided") else _NO_ANSWER), outcome


def _pairs(rows: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return, for each item, its pairs that are alike and all its pairs, and the place of its first row.

    An item that a resample holds several times has that many times its pairs, and none among its copies.
    """
    items: dict[float, list[int]] = defaultdict(list)
    for place, item in enumerate(rows[:, _ITEM].tolist()):
        items[item].append(place)
    sums = np.zeros((len(items), 2))
    for i, places in enumerate(items.values()):
        variants: dict[float, list[tuple[float, float]]] = defaultdict(list)
        for place in places:
            variants[float(rows[place, _VARIANT])].append((float(rows[place, _GOLD]), float(rows[place, _ANSWER])))
        copies = len(places) / len(variants)
        for one, other in combinations([variants[key] for key in sorted(variants)], 2):
            met = [(a, b) for (gold, a), (other_gold, b) in product(one, other) if gold == other_gold]
            if met:
                sums[i, 0] += copies * sum(a == b != _NO_ANSWER for a, b in met) / len(met)
                sums[i, 1] += copies
    return sums, np.array([places[0] for places in items.values()], dtype=np.int64)
