"""The metric `horizon`: what it reads of outputs, and what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import TaskError, UsageError
from evalsuite.evaluation import evaluate
from evalsuite.figures import Curve, FigureInput, slice_figures
from evalsuite.metrics.horizon import Horizon
from evalsuite.metrics.step_accuracy import StepAccuracy
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report import load_report
from evalsuite.report.numbers import format_score
from evalsuite.report.report import score_record
from evalsuite.report.schema import validate_file
from evalsuite.scoring import ScoringInput, make_metric, score_outputs
from evalsuite.task import MetricSpec, load_task
from evalsuite.types import Output, Sample, Score

if TYPE_CHECKING:
    from pathlib import Path

CHAIN = Sample(
    id="c", input={}, references=("1: 5\n2: 8\n3: 16\n4: 17\nanswer: 17",), depth=4, metadata={"states": [5, 8, 16, 17]}
)
# Two chains of two steps that a fifth joins: the longest chain has three.
GRAPH = replace(CHAIN, id="g", depth=3, metadata={"states": [5, 8, 16, 17, 9], "parents": [[], [1], [], [3], [2, 4]]})


def row(sample: Sample, *texts: str, reason: str = "length") -> list[float]:
    outputs = [Output(text=text, finish_reason=reason, repeat=i) for i, text in enumerate(texts)]  # type: ignore[arg-type]
    values: list[float] = Horizon().rows([sample], [outputs]).values[0].tolist()
    return values[1:-1]


def test_answers_are_judged_as_by_accuracy() -> None:
    assert row(CHAIN, "answer: 17", reason="stop") == [4, 1, 0, 0, 0, 0]
    assert row(CHAIN, "answer: 18", "17", "", reason="stop") == [4, 1, 2, 0, 0, 0]
    # Cut after it had answered: an answer like any other.
    assert row(CHAIN, "answer: 17\nand so on") == [4, 1, 0, 0, 0, 0]
    assert row(CHAIN, "1: 5", reason="refused") == [4, 0, 1, 0, 0, 0]


def test_what_was_cut_counts_by_the_last_step_it_stated() -> None:
    assert row(CHAIN, "1: 5\n2: 8\n3: 1") == [4, 0, 0, 2, 1, 0]
    assert row(CHAIN, "1: 5\n2: 9\n3: 1") == [4, 0, 0, 2, 0, 1]
    assert np.isnan(row(CHAIN, "Let me see")).all()
    assert np.isnan(row(replace(CHAIN, metadata={}), "1: 5\n2: 8\n3")).all()
    # Repeats share the depth of the one that was cut first.
    assert row(CHAIN, "1: 5\n2: 8\n3: 16\n4", "1: 5\n2: 9\n", "none") == [4, 0, 0, 2, 1, 1]


def test_the_depth_of_a_cut_is_that_of_its_longest_chain() -> None:
    assert row(GRAPH, "1: 5\n2: 8\n3: 16\n4") == [3, 0, 0, 2, 1, 0]
    assert row(GRAPH, "1: 5\n2: 8\n3: 16\n4: 18\n5") == [3, 0, 0, 2, 0, 1]
    bad = replace(GRAPH, metadata={**GRAPH.metadata, "parents": [[], [1], [], [4], [2, 4]]})
    with pytest.raises(ValueError, match=r'sample "g": metadata\["parents"\] must list, .*; step 4 reads 4'):
        row(bad, "1: 5\n2: 8\n")


def test_a_sample_needs_a_depth() -> None:
    with pytest.raises(ValueError, match='sample "c" has no depth'):
        Horizon().rows([replace(CHAIN, depth=None)], [[Output(text="answer: 17")]])


@pytest.mark.parametrize("depth", [float("nan"), "2", 0, 1.5, True])
def test_a_depth_is_an_integer(depth: Any) -> None:
    for metric in (Horizon(), StepAccuracy()):
        with pytest.raises(
            ValueError, match=f'sample "c": its depth must be .* an integer of at least 1, got {depth!r}'
        ):
            metric.rows([replace(CHAIN, depth=depth)], [[Output(text="1: 5")]])


@pytest.mark.parametrize("state", [None, [3], float("nan")])
def test_a_state_is_a_text_or_a_number(state: Any) -> None:
    sample = replace(CHAIN, metadata={"states": [5, state, 16, 17]})
    for metric in (Horizon(), StepAccuracy()):
        with pytest.raises(ValueError, match=r'"c": metadata\["states"\] must hold texts and .*; that of step 2 is '):
            metric.rows([sample], [[Output(text="1: 5\n2: 8\n3", finish_reason="length")]])


def test_a_cut_cannot_count_as_wrong() -> None:
    with pytest.raises(UsageError, match='can only be "censored", got "wrong"'):
        Horizon(cut="wrong")
    with pytest.raises(TaskError, match=r'metrics\[0\]: horizon: .* can only be "censored"'):
        make_metric(MetricSpec(name="horizon", options={"cut": "wrong"}), "metrics[0]")
    assert Horizon().signature() == Horizon(cut="censored").signature() == "horizon|floor:0.0|undecided:apart|version:1"


def scored(e: float, *, families: int = 1, depths: int = 16) -> tuple[Score, ScoringInput]:
    rng = np.random.default_rng(1)
    samples, outputs = [], []
    for i in range(48 * depths * families):
        depth = i % depths + 1
        family = f"f{i // (48 * depths)}"
        samples.append(
            Sample(
                id=str(i),
                input={},
                references=("answer: 3",),
                cluster=f"{family}/{i // depths}",
                depth=depth,
                metadata={"family": family},
            )
        )
        right = rng.random() < (1 - e) ** depth
        outputs.append([Output(text=f"answer: {3 if right else 4}", sample_id=str(i))])
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    return score_outputs(data, MetricSpec(name="horizon", primary=True), Horizon()), data


def walked(error: float, floor: float, *, stated: float, seed: int) -> Score:
    """Score a solver that errs for good at a constant rate; a share of it states its steps, and never guesses."""
    rng = np.random.default_rng(seed)
    samples, outputs = [], []
    for i in range(48 * 24):
        depth = i % 24 + 1
        found = rng.random(depth) < error
        states = ["on" if not found[: k + 1].any() else "off" for k in range(depth)]
        right = states[-1] == "on"
        works = rng.random() < stated
        if not works:
            right = right or rng.random() < floor
        lines = [f"{k}: {state}" for k, state in enumerate(states, start=1)] if works else []
        samples.append(
            Sample(
                id=str(i),
                input={},
                references=("answer: red",),
                cluster=f"t{i // 24}",
                depth=depth,
                metadata={"states": ["on"] * depth},
            )
        )
        outputs.append([Output(text="\n".join([*lines, f"answer: {'red' if right else 'blue'}"]))])
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    return score_outputs(data, MetricSpec(name="horizon", primary=True), Horizon(floor=floor))


@pytest.mark.parametrize("stated", [0.0, 0.5, 1.0])
def test_who_states_the_steps_does_not_guess(stated: float) -> None:
    """The horizon of a step error of 5 % is 13.5, however many of the outputs guess where they lost the path."""
    score = walked(0.05, 0.25, stated=stated, seed=2)
    assert score.value == pytest.approx(13.51, rel=0.12)
    assert score.interval is not None
    assert score.interval.low < 13.51 < score.interval.high
    said = [note for note in score.notes if note.startswith("guessing: ")]
    assert bool(said) == (stated > 0)


def test_where_hedging_is_no_answer_it_costs_the_horizon() -> None:
    samples = [
        Sample(id=str(i), input={}, references=("answer: red",), depth=i % 8 + 1, cluster=str(i // 8))
        for i in range(160)
    ]
    outputs = [[Output(text="answer: red" if i % 8 < 3 else "answer: maybe red or blue")] for i in range(160)]
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    strict = score_outputs(data, MetricSpec(name="horizon"), Horizon(undecided="wrong"))
    apart = score_outputs(data, MetricSpec(name="horizon"), Horizon())
    assert strict.value == pytest.approx(3.5, abs=0.5)
    assert apart.outcomes == {"right": 60, "undecided": 100}
    assert strict.outcomes == {"right": 60, "wrong": 100}


def test_a_score_has_what_stands_beside_it() -> None:
    score, data = scored(0.08)
    assert score.value == pytest.approx(8.31, rel=0.15)
    assert score.interval is not None
    assert score.interval.low < 8.31 < score.interval.high
    assert score.reach == (1.0, 16.0)
    assert {"H80", "H99", "k", "e", "p fit"} <= set(score.details)
    assert score.details["e"].value == pytest.approx(0.08, rel=0.15)
    assert any(note.startswith("error per step ") and "a constant rate is not rejected" in note for note in score.notes)
    assert any("if the grader passed 2 % of wrong answers H50 is" in note for note in score.notes)
    json.dumps(score_record(score), allow_nan=False)
    metric = Horizon()
    rows = metric.rows(data.samples, data.outputs)
    found = metric.figures(
        FigureInput(task_name="t", score=score, samples=data.samples, outputs=data.outputs, values=rows.values)
    )
    (figure,) = found
    assert isinstance(figure.content, Curve)
    assert figure.content.marks is not None
    assert len(figure.content.marks.x) == 16
    assert all(
        low is not None and y is not None and high is not None and low <= y <= high
        for low, y, high in zip(figure.content.low, figure.content.y, figure.content.high, strict=True)
    )


def figure_of(score: Score, data: ScoringInput) -> Curve:
    rows = Horizon().rows(data.samples, data.outputs)
    (figure,) = Horizon().figures(
        FigureInput(task_name="t", score=score, samples=data.samples, outputs=data.outputs, values=rows.values)
    )
    assert isinstance(figure.content, Curve)
    return figure.content


@pytest.mark.parametrize("e", [0.0, 1.0])
def test_what_is_all_right_or_all_wrong_has_a_figure(e: float) -> None:
    curve = figure_of(*scored(e, depths=4))
    assert set(curve.y) == {1.0 - e}
    assert set(curve.low) == set(curve.high) == {None}
    assert curve.marks is not None
    assert curve.marks.y == (1.0 - e,) * 4


def test_the_figure_reads_half_at_h50() -> None:
    score, data = scored(0.35, depths=24)
    curve = figure_of(score, data)
    assert score.value == pytest.approx(1.6, abs=0.2)
    assert np.interp(score.value, curve.x, [y or 0.0 for y in curve.y]) == pytest.approx(0.5, abs=0.001)


def test_beyond_the_deepest_is_said_in_words() -> None:
    score, _ = scored(0.002)
    assert score.value == 16.0
    assert format_score(score) == "> 16 [> 16, > 16]"
    assert format_score(scored(0.8)[0]).startswith("< 1 [< 1, ")


def test_one_depth_is_all_right_or_all_wrong_and_not_the_same(tmp_path: Path) -> None:
    samples = tuple(replace(CHAIN, id=str(i), input={"problem": "Add."}) for i in range(40))
    task = replace(load_task("ledger"), name="one_depth", samples=samples, source="")
    shown = []
    for answer in ("17", "7"):
        (report,) = evaluate(f"scripted:constant,text={answer}", task, output=tmp_path)
        (score,) = [one for one in report.scores if one.metric == "horizon"]
        shown.append((format_score(score), score.reach))
    assert shown == [("> 4", (None, 4.0)), ("< 4", (4.0, None))]
    paths = list(tmp_path.rglob("report.json"))
    assert len(paths) == 2
    for path in paths:
        assert validate_file(path) == "report"
        assert {one.reach for one in load_report(path).scores if one.metric == "horizon"} < {end for _, end in shown}


def test_families_have_a_geometric_mean() -> None:
    score, data = scored(0.08, families=3)
    rows = Horizon().rows(data.samples, data.outputs)
    codes = np.unique(rows.values[:, 0])
    each = [Horizon().value(rows.values[rows.values[:, 0] == code]) for code in codes]
    assert score.value == pytest.approx(float(np.exp(np.mean(np.log(each)))), rel=1e-12)
    assert score.notes[0].startswith("geometric mean of 3 families, H50 ")
    assert score.interval is not None
    assert score.interval.low < score.value < score.interval.high


def test_a_report_with_a_horizon_keeps_to_its_schema(tmp_path: Path) -> None:
    samples = load_task("ledger").samples[:192]
    answers = {sample.id: sample.references[0] if (sample.depth or 0) < 13 else "answer: 100" for sample in samples}
    model = ScriptedModel(lambda request: answers[request.sample_id], fingerprint="fixed")
    (report,) = evaluate(model, "ledger", limit=192, output=tmp_path / "runs")
    (path,) = (tmp_path / "runs").rglob("report.json")
    assert validate_file(path) == "report"
    assert load_report(path).scores == report.scores
    (found,) = [score for score in report.scores if score.metric == "horizon"]
    assert found.value == pytest.approx(12.5, abs=0.6)
    assert set(found.details) >= {"H80", "k"}


def test_no_samples_and_one_sample() -> None:
    empty = score_outputs(ScoringInput(task_name="t", samples=[], outputs=[]), MetricSpec(name="horizon"), Horizon())
    assert (empty.value, empty.interval, dict(empty.details)) == (None, None, {})
    one = ScoringInput(task_name="t", samples=[CHAIN], outputs=[[Output(text="answer: 17")]])
    score = score_outputs(one, MetricSpec(name="horizon"), Horizon())
    assert (score.value, score.interval) == (4.0, None)


def test_slices_say_where_the_samples_tell_of_no_more() -> None:
    """In short contexts all is right, in long ones nothing is, and there was no short item among them."""
    samples = [
        Sample(
            id=f"{words}-{i}",
            input={},
            references=("answer: 7",),
            depth=i % 4 + (1 if words == 0 else 3),
            cluster=f"t{i % 5}",
            metadata={"words": words},
        )
        for words in (0, 900)
        for i in range(40)
    ]
    outputs = [[Output(text="answer: 7" if sample.metadata["words"] == 0 else "answer: 8")] for sample in samples]
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    score = score_outputs(data, MetricSpec(name="horizon", by=("words",)), Horizon())
    assert [(part.value, part.reach) for part in score.slices["words"]] == [(4.0, (1.0, 4.0)), (3.0, (3.0, 6.0))]
    (figure,) = slice_figures(score)
    assert figure.caption.endswith("Where the samples tell of no more: 0: > 4, 900: < 3.")


def test_the_reach_of_several_families_is_their_geometric_mean() -> None:
    rows = np.array([[family, depth, 1, 1, 0, 0, 0, 0] for family in (1, 2) for depth in (2, 8 * family)], dtype=float)
    assert Horizon().reach(rows) == pytest.approx((2.0, np.sqrt(8 * 16)))
    assert Horizon().reach(rows[:0]) is None


RIGHT, FALLING, WRONG = ((8, 8, 8), (8, 5, 1), (0, 0, 0))


def of_families(*families: tuple[int, ...]) -> Score:
    """Score families by right answers of 8 at depths 1, 2 and 4; a slice has the same samples as the whole."""
    samples, outputs = [], []
    for name, counts in zip("abc", families, strict=False):
        for depth, right in zip((1, 2, 4), counts, strict=True):
            for i in range(8):
                metadata = {"family": name, "all": "yes"}
                one = Sample(
                    id=f"{name}{depth}-{i}", input={}, references=("answer: 3",), depth=depth, cluster=f"{name}{i}"
                )
                samples.append(replace(one, metadata=metadata))
                outputs.append([Output(text=f"answer: {3 if i < right else 4}")])
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    return score_outputs(data, MetricSpec(name="horizon", by=("all",)), Horizon())


@pytest.mark.parametrize(
    ("families", "shown"),
    [
        ((FALLING, FALLING), "2."),
        ((RIGHT, FALLING), "> 3."),
        ((WRONG, FALLING), "< 1."),
        ((RIGHT, RIGHT), "> 4"),
        ((RIGHT, WRONG), "-"),
        ((RIGHT, FALLING, WRONG), "-"),
    ],
)
def test_the_whole_and_a_slice_of_all_samples_say_the_same(families: tuple[tuple[int, ...], ...], shown: str) -> None:
    score = of_families(*families)
    (part,) = score.slices["all"]
    assert (part.value, part.reach, part.interval) == (score.value, score.reach, score.interval)
    assert format_score(score).startswith(shown)
    if shown == "-":
        assert (score.value, score.reach, score.interval) == (None, None, None)
        assert score.notes[1].endswith("above its deepest depth and another's below its shallowest: no mean is known")
