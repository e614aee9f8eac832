"""Horizons of simulated solvers, whose law is known, and of data that say little."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.errors import UsageError
from evalsuite.horizon import HorizonFit, count_records, fit_horizon
from evalsuite.horizon.law import fit_laws
from evalsuite.horizon.remarks import described
from tests.horizon.simulated import verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

DEPTHS = (1, 2, 4, 8, 16, 32, 64)


def truth(e: float) -> float:
    return math.log(2) / -math.log1p(-e)


def test_intervals_hold_the_truth_and_the_estimate_is_not_biased() -> None:
    """200 runs of 40 templates whose difficulty differs, each once at each depth.

    Of 200 intervals of true coverage 0.95, 181 to 198 hold the truth with a chance of 0.997 (binomial). The mean
    horizon's logarithm is off by less than four standard errors (0.16 / sqrt(200)).
    """
    rng = np.random.default_rng(1)
    runs = [fit_horizon(verdicts(rng, DEPTHS, e=0.03, spread=0.2), seed=i, n_resamples=400) for i in range(200)]
    # The law of a mixture over templates is not the law of its middle: the truth is its own median.
    grid = np.linspace(1, 64, 6301)
    scales = -1 / np.log1p(-0.03) * np.exp(0.2 * np.random.default_rng(0).standard_normal(4000))
    mixed = np.array([np.exp(-d / scales).mean() for d in grid[::10]])
    middle = float(np.interp(0.5, mixed[::-1], grid[::10][::-1]))
    held = sum(_holds(run, middle) for run in runs)
    assert 181 <= held <= 198
    logs = [math.log(run.h50.value or math.nan) for run in runs]
    assert abs(np.mean(logs) - math.log(middle)) < 4 * np.std(logs) / math.sqrt(200) + 0.01


def _holds(run: HorizonFit, value: float) -> bool:
    interval = run.h50.interval
    return interval is not None and interval.low <= value <= interval.high


def test_step_error_and_shape_of_constant_hazard_are_covered() -> None:
    """Limits as above, twice; constant hazard is kept in most of the runs: each of its two tests errs in 5 %."""
    rng = np.random.default_rng(2)
    runs = [fit_horizon(verdicts(rng, DEPTHS, e=0.1, templates=48), seed=i, n_resamples=400) for i in range(200)]
    errors = [run.step_error.interval for run in runs]
    assert 181 <= sum(one is not None and one.low <= 0.1 <= one.high for one in errors) <= 198
    shapes = [run.shape.interval for run in runs]
    assert 181 <= sum(one is not None and one.low <= 1.0 <= one.high for one in shapes) <= 199
    # At most 10 % + 3.3 standard errors of sqrt(.1 * .9 / 200).
    assert sum(run.is_constant is False for run in runs) <= 34
    assert sum(any("does not fit" in text for text in run.warnings) for run in runs) <= 22


@pytest.mark.parametrize(("shape", "above"), [(1.6, True), (0.6, False)])
def test_rising_and_falling_hazard_are_seen(shape: float, above: bool) -> None:
    table = verdicts(np.random.default_rng(3), DEPTHS, e=0.06, shape=shape, templates=48, per_cell=8)
    fit = fit_horizon(table, seed=0)
    assert fit.shape.interval is not None
    assert fit.shape.interval.low > 1 if above else fit.shape.interval.high < 1
    assert fit.is_constant is False


def test_a_cut_is_censored_and_not_wrong() -> None:
    """Items of up to 128 steps, cut at 40 where half survive 69; as wrong they halve it."""
    rng = np.random.default_rng(4)
    table = verdicts(rng, (8, 16, 32, 64, 128), e=0.01, templates=48, per_cell=20, cap=40)
    assert fit_horizon(table, seed=0).h50.value == 40.0  # beyond what was tested
    found = fit_laws(table, table.totals[None])
    assert found.horizon(0.5)[0] == pytest.approx(truth(0.01), rel=0.2)
    assert fit_horizon(table, seed=0).n_cut == 48 * 20 * 2
    with pytest.raises(UsageError, match='can only be "censored", got "wrong": counted as wrong, they make the'):
        count_records([1], [1], cut_counts_as="wrong")


def test_a_known_floor_is_taken_off() -> None:
    rng = np.random.default_rng(5)
    table = verdicts(rng, DEPTHS, e=0.05, floor=0.25, templates=48, per_cell=20)
    with_floor, without = fit_horizon(table, floor=0.25, seed=0), fit_horizon(table, seed=0)
    assert with_floor.h50.value == pytest.approx(truth(0.05), rel=0.1)
    assert without.h50.value is not None
    assert without.h50.value > 1.3 * truth(0.05)
    assert any("does not fit" in text for text in without.warnings)


@pytest.mark.parametrize(("negatives", "positives"), [(0.02, 0.0), (0.0, 0.02)])
def test_the_band_of_grader_noise_reaches_the_truth(negatives: float, positives: float) -> None:
    rng = np.random.default_rng(6)
    table = verdicts(
        rng,
        DEPTHS,
        e=0.03,
        templates=48,
        per_cell=200,
        false_negatives=negatives,
        false_positives=positives,
    )
    passed, failed = fit_horizon(table, seed=0, n_resamples=10).band
    assert passed.value is not None
    assert failed.value is not None
    assert passed.value < failed.value
    assert (failed if negatives else passed).value == pytest.approx(truth(0.03), rel=0.03)


def test_nothing_is_told_beyond_the_depths_tested() -> None:
    rng = np.random.default_rng(7)
    deep = fit_horizon(verdicts(rng, (1, 2, 4), e=0.01), seed=0)
    assert deep.h50.value == 4.0
    assert deep.h50.reach == (1.0, 4.0)
    assert deep.h50.interval is not None
    assert deep.h50.interval.high == 4.0
    shallow = fit_horizon(verdicts(rng, (8, 16), e=0.3), seed=0)
    assert shallow.h50.value == 8.0
    assert shallow.h50.reach == (8.0, 16.0)


def test_data_that_say_little() -> None:
    nothing = fit_horizon(count_records([], []), seed=0)
    assert nothing.h50.value is None
    assert nothing.warnings == ("no horizon: there are no answers to fit",)
    all_right = fit_horizon(count_records([1, 2, 3] * 30, [1] * 90), seed=0)
    assert (all_right.h50.value, all_right.h50.interval, all_right.shape.value) == (3.0, None, None)
    assert all_right.step_error.value is None
    assert "no interval: all answers are alike" in all_right.warnings
    all_wrong = fit_horizon(count_records([1, 2, 3] * 30, [0] * 90), seed=0)
    assert (all_wrong.h50.value, all_wrong.h50.interval) == (1.0, None)
    one_depth = fit_horizon(count_records([5] * 40, [1] * 30 + [0] * 10), seed=0)
    assert one_depth.h50.value == 5.0
    assert one_depth.shape.value is None
    assert one_depth.is_constant is None
    assert "too few depths have answers of both kinds to test whether the depth law fits" in one_depth.warnings
    two = fit_horizon(count_records([1, 2, 3, 4] * 2, [1, 1, 0, 0, 1, 0, 1, 0], clusters=[0] * 4 + [1] * 4), seed=0)
    assert two.h50.interval is not None
    assert "only 2 templates: intervals of so few are too narrow" in two.warnings
    one = fit_horizon(count_records([1, 2, 3, 4], [1, 1, 0, 0], clusters=[0] * 4), seed=0)
    assert one.h50.interval is None
    assert any(text.startswith("no interval: one template") for text in one.warnings)
    rising = fit_horizon(count_records([1] * 40 + [8] * 40, [0] * 30 + [1] * 40 + [0] * 10), seed=0)
    assert any(text.startswith("accuracy does not fall with depth") for text in rising.warnings)


@pytest.mark.parametrize("right", [0, 40, 48, 52])
def test_what_guesses_explain_has_an_interval(right: int) -> None:
    """With four choices: none, or 20, 24 and 26 % right, 200 items at each of four depths."""
    table = count_records(np.repeat([1, 2, 4, 8], 200), [i < right for _ in range(4) for i in range(200)])
    fit = fit_horizon(table, floor=0.25, seed=0)
    assert (fit.h50.value, fit.h50.reach) == (1.0, (1.0, 8.0))
    assert (fit.h50.interval is None) == (right == 0)
    assert any(text.startswith("no interval: all answers are alike") for text in fit.warnings) == (right == 0)
    explained = "no more is right than guesses explain, of which 25 % are right by chance"
    assert (explained in fit.warnings) == (right < 50)
    if right:
        assert described(fit.h50) == "< 1 [< 1, < 1]"
        assert (fit.step_error.value is None) == (fit.step_error.interval is None) == (right < 50)


def test_few_answers_that_guesses_explain_are_not_sure() -> None:
    """Of 8 templates 3 are right throughout, the others never, where guesses give a half: 6 and more may be drawn."""
    table = count_records([1, 2, 4, 8] * 8, [i < 12 for i in range(32)], clusters=np.repeat(np.arange(8), 4))
    h50 = fit_horizon(table, floor=0.5, seed=0).h50
    assert described(h50).startswith("< 1 [< 1, ")
    assert h50.interval is not None
    assert h50.interval.high > 2


def test_a_step_lies_somewhere_between_two_depths() -> None:
    depths = [1, 2, 4, 8] * 30
    fit = fit_horizon(count_records(depths, [depth <= 2 for depth in depths]), seed=0)
    assert (fit.shape.value, fit.shape.reach) == (20.0, (0.05, 20.0))
    assert fit.h50.interval is not None
    assert (fit.h50.interval.low, fit.h50.interval.high) == (2.0, 4.0)
    assert any(text.endswith("where between them is not known") for text in fit.warnings)
    # Beside the shallowest or the deepest depth it is inside of them: beyond would be said to be below or above.
    ends = fit_horizon(count_records([1, 2] * 30, [1, 0] * 30), seed=0).h50.interval
    assert ends is not None
    assert (ends.low, ends.high) == (1.001, 1.998)


def of_20(right: dict[int, int], floor: float = 0.0) -> HorizonFit:
    """So many of 20 items are right at each depth, every item of a template of its own."""
    depths = np.repeat(list(right), 20)
    return fit_horizon(count_records(depths, [i < n for n in right.values() for i in range(20)]), floor=floor, seed=0)


def beside(until: int, depths: Sequence[int], **at: int) -> dict[int, int]:
    """All right until a depth, all wrong from the next, but for some depths (``d12=19``)."""
    return {depth: at.get(f"d{depth}", 20 * (depth <= until)) for depth in depths}


@pytest.mark.parametrize(
    ("right", "gaps"),
    [
        (beside(12, range(1, 25)), [(12, 13)] * 3),
        (beside(8, (1, 2, 4, 8, 9)), [(8, 8.991)] * 3),
        (beside(20, (20, 21, 22)), [(20.02, 21)] * 3),
        (beside(1000, (1000, 1001)), [(1000.5, 1000.5)] * 3),
        (beside(12, range(1, 25), d12=19, d13=1), [(12, 13), (12, 13), (11, 12)]),
        (beside(23, range(1, 25), d24=8), [(23, 23.976)] * 3),
        (beside(23, range(1, 25), d24=12), [(24, 24), (23, 23.976), (23, 23.976)]),
    ],
)
def test_a_step_between_neighbouring_depths_is_no_gentler_than_the_answers(
    right: dict[int, int], gaps: list[tuple[float, float]]
) -> None:
    """At k = 20 the law takes from depth 10.1 to 12.5 to fall to half; the answers fall from 12 to 13."""
    fit = of_20(right)
    for one, gap in zip((fit.h50, fit.h80, fit.h99), gaps, strict=True):
        assert one.value is not None
        assert gap[0] <= one.value <= gap[1]
        assert one.interval is not None
        assert one.interval.low <= gap[0]
        assert one.interval.high >= gap[1]
    assert fit.h99.interval is not None
    assert fit.h99.interval.high >= gaps[0][1]  # 19 of 20 may be all, of more items
    assert any("no faster than k = 20" in text for text in fit.warnings)


def test_guesses_do_not_move_a_step() -> None:
    fit = of_20({depth: 20 if depth <= 12 else 5 + depth % 3 - 1 for depth in range(1, 25)}, floor=0.25)
    assert fit.shape.value == 20.0
    for one in (fit.h50, fit.h80, fit.h99):
        assert one.value is not None
        assert 12 <= one.value <= 13


def test_intervals_hold_a_law_steeper_than_any_fit() -> None:
    """k = 60 at all depths from 1 to 24, 40 runs of 24 templates: each of the three in 37 or more."""
    rng = np.random.default_rng(11)
    held = dict.fromkeys((0.5, 0.8, 0.99), 0)
    for run in range(40):
        table = verdicts(rng, range(1, 25), e=-math.expm1(-1 / 12.5), shape=60.0, templates=24)
        fit = fit_horizon(table, seed=run, n_resamples=100)
        for share, one in zip(held, (fit.h50, fit.h80, fit.h99), strict=True):
            truth_at = 12.5 * (-math.log(share)) ** (1 / 60)
            held[share] += one.interval is not None and one.interval.low <= truth_at <= one.interval.high
    assert min(held.values()) >= 37, held


@pytest.mark.parametrize(
    ("right", "shown"),
    [
        (0, ("< 4", "< 4", "< 4")),
        (40, ("> 4", "> 4", "> 4")),
        (20, ("unknown", "< 4 [< 4, < 4]", "< 4 [< 4, < 4]")),
        (30, ("> 4 [> 4, > 4]", "< 4", "< 4 [< 4, < 4]")),
        (22, ("> 4", "< 4 [< 4, < 4]", "< 4 [< 4, < 4]")),
    ],
)
def test_one_depth_tells_the_side_alone(right: int, shown: tuple[str, ...]) -> None:
    """Of 40: a share of 0.75 lies above half with certainty, and not below 0.8; one of 0.55 may be half."""
    fit = fit_horizon(count_records([4] * 40, [1] * right + [0] * (40 - right)), seed=0)
    assert tuple(described(one) for one in (fit.h50, fit.h80, fit.h99)) == shown
    doubtful = any("too near half to be sure on which side" in text for text in fit.warnings)
    assert doubtful == (right == 22)
    if right == 20:
        assert fit.warnings == ("no horizon: one depth alone was asked, and just half survive it",)


def test_shuffled_depths_are_noticed() -> None:
    table = verdicts(np.random.default_rng(8), DEPTHS, e=0.05, templates=48, per_cell=10)
    order = np.random.default_rng(9).permutation(len(DEPTHS))
    shuffled = type(table)(depths=table.depths, answered=table.answered, counts=table.counts[:, order])
    assert any("does not fit" in text for text in fit_horizon(shuffled, seed=0).warnings)


def test_the_same_seed_gives_the_same_interval() -> None:
    table = verdicts(np.random.default_rng(10), DEPTHS)
    first, again, other = (fit_horizon(table, seed=seed).h50.interval for seed in (1, 1, 2))
    assert first == again != other


def test_wrong_records_are_named() -> None:
    with pytest.raises(ValueError, match="`right` must have one entry for each of the 2 `depths`, got 1"):
        count_records([1, 2], [1])
    with pytest.raises(ValueError, match="`depths` must be finite and above 0"):
        count_records([0], [1])
    with pytest.raises(ValueError, match="must be counts"):
        count_records([1], [2])
    with pytest.raises(ValueError, match="labels 0 to G - 1, got -1"):
        count_records([1], [1], clusters=[-1])
    with pytest.raises(ValueError, match=r"`floor` must be a share of at least 0 and below 1, got 1\.0"):
        fit_horizon(count_records([1], [1]), floor=1.0, seed=0)
    for level in (2, 0, 1, -1, float("nan")):
        with pytest.raises(ValueError, match=rf"`level` must lie between 0 and 1, got {level}"):
            fit_horizon(count_records([1], [1]), level=level, seed=0)
    with pytest.raises(ValueError, match="`n_resamples` must be an integer of at least 10, got 1"):
        fit_horizon(count_records([1], [1]), n_resamples=1, seed=0)
    assert len(count_records([0, 3], [1, 1], cut=[True, True]).depths) == 1
