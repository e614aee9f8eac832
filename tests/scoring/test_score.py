"""From outputs to scores: what has no value is counted and never zero, and kept rows are used while they are true."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.errors import TaskError, UsageError
from evalsuite.metrics.accuracy import Accuracy
from evalsuite.metrics.base import Rows, SampleOutputs
from evalsuite.metrics.bleu import Bleu
from evalsuite.metrics.distinct import Distinct2
from evalsuite.scoring import ScoringInput, load_stored_rows, make_metric, score_outputs
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample, Score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SAID = ["answer: 0", "answer: 1", "answer: 7", "no idea", None, "", "answer: 6", "answer: 7"]


def data(said: Sequence[str | None] = SAID, metadata: Sequence[dict[str, object]] = ()) -> ScoringInput:
    samples = [
        Sample(
            id=f"s{i}",
            input={},
            references=(f"answer: {i}",),
            cluster=f"c{i // 2}",
            depth=1 + i % 2,
            metadata=metadata[i] if metadata else {},  # type: ignore[arg-type]
        )
        for i in range(len(said))
    ]
    outputs = [
        (Output(text=text, sample_id=f"s{i}", finish_reason="error" if text is None else "stop"),)
        for i, text in enumerate(said)
    ]
    return ScoringInput(task_name="t", samples=samples, outputs=outputs)


def score(scored: ScoringInput, by: tuple[str, ...] = (), **settings: object) -> Score:
    return score_outputs(scored, MetricSpec(name="accuracy", primary=True, by=by), Accuracy(), **settings)  # type: ignore[arg-type]


def test_outcomes_are_counted_and_what_has_no_value_is_left_out() -> None:
    found = score(data())
    assert found.outcomes == {"right": 4, "wrong": 1, "unextracted": 2, "error": 1}
    assert (found.n, found.n_unscored, found.n_clusters) == (8, 1, 4)
    assert found.value == pytest.approx(4 / 7)
    assert found.interval is not None
    assert 0 < found.interval.low < 4 / 7 < found.interval.high < 1


def test_no_value_is_not_zero() -> None:
    for said in ([None] * 8, []):
        found = score(data(said), by=("depth",))
        assert found.value is None
        assert found.interval is None
        assert found.n_unscored == len(said)
        assert found.n_clusters == 0
        assert all(part.value is None and part.interval is None for part in found.slices["depth"])


@pytest.mark.parametrize("metric", [Accuracy(), Bleu(max_order=2), Distinct2()])
def test_an_error_changes_the_count_and_not_the_value(metric: Accuracy) -> None:
    whole = ["answer: 0", "answer: 9", "answer: 2"]
    spec = MetricSpec(name=metric.name)
    without = score_outputs(data(whole), spec, metric)
    with_errors = score_outputs(data([*whole, None, None]), spec, metric)
    assert without.value == with_errors.value is not None
    assert (with_errors.n, with_errors.n_unscored) == (5, 2)
    assert with_errors.outcomes["error"] == 2
    assert sum(with_errors.outcomes.values()) == 5


def test_one_cluster_has_a_value_and_no_interval() -> None:
    found = score(data(["answer: 0", "answer: 9"]))
    assert (found.value, found.interval, found.n_clusters) == (0.5, None, 1)


def test_samples_without_a_cluster_are_their_own() -> None:
    samples = [Sample(id=f"s{i}", input={}, references=("answer: 1",)) for i in range(5)]
    outputs = [(Output(text="answer: 1"),)] * 5
    assert score(ScoringInput(task_name="t", samples=samples, outputs=outputs)).n_clusters == 5


@dataclass(frozen=True)
class Torn(Accuracy):
    """Accuracy whose third and fourth samples are undecided."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        rows = super()._rows(samples, outputs)
        rows.values[2:4] = np.nan
        return Rows(rows.values, (*rows.outcomes[:2], "undecided", "undecided", *rows.outcomes[4:]))


def test_bounds_take_what_has_no_verdict_as_wrong_and_as_right() -> None:
    found = score_outputs(data(), MetricSpec(name="accuracy"), Torn())
    assert found.outcomes["undecided"] == 2
    assert found.value == pytest.approx(4 / 5)  # one of the eight is an error, two are undecided
    assert found.bounds == pytest.approx((4 / 8, 7 / 8))
    assert score(data()).bounds == pytest.approx((4 / 8, 5 / 8))
    judged = data([text for text in SAID if text is not None])
    assert score(judged).bounds is None


def test_slices_by_depth_and_by_what_metadata_says() -> None:
    kinds: list[dict[str, object]] = [{"kind": kind} for kind in ("b", "a", 3, True, 1.5, None, "a", 3)]
    found = score(data(metadata=kinds), by=("depth", "kind"))
    by_depth = {part.key: part for part in found.slices["depth"]}
    assert [part.key for part in found.slices["depth"]] == [1, 2]
    assert (by_depth[1].n, by_depth[1].n_unscored, by_depth[1].value) == (4, 1, pytest.approx(2 / 3))
    assert (by_depth[2].n, by_depth[2].n_unscored, by_depth[2].value) == (4, 0, pytest.approx(2 / 4))
    assert [(part.key, part.n) for part in found.slices["kind"]] == [(3, 2), ("a", 2), ("b", 1)]
    assert found.slices["kind"][2].interval is None  # one cluster


def test_scores_do_not_depend_on_earlier_scores() -> None:
    first = score(data(), by=("depth",))
    score_outputs(data(), MetricSpec(name="bleu"), Bleu())
    assert score(data(), by=("depth",)) == first


class Counting(Accuracy):
    """Accuracy that counts how often rows are computed."""

    calls = 0

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        type(self).calls += 1
        return super()._rows(samples, outputs)


@pytest.fixture
def counting() -> Counting:
    Counting.calls = 0
    return Counting()


def cached(metric: Accuracy, folder: Path, digest: str = "d") -> Score:
    return score_outputs(data(), MetricSpec(name="accuracy", by=("depth",)), metric, cache_folder=folder, digest=digest)


def test_rows_are_kept_and_used(tmp_path: Path, counting: Counting) -> None:
    first = cached(counting, tmp_path)
    assert (
        cached(counting, tmp_path)
        == first
        == score_outputs(data(), MetricSpec(name="accuracy", by=("depth",)), Accuracy())
    )
    assert counting.calls == 1
    stored = load_stored_rows(tmp_path, counting.signature(), "d")
    assert stored is not None
    assert stored.clusters.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert stored.rows.outcomes[3:5] == ("unextracted", "error")
    assert np.isnan(stored.rows.values[4]).all()
    assert load_stored_rows(tmp_path, counting.signature(), "other outputs") is None
    assert not list(tmp_path.glob("*.part"))


def test_rows_of_other_outputs_are_stale(tmp_path: Path, counting: Counting) -> None:
    cached(counting, tmp_path)
    cached(counting, tmp_path, digest="e")
    assert counting.calls == 2


def test_rows_of_another_release_are_stale(tmp_path: Path, counting: Counting) -> None:
    cached(counting, tmp_path)
    (notes,) = tmp_path.glob("*.json")
    content = json.loads(notes.read_text())
    assert content["release"] in notes.read_text()
    notes.write_text(json.dumps({**content, "release": "0.0.0"}))
    cached(counting, tmp_path)
    assert counting.calls == 2


@pytest.mark.parametrize("suffix", [".npy", ".json"])
def test_any_byte_that_changes_makes_rows_be_computed_again(tmp_path: Path, counting: Counting, suffix: str) -> None:
    expected = cached(counting, tmp_path)
    (path,) = tmp_path.glob(f"*{suffix}")
    content = path.read_bytes()
    for position in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[position] ^= 0x01
        path.unlink()  # rows that were memory-mapped before must keep their own bytes
        path.write_bytes(damaged)
        assert cached(counting, tmp_path) == expected
        assert json.loads(next(tmp_path.glob("*.json")).read_text()) is not None


@pytest.mark.parametrize("suffix", [".npy", ".json"])
@pytest.mark.parametrize("content", [b"", b"\0", b"[]", b"null", b"3", b"{}", b"[" * 100_000, b"\xff\xfe"])
def test_files_that_are_something_else_are_computed_again(
    tmp_path: Path, counting: Counting, suffix: str, content: bytes
) -> None:
    expected = cached(counting, tmp_path)
    (path,) = tmp_path.glob(f"*{suffix}")
    path.unlink()
    path.write_bytes(content)
    assert cached(counting, tmp_path) == expected
    assert counting.calls == 2
    assert cached(counting, tmp_path) == expected
    assert counting.calls == 2


def test_a_cache_that_cannot_be_written_costs_no_score(tmp_path: Path, counting: Counting) -> None:
    (tmp_path / "file").touch()
    assert cached(counting, tmp_path / "file" / "statistics").value is not None


def test_options_of_a_metric_are_checked() -> None:
    with pytest.raises(UsageError, match='unknown metric "blue"; did you mean "bleu"'):
        make_metric(MetricSpec(name="blue"), "here")
    with pytest.raises(TaskError, match=r'^here: metric "bleu" has no option "lowercse"; did you mean "lowercase"'):
        make_metric(MetricSpec(name="bleu", options={"lowercse": True}), "here")
    with pytest.raises(TaskError, match=r"^here: bleu: `max_order` must be an integer"):
        make_metric(MetricSpec(name="bleu", options={"max_order": [4]}), "here")
