"""Paired tests against sacrebleu's: the resampling of statistics that are there already.

sacrebleu's tests compute the statistics of the systems as well. To leave that out on both sides, a metric of each gives
back statistics that were computed before.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import sacrebleu.significance
from sacrebleu.metrics.bleu import BLEU as THEIR_BLEU
from sacrebleu.metrics.chrf import CHRF as THEIR_CHRF

from evalsuite.text.bleu import BLEU
from evalsuite.text.chrf import CHRF
from evalsuite.text.resampling import HELD_BY_BOOTSTRAP, bootstrap_sums
from evalsuite.text.significance import PairedTest
from tests.benchmarks.race import time_in_group
from tests.reference.systems import make_systems

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

N_SEGMENTS = 1000
N_SYSTEMS = 5
TARGETS = {"bs": 20.0, "ar": 25.0}
GROUPS = {
    "bs": f"paired bootstrap, {{}}, {N_SYSTEMS} systems x {N_SEGMENTS} segments x 1,000",
    "ar": f"approximate randomisation, {{}}, {N_SYSTEMS} systems x {N_SEGMENTS} segments x 10,000",
}


@cache
def systems() -> tuple[list[tuple[str, list[str]]], list[list[str]]]:
    named, streams = make_systems(N_SEGMENTS, N_SYSTEMS, seed=1)
    return named, [[text or "" for text in streams[0]]]


def ours(kind: Any) -> Any:
    """Our metric with its statistics at hand."""
    named, streams = systems()

    class Known(kind):  # type: ignore[misc]
        def corpus_statistics(self, hypotheses: Any, references: Any) -> Any:
            return known[id(hypotheses)]

    metric = Known()
    known = {id(texts): kind().corpus_statistics(texts, streams) for _, texts in named}
    metric.num_refs = 1
    return metric


def theirs(kind: Any) -> Any:
    """sacrebleu's metric with its statistics at hand."""
    named, streams = systems()

    class Known(kind):  # type: ignore[misc]
        def _extract_corpus_statistics(self, hypotheses: Any, references: Any) -> Any:
            return known[id(hypotheses)]

    metric = Known()
    known = {id(texts): kind()._extract_corpus_statistics(texts, streams) for _, texts in named}
    metric.num_refs = 1
    return metric


@cache
def expected(name: str, test_type: str) -> str:
    kind = {"BLEU": THEIR_BLEU, "chrF": THEIR_CHRF}[name]
    return repr(sacrebleu.significance.PairedTest(systems()[0], {name: theirs(kind)}, None, test_type=test_type)()[1])


@pytest.mark.parametrize("name", ["BLEU", "chrF"])
@pytest.mark.parametrize("test_type", ["bs", "ar"])
def test_ours(benchmark: BenchmarkFixture, test_type: Any, name: str) -> None:
    metric = ours({"BLEU": BLEU, "chrF": CHRF}[name])

    def call() -> Any:
        return PairedTest(systems()[0], {name: metric}, None, test_type=test_type)()[1]

    assert repr(call()) == expected(name, test_type)
    time_in_group(benchmark, GROUPS[test_type].format(name), "evalsuite", call, rounds=7)


@pytest.mark.parametrize("name", ["BLEU", "chrF"])
@pytest.mark.parametrize("test_type", ["bs", "ar"])
def test_sacrebleu(benchmark: BenchmarkFixture, test_type: Any, name: str) -> None:
    metric = theirs({"BLEU": THEIR_BLEU, "chrF": THEIR_CHRF}[name])

    def call() -> Any:
        return sacrebleu.significance.PairedTest(systems()[0], {name: metric}, None, test_type=test_type)()[1]

    time_in_group(benchmark, GROUPS[test_type].format(name), "sacrebleu", call, rounds=2, target=TARGETS[test_type])


ONE = f"bootstrap from statistics, BLEU, {N_SEGMENTS} segments x 1,000"


def test_our_bootstrap(benchmark: BenchmarkFixture) -> None:
    metric = BLEU()
    rows = metric.corpus_statistics(systems()[0][0][1], systems()[1])

    def call() -> Any:
        return metric.resampled_scores(bootstrap_sums(rows, 1000, 12345), HELD_BY_BOOTSTRAP).tolist()

    assert call() == [score.score for score in sacrebleu_bootstrap()]
    time_in_group(benchmark, ONE, "evalsuite", call, rounds=15)


def test_sacrebleus_bootstrap(benchmark: BenchmarkFixture) -> None:
    statistics = THEIR_BLEU()._extract_corpus_statistics(systems()[0][0][1], systems()[1])
    time_in_group(benchmark, ONE, "sacrebleu", lambda: sacrebleu_bootstrap(statistics), rounds=5, target=TARGETS["bs"])


def sacrebleu_bootstrap(statistics: Any = None) -> list[Any]:
    metric = THEIR_BLEU()
    rows = statistics or metric._extract_corpus_statistics(systems()[0][0][1], systems()[1])
    return sacrebleu.significance._bootstrap_resample(rows, metric, 1000)[1]
